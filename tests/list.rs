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
fn programs_are_told_what_recorded_answers_say() {
    let project = Project::with_chapter(ONE_CALL).recorded();
    let done = project.tutor(["list", "--format", "json", "--answers"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let document: Value = serde_json::from_str(&done.stdout).expect("one JSON document");
    let answer = &document["chapters"][0]["calls"][0]["answer"];
    assert!(answer["text"].as_str().is_some_and(|text| text.contains("You asked")), "{answer}");
    assert_eq!((&answer["stop_reason"], &answer["reasoning"]), (&"FINISH".into(), &Value::Null));
    assert!(answer["tokens"]["input"].is_u64() && answer["tokens"]["output"].is_u64());
    assert_eq!(answer["tokens"]["counted_by"], "response headers");
    assert_eq!(
        (&answer["origin"]["kind"], &answer["origin"]["state"]),
        (&"practice".into(), &"accepted".into())
    );
    assert!(answer["times"][0]["total_ms"].is_u64());
    assert!(answer["cost"]["usd"].is_string());
    assert_eq!(listed(&project, ".")["chapters"][0]["calls"][0].get("answer"), None);
    let refused = project.tutor(["list", "--answers"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
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
