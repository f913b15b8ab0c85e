//! Names that mean nothing are mistakes with a suggestion, in every verb; small words of every verb.

use crate::project::{ONE_CALL, ONE_REQUEST, Project};

fn two() -> Project {
    Project::new().chapter("first.md", ONE_CALL).chapter("second.md", ONE_REQUEST)
}

#[test]
fn a_mistyped_name_is_a_mistake_with_a_suggestion() {
    let project = two().recorded();
    for (arguments, near) in [
        (&["record", "--practice", "frist"][..], "did you mean `first`?"),
        (&["record", "--practice", "first#nope"], "tutor list"),
        (&["record", "--practice", "first#titan-txt-express"], "did you mean `first#titan-text-express`?"),
        (&["record", "--practice", "frist#titan-text-express"], "did you mean `first#titan-text-express`?"),
        (&["record", "--practice", "--execute", "--yes-run-code", "secnd"], "did you mean `second`?"),
        (&["list", "secnd"], "did you mean `second`?"),
        (&["list", "first#7"], "tutor list"),
    ] {
        let done = project.tutor(arguments);
        let said = done.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(done.code, Some(2), "{arguments:?}: {said}");
        assert!(said.contains(near), "{arguments:?}: {said}");
    }
    for name in ["first", "first.md", "first#0", "first#0.0", "first#titan-text-express"] {
        let done = project.tutor(["list", name]);
        assert_eq!(done.code, Some(0), "{name}: {}", done.stderr);
        assert!(done.stdout.contains("first.md") && !done.stdout.contains("second.md"), "{}", done.stdout);
        assert!(done.stdout.contains("\n1 request: 1 resolved"), "{}", done.stdout);
        assert_eq!(
            project.tutor(["record", "--practice", "--accept", "--all", name]).code,
            Some(0),
            "{name}"
        );
    }
}

#[test]
fn both_sides_of_a_merge_are_told_and_settled() {
    let project = two().recorded();
    let path =
        project.tree().into_iter().map(|(path, _)| path).find(|path| path.starts_with("fixtures/first"));
    let path = path.expect("a recording").display().to_string();
    let ours = project.read(&path);
    let theirs = ours.replace("You asked", "They asked");
    project.write(&path, &format!("<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> other\n"));
    let done = project.tutor(["check"]);
    let said = done.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("both sides of a merge") && said.contains("tutor review --ours first"), "{said}");
    let done = project.tutor(["review", "--theirs"]);
    assert_eq!(done.code, Some(1), "their checksum does not fit: {}", done.stderr);
    let done = project.tutor(["review", "--ours", "first"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(project.read(&path), ours);
    assert_eq!(project.tutor(["review", "--ours"]).code, Some(2), "nothing is left");
}

#[test]
fn a_build_ends_with_what_the_check_denies() {
    let project = two().recorded();
    let done = project.tutor(["build"]);
    assert!(done.stderr.contains("tutor check"), "{}", done.stderr);
    let project = Project::with_chapter("# Nothing\n");
    assert!(!project.tutor(["build"]).stderr.contains("tutor check"));
}

#[test]
fn front_matter_is_shown_as_the_guide_says_and_where_there_is_something_to_show() {
    let front = "---\ntitle: A lesson\ndifficulty: easy\ntime-estimate: 20 minutes\nauthor: Somebody\nlayout: post\n---\n";
    let page = Project::with_chapter(&format!("{front}{ONE_REQUEST}")).recorded().page();
    assert!(page.contains("easy") && page.contains("20 minutes"), "{page}");
    assert!(!page.contains("Somebody") && !page.contains("layout: post"), "{page}");
    let page = Project::with_chapter(&format!("{front}# Words alone\n")).page();
    assert!(page.contains("Somebody"), "no business of tutor's");
}

#[test]
fn a_request_without_a_limit_has_its_models() {
    let project = Project::with_chapter(
        &ONE_REQUEST.replace("titan-text-express-v1", "nova-lite-v1:0").replace("max-tokens = 64\n", ""),
    );
    let done = project.tutor(["record", "--dry-run"]);
    assert!(done.stderr.contains("1 answer, together up to $0.0"), "{}", done.stderr);
    assert!(!done.stderr.contains("not sent"), "{}", done.stderr);
}

#[test]
fn options_stand_under_their_own_headings() {
    let project = Project::empty();
    for (verb, option) in
        [("run", "--watch"), ("compare", "--samples"), ("endpoint", "--quiet"), ("compare", "--html")]
    {
        let help = project.tutor([verb, "--help"]).stdout;
        let (own, grouped) =
            (help.find(option), help.find("Amazon Bedrock, with").or_else(|| help.find("Faults, for")));
        assert!(own < grouped && own.is_some(), "{verb} {option}: {help}");
    }
}
