//! What a request costs, input and output stacked, as inline SVG. Practice bars are pale and dashed.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::compare::billed;
use super::plot::{imported, label, letter};
use super::writer::{Attributes, Writer};
use crate::render::view::{CompareRow, Origin};
use crate::render::words;

/// The drawing's inside, in its own units: bars between these, each with its amount behind it.
const LEFT: f64 = 24.0;
const RIGHT: f64 = 300.0;
const TOP: f64 = 6.0;
const ROW: f64 = 24.0;
const THICK: f64 = 13.0;

struct Bar {
    letter: String,
    input: Decimal,
    output: Decimal,
    origin: Origin,
    words: String,
}

/// Draws the bars, if two calls have a price.
pub(super) fn costs(writer: &mut Writer, rows: &[CompareRow]) {
    let bars: Vec<Bar> = rows.iter().enumerate().filter_map(|(index, row)| bar(index, row)).collect();
    let largest = bars.iter().map(|bar| bar.input + bar.output).max().unwrap_or_default();
    if bars.len() < 2 || largest.is_zero() {
        return;
    }
    let simulated = bars.iter().filter(|bar| bar.origin == Origin::Practice).count();
    let title = match simulated {
        0 => "Cost of a request",
        n if n == bars.len() => "Cost of a request, simulated",
        _ => "Cost of a request, dashed bars simulated",
    };
    let title = &format!("{title}{}", imported(bars.iter().map(|bar| (bar.origin, bar.letter.as_str()))));
    let described: Vec<&str> = bars.iter().map(|bar| bar.words.as_str()).collect();
    writer.open("figure", &[("class", "tt-plot")]).open("figcaption", &[]).text(title).text(": ");
    key(writer, &[("class", "tt-in")], "input");
    key(writer, &[], "output");
    writer.close();
    let viewbox =
        format!("0 0 400 {:.0}", TOP + ROW * f64::from(u16::try_from(bars.len()).unwrap_or(u16::MAX)));
    writer.open("svg", &[("viewBox", &viewbox), ("role", "img"), ("aria-label", title)]);
    writer.leaf("title", &[], title).leaf("desc", &[], &format!("{}.", described.join("; ")));
    let mut top = TOP;
    for bar in &bars {
        draw(writer, bar, top, largest);
        top += ROW;
    }
    writer.close().close();
}

fn bar(index: usize, row: &CompareRow) -> Option<Bar> {
    let recorded = row.recorded.as_ref()?;
    let parts = billed(recorded)?;
    // What is read from a cache or written to it belongs to the prompt; images are what came out.
    let input = parts.input + parts.cache;
    let output = parts.total() - input;
    let letter = letter(index);
    let words =
        format!("{letter}, {}: input {}, output {}", row.model.name, words::usd(input), words::usd(output));
    Some(Bar { letter, input, output, origin: recorded.origin, words })
}

/// A square in the colour of output, or of input, with its word.
fn key(writer: &mut Writer, attributes: Attributes<'_>, word: &str) {
    writer.open("span", &[("class", "tt-key"), ("aria-hidden", "true")]).leaf("span", attributes, "");
    writer.close().text(&format!(" {word} "));
}

fn draw(writer: &mut Writer, bar: &Bar, top: f64, largest: Decimal) {
    let length = |amount: Decimal| (amount / largest).to_f64().unwrap_or(0.0) * (RIGHT - LEFT);
    let (input, output) = (length(bar.input), length(bar.output));
    let class = if bar.origin == Origin::Practice { "tt-cost tt-simcost" } else { "tt-cost" };
    writer.open("g", &[("class", class)]).leaf("title", &[], &bar.words);
    label(writer, LEFT - 14.0, top + 11.0, "tt-mid", &bar.letter);
    segment(writer, LEFT, input, top, "tt-in");
    segment(writer, LEFT + input, output, top, "tt-out");
    label(writer, LEFT + input + output + 6.0, top + 11.0, "", &words::usd(bar.input + bar.output));
    writer.close();
}

/// A segment as a path: a length of less than a tenth would be drawn as nothing anyway.
fn segment(writer: &mut Writer, x: f64, length: f64, top: f64, class: &'static str) {
    if length >= 0.1 {
        let path = format!("M{x:.1} {top:.1}h{length:.1}v{THICK:.1}h-{length:.1}z");
        writer.leaf("path", &[("class", class), ("d", &path)], "");
    }
}
