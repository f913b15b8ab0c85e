//! What people, GitHub and the command line's helpers say.

use serde_json::Value;

use crate::project::{Project, TODAY};

const CHAPTER: &str = "# Mixed\n\n| Model | Input (per 1M tokens) | Streaming |\n|---|---|---|\n\
                       | Nova Lite | $0.07 | Yes |\n| Nova Pro | $0.80 | No |\n\n\
                       ```python\npick = \"anthropic.claude-v2\"\nother = \"us.anthropic.claude-v2\"\n```\n\n\
                       ```toml bedrock\nmodel = \"amazon.nova-lite-v1:0\"\nprompt = \"Hi\"\nmax-tokens = 9\n```\n";

fn check(arguments: &[&str]) -> crate::project::Done {
    let project = Project::with_chapter(CHAPTER).recorded();
    project.tutor(["check", "--today", TODAY].iter().chain(arguments))
}

#[test]
fn people_see_the_line_with_carets_and_a_summary() {
    let done = check(&[]);
    assert_eq!((done.code, done.stderr.as_str()), (Some(1), ""));
    assert!(done.stdout.lines().all(|line| line.chars().count() <= 80), "{}", done.stdout);
    insta::assert_snapshot!(done.stdout);
}

#[test]
fn github_gets_annotations() {
    let done = check(&["--format", "github"]);
    assert_eq!(done.code, Some(1));
    insta::assert_snapshot!(done.stdout);
}

#[test]
fn programs_get_one_document_with_a_version() {
    let document: Value = serde_json::from_str(&check(&["--format", "json"]).stdout).expect("JSON");
    assert_eq!(document["version"], 1);
    assert_eq!(document["today"], TODAY);
    insta::assert_json_snapshot!(document);
}

#[test]
fn code_scanning_gets_sarif_with_the_files_as_the_command_knows_them() {
    let project = Project::empty();
    for (path, bytes) in Project::with_chapter(CHAPTER).recorded().tree() {
        project.write(&format!("a course/{}", path.display()), &String::from_utf8_lossy(&bytes));
    }
    let check = |format| project.tutor(["check", "a course", "--today", TODAY, "--format", format]);
    let done = check("sarif");
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    let document: Value = serde_json::from_str(&done.stdout).expect("JSON");
    let schema: Value = serde_json::from_str(include_str!("sarif-2.1.0.schema.json")).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let results = document["runs"][0]["results"].as_array().expect("results");
    assert!(!results.is_empty());
    let rules = document["runs"][0]["tool"]["driver"]["rules"].as_array().expect("rules");
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        assert!(project.path("a course/src/chapter.md").is_file());
        assert_eq!(place["artifactLocation"]["uri"], "a%20course/src/chapter.md");
        let rule = rules.iter().position(|rule| rule["id"] == result["ruleId"]);
        assert_eq!(result["ruleIndex"].as_u64(), rule.map(|index| index as u64));
    }
    let annotations = check("github").stdout;
    let mut annotations = annotations.lines().filter(|line| line.starts_with("::"));
    assert!(annotations.all(|line| line.contains("file=a course/src/chapter.md")));
}

#[test]
fn ci_systems_get_junit() {
    insta::assert_snapshot!(check(&["--format", "junit"]).stdout);
}

#[test]
fn a_book_without_denied_findings_passes() {
    let text = CHAPTER.replace("$0.07", "$0.06").replace("anthropic.claude-v2", "amazon.nova-pro-v1:0");
    let project = Project::with_chapter(&text).recorded();
    let done = project.tutor(["check", "--today", TODAY]);
    assert_eq!(done.code, Some(0), "{}", done.stdout);
    assert!(done.stdout.contains("1 warned of"), "{}", done.stdout);
}

#[test]
fn rules_are_listed_and_explained() {
    let project = Project::new();
    insta::assert_snapshot!(project.tutor(["check", "--rules"]).stdout);
    insta::assert_snapshot!(project.tutor(["check", "--explain", "price-wrong"]).stdout);
    let done = project.tutor(["check", "--explain", "price-worng"]);
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("did you mean `price-wrong`?"), "{}", done.stderr);
}

#[test]
fn a_misspelt_rule_in_book_toml_is_named_with_its_line() {
    let config = "[preprocessor.tutor]\n\n[preprocessor.tutor.check]\nprice-wrnog = \"warn\"\n";
    let done = Project::with_chapter(CHAPTER).with_config(config).tutor(["check"]);
    assert_eq!(done.code, Some(2));
    insta::assert_snapshot!(done.stderr);
}

#[test]
fn a_catalog_of_the_book_that_cannot_be_read_is_named() {
    let config = "[preprocessor.tutor]\n\n[preprocessor.tutor.check]\ncatalog = \"own.toml\"\n";
    let project = Project::with_chapter(CHAPTER).with_config(config);
    let done = project.tutor(["check"]);
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("own.toml"), "{}", done.stderr);
    project.write("own.toml", "[model.\"x\"]\nname = \"X\"\n");
    let done = project.tutor(["check"]);
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("own.toml"), "{}", done.stderr);
}

#[test]
fn the_catalog_is_shown_listed_and_compared() {
    let project = Project::new();
    let catalog = |arguments: &[&str]| {
        let done = project.tutor(["catalog", "--today", TODAY].iter().chain(arguments));
        (done.code, done.stdout, done.stderr)
    };
    let (code, shown, _) = catalog(&["show", "titan text express"]);
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(shown);
    let (_, listed, _) = catalog(&["list"]);
    assert!(listed.lines().count() > 60 && listed.contains("anthropic.claude-v2 "), "{listed}");
    let (_, json, _) = catalog(&["list", "--format", "json"]);
    let document: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(document["models"].as_array().map(Vec::len), Some(listed.lines().count()));
    let (code, _, said) = catalog(&["show", "amazon.nova-lite-v2:0"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("did you mean"), "{said}");
    project.write(
        "own.toml",
        "[source.s]\ntitle = \"Ours\"\nread = 2026-11-01\n[model.\"amazon.nova-lite-v1:0\"]\nname = \"Nova Lite\"\n\
         aliases = [\"Amazon Nova Lite\"]\nprovider = \"Amazon\"\nfamily = \"nova\"\ninput = [\"text\"]\noutput = [\"text\"]\n\
         access = \"on-demand\"\nprice = [{ input = \"1\", output = \"2\", source = \"s\" }]\n",
    );
    let (code, difference, _) = catalog(&["diff", "own.toml"]);
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(difference);
}
