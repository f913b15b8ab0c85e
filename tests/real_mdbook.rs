//! The same book through the real mdBook and in process.

use std::path::PathBuf;
use std::process::Command;

use crate::project::{Done, ONE_CALL, Project};

/// The real mdBook, which `tests/run` installs.
fn mdbook() -> PathBuf {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin/mdbook");
    assert!(path.exists(), "{} is missing: run tests/run, which builds it once", path.display());
    path
}

fn config() -> String {
    let command = env!("CARGO_BIN_EXE_mdbook-tutor");
    format!(
        "[preprocessor.tutor]\ncommand = '{command}'\nafter = [\"links\"]\n\n[output.html]\n\n[output.markdown]\n"
    )
}

fn build(project: &Project) -> Done {
    let mut command = Command::new(mdbook());
    command.args(["build", "--dest-dir", "by-mdbook"]);
    project.run(command, "")
}

#[test]
fn both_ways_give_the_same_pages() {
    let chapter = include_str!("chapters/six-families.md");
    let project = Project::new()
        .chapter("chapter.md", chapter)
        .chapter("deep/one.md", ONE_CALL)
        .with_config(&config())
        .recorded();
    let done = build(&project);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let done = project.tutor(["build"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let below = |folder: &str| -> Vec<(PathBuf, Vec<u8>)> {
        let strip =
            |(path, bytes): (PathBuf, Vec<u8>)| Some((path.strip_prefix(folder).ok()?.to_owned(), bytes));
        project.tree().into_iter().filter_map(strip).collect()
    };
    let (theirs, ours) = (below("by-mdbook"), below("book"));
    assert!(theirs.len() > 10);
    for ((path, theirs), (other, ours)) in theirs.iter().zip(&ours) {
        assert_eq!(path, other);
        assert!(theirs == ours, "{} differs", path.display());
    }
    assert_eq!(theirs.len(), ours.len());
}

#[test]
fn a_configuration_error_stops_mdbook_with_our_words() {
    let project = Project::with_chapter(ONE_CALL)
        .with_config(&format!("{}\n", config().replacen("after", "fixture = 'x'\nafter", 1)));
    let done = build(&project);
    assert_ne!(done.code, Some(0));
    assert!(done.stderr.contains("unknown field `fixture`"), "{}", done.stderr);
}
