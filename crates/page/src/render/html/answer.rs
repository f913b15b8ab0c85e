//! What a model said: text, reasoning, tools, images, vectors, errors.

use std::fmt::Write as _;

use super::icons;
use super::prose::{self, Reading};
use super::writer::Writer;
use crate::render::view::{ErrorView, ImageView, Outcome, Piece, State};
use crate::render::{shorten, words};
use tutor_bedrock::json::Json;
use tutor_catalog::measure::grouped;

/// An answer with more lines is folded, with its beginning in view.
const FOLD_ABOVE: usize = 18;

/// What unfolding shows.
const ANSWER: &str = "Whole answer";

/// Writes one sample of the recording in `file`.
pub(super) fn outcome(writer: &mut Writer, outcome: &Outcome, file: &str) {
    match outcome {
        Outcome::Answer(pieces) => {
            if pieces.is_empty() {
                writer.leaf("p", &[("class", "tt-none")], "The answer is empty.");
            }
            for piece in pieces {
                self::piece(writer, piece, file);
            }
        }
        Outcome::Error(error) => self::error(writer, error, file),
    }
}

/// Writes a body as received, formatted.
pub(super) fn json(writer: &mut Writer, body: &Json, file: &str) {
    let text = body.to_pretty();
    let shown = shorten::shown(&text);
    folded(writer, ANSWER, prose::lines(shown), |writer| prose::code(writer, shown));
    cut(writer, &text, file);
}

/// Says so if not all of `text` is shown.
pub(super) fn cut(writer: &mut Writer, text: &str, file: &str) {
    if let Some(note) = shorten::note(text, file) {
        writer.open("p", &[("class", "tt-dim")]).sentence(&note).close();
    }
}

fn piece(writer: &mut Writer, piece: &Piece, file: &str) {
    match piece {
        Piece::Text(said) => text(writer, said.trim_matches(['\n', '\r', ' ']), file),
        Piece::Reasoning(thoughts) => {
            let label = format!("Reasoning, {}", words::plural(thoughts.split_whitespace().count(), "word"));
            writer.open("details", &[("class", "tt-reason")]).leaf("summary", &[], &label);
            prose::plain(writer, shorten::shown(thoughts.trim()));
            cut(writer, thoughts.trim(), file);
            writer.close();
        }
        Piece::ToolUse { name, input } => {
            writer.open("div", &[("class", "tt-tool")]).open("p", &[]).own(icons::TOOL);
            writer.text("asks for the tool ").leaf("code", &[], &shorten::name(name)).text(" with").close();
            let input = input.to_pretty();
            prose::code(writer, shorten::shown(&input));
            cut(writer, &input, file);
            writer.close();
        }
        Piece::Data { what, value } => {
            writer.leaf("p", &[("class", "tt-dim")], words::data(*what));
            json(writer, value, file);
        }
        Piece::Image(view) => image(writer, view),
        Piece::Embedding(vector) => embedding(writer, vector),
        Piece::Refusal(why) => {
            writer.open("p", &[("class", "tt-refusal"), ("dir", "auto")]).own(icons::state(State::Error));
            writer.leaf("strong", &[], "Refused: ").text(shorten::shown(why)).close();
            cut(writer, why, file);
        }
    }
}

/// A text in its best reading, folded if long.
fn text(writer: &mut Writer, text: &str, file: &str) {
    if text.is_empty() {
        writer.leaf("p", &[("class", "tt-none")], "The answer holds no text.");
        return;
    }
    match prose::reading(text) {
        Reading::Json(pretty) => {
            folded(writer, ANSWER, prose::lines(&pretty), |writer| prose::code(writer, &pretty));
        }
        Reading::Plain => {
            let shown = shorten::shown(text);
            folded(writer, ANSWER, prose::lines(shown), |writer| prose::plain(writer, shown));
            cut(writer, text, file);
        }
        Reading::Markdown => {
            folded(writer, ANSWER, prose::lines(text), |writer| {
                writer.open("div", &[("class", "tt-prose")]);
                prose::markdown(writer, text);
                writer.close();
            });
            writer.open("details", &[("class", "tt-raw")]).leaf("summary", &[], "As received, to copy");
            prose::plain(writer, text);
            writer.close();
        }
    }
}

