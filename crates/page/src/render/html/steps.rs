//! `{{#tutor steps}}`: a pipeline step by step, with its sum.

use super::tables::begin;
use super::writer::Writer;
use crate::render::followed;
use crate::render::view::StepsView;
use crate::render::words;

/// The table of steps.
pub(crate) fn steps(view: &StepsView) -> String {
    let mut writer = Writer::root("div", "tt-steps", &[("role", "group"), ("aria-label", "Steps")]);
    begin(&mut writer, "Steps", "tt-table", &["Step", words::TOKENS, "Latency", "Cost"]);
    for step in followed::steps(&view.rows) {
        writer.open("tr", &[]).open("th", &[("scope", "row")]);
        writer.leaf("strong", &[("class", "tt-model")], &step.name).leaf("small", &[], &step.model).close();
        for cell in &step.cells {
            writer.open("td", &[]).leaf("span", &[("class", "tt-value")], &cell.value);
            if let Some(unsure) = &cell.unsure {
                writer.leaf("small", &[], unsure);
            }
            writer.close();
        }
        writer.close();
    }
    writer.finish()
}
