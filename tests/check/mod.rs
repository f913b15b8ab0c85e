//! `tutor check` on small chapters, each with one planted error or one tempting non-error.
//!
//! A case is a file of `cases/`: its settings in a comment at the top, then the chapter. What the
//! check says to it is a snapshot, beside the chapter it is about.

mod adopting;
mod case;
mod course;
mod fix;
mod formats;

use std::panic::AssertUnwindSafe;

use case::Case;

/// Fewer would be fewer than promised.
const LEAST: usize = 60;

#[test]
fn every_case_gives_exactly_its_findings() {
    let cases = Case::all();
    assert!(cases.len() >= LEAST, "{} cases", cases.len());
    let mut failed = Vec::new();
    for case in &cases {
        let said = case.said();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let name = case.name.clone();
        let held = std::panic::catch_unwind(AssertUnwindSafe(|| {
            settings.bind(|| insta::assert_snapshot!(name, said));
        }));
        if held.is_err() {
            failed.push(case.name.as_str());
        }
    }
    assert!(failed.is_empty(), "these cases give other findings: {}", failed.join(", "));
}
