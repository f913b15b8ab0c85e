//! `tutor build`: what stands on the pages, and what is left alone.

use crate::project::{ONE_CALL, Project};

#[test]
fn a_recorded_call_becomes_a_panel_under_its_fence() {
    let page = Project::with_chapter(ONE_CALL).recorded().page();
    let (_, below) = page.split_once("outputText").expect("the fence");
    assert!(below.contains("data-state=\"practice\" data-key="), "no panel in practice state below it");
    assert!(page.contains("Titan Text Express"));
}

#[test]
fn without_a_recording_the_page_says_which_command_makes_one() {
    let project = Project::with_chapter(ONE_CALL);
    let done = project.tutor(["build"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stderr.contains("chapter.md:8"), "{}", done.stderr);
    assert!(done.stderr.contains("tutor record --practice --accept chapter"), "{}", done.stderr);
    let page = project.read("book/chapter.html");
    assert!(page.contains("data-state=\"missing\""));
    assert!(page.contains("tutor record --practice --accept chapter"));
}

#[test]
fn a_strict_build_lists_every_missing_recording_and_fails() {
    let two = format!("{ONE_CALL}\n{}", ONE_CALL.replace("three uses", "four uses"));
    let project = Project::with_chapter(&two);
    let done = project.tutor(["build", "--strict"]);
    assert_eq!(done.code, Some(1));
    assert!(done.stderr.contains("chapter.md:8") && done.stderr.contains("chapter.md:22"), "{}", done.stderr);
    assert!(!project.path("book/chapter.html").exists());
}

#[test]
fn building_twice_gives_the_same_bytes_and_touches_nothing_else() {
    let project = Project::with_chapter(ONE_CALL).recorded();
    let outside = |project: &Project| {
        project.tree().into_iter().filter(|(path, _)| !path.starts_with("book")).collect::<Vec<_>>()
    };
    let before = outside(&project);
    project.page();
    let first = project.tree();
    project.page();
    assert!(first == project.tree(), "the second build differs");
    assert_eq!(before, outside(&project));
}

#[test]
fn front_matter_becomes_one_line_of_facts() {
    let text =
        format!("---\ntitle: Clips\ndifficulty: beginner\ntime-estimate: 5 minutes\n---\n\n{ONE_CALL}");
    let page = Project::with_chapter(&text).recorded().page();
    assert!(page.contains("beginner") && page.contains("5 minutes"));
    assert!(!page.contains("difficulty: beginner"));
}

#[test]
fn equal_calls_share_a_panel_and_many_calls_a_table() {
    let text = r#"# Loops

```python
import boto3, json
bedrock = boto3.client("bedrock-runtime")
for topic in ["tides", "tides", "dunes"]:
    bedrock.invoke_model(modelId="amazon.titan-text-express-v1", body=json.dumps({"inputText": topic}))
```

```python
for topic in ["a", "b", "c", "d"]:
    bedrock.invoke_model(modelId="amazon.titan-text-express-v1", body=json.dumps({"inputText": topic}))
```
"#;
    let page = Project::with_chapter(text).recorded().page();
    assert_eq!(page.matches("tutor-panel").count() - page.matches(".tutor-panel").count(), 2 + 4, "panels");
    assert!(page.contains("×2"));
}

#[test]
fn a_comparison_takes_calls_of_other_chapters_too() {
    let other = "# Other\n\n{{#tutor compare one#clips}}\n";
    let named = ONE_CALL.replace("```python", "<!-- tutor: name = \"clips\" -->\n```python");
    let project = Project::new().chapter("one.md", &named).chapter("other.md", other).recorded();
    let done = project.tutor(["build"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(project.read("book/other.html").contains("clips"));
}

#[test]
fn other_renderers_get_plain_markdown() {
    let config = "[preprocessor.tutor]\n\n[output.html]\n\n[output.markdown]\n";
    let project = Project::with_chapter(ONE_CALL).with_config(config).recorded();
    let done = project.tutor(["build"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let markdown = project.read("book/markdown/chapter.md");
    assert!(markdown.contains("Titan Text Express"));
    assert!(!markdown.contains("<div") && !markdown.contains("<style"), "{markdown}");
}
