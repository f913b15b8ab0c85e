//! How a book that is there adopts the check: what is allowed on the spot, what a baseline forgives, and
//! what files beside the chapters say.

use serde_json::Value;

use crate::project::{Done, Project, TODAY};

const CONFIG: &str = "[preprocessor.tutor]\nafter = [\"links\"]\n\n[preprocessor.tutor.check]\n";

fn check(project: &Project, more: &[&str]) -> Done {
    project.tutor([&["check", "--format", "json", "--today", TODAY], more].concat())
}

/// The rules and lines of what is found.
fn found(done: &Done) -> Vec<(String, u64)> {
    let verdict: Value = serde_json::from_str(&done.stdout).unwrap_or_else(|_| panic!("{}", done.stderr));
    let findings = verdict["findings"].as_array().expect("findings").iter();
    findings
        .filter(|it| it["rule"] != "retired-in-table")
        .map(|it| (it["rule"].as_str().unwrap_or_default().to_owned(), it["line"].as_u64().unwrap_or(0)))
        .collect()
}

/// Words about a model on Bedrock that are wrong, twice.
const WRONG: &str =
    "# Bedrock\n\nTitan Text Express is legacy.\n\nBetween.\n\nTitan Text Express is active.\n";

#[test]
fn a_paragraph_allows_what_is_said_in_it() {
    let allow = "<!-- tutor: allow = [{ rule = \"state-wrong\", reason = \"a quotation\" }] -->\n\n";
    let project = Project::with_chapter(WRONG);
    assert_eq!(found(&check(&project, &[])), [("state-wrong".into(), 3), ("state-wrong".into(), 7)]);
    let allowed =
        WRONG.replace("Titan Text Express is legacy", &format!("{allow}Titan Text Express is legacy"));
    let project = Project::with_chapter(&allowed);
    assert_eq!(found(&check(&project, &[])), [("state-wrong".into(), 9)]);
    assert!(!project.page().contains("tutor:"), "the comment is off the page");
    let idle = WRONG.replace("Between", &format!("{allow}Between"));
    let done = check(&Project::with_chapter(&idle), &[]);
    assert!(found(&done).contains(&("allow-unused".into(), 5)), "{}", done.stdout);
    let table = "# Bedrock\n\n<!-- tutor: allow = [{ rule = \"state-wrong\", reason = \"x\" }] -->\n| Model | State |\n| --- | --- |\n| Titan Text Express | active |\n";
    let table = table.replace("-->\n|", "-->\n\n|");
    assert_eq!(found(&check(&Project::with_chapter(&table), &[])), []);
}

#[test]
fn a_baseline_forgives_what_was_there_and_nothing_new() {
    let project = Project::with_chapter(WRONG);
    let done = check(&project, &["--baseline", "known.json"]);
    assert_eq!(done.code, Some(2), "there is none yet");
    assert!(done.stderr.contains("--write-baseline"), "{}", done.stderr);
    assert_eq!(check(&project, &["--baseline", "known.json", "--write-baseline"]).code, Some(0));
    let done = check(&project, &["--baseline", "known.json"]);
    assert_eq!((done.code, found(&done)), (Some(0), vec![]));
    // Lines may move; a further mistake of the same words counts.
    project.write(
        "src/chapter.md",
        &format!("{}\nTitan Text Express is active.\n", WRONG.replace("\n\nB", "\n\n\n\nB")),
    );
    assert_eq!(found(&check(&project, &["--baseline", "known.json"])), [("state-wrong".into(), 11)]);
    project.write("src/chapter.md", "# Bedrock\n");
    let done = check(&project, &["--baseline", "known.json"]);
    assert!(done.stderr.contains("2 findings of it are gone"), "{}", done.stderr);
}

#[test]
fn ids_in_files_and_behind_prefixes_are_found() {
    let project = Project::with_chapter(
        "# Bedrock\n\n```python\na = 'bedrock/us.anthropic.claude-v2:1'\nb = \"bedrock:anthropic.claude-instant-v1\"\n```\n\n\
         | Model | Price per 1M input tokens |\n| --- | --- |\n| `bedrock/converse/amazon.nova-lite-v1:0` | $77 |\n",
    )
    .with_config(&format!("{CONFIG}files = [\"models.yaml\", \"conf/models.json\"]\n"));
    project.write("models.yaml", "# anthropic.claude-v2 was here\nmodel: converse/anthropic.claude-v2\n");
    project.write("conf/models.json", "{\n  \"id\": \"amazon.titan-text-lite-v1\"\n}\n");
    let done = check(&project, &[]);
    let retired: Vec<u64> =
        found(&done).into_iter().filter(|(rule, _)| rule == "model-retired").map(|(_, line)| line).collect();
    assert_eq!(retired, [2, 2, 4, 5], "{}", done.stdout);
    assert!(found(&done).contains(&("price-wrong".into(), 10)), "{}", done.stdout);
    std::fs::remove_file(project.path("models.yaml")).expect("a file");
    let done = check(&project, &[]);
    assert!(done.code == Some(2) && done.stderr.contains("models.yaml"), "{}", done.stderr);
}
