//! One call's panel, and the table of several.

use super::text::{fence, head, inline, row, sentence, strong};
use crate::render::preview::preview;
use crate::render::view::{Outcome, PanelBody, PanelView, Piece, RecordedView, Show};
use crate::render::{shorten, words};
use tutor_catalog::measure::grouped;

/// Writes one panel.
pub(crate) fn panel(view: &PanelView) -> String {
    let mut out = vec![title(view)];
    match &view.body {
        PanelBody::Missing(missing) => {
            out.push(format!("{}\n", sentence(&missing.reason)));
            if let Some(command) = &missing.command {
                out.push(format!("\n{}", fence("console", command)));
            }
        }
        PanelBody::Recorded(recorded) => {
            out.push(content(recorded));
            out.push(figures(view, recorded));
        }
    }
    out.concat()
}

/// Model, maker, state, lifecycle.
fn title(view: &PanelView) -> String {
    let origin = match &view.body {
        PanelBody::Recorded(recorded) => Some(recorded.origin),
        PanelBody::Missing(_) => None,
    };
    let mut out = vec![strong(&view.model.name)];
    if let Some(provider) = &view.model.provider {
        out.push(format!(", {}", inline(provider)));
    }
    if view.times > 1 {
        out.push(format!(" ×{}", view.times));
    }
    out.push(format!(" ({})", words::state_word(view.state(), origin)));
    if let Some(note) = &view.model.lifecycle {
        out.push(format!(". {}", inline(&words::lifecycle(note))));
    }
    out.push("\n\n".to_owned());
    out.concat()
}

/// The answer and the other samples.
fn content(recorded: &RecordedView) -> String {
    let mut out = vec![match &recorded.show {
        Show::None => return String::new(),
        Show::Json(body) => text("json", &body.to_pretty(), &recorded.file),
        Show::Text => outcome(&recorded.outcome, &recorded.file),
    }];
    for (index, sample) in recorded.other_samples.iter().enumerate() {
        out.push(format!(
            "\n{}\n\n{}",
            words::sample(index + 1, recorded.samples()),
            outcome(sample, &recorded.file)
        ));
    }
    out.push("\n".to_owned());
    out.concat()
}

/// A text in a fence, as much of it as a page shows.
pub(super) fn text(info: &str, text: &str, file: &str) -> String {
    let note = shorten::note(text, file).map(|note| format!("\n{}\n", sentence(&note)));
    format!("{}{}", fence(info, shorten::shown(text)), note.unwrap_or_default())
}

fn outcome(outcome: &Outcome, file: &str) -> String {
    match outcome {
        Outcome::Error(error) => {
            let meaning = error.meaning.as_ref().map(|meaning| format!("\n{}\n", sentence(meaning)));
            let name = format!("{} {}", error.status, inline(&shorten::name(&error.kind)));
            let message = text("text", &error.message, file);
            format!("**{name}**\n\n{message}{}", meaning.unwrap_or_default())
        }
        Outcome::Answer(pieces) if pieces.is_empty() => "The answer is empty.\n".to_owned(),
        Outcome::Answer(pieces) => {
            pieces.iter().map(|piece| self::piece(piece, file)).collect::<Vec<_>>().join("\n")
        }
    }
}

fn piece(piece: &Piece, file: &str) -> String {
    match piece {
        Piece::Text(said) => text("text", said.trim_matches(['\n', '\r', ' ']), file),
        Piece::Reasoning(thoughts) => format!("Reasoning:\n\n{}", text("text", thoughts.trim(), file)),
        Piece::ToolUse { name, input } => {
            let name = inline(&shorten::name(name));
            format!("Asks for the tool {name} with\n\n{}", text("json", &input.to_pretty(), file))
        }
        Piece::Data { what, value } => {
            format!("{}\n\n{}", words::data(*what), text("json", &value.to_pretty(), file))
        }
        Piece::Image(view) => {
            let size =
                view.size.map_or_else(String::new, |(width, height)| format!(", {width} × {height} px"));
            format!("Image{size}: {}\n\n{}", inline(&view.prompt), fence("text", &view.src))
        }
        Piece::Embedding(vector) => {
            let norm = vector.iter().map(|number| number * number).sum::<f64>().sqrt();
            format!("Vector of {} dimensions, norm {norm:.4}\n", grouped(vector.len() as u64))
        }
        Piece::Refusal(why) => format!("Refused: {}\n", inline(shorten::shown(why))),
    }
}

fn figures(view: &PanelView, recorded: &RecordedView) -> String {
    let mut out = vec![head(&["Figure", "Value"])];
    for figure in words::figures(&recorded.figures, recorded.origin, recorded.stop_reason.as_deref()) {
        let note = figure.note.map_or_else(String::new, |note| format!(" ({note})"));
        out.push(row(&[inline(&figure.label), inline(&format!("{}{note}", figure.value))]));
    }
    let mut origin = vec![words::origin(recorded, &view.model)];
    origin.extend(recorded.region.clone());
    out.push(row(&["origin".to_owned(), inline(&origin.join(", "))]));
    out.push(row(&["samples".to_owned(), recorded.samples().to_string()]));
    if let Some(name) = words::own_name(&view.name, &view.model) {
        out.push(row(&["name".to_owned(), inline(name)]));
    }
    out.push(row(&["request".to_owned(), inline(&format!("{} {}", view.operation, view.model.id))]));
    out.concat()
}

/// Several panels of one fence: a table, then the answers in order.
pub(crate) fn group(views: &[PanelView]) -> String {
    let mut out = vec![head(&["Model", "State", words::TOKENS, "Latency", "Cost", "Answer"])];
    for view in views {
        let mut cells = vec![inline(&view.model.name)];
        match &view.body {
            PanelBody::Missing(missing) => {
                cells.push(words::state_word(view.state(), None).to_owned());
                cells.extend(std::iter::repeat_n("–".to_owned(), 3));
                cells.push(inline(&missing.reason));
            }
            PanelBody::Recorded(recorded) => {
                cells.push(words::state_word(view.state(), Some(recorded.origin)).to_owned());
                let figures = words::cells(&recorded.figures, recorded.origin);
                cells.extend(figures.iter().map(|cell| inline(&cell.in_words())));
                cells.push(inline(&preview(recorded, 60)));
            }
        }
        out.push(row(&cells));
    }
    for view in views {
        out.push(format!("\n{}", panel(view)));
    }
    out.concat()
}
