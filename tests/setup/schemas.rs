//! The schemas for editors say what tutor itself says.

use std::collections::BTreeSet;
use std::str::FromStr as _;

use mdbook_preprocessor::config::Config as BookConfig;
use mdbook_tutor::challenge::manifest::Manifest;
use mdbook_tutor::config::Config;
use serde_json::Value;

use crate::project::Project;

fn schema(name: &str) -> Value {
    let done = Project::empty().tutor(["explain", "--schema", name]);
    serde_json::from_str(&done.stdout).expect("a schema")
}

/// The keys that serde expects in the place of one that is none.
fn expected(message: &str) -> BTreeSet<String> {
    let (_, known) = message.split_once("expected").expect("the keys that there are");
    known.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn described(schema: &Value) -> BTreeSet<String> {
    schema["properties"].as_object().expect("keys").keys().cloned().collect()
}

/// What tutor says to a book.toml, and what the schema says.
fn book(table: &str) -> (Result<(), String>, bool) {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("book.toml"), table).expect("a file");
    let read = BookConfig::from_str(table).map_err(|error| error.to_string()).and_then(|book| {
        Config::of_book(dir.path(), &book, false).map(|_| ()).map_err(|problem| problem.message)
    });
    let value: toml::Table = table.parse().expect("TOML");
    let value = serde_json::to_value(value).expect("JSON");
    (read, jsonschema::is_valid(&schema("book"), &value))
}

#[test]
fn every_key_of_book_toml_is_described_and_no_other() {
    let tutor = &schema("book")["properties"]["preprocessor"]["properties"]["tutor"];
    let (refused, _) = book("[preprocessor.tutor]\nno-such-key = 1\n");
    assert_eq!(described(tutor), expected(&refused.expect_err("no key")));
    let (refused, _) = book("[preprocessor.tutor.local]\nno-such-key = 1\n");
    assert_eq!(described(&tutor["properties"]["local"]), expected(&refused.expect_err("no key")));
    let check: BTreeSet<String> = mdbook_tutor::config::CHECK_KEYS.map(str::to_owned).into();
    assert_eq!(described(&tutor["properties"]["check"]), check);
}

#[test]
fn the_schema_of_book_toml_takes_and_refuses_what_tutor_does() {
    let good = [
        "fixtures = \"recordings\"\npractice = \"words.toml\"",
        "mode = \"missing\"\nmax-cost = \"2.50\"\nmax-answer = 5\ntimeout = 20\nstrict = true",
        "max-cost = 2.5",
        "command = \"mdbook-tutor\"\nafter = [\"links\"]",
        "[preprocessor.tutor.check]\nprice-wrong = \"warn\"\nmax-age-days = 30\n[preprocessor.tutor.check.paths.\"src/a.md\"]\nmodel-retired = \"allow\"",
        "[preprocessor.tutor.local]\nurl = \"http://127.0.0.1:1\"\nmodels = { \"*\" = \"m\" }\nsame-weights = [\"x\"]\nallow-remote = false",
    ];
    for text in good {
        assert_eq!(book(&format!("[preprocessor.tutor]\n{text}\n")), (Ok(()), true), "{text}");
    }
    let bad = ["fixture = \"x\"", "mode = \"often\"", "max-answer = 0", "timeout = \"20\"", "strict = 1"];
    for text in bad {
        let (read, valid) = book(&format!("[preprocessor.tutor]\n{text}\n"));
        assert!(read.is_err() && !valid, "{text}");
    }
}

#[test]
fn every_key_of_an_annotation_is_described() {
    let known: BTreeSet<String> = tutor_page::chapter::annotation_keys().map(str::to_owned).collect();
    assert_eq!(described(&schema("annotation")), known);
}

#[test]
fn every_challenge_of_the_course_fits_the_schema() {
    let schema = schema("challenge");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("challenges") {
        let text =
            std::fs::read_to_string(entry.expect("a folder").path().join("challenge.toml")).expect("text");
        let value: toml::Table = text.parse().expect("TOML");
        let value = serde_json::to_value(value).expect("JSON");
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
        seen += 1;
    }
    assert!(seen > 7, "{seen}");
    let refused = Manifest::parse("no-such-key = 1\n").expect_err("no key");
    assert_eq!(described(&schema), expected(&refused.message));
}

#[test]
fn words_are_explained_and_near_ones_named() {
    let explain = |word: &str| Project::empty().tutor(["explain", word]);
    insta::assert_snapshot!(explain("max_cost").stdout, @r#"
    max-cost: a key of [preprocessor.tutor] of book.toml

    The most that a run may spend on live answers, in USD: "2.50". Usual: 0.50.
    "#);
    assert!(explain("price-wrong").stdout.starts_with("price-wrong: a rule of tutor check"));
    assert_eq!(explain("models").stdout.matches("models: a key of").count(), 2);
    let done = explain("max-costs");
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("did you mean `max-cost`?"), "{}", done.stderr);
    for line in Project::empty().tutor(["explain"]).stdout.lines() {
        assert!(explain(line).stdout.lines().all(|line| line.chars().count() <= 80), "{line}");
    }
}
