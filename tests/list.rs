//! `tutor list`: for people and for programs.

use serde_json::Value;

use crate::project::{ONE_CALL, Project};

fn listed(project: &Project, path: &str) -> Value {
    let done = project.tutor(["list", "--format", "json", path]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    serde_json::from_str(&done.stdout).expect("one JSON document")
}

#[test]
fn a_book_is_listed_with_the_state_of_its_recordings() {
    let project = Project::with_chapter(ONE_CALL);
    let call = &listed(&project, ".")["chapters"][0]["calls"][0];
    assert_eq!(call["id"], "chapter#0.0");
    assert_eq!(call["line"], 8);
    assert_eq!(call["request"]["inputText"], "Name three uses of a paper clip.");
    assert_eq!(call["recording"], "missing");
    let project = project.recorded();
    assert_eq!(listed(&project, ".")["chapters"][0]["calls"][0]["recording"], "current");
    project.write("src/chapter.md", &ONE_CALL.replace("three", "four"));
    assert_eq!(listed(&project, ".")["chapters"][0]["calls"][0]["recording"], "stale");
}

#[test]
fn loose_files_and_folders_are_listed_without_recordings() {
    let project = Project::with_chapter(ONE_CALL).recorded();
    for path in ["src/chapter.md", "src"] {
        let document = listed(&project, path);
        let chapters = document["chapters"].as_array().expect("chapters");
        let chapter =
            chapters.iter().find(|chapter| chapter["path"] == "src/chapter.md").expect("the chapter");
        assert_eq!(chapter["calls"][0]["recording"], Value::Null);
        assert_eq!(chapter["calls"][0]["status"], "resolved");
    }
}

#[test]
fn lines_of_an_included_file_are_that_files_lines() {
    let code = ONE_CALL.lines().skip(3).take_while(|line| *line != "```").collect::<Vec<_>>().join("\n");
    let project = Project::with_chapter("# Included\n\n```python\n{{#include code.py}}\n```\n");
    project.write("src/code.py", &code);
    assert_eq!(listed(&project, ".")["chapters"][0]["calls"][0]["line"], 5);
}

#[test]
fn people_get_a_tree_with_reasons() {
    let text = format!(
        "{ONE_CALL}\n```python\ntopic = input('About? ')\nbedrock.invoke_model(\n    modelId='amazon.titan-text-express-v1',\n    body=json.dumps({{'inputText': topic}}),\n)\n```\n"
    );
    let done = Project::with_chapter(&text).tutor(["list"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.lines().all(|line| line.chars().count() <= 80), "{}", done.stdout);
    insta::assert_snapshot!(done.stdout);
}

#[test]
fn a_chapter_shaped_like_a_real_course_gives_its_six_requests() {
    let project = Project::new();
    project.write("chapter.md", include_str!("chapters/six-families.md"));
    let document = listed(&project, "chapter.md");
    let calls = document["chapters"][0]["calls"].as_array().expect("calls");
    let found: Vec<String> = calls
        .iter()
        .map(|call| {
            format!("fence {} line {} {} {}", call["fence"], call["line"], call["status"], call["model_id"])
        })
        .collect();
    insta::assert_snapshot!(found.join("\n"));
}
