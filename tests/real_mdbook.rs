//! The same book through the real mdBook and in process.

use std::path::PathBuf;
use std::process::Command;

use crate::project::{Done, ONE_CALL, Project};

/// The real mdBook, which `tests/run` installs.
pub(crate) fn mdbook() -> PathBuf {
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
    let (theirs, ours) = (pages(&project, "by-mdbook"), pages(&project, "book"));
    assert!(theirs.len() > 10);
    for ((path, theirs), (other, ours)) in theirs.iter().zip(&ours) {
        assert_eq!(path, other);
        assert!(theirs == ours, "{path} differs");
    }
    assert_eq!(theirs.len(), ours.len());
}

/// Every file below `folder` but the search index, whose keys two builds of mdBook may order
/// differently, and with them the digits in its name.
pub(crate) fn pages(project: &Project, folder: &str) -> Vec<(String, Vec<u8>)> {
    let digits = regex::bytes::Regex::new("(search(?:index|er))-[0-9a-f]{8}").expect("a pattern");
    let named = |(path, bytes): (PathBuf, Vec<u8>)| {
        let path = path.strip_prefix(folder).ok()?.to_str()?.to_owned();
        let bytes = digits.replace_all(&bytes, &b"$1"[..]).into_owned();
        (!path.contains("searchindex"))
            .then(|| (path.split("searcher-").next().unwrap_or_default().to_owned(), bytes))
    };
    project.tree().into_iter().filter_map(named).collect()
}

#[test]
fn a_configuration_error_stops_mdbook_with_our_words() {
    let project = Project::with_chapter(ONE_CALL)
        .with_config(&format!("{}\n", config().replacen("after", "fixture = 'x'\nafter", 1)));
    let done = build(&project);
    assert_ne!(done.code, Some(0));
    assert!(done.stderr.contains("unknown field `fixture`"), "{}", done.stderr);
}
