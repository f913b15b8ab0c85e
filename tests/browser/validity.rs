//! What tutor draws, as HTML: valid and small.

use std::path::Path;

use serde_json::json;

use super::chromium::{self, of_kind, told};
use super::course::{REQUEST_ID, WITH, WITHOUT};
use super::gallery;

#[test]
fn a_validator_finds_nothing() {
    let sites = gallery::sites();
    // The lengths of bars are inline styles, as numbers of per cent; the drawing's own tests hold them
    // to that.
    let lines = chromium::run("validate", sites, json!({"rules": {"no-inline-style": "off"}}));
    let pages = of_kind(&lines, "page");
    assert_eq!(pages.len(), sites.pages.len());
    assert!(pages.iter().all(|page| page["roots"].as_u64() > Some(1)), "{}", told(&pages));
    let messages = of_kind(&lines, "message");
    assert!(messages.is_empty(), "{}", told(&messages));
}

/// What one panel may add to a page beside its answer, in bytes.
const MOST: usize = 2048;

#[test]
fn a_panel_without_its_answer_is_small() {
    let sites = gallery::sites();
    let mut panels = 0;
    for page in &sites.pages {
        let html = sites.project.read(&format!("{WITH}/{page}"));
        for panel in elements(&html, "<div class=\"tutor tutor-panel") {
            let answers: usize =
                elements(panel, "<div class=\"tt-answer\"").iter().map(|answer| answer.len()).sum();
            assert!(panel.len() - answers < MOST, "{page}: {} bytes\n{panel}", panel.len() - answers);
            panels += 1;
        }
    }
    assert!(panels > 20, "{panels} panels");
}

#[test]
fn the_style_stands_once_on_a_page() {
    let sites = gallery::sites();
    for page in &sites.pages {
        let styles = |site| sites.project.read(&format!("{site}/{page}")).matches("<style").count();
        assert_eq!(styles(WITH), styles(WITHOUT) + 1, "{page}");
    }
}

#[test]
fn ids_and_keys_reach_neither_the_search_nor_the_text() {
    let sites = gallery::sites();
    let files = sites.project.tree();
    let is_index = |path: &Path| path.starts_with(WITH) && path.to_string_lossy().contains("searchindex");
    let (_, index) = files.iter().find(|(path, _)| is_index(path)).expect("a search index");
    let index = String::from_utf8_lossy(index);
    assert!(index.contains("firstToken"), "the answers can be found");
    assert!(!index.contains(REQUEST_ID) && !index.contains("<svg") && !index.contains("tt-"));
    for page in &sites.pages {
        let html = sites.project.read(&format!("{WITH}/{page}"));
        assert!(!html.contains(REQUEST_ID), "{page}");
        for (at, mark) in html.match_indices("data-key=\"") {
            let key = &html[at + mark.len()..][..16];
            assert!(!index.contains(key), "{page}: {key} can be found by searching");
        }
    }
}

/// The `div`s that start so, each from its start to its end.
fn elements<'a>(html: &'a str, start: &str) -> Vec<&'a str> {
    html.match_indices(start).map(|(at, _)| &html[at..at + length(&html[at..])]).collect()
}

/// How long the `div` is that the text starts with.
fn length(html: &str) -> usize {
    let mut depth = 0_usize;
    for (at, _) in html.match_indices("div") {
        let before = &html[..at];
        if before.ends_with("</") {
            depth -= 1;
            if depth == 0 {
                return at + "div>".len();
            }
        } else if before.ends_with('<') {
            depth += 1;
        }
    }
    panic!("a div without end: {html}")
}
