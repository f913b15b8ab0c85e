//! What the build sees, every verb sees: preprocessors before tutor.

use std::path::Path;

use serde_json::Value;

use crate::project::{ONE_CALL, Project};

/// book.toml with the stand-in that unwraps blocks, before tutor.
fn config() -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stand-ins/admonish.py");
    format!(
        "[preprocessor.admonish]\ncommand = \"python3 '{}'\"\n\n\
         [preprocessor.tutor]\nafter = [\"links\", \"admonish\"]\n",
        script.display()
    )
}

/// A chapter whose one call stands in a block that another preprocessor unwraps.
fn wrapped() -> String {
    let (title, code) = ONE_CALL.split_at(ONE_CALL.find("```").expect("a fence"));
    format!("{title}````admonish note\n{code}````\n\nThe end.\n")
}

fn calls(project: &Project, more: &[&str]) -> Value {
    let done = project.tutor([&["list", "--format", "json"], more].concat());
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let document: Value = serde_json::from_str(&done.stdout).expect("one JSON document");
    document["chapters"][0]["calls"].clone()
}

#[test]
fn every_verb_sees_what_the_build_sees() {
    let project = Project::with_chapter(&wrapped()).with_config(&config());
    let found = calls(&project, &[]);
    // Line 8 of the chapter without the block.
    assert_eq!((&found[0]["line"], &found[0]["recording"]), (&9.into(), &"missing".into()), "{found}");
    assert_eq!(calls(&project, &["--raw"]), Value::Array(Vec::new()));
    let check = |more: &[&str]| project.tutor([&["check"], more].concat());
    assert!(check(&[]).stdout.contains("src/chapter.md:9"), "{}", check(&[]).stdout);
    assert!(!check(&["--raw"]).stdout.contains("recording-missing"));
    let raw = project.tutor(["record", "--practice", "--accept", "--raw"]);
    assert!(raw.stderr.contains("Recorded 0"), "{}", raw.stderr);
    let project = project.recorded();
    assert_eq!(calls(&project, &[])[0]["recording"], "current");
    assert!(project.page().contains("data-state=\"practice\""));
    let review = project.tutor(["review"]);
    assert!(!review.stdout.contains("orphan"), "{}", review.stdout);
}

#[test]
fn a_missing_preprocessor_is_named() {
    let config = config().replace("python3", "mdbook-nowhere");
    let project = Project::with_chapter(&wrapped()).with_config(&config);
    for verb in [&["list"][..], &["check"], &["record", "--practice"]] {
        let done = project.tutor(verb);
        assert_eq!(done.code, Some(2), "{verb:?}");
        assert!(done.stderr.contains("admonish") && done.stderr.contains("--raw"), "{}", done.stderr);
        let raw = project.tutor([verb, &["--raw"]].concat());
        assert_ne!(raw.code, Some(2), "{}", raw.stderr);
    }
    let doctor = project.tutor(["doctor"]);
    assert!(doctor.stdout.contains("BROKEN   chapters"), "{}", doctor.stdout);
    assert!(!project.tutor(["doctor", "--raw"]).stdout.contains("BROKEN   chapters"));
}

#[test]
fn the_books_own_catalog_holds_everywhere() {
    const OWN: &str = r#"
[source.own]
title = "A price list"
read = 2026-11-20
[model."acme.anvil-v1:0"]
name = "Anvil"
provider = "Acme"
family = "nova"
input = ["text"]
output = ["text"]
access = "on-demand"
output-limit = { tokens = 100, source = "own" }
price = [{ input = "7", output = "9", source = "own" }]
"#;
    const CHAPTER: &str = "# A chapter\n\n```python\nimport boto3\nc = boto3.client('bedrock-runtime')\n\
        c.converse(modelId='acme.anvil-v1:0', messages=[{'role': 'user', 'content': [{'text': 'Hi'}]}])\n```\n\n\
        {{#tutor prices acme.anvil-v1:0}}\n";
    let config =
        "[preprocessor.tutor]\nafter = [\"links\"]\n\n[preprocessor.tutor.check]\ncatalog = \"own.toml\"\n";
    let project = Project::with_chapter(CHAPTER).with_config(config);
    project.write("own.toml", OWN);
    let done = project.tutor(["compare", "Hi", "--models", "Anvil", "--format", "json"]);
    assert!(done.stdout.contains("acme.anvil-v1:0"), "{}{}", done.stdout, done.stderr);
    let project = project.recorded();
    let page = project.page();
    assert!(page.contains("data-state=\"practice\"") && page.contains("Anvil"), "{page}");
    let mut curl = Project::tutor(
        &project,
        [
            "endpoint",
            "--unknown-models",
            "refuse",
            "--quiet",
            "--",
            "sh",
            "-c",
            "python3 -c \"import os, urllib.request as u; print(u.urlopen(u.Request(os.environ['AWS_ENDPOINT_URL_BEDROCK_RUNTIME'] + '/model/acme.anvil-v1:0/converse', b'{\\\"messages\\\": [{\\\"role\\\": \\\"user\\\", \\\"content\\\": [{\\\"text\\\": \\\"x\\\"}]}]}')).status)\"",
        ],
    );
    curl.stdout.retain(|c| c != '\n');
    assert_eq!(curl.stdout, "200", "{}", curl.stderr);
}

#[test]
fn the_region_in_the_code_decides_what_is_paid() {
    let region = |name: &str| {
        ONE_CALL.replace("\"bedrock-runtime\"", &format!("\"bedrock-runtime\", region_name=\"{name}\""))
    };
    let cost = |chapter: &str| {
        let project = Project::with_chapter(chapter).recorded();
        let done = project.tutor(["list", "--format", "json", "--answers"]);
        let document: Value = serde_json::from_str(&done.stdout).expect("one JSON document");
        document["chapters"][0]["calls"][0]["answer"]["cost"].clone()
    };
    assert!(cost(&region("us-east-1"))["usd"].is_string());
    assert_eq!(cost(ONE_CALL), cost(&region("us-east-1")));
    assert_ne!(cost(&region("us-gov-west-1")), cost(ONE_CALL));
    assert_eq!(cost(&region("eu-north-1")), Value::Null, "unpriced here, not us-east-1's price");
}
