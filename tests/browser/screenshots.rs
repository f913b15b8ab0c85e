//! Pictures of everything tutor draws, for people to look at.

use std::path::Path;

use serde_json::json;

use super::{chromium, gallery};

/// Made by `tests/browser/screenshots.sh`, which says where they are.
#[test]
#[ignore = "makes pictures for people; run tests/browser/screenshots.sh"]
fn of_everything() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
    let sites = gallery::sites();
    let lines = chromium::run("screenshots", sites, json!({"folder": folder}));
    assert!(lines.len() > 100, "{} pictures", lines.len());
}
