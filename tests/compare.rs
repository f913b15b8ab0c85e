//! `tutor compare`: one prompt to several models, side by side.

use std::process::Command;

use serde_json::Value;

use crate::project::{Done, Project, TODAY};

const MODELS: [&str; 3] =
    ["amazon.nova-micro-v1:0", "us.anthropic.claude-haiku-4-5-20251001-v1:0", "Llama 3 8B Instruct"];

fn compare(project: &Project, arguments: &[&str]) -> Done {
    let fixed = ["compare", "Which bird is larger, a tern or a gannet?", "--today", TODAY, "--models"];
    project.tutor([&fixed[..], &MODELS, arguments].concat())
}

#[test]
fn stand_ins_are_compared_and_never_ranked() {
    let project = Project::empty();
    let done = compare(
        &project,
        &["--practice", "--expect", "contains = \"gannet\"", "--expect", "max-words = 9", "--samples", "3"],
    );
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.lines().all(|line| line.chars().count() <= 80), "{}", done.stdout);
    insta::assert_snapshot!(done.stdout);
}

#[test]
fn the_page_keeps_what_was_expected_and_placeholders_have_no_score() {
    let project = Project::empty();
    let done = compare(&project, &["--expect", "starts-with = \"practice\"", "--html", "compared.html"]);
    let page = project.read("compared.html");
    assert!(
        page.contains("starts-with = &quot;practice&quot;") && page.contains("only capitals differ"),
        "{page}"
    );
    assert!(!page.contains("class=\"tt-bar\""), "{page}");
    assert!(!done.stdout.contains('█') && done.stdout.contains("so that placeholders"), "{}", done.stdout);
}

/// The course's own texts are what stand-ins say to the course's prompts.
#[test]
fn a_books_texts_are_known() {
    let project = Project::new();
    project.write(
        "fixtures/practice.toml",
        "[[answer]]\nprompt = \"Which bird is larger, a tern or a gannet?\"\ntext = \"The gannet.\"\n",
    );
    let done = compare(
        &project,
        &["--format", "json", "--html", "compared.html", "--expect", "equals = \"The gannet.\""],
    );
    let document: Value = serde_json::from_str(&done.stdout).expect("one JSON document");
    assert_eq!(document["origin"], "practice");
    assert_eq!(document["weights"]["quality"], 2.0);
    for model in document["models"].as_array().expect("models") {
        assert_eq!(
            (&model["output"], &model["score_parts"]["quality"]),
            (&"The gannet.".into(), &1.0.into())
        );
    }
    let page = project.read("compared.html");
    assert!(page.contains("simulated") && page.contains("The gannet.") && !page.contains("<script"));
}

/// Through the AWS SDK, against `tutor endpoint` in the place of Bedrock.
#[test]
fn live_answers_are_asked_for_under_a_cap_and_named_as_what_they_are() {
    let project = Project::empty();
    let tutor = env!("CARGO_BIN_EXE_tutor");
    let live = |cap: &str| {
        let mut command = Command::new(tutor);
        command.args([
            "endpoint", "--quiet", "--pace", "0", "--today", TODAY, "--", tutor, "compare", "Why?",
            "--today", TODAY,
        ]);
        command.args(["--live", "--max-cost", cap, "--samples", "2", "--models"]).args(&MODELS[..2]);
        project.run(command, "")
    };
    let done = live("0.05");
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(
        done.stderr.lines().filter(|line| line.contains(" of $0.05 spent")).count(),
        4,
        "{}",
        done.stderr
    );
    assert!(done.stdout.contains("Practice: stand-ins answered"), "{}", done.stdout);
    let refused = live("0.0000001");
    assert_eq!(refused.code, Some(4), "{}", refused.stderr);
    assert!(refused.stdout.contains("may cost up to"), "{}", refused.stdout);
}

#[test]
fn wrong_words_are_met_with_the_right_ones() {
    let project = Project::empty();
    let said = |arguments: &[&str]| {
        let done = project.tutor([&["compare", "Why?"], arguments].concat());
        assert_eq!(done.code, Some(2), "{}", done.stderr);
        done.stderr
    };
    assert!(said(&["--models", "Nova Light"]).contains("no model is called `Nova Light`"));
    assert!(said(&["--models", MODELS[0], "--expect", "contain = \"x\""]).contains("there are contains"));
    assert!(said(&["--models", MODELS[0], "--expect", "contains"]).contains("as in a chapter"));
    assert!(said(&["--models", MODELS[0], "--weights", "size=1"]).contains("quality=2,speed=1,price=1"));
    assert!(said(&["--models", MODELS[0], "--practice", "--live"]).contains("--live"));
    assert!(said(&["--models", "amazon.nova-lite-v2:0"]).contains("did you mean `amazon.nova-lite-v1:0`?"));
    said(&[]);
    let pictures = project.tutor(["compare", "Why?", "--models", "stability.stable-diffusion-xl-v1"]);
    assert_eq!(pictures.code, Some(3), "{}", pictures.stdout);
    assert!(pictures.stdout.contains("makes no text"), "{}", pictures.stdout);
}
