//! `tutor serve` in a real browser.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::json;

use super::chromium::{self, of_kind};
use crate::project::{ONE_CALL, Project};

/// The running command; it ends with the test.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_saved_chapter_is_in_the_browser_and_nothing_in_another_origin() {
    let project = Project::with_chapter(&format!("{ONE_CALL}\n<!-- end -->\n")).recorded();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tutor"));
    project.prepare(&mut command);
    command.args(["serve", "--port", "0"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut serving = Serving(command.spawn().expect("tutor serve"));
    let mut url = String::new();
    let stdout = serving.0.stdout.take().expect("a pipe");
    BufReader::new(stdout).read_line(&mut url).expect("a line");
    let input = json!({
        "url": url.trim(),
        "chapter": project.path("src/chapter.md"),
        "config": project.path("book.toml"),
        "arguments": ["--host-resolver-rules=MAP evil.test 127.0.0.1"],
    });
    let lines = chromium::look("serve", &project, input);
    assert_eq!(of_kind(&lines, "shown").len(), 2, "{lines:?}");
    assert!(of_kind(&lines, "problem")[0]["text"].as_str().is_some_and(|text| text.contains("book")));
    assert_eq!(of_kind(&lines, "mended").len(), 1);
    let nothing = json!({"read": false, "newest": false, "post": false, "frame": false, "script": false});
    assert_eq!(of_kind(&lines, "stranger")[0]["got"], nothing);
    assert_eq!(of_kind(&lines, "rebound")[0]["status"], 403);
}
