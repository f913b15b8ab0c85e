//! `mdbook-tutor` as mdBook calls it.

use std::process::Command;

use crate::project::{Done, ONE_CALL, Project};

fn preprocessor(project: &Project, arguments: &[&str], input: &str) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mdbook-tutor"));
    command.args(arguments);
    project.run(command, input)
}

fn input(project: &Project, chapter: &str) -> String {
    let root = project.path("");
    serde_json::json!([
        {"root": root, "config": {"book": {"title": "x"}}, "renderer": "html", "mdbook_version": "0.5.4"},
        {"items": [{"Chapter": {
            "name": "Chapter", "content": chapter, "number": [1], "sub_items": [],
            "path": "chapter.md", "source_path": "chapter.md", "parent_names": [],
        }}]},
    ])
    .to_string()
}

#[test]
fn every_renderer_is_supported_even_where_the_configuration_is_broken() {
    let project = Project::new().with_config("[preprocessor.tutor]\nnonsense = 1\n");
    for renderer in ["html", "markdown", "epub", "no-such-thing"] {
        assert_eq!(preprocessor(&project, &["supports", renderer], "").code, Some(0));
    }
}

#[test]
fn a_book_comes_back_with_panels() {
    let project = Project::with_chapter(ONE_CALL).recorded();
    let done = preprocessor(&project, &[], &input(&project, ONE_CALL));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let book: serde_json::Value = serde_json::from_str(&done.stdout).expect("JSON");
    let content = book["items"][0]["Chapter"]["content"].as_str().expect("text");
    assert!(content.contains("tutor-panel"));
}

#[test]
fn a_chapter_without_calls_comes_back_as_it_was() {
    let project = Project::with_chapter("# Nothing\r\n\r\n* a\r\n");
    let done = preprocessor(&project, &[], &input(&project, "# Nothing\r\n\r\n* a\r\n"));
    let book: serde_json::Value = serde_json::from_str(&done.stdout).expect("JSON");
    assert_eq!(book["items"][0]["Chapter"]["content"], "# Nothing\r\n\r\n* a\r\n");
}

#[test]
fn an_older_mdbook_is_told_which_side_to_upgrade() {
    let project = Project::new();
    let old = r#"[{"root":"/x","config":{},"renderer":"html","mdbook_version":"0.4.52"},{"sections":[],"__non_exhaustive":null}]"#;
    let done = preprocessor(&project, &[], old);
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("this is mdBook 0.4.52"), "{}", done.stderr);
    assert!(done.stderr.contains("cargo install mdbook"), "{}", done.stderr);
}

#[test]
fn broken_input_is_an_error_that_says_how_to_run_it() {
    let project = Project::new();
    for broken in ["", "{", "[]", "null", "[{\"root\":1}]"] {
        let done = preprocessor(&project, &[], broken);
        assert_eq!(done.code, Some(2), "{broken}: {}", done.stderr);
        assert!(done.stderr.contains("mdbook build"), "{broken}: {}", done.stderr);
        assert_eq!(done.stdout, "");
    }
}

#[test]
fn an_unknown_word_is_an_error() {
    let done = preprocessor(&Project::new(), &["install"], "");
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("`install`"), "{}", done.stderr);
}
