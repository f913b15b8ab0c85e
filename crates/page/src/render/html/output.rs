//! What a fence printed and drew.

use super::answer;
use super::panel::tag;
use super::prose;
use super::writer::Writer;
use crate::render::printed::printed;
use crate::render::view::OutputView;
use crate::render::{shorten, words};

/// Writes a fence's output.
pub(crate) fn output(view: &OutputView) -> String {
    let state = view.state();
    let mut writer = Writer::root(
        "div",
        "tutor-panel",
        &[("data-state", state.name()), ("role", "group"), ("aria-label", "Output")],
    );
    writer.open("div", &[("class", "tt-head")]).leaf("strong", &[], "Output");
    if view.is_marked() {
        tag(&mut writer, state, view.origin);
    }
    writer.close().open("div", &[("class", "tt-answer")]);
    let text = printed(&view.text);
    if !text.is_empty() {
        let shown = shorten::shown(&text);
        let all = if view.is_cut { "All that was kept" } else { "Whole output" };
        answer::folded(&mut writer, all, prose::lines(shown), |writer| prose::printed(writer, shown));
        answer::cut(&mut writer, &text, &view.file);
    }
    if view.is_cut {
        writer.leaf("p", &[("class", "tt-small")], words::CUT);
    }
    for image in &view.images {
        answer::image(&mut writer, image);
    }
    writer.close().open("p", &[("class", "tt-small")]).dated(&words::ran(view));
    writer.finish()
}
