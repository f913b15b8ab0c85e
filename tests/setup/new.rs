//! `tutor new`: what it makes runs.

use crate::challenge::workshop::python;
use crate::project::Project;

#[test]
fn a_new_course_builds_checks_and_has_a_challenge_that_can_be_passed() {
    let project = Project::empty();
    let done = project.tutor(["new", "my-course"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stderr.contains("A course with 1 recorded answer."), "{}", done.stderr);
    let done = project.tutor(["build", "my-course", "--strict"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(!done.stderr.contains('⚠'), "{}", done.stderr);
    let page = project.read("my-course/site/first-question.html");
    for words in ["Rivers carry salt", "practice", "The challenge", "Nova 2 Lite"] {
        assert!(page.contains(words), "{words}");
    }
    let done = project.tutor(["check", "my-course"]);
    assert_eq!(done.code, Some(0), "{}", done.stdout);
    assert!(done.stdout.ends_with("1 noted.\n"), "{}", done.stdout);
    assert!(project.read("my-course/book.toml").contains("title = \"My course\""));
    let run = |script: &str| {
        let script = format!("my-course/challenges/first-question/{script}");
        let python = python().display().to_string();
        project.tutor(["run", "first-question", &script, "--book", "my-course", "--python", &python])
    };
    assert_eq!(run("start.py").code, Some(1));
    let done = run("solution.py");
    assert_eq!(done.code, Some(0), "{}\n{}", done.stdout, done.stderr);
}

#[test]
fn a_folder_with_something_in_it_stays_as_it_is() {
    let project = Project::new();
    let before = project.tree();
    let done = project.tutor(["new", "."]);
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("tutor init"), "{}", done.stderr);
    assert_eq!(project.tree(), before);
}
