//! `tutor review`, `accept` and `reject`, and what `record` does about pending recordings.

use crate::project::{ONE_REQUEST, Project};

const TWO_TURNS: &str = r#"# Two turns

```python
import boto3, json
bedrock = boto3.client("bedrock-runtime")
messages = [{"role": "user", "content": [{"text": "Name a tree."}]}]
first = bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=messages)
messages.append(first["output"]["message"])
messages.append({"role": "user", "content": [{"text": "Name another."}]})
second = bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=messages)
```
"#;

fn says(project: &Project, text: &str) {
    let answer = format!("[[answer]]\nprompt = \"Name three uses of a paper clip.\"\ntext = \"{text}\"\n");
    project.write("fixtures/practice.toml", &answer);
}

fn pending(project: &Project) -> usize {
    project.tree().iter().filter(|(path, _)| path.to_string_lossy().ends_with(".json.new")).count()
}

#[test]
fn a_new_answer_waits_until_it_is_accepted() {
    let project = Project::with_chapter(ONE_REQUEST);
    says(&project, "Bookmark.");
    assert_eq!(project.tutor(["record", "--practice"]).code, Some(0));
    let review = project.tutor(["review"]);
    assert_eq!(review.code, Some(0));
    insta::assert_snapshot!(review.stdout);
    let done = project.tutor(["accept", "chapter#titan-text-express"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(pending(&project), 0);
    assert!(project.page().contains("data-state=\"practice\""));
    assert!(project.tutor(["review"]).stderr.contains("Nothing waits"));
}

#[test]
fn a_changed_answer_stands_beside_the_accepted_one_until_it_is_rejected() {
    let project = Project::with_chapter(ONE_REQUEST);
    says(&project, "Bookmark.");
    let project = project.recorded();
    let before = project.tree();
    says(&project, "Hook.");
    assert_eq!(project.tutor(["record", "--practice", "--all"]).code, Some(0));
    assert_eq!(pending(&project), 1);
    assert!(project.page().contains("Bookmark."), "the page shows what is accepted");
    let review = project.tutor(["review"]);
    assert!(review.stdout.starts_with("changed "), "{}", review.stdout);
    assert_eq!(project.tutor(["reject", "--all"]).code, Some(0));
    says(&project, "Bookmark.");
    std::fs::remove_dir_all(project.path("book")).expect("the site");
    assert!(before == project.tree());
}

#[test]
fn recording_an_accepted_answer_again_leaves_nothing_to_review() {
    let project = Project::with_chapter(ONE_REQUEST).recorded();
    let before = project.tree();
    let done = project.tutor(["record", "--practice", "--all"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(before == project.tree());
}

#[test]
fn a_second_turn_is_not_accepted_before_the_first() {
    let project = Project::with_chapter(TWO_TURNS);
    assert_eq!(project.tutor(["record", "--practice"]).code, Some(0));
    assert_eq!(pending(&project), 2);
    let listed = project.tutor(["list", "--format", "json"]).stdout;
    assert_eq!(listed.matches("\"recording\":\"pending\"").count(), 2, "{listed}");
    let waiting: Vec<String> = project
        .tree()
        .iter()
        .map(|(path, _)| path.to_string_lossy().into_owned())
        .filter(|path| path.ends_with(".json.new"))
        .collect();
    let second = waiting.iter().find(|path| project.read(path).contains("Name another.")).expect("turn 2");
    let done = project.tutor(["accept", second]);
    assert_eq!(done.code, Some(1));
    assert!(done.stderr.contains("accept that one first"), "{}", done.stderr);
    assert_eq!(project.tutor(["accept", "--all"]).code, Some(0), "in the right order both are");
    assert_eq!(pending(&project), 0);
}

#[test]
fn what_nobody_asks_for_is_orphaned() {
    let project = Project::with_chapter(ONE_REQUEST).recorded();
    project.write("src/chapter.md", &ONE_REQUEST.replace("three", "four"));
    assert_eq!(project.tutor(["record", "--practice"]).code, Some(0));
    let review = project.tutor(["review"]);
    assert!(review.stdout.starts_with("new "), "{}", review.stdout);
    assert!(review.stdout.contains("\norphaned "), "{}", review.stdout);
    project.write("src/chapter.md", &ONE_REQUEST.replace("three", "five"));
    let done = project.tutor(["accept", "--all"]);
    assert_eq!(done.code, Some(1));
    // The command stands on a line of its own rather than in two.
    let reject = "tutor reject fixtures/chapter/titan-text-express.";
    assert!(done.stderr.contains(reject), "{}", done.stderr);
    assert_eq!(project.tutor(["reject", "--all"]).code, Some(0));
    assert_eq!(project.tutor(["reject", "--orphaned"]).code, Some(0));
    assert!(!project.tree().iter().any(|(path, _)| path.starts_with("fixtures")));
}

#[test]
fn the_course_is_recorded_reviewed_and_accepted_with_the_same_commands() {
    let project = Project::of_the_course();
    let before = project.tree();
    // What only running the code tells stays: captures, and the calls that are known by them alone.
    const BY_RUNNING: [&str; 3] = ["capture.json", "pictures/bag.", "retrieval/grounded-2."];
    let recordings = |project: &Project| -> Vec<std::path::PathBuf> {
        let files = project.tree().into_iter().map(|(path, _)| path);
        let is_read = |path: &str| path.contains(".json") && !BY_RUNNING.iter().any(|it| path.contains(it));
        files.filter(|path| is_read(&path.to_string_lossy())).collect()
    };
    for path in recordings(&project) {
        std::fs::remove_file(project.path("").join(path)).expect("a recording");
    }
    let done = project.tutor(["record", "--practice", "--today", "2026-11-22"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(pending(&project), recordings(&project).len());
    let review = project.tutor(["review"]);
    assert_eq!(review.code, Some(0), "{}", review.stderr);
    assert_eq!(review.stdout.matches("\nnew ").count() + 1, pending(&project), "{}", review.stdout);
    let done = project.tutor(["accept", "--all"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let names = |tree: &[(std::path::PathBuf, Vec<u8>)]| -> Vec<std::path::PathBuf> {
        tree.iter().map(|(path, _)| path.clone()).collect()
    };
    assert_eq!(names(&project.tree()), names(&before), "the same files as before");
    assert!(project.tutor(["review"]).stderr.contains("Nothing waits"));
}

#[test]
fn what_waits_is_held_against_what_the_book_expects() {
    let annotated = ONE_REQUEST.replace(
        "```toml bedrock",
        "<!-- tutor: expect = [{ contains = \"Bookmark\" }, { contains = \"umbrella\" }] -->\n```toml bedrock",
    );
    let project = Project::with_chapter(&annotated);
    says(&project, "Bookmark.");
    assert_eq!(project.tutor(["record", "--practice"]).code, Some(0));
    let review = project.tutor(["review"]).stdout;
    assert!(review.contains("expected     1 of 2 met; contains: "), "{review}");
    assert!(review.contains("umbrella"), "{review}");
}

#[test]
fn a_name_that_means_nothing_is_a_mistake() {
    let project = Project::with_chapter(ONE_REQUEST);
    assert_eq!(project.tutor(["record", "--practice"]).code, Some(0));
    let done = project.tutor(["accept", "nonsense"]);
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("these wait: chapter#titan-text-express"), "{}", done.stderr);
    assert_eq!(project.tutor(["accept"]).code, Some(2));
}

#[test]
fn verify_finds_what_was_changed_by_hand() {
    let project = Project::with_chapter(ONE_REQUEST).recorded();
    assert_eq!(project.tutor(["record", "--verify"]).code, Some(0));
    assert_eq!(project.tutor(["record", "--migrate"]).code, Some(0));
    let (path, _) = project.tree().into_iter().find(|(path, _)| path.starts_with("fixtures")).expect("one");
    let path = path.to_string_lossy().into_owned();
    let text = project.read(&path);
    project.write(&path, &text.replacen("\"status\": 200", "\"status\": 201", 1));
    let done = project.tutor(["record", "--verify"]);
    assert_eq!(done.code, Some(1));
    assert!(done.stdout.contains("its checksum does not fit"), "{}", done.stdout);
    project.write(&path, &text.replace("tutor-recording/2", "tutor-recording/9"));
    let done = project.tutor(["record", "--migrate"]);
    assert_eq!(done.code, Some(1));
    assert!(done.stderr.contains("newer than the formats this tutor reads"), "{}", done.stderr);
    assert!(done.stderr.contains("update tutor"), "{}", done.stderr);
}