/// Long content keeps its beginning in view; a check box labelled `all` opens it, so that nothing is
/// written twice and print shows all of it.
pub(super) fn folded(writer: &mut Writer, all: &str, lines: usize, content: impl FnOnce(&mut Writer)) {
    if lines <= FOLD_ABOVE {
        return content(writer);
    }
    writer.open("div", &[("class", "tt-fold")]).open("div", &[("class", "tt-folded")]);
    content(writer);
    writer.close().open("label", &[("class", "tt-more")]).void("input", &[("type", "checkbox")]);
    let label = format!("{all}, about {}", words::plural(lines, "line"));
    writer.leaf("span", &[], &label).close().close();
}

/// A picture of the book.
pub(super) fn image(writer: &mut Writer, view: &ImageView) {
    if !is_plain_path(&view.src) {
        writer.leaf("p", &[("class", "tt-none")], "The image is not in this book.");
        return;
    }
    writer.open("figure", &[("class", "tt-image")]);
    let alt = if view.prompt.is_empty() { "Image made by the model" } else { view.prompt.as_str() };
    let mut attributes = vec![("src", view.src.as_str()), ("alt", alt), ("loading", "lazy")];
    let size = view.size.map(|(width, height)| (width.to_string(), height.to_string()));
    if let Some((width, height)) = &size {
        attributes.extend([("width", width.as_str()), ("height", height.as_str())]);
    }
    writer.void("img", &attributes).open("figcaption", &[("dir", "auto")]);
    if let Some((width, height)) = &size {
        writer.text(&format!("{width} × {height} px"));
        if !view.prompt.is_empty() {
            writer.text(" · ");
        }
    }
    writer.text(&view.prompt).close().close();
}

/// Whether `src` is a relative path within the book, made of nothing but letters, digits and `-_./`.
pub(super) fn is_plain_path(src: &str) -> bool {
    !src.is_empty()
        && !src.starts_with('/')
        && src.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b))
}

/// How many numbers of a vector are drawn.
const STRIP: usize = 64;

fn embedding(writer: &mut Writer, vector: &[f64]) {
    let shown = &vector[..vector.len().min(STRIP)];
    let largest = shown.iter().fold(0.0_f64, |largest, number| largest.max(number.abs()));
    let norm = vector.iter().map(|number| number * number).sum::<f64>().sqrt();
    let mut path = String::new();
    for (index, number) in shown.iter().enumerate() {
        let height = if largest > 0.0 { number / largest * 15.0 } else { 0.0 };
        // Writing to a string cannot fail.
        let _ = write!(path, "M{} 16v{:.1}", 2 + index * 4, -height);
    }
    let width = (shown.len().max(1) * 4).to_string();
    let title = format!("The first {} numbers as bars around zero", grouped(shown.len() as u64));
    writer.open("figure", &[("class", "tt-vector")]);
    let viewbox = format!("0 0 {width} 32");
    writer
        .open("svg", &[("viewBox", &viewbox), ("role", "img"), ("preserveAspectRatio", "none")])
        .leaf("title", &[], &title)
        .leaf("path", &[("d", &format!("M0 16h{width}")), ("class", "tt-zero")], "")
        .leaf("path", &[("d", &path)], "")
        .close();
    let numbers: Vec<String> = vector.iter().take(4).map(|number| format!("{number:.4}")).collect();
    let more = if vector.len() > numbers.len() { ", …" } else { "" };
    let caption = format!(
        "{} dimensions, norm {norm:.4}, begins [{}{more}]",
        grouped(vector.len() as u64),
        numbers.join(", ")
    );
    writer.leaf("figcaption", &[], &caption).close();
}

fn error(writer: &mut Writer, error: &ErrorView, file: &str) {
    writer.open("div", &[("class", "tt-error")]);
    let name = format!("{} {}", error.status, shorten::name(&error.kind));
    writer.open("p", &[]).leaf("strong", &[], &name).close();
    writer.leaf("p", &[("class", "tt-message"), ("dir", "auto")], shorten::shown(&error.message));
    cut(writer, &error.message, file);
    if let Some(meaning) = &error.meaning {
        writer.open("p", &[]).sentence(meaning).close();
    }
    writer.close();
}
