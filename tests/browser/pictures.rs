//! Pictures: of everything tutor draws, for people to look at, and of this repository's course, for
//! its README and guide.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::course::{Sites, WITH};
use super::{chromium, gallery};
use crate::project::Project;

/// The pictures in `book/images`, all of the course: what each shows, and how it is looked at.
fn of_the_book() -> Value {
    json!([
        {"name": "panel", "page": "foundation-models.html", "element": ".tutor-panel", "text": "refund-claude", "with": "pre"},
        {"name": "comparison", "page": "foundation-models.html", "element": ".tt-compare"},
        {"name": "phone", "page": "living-models.html", "element": ".tutor-panel", "text": "refund-sonnet", "theme": "navy", "width": 360, "scale": 1.5},
    ])
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The course of this repository, built as its readers build it.
fn the_course() -> Sites {
    let project = Project::of_the_course();
    let config = project.read("book.toml");
    assert!(config.contains("target/site"));
    project.write("book.toml", &config.replace("target/site", WITH));
    let done = project.tutor(["build", "--strict"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let pages = ["index.html", "foundation-models.html", "living-models.html"];
    Sites { pages: pages.map(str::to_owned).to_vec(), project }
}

/// What is to be read in a picture of the book, as it was when the picture was taken.
fn text_file(name: &str) -> PathBuf {
    repository(&format!("tests/browser/pictures/{name}.txt"))
}

#[test]
fn pictures_in_the_readme_and_the_guide_say_what_the_course_says() {
    let lines = chromium::run("pictures", &the_course(), json!({"pictures": of_the_book()}));
    assert_eq!(lines.len(), of_the_book().as_array().map_or(0, Vec::len));
    let documents: String =
        ["README.md", "book/README.md", "book/guide/authors.md", "book/guide/learners.md"]
            .map(|path| fs::read_to_string(repository(path)).expect("a document"))
            .concat();
    for line in &lines {
        let name = line["name"].as_str().expect("a name");
        let taken = fs::read_to_string(text_file(name)).unwrap_or_default();
        let again = "take it again with tests/browser/screenshots.sh";
        assert_eq!(line["text"].as_str(), Some(taken.as_str()), "{name}.png is out of date: {again}");
        let picture = fs::read(repository(&format!("book/images/{name}.png"))).unwrap_or_default();
        assert!(tutor_catalog::measure::image_size(&picture).is_some(), "{name}.png is missing: {again}");
        assert!(picture.len() < 200_000, "{name}.png is large: {} bytes", picture.len());
        assert!(documents.contains(&format!("images/{name}.png")), "nobody shows {name}.png");
    }
}

/// Started by `tests/browser/screenshots.sh`, which says where the pictures are.
#[test]
#[ignore = "makes pictures; run tests/browser/screenshots.sh"]
fn take() {
    let course = the_course();
    let images = repository("book/images");
    let lines = chromium::run("pictures", &course, json!({"pictures": of_the_book(), "folder": images}));
    for line in &lines {
        let name = line["name"].as_str().expect("a name");
        fs::write(text_file(name), line["text"].as_str().expect("a text")).expect("a file");
    }
    let folder = repository("target/screenshots");
    let gallery = gallery::sites();
    let all = chromium::run("screenshots", gallery, json!({"folder": folder.join("gallery"), "each": true}));
    assert!(all.len() > 100, "{} pictures", all.len());
    chromium::run("screenshots", &course, json!({"folder": folder.join("course")}));
}
