//! `tutor check --fix`: only what is mechanical, only its own bytes, and nothing twice.

use crate::project::{Project, TODAY};

const TABLE: &str = "# Prices\r\n\r\nA dear table, with caf\u{e9}:\r\n\r\n| Model | Input (per 1M) | Output (per 1M) | Window |\r\n\
                     |---|---|---|---|\r\n| Nova Lite | $0.60 | **$0.42** | 128K |\r\n| Nova Pro | $0.80 | 3.5 USD | 1M |\r\n\r\n\
                     ```python\r\nprices = {\"nova-pro\": {\"input\": 8e-07, \"output\": 3.5e-06}}\r\n```\r\n";

const FIXED: &str = "# Prices\r\n\r\nA dear table, with caf\u{e9}:\r\n\r\n| Model | Input (per 1M) | Output (per 1M) | Window |\r\n\
                     |---|---|---|---|\r\n| Nova Lite | $0.06 | **$0.24** | 300K |\r\n| Nova Pro | $0.80 | 3.20 USD | 300K |\r\n\r\n\
                     ```python\r\nprices = {\"nova-pro\": {\"input\": 8e-07, \"output\": 3.2e-06}}\r\n```\r\n";

fn table() -> String {
    TABLE.replace("| Window |", "| Context window |")
}

fn fix(project: &Project, more: &[&str]) -> crate::project::Done {
    project.tutor(["check", "--today", TODAY, "--fix"].iter().chain(more))
}

#[test]
fn typed_prices_and_limits_become_the_catalogs_and_nothing_else_changes() {
    let project = Project::with_chapter(&table());
    let done = fix(&project, &["--yes"]);
    assert_eq!(done.code, Some(1), "what was found is still reported: {}", done.stderr);
    assert_eq!(project.read("src/chapter.md"), FIXED.replace("| Window |", "| Context window |"));
    let again = fix(&project, &["--yes"]);
    assert_eq!(again.code, Some(0), "{}", again.stdout);
    assert_eq!(again.stderr, "Nothing here can be mended without judgement.\n");
    assert_eq!(project.read("src/chapter.md"), FIXED.replace("| Window |", "| Context window |"));
}

#[test]
fn without_a_terminal_and_without_yes_the_diff_is_all() {
    let project = Project::with_chapter(&table().replace("\r\n", "\n"));
    let before = project.tree();
    let done = fix(&project, &[]);
    assert!(before == project.tree());
    insta::assert_snapshot!(done.stderr);
}

#[test]
fn what_needs_judgement_is_left_alone() {
    let text = "| Model | Input (per 1M) | Output (per 1M) | Streaming |\n|---|---|---|---|\n\
                | Cohere Command | $1.00 | $2.00 | No |\n| Claude 3 | $9 | $15 | Yes |\n";
    let project = Project::with_chapter(text);
    fix(&project, &["--yes"]);
    assert_eq!(project.read("src/chapter.md"), text);
}

#[test]
fn orphans_go_and_take_their_pictures_along() {
    let picture =
        "```toml bedrock\nmodel = \"stability.stable-image-core-v1:1\"\nprompt = \"A ferry\"\n```\n";
    let kept = "```toml bedrock\nmodel = \"amazon.nova-lite-v1:0\"\nprompt = \"Hi\"\nmax-tokens = 9\n```\n";
    let project = Project::with_chapter(&format!("# C\n\n{picture}\n{kept}")).recorded();
    project.write("src/chapter.md", &format!("# C\n\n{kept}"));
    project.write("src/recorded/logo.png", "somebody else's");
    let files = |project: &Project| -> Vec<String> {
        let all = project.tree().into_iter().map(|(path, _)| path.to_string_lossy().into_owned());
        all.filter(|path| path.starts_with("fixtures") || path.starts_with("src/recorded")).collect()
    };
    assert_eq!(files(&project).len(), 4);
    let done = fix(&project, &["--yes"]);
    assert!(done.stderr.contains("Changed 0, removed 2."), "{}", done.stderr);
    let left = files(&project);
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(
        left.iter().any(|path| path.contains("nova-lite"))
            && left.contains(&"src/recorded/logo.png".to_owned())
    );
    assert_eq!(fix(&project, &["--yes"]).stderr, "Nothing here can be mended without judgement.\n");
}

#[test]
fn a_claim_in_an_included_file_is_mended_there() {
    let project = Project::with_chapter("# C\n\n{{#include part.md:2:}}\n");
    let part = "not included\n| Model | Input (per 1M) |\n|---|---|\n| Nova Lite | $0.07 |\n";
    project.write("src/part.md", part);
    fix(&project, &["--yes"]);
    assert_eq!(project.read("src/part.md"), part.replace("$0.07", "$0.06"));
    assert_eq!(project.read("src/chapter.md"), "# C\n\n{{#include part.md:2:}}\n");
}
