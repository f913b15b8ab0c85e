//! The challenge on the page of its chapter.

use super::workshop::{CHAPTER, file};
use crate::project::Project;

/// The chapter's code is the starting code's, letter for letter.
#[test]
fn the_chapter_shows_the_functions_of_the_starting_code() {
    let course = Project::of_the_course();
    let chapter = course.read(&format!("book/{CHAPTER}.md"));
    let start = file("start.py");
    let functions = start.find("def ").and_then(|from| Some(&start[from..start.find("\n\nif __name__")?]));
    let functions = functions.expect("functions").trim_end();
    assert!(
        chapter.contains(&format!("```python\n{functions}\n```\n")),
        "the chapter should show\n{functions}"
    );
}

#[test]
fn the_directive_shows_task_checks_and_command() {
    let project = Project::with_chapter("# One\n\n{{#tutor challenge}}\n\n{{#tutor challenge part/two}}\n");
    for (name, text) in [
        ("challenge.toml", file("challenge.toml")),
        ("start.py", file("start.py")),
        ("solution.py", file("solution.py")),
    ] {
        project.write(&format!("challenges/chapter/{name}"), &text);
    }
    let done = project.tutor(["build"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stderr.contains("there is no challenge in challenges/part/two"), "{}", done.stderr);
    let page = project.read("book/chapter.html");
    for part in ["Challenge: Compare models", "tutor run chapter", "throttling is waited out or reported"] {
        assert!(page.contains(part), "{part}");
    }
    let checked = project.tutor(["check"]);
    assert_eq!(checked.code, Some(1), "{}", checked.stdout);
    assert!(checked.stdout.contains("there is no challenge in challenges/part/two"), "{}", checked.stdout);
    assert!(!checked.stdout.contains("challenges/chapter"), "{}", checked.stdout);
}
