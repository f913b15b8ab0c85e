//! Bad input: every message names file and line and says what to do.

use crate::project::{ONE_CALL, Project};

/// Builds, and gives what was said; the build must not fail.
fn said(project: &Project) -> String {
    let done = project.tutor(["build"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    done.stderr
}

/// Builds, and gives what was said; the build must fail as a usage error.
fn refused(project: &Project) -> String {
    let done = project.tutor(["build"]);
    assert_eq!(done.code, Some(2), "{}", done.stderr);
    done.stderr
}

#[test]
fn an_unclosed_fence_loses_nothing_and_is_named() {
    let open = ONE_CALL.trim_end().trim_end_matches('`').to_owned();
    let project = Project::with_chapter(&open).recorded();
    insta::assert_snapshot!(said(&project));
}

#[test]
fn python_that_does_not_parse() {
    insta::assert_snapshot!(said(&Project::with_chapter(
        "# Broken Bedrock\n\n```python\ndef f(:\n    pass\n```\n"
    )));
}

#[test]
fn a_body_that_is_not_json() {
    let text = ONE_CALL.replace(
        "body=json.dumps({\"inputText\": \"Name three uses of a paper clip.\"}),",
        "body='{not json',",
    );
    let done = Project::with_chapter(&text).tutor(["list"]);
    insta::assert_snapshot!(done.stdout);
}

#[test]
fn an_unknown_model_id() {
    let text = ONE_CALL.replace("amazon.titan-text-express-v1", "acme.oracle-9");
    let done = Project::with_chapter(&text).tutor(["record", "--practice", "--accept"]);
    assert_eq!(done.code, Some(3));
    insta::assert_snapshot!(done.stderr);
}

#[test]
fn an_annotation_with_a_wrong_key() {
    let text = ONE_CALL.replace("```python", "<!-- tutor: nmae = \"clips\" -->\n```python");
    insta::assert_snapshot!(said(&Project::with_chapter(&text).recorded()));
}

#[test]
fn a_directive_with_an_unknown_model() {
    let text = format!("{ONE_CALL}\n{{{{#tutor prices amazon.titan-text-expres-v1}}}}\n");
    insta::assert_snapshot!(said(&Project::with_chapter(&text).recorded()));
}

#[test]
fn a_directive_with_an_unknown_verb() {
    insta::assert_snapshot!(said(&Project::with_chapter("# Directive\n\n{{#tutor price a.b}}\n")));
}

/// The one recording of a recorded project, as a path below the book.
fn recording(project: &Project) -> String {
    let (path, _) =
        project.tree().into_iter().find(|(path, _)| path.starts_with("fixtures")).expect("a recording");
    path.to_str().expect("text").to_owned()
}

#[test]
fn a_truncated_recording() {
    let project = Project::with_chapter(ONE_CALL).recorded();
    let path = recording(&project);
    let text = project.read(&path);
    project.write(&path, &text[..text.len() / 2]);
    insta::assert_snapshot!(said(&project));
    assert!(project.read("book/chapter.html").contains("data-state=\"missing\""));
    let done = project.tutor(["build", "--strict"]);
    assert_eq!(done.code, Some(1));
}

#[test]
fn a_recording_of_a_newer_format() {
    let project = Project::with_chapter(ONE_CALL).recorded();
    let path = recording(&project);
    project.write(&path, &project.read(&path).replace("tutor-recording/2", "tutor-recording/3"));
    insta::assert_snapshot!(said(&project));
}

#[test]
fn a_recording_for_another_call() {
    let project = Project::with_chapter(ONE_CALL).recorded();
    let path = recording(&project);
    project.write(&path, &project.read(&path).replace("three uses", "four uses"));
    insta::assert_snapshot!(said(&project));
}

#[test]
fn values_that_name_nothing_are_named_with_their_lines_and_the_nearest_word() {
    let chapter = "# Prices\n\nIn: {{#tutor value amazon.nova-lite-v1:0.input-prise}}, out:\n\
                   {{#tutor value amazon.nova-lite-v1:0.output-price}}, and {{#tutor value refund.cost}}.\n\n\
                   # {{#tutor value amazon.nova-lite-v1:0.input-price}}\n";
    let project = Project::with_chapter(chapter);
    let said = said(&project);
    for words in [
        "chapter.md:3: the catalog has no field `input-prise`",
        "did you mean `input-price`?",
        "chapter.md:4: no call and no model is named `refund`",
        "this chapter makes no calls",
        "chapter.md:6: a value in a heading",
    ] {
        assert!(said.contains(words), "{words} is missing in:\n{said}");
    }
    let check = project.tutor(["check"]);
    assert!(check.stdout.contains("directive-unmatched"), "{}{}", check.stdout, check.stderr);
}

#[test]
fn a_fixtures_path_that_is_no_folder() {
    let project = Project::with_chapter(ONE_CALL);
    project.write("fixtures", "a file");
    insta::assert_snapshot!(refused(&project));
}

#[test]
fn an_unknown_key_in_book_toml() {
    let project = Project::with_chapter(ONE_CALL).with_config("[preprocessor.tutor]\nfixture = \"x\"\n");
    insta::assert_snapshot!(refused(&project));
}

#[test]
fn a_build_folder_that_overlaps_the_source() {
    let project =
        Project::with_chapter(ONE_CALL).with_config("[build]\nbuild-dir = \"src\"\n\n[preprocessor.tutor]\n");
    insta::assert_snapshot!(refused(&project));
    assert!(project.path("src/chapter.md").exists());
}

#[test]
fn practice_texts_that_are_no_toml() {
    let project = Project::with_chapter(ONE_CALL);
    project.write("fixtures/practice.toml", "[[answer]]\nprompt = \"x\"\ntxt = \"y\"\n");
    let done = project.tutor(["record", "--practice", "--accept"]);
    assert_eq!(done.code, Some(2));
    insta::assert_snapshot!(done.stderr);
}

#[test]
fn no_book_here() {
    let project = Project::new();
    std::fs::remove_file(project.path("book.toml")).expect("removed");
    insta::assert_snapshot!(refused(&project));
}
