//! What a fence printed and drew.

use super::answer;
use super::panel::tag;
use super::prose;
use super::writer::Writer;
use crate::render::view::OutputView;
use crate::render::words;

/// Writes a fence's output.
pub(crate) fn output(view: &OutputView) -> String {
    let state = view.state();
    let mut writer = Writer::root(
        "div",
        "tutor-panel",
        &[("data-state", state.name()), ("role", "group"), ("aria-label", "Output")],
    );
    writer.open("div", &[("class", "tt-head")]).leaf("strong", &[], "Output");
    if let Some(origin) = view.origin {
        tag(&mut writer, state, Some(origin));
    }
    writer.close().open("div", &[("class", "tt-answer")]);
    let text = view.text.trim_end_matches('\n');
    if !text.is_empty() {
        answer::folded(&mut writer, prose::lines(text), |writer| prose::plain(writer, text));
    }
    if view.is_cut {
        writer.leaf("p", &[("class", "tt-none")], words::CUT);
    }
    for image in &view.images {
        answer::image(&mut writer, image);
    }
    writer.close().leaf("p", &[("class", "tt-small")], &words::ran(view));
    writer.finish()
}
