//! The course of this repository: complete, and on the page as reviewed.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::Project;

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A copy of the course to work on.
fn course() -> Project {
    let project = Project::new();
    std::fs::remove_dir_all(project.path("src")).ok();
    for folder in ["book", "challenges", "fixtures"] {
        copy(&repository(folder), &project.path(folder));
    }
    std::fs::copy(repository("book.toml"), project.path("book.toml")).expect("book.toml");
    project
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file");
        }
    }
}

#[test]
fn every_request_has_its_recording_and_nothing_is_wrong() {
    let done = course().tutor(["build", "--strict"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(done.stdout, "./target/site/index.html\n");
    insta::assert_snapshot!(done.stderr);
}

#[test]
fn recording_the_course_again_changes_nothing() {
    let project = course();
    let before = project.tree();
    let done = project.tutor(["record", "--practice", "--accept"]);
    assert_eq!((done.code, done.stdout.as_str()), (Some(0), ""), "{}", done.stderr);
    assert!(before == project.tree());
}

#[test]
fn the_calls_of_the_course() {
    insta::assert_snapshot!(course().tutor(["list"]).stdout);
}

#[test]
fn every_chapter_is_on_the_page_as_reviewed() {
    let project = course();
    for chapter in ["README.md", "foundation-models.md", "living-models.md"] {
        for renderer in ["html", "markdown"] {
            let page = preprocessed(&project, chapter, renderer);
            let page = if renderer == "html" { one_tag_a_line(&page) } else { page };
            insta::assert_snapshot!(format!("{}-{renderer}", chapter.trim_end_matches(".md")), page);
        }
    }
}

/// A chapter as mdBook gets it back.
fn preprocessed(project: &Project, chapter: &str, renderer: &str) -> String {
    let config: toml::Table = toml::from_str(&project.read("book.toml")).expect("book.toml");
    let input = serde_json::json!([
        {
            "root": project.path(""), "config": config, "renderer": renderer,
            "mdbook_version": mdbook_preprocessor::MDBOOK_VERSION,
        },
        {"items": [{"Chapter": {
            "name": chapter, "content": project.read(&format!("book/{chapter}")), "number": [1],
            "sub_items": [], "path": chapter, "source_path": chapter, "parent_names": [],
        }}]},
    ]);
    let done = project.run(Command::new(env!("CARGO_BIN_EXE_mdbook-tutor")), &input.to_string());
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let book: serde_json::Value = serde_json::from_str(&done.stdout).expect("JSON");
    book["items"][0]["Chapter"]["content"].as_str().expect("text").to_owned()
}

/// What tutor draws, which is one line each, as one tag a line; the style as one word.
fn one_tag_a_line(page: &str) -> String {
    let line = |line: &str| match line.find("<!--tutor-->") {
        None => line.to_owned(),
        Some(_) if line.contains("<style>") => "<!--tutor--><style>…</style>".to_owned(),
        Some(_) => line.replace("><", ">\n<"),
    };
    page.lines().map(line).collect::<Vec<_>>().join("\n")
}
