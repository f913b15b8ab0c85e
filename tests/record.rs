//! `tutor record --practice --accept`.

use crate::project::{ONE_CALL, Project};

#[test]
fn recording_again_changes_nothing() {
    let project = Project::with_chapter(ONE_CALL).recorded();
    let before = project.tree();
    let done = project.tutor(["record", "--practice", "--accept"]);
    assert_eq!(done.code, Some(0));
    assert!(done.stderr.contains("1 already recorded"), "{}", done.stderr);
    assert!(before == project.tree());
}

#[test]
fn without_accept_a_recording_is_pending_and_the_page_says_so() {
    let project = Project::with_chapter(ONE_CALL);
    let done = project.tutor(["record", "--practice"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.trim_end().ends_with(".json.new"), "{}", done.stdout);
    assert!(project.page().contains("data-state=\"pending\""));
    let project = project.recorded();
    assert!(project.page().contains("data-state=\"practice\""));
    assert!(!project.tree().iter().any(|(path, _)| path.to_string_lossy().ends_with(".new")));
}

#[test]
fn only_the_chapters_asked_for_are_recorded() {
    let project =
        Project::new().chapter("one.md", ONE_CALL).chapter("deep/two.md", &ONE_CALL.replace("three", "four"));
    let done = project.tutor(["record", "--practice", "--accept", "deep/two"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(project.path("fixtures/deep/two").is_dir());
    assert!(!project.path("fixtures/one").exists());
    let done = project.tutor(["record", "--practice", "--accept", "three"]);
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("no chapter `three`"), "{}", done.stderr);
}

#[test]
fn the_authors_own_text_is_what_practice_says() {
    let project = Project::with_chapter(ONE_CALL);
    project.write(
        "fixtures/practice.toml",
        "[[answer]]\nprompt = \"Name three uses of a paper clip.\"\ntext = \"Bookmark, hook, reset pin.\"\n",
    );
    assert!(project.recorded().page().contains("Bookmark, hook, reset pin."));
}

#[test]
fn a_second_turn_that_quotes_the_first_answer_is_recorded_in_a_second_round() {
    let text = r#"# Two turns

```python
import boto3, json
bedrock = boto3.client("bedrock-runtime")
messages = [{"role": "user", "content": [{"text": "Name a tree."}]}]
first = bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=messages)
messages.append(first["output"]["message"])
messages.append({"role": "user", "content": [{"text": "Name another."}]})
second = bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=messages)
print(second["output"]["message"]["content"][0]["text"])
```
"#;
    let project = Project::with_chapter(text).recorded();
    let done = project.tutor(["list", "--format", "json"]);
    assert_eq!(done.stdout.matches("\"recording\":\"current\"").count(), 2, "{}", done.stdout);
}

#[test]
fn images_stand_beside_the_chapters_and_on_the_page() {
    let text = r#"# A picture

```python
import boto3, json
bedrock = boto3.client("bedrock-runtime")
bedrock.invoke_model(
    modelId="stability.stable-diffusion-xl-v1",
    body=json.dumps({"text_prompts": [{"text": "a lighthouse"}], "width": 512, "height": 512, "seed": 7}),
)
```
"#;
    let project = Project::with_chapter(text).recorded();
    let page = project.page();
    let at = page.find("recorded/").expect("an image on the page");
    let name: String = page[at..].chars().take_while(|c| *c != '"').collect();
    assert!(project.path("src").join(&name).is_file());
    assert!(project.path("book").join(&name).is_file());
}
