//! What a fence printed and drew.

use super::panel;
use super::text::inline;
use crate::render::printed::printed;
use crate::render::view::OutputView;
use crate::render::words;

/// Writes a fence's output.
pub(crate) fn output(view: &OutputView) -> String {
    let state = view.is_marked().then(|| format!(" ({})", words::state_word(view.state(), view.origin)));
    let mut out = format!("**Output**{}\n\n", state.unwrap_or_default());
    let text = printed(&view.text);
    if !text.is_empty() {
        out += &format!("{}\n", panel::text("text", &text, &view.file));
    }
    if view.is_cut {
        out += &format!("{}\n\n", words::CUT);
    }
    for image in &view.images {
        out += &format!("{}\n\n", inline(&words::picture(image)));
    }
    out + &inline(&words::ran(view)) + "\n"
}
