//! Latency against cost, as inline SVG. Practice points are hollow and dashed.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::axis::Axis;
use super::compare::billed;
use super::writer::Writer;
use crate::render::view::{CompareRow, Origin};
use crate::render::words;

/// The drawing's inside, in its own units.
const LEFT: f64 = 50.0;
const RIGHT: f64 = 388.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 200.0;

/// Between an axis and its numbers: more than half a badge, so that none covers a number.
const GAP: f64 = 11.0;

/// The letter that ties a row to its point: A to Z, then numbers.
pub(super) fn letter(index: usize) -> String {
    u8::try_from(index)
        .ok()
        .filter(|index| *index < 26)
        .map_or_else(|| (index + 1).to_string(), |index| char::from(b'A' + index).to_string())
}

struct Point {
    letter: String,
    /// USD per 1,000 requests, or output tokens; and seconds, for the drawing only.
    across: f64,
    seconds: f64,
    origin: Origin,
    words: String,
}

/// Draws latency against cost, if two calls have both figures; and of local answers, which nobody is
/// billed for, latency against the length of the answer. The two never share a drawing.
pub(super) fn plot(writer: &mut Writer, rows: &[CompareRow]) {
    let points: Vec<Point> = rows.iter().enumerate().filter_map(|(index, row)| point(index, row)).collect();
    against_cost(writer, &points);
    let points: Vec<Point> =
        rows.iter().enumerate().filter_map(|(index, row)| local_point(index, row)).collect();
    draw(writer, &points, "Local answers: latency against length", "output tokens");
}

/// `, B imported`, where some are.
pub(super) fn imported<'a>(points: impl Iterator<Item = (Origin, &'a str)>) -> String {
    let letters: Vec<&str> =
        points.filter(|(origin, _)| *origin == Origin::Imported).map(|(_, letter)| letter).collect();
    if letters.is_empty() { String::new() } else { format!(", {} imported", letters.join(", ")) }
}

fn against_cost(writer: &mut Writer, points: &[Point]) {
    let simulated = points.iter().filter(|point| point.origin == Origin::Practice).count();
    let title = match simulated {
        0 => "Latency against cost",
        n if n == points.len() => "Latency against cost, simulated",
        _ => "Latency against cost, hollow points simulated",
    };
    let title =
        format!("{title}{}", imported(points.iter().map(|point| (point.origin, point.letter.as_str()))));
    draw(writer, points, &title, "USD per 1,000 requests");
}

fn draw(writer: &mut Writer, points: &[Point], title: &str, across: &str) {
    if points.len() < 2 {
        return;
    }
    let described: Vec<&str> = points.iter().map(|point| point.words.as_str()).collect();
    writer.open("figure", &[("class", "tt-plot")]).leaf("figcaption", &[], title);
    writer.open("svg", &[("viewBox", "0 0 400 240"), ("role", "img"), ("aria-label", title)]);
    writer.leaf("title", &[], title).leaf("desc", &[], &format!("{}.", described.join("; ")));
    let places: Vec<f64> = points.iter().map(|point| point.across).collect();
    let seconds: Vec<f64> = points.iter().map(|point| point.seconds).collect();
    let x = Axis::new(&places, LEFT, RIGHT);
    let y = Axis::new(&seconds, BOTTOM, TOP);
    axes(writer, &x, &y, across);
    marks(writer, points, &x, &y);
    writer.close().close();
}

fn point(index: usize, row: &CompareRow) -> Option<Point> {
    let recorded = row.recorded.as_ref()?;
    let latency = recorded.figures.latency?;
    let parts = billed(recorded)?;
    if recorded.error.is_some() {
        return None;
    }
    let letter = letter(index);
    Some(Point {
        across: (parts.total() * Decimal::ONE_THOUSAND).to_f64()?,
        seconds: std::time::Duration::from_millis(latency.median_ms).as_secs_f64(),
        origin: recorded.origin,
        words: format!(
            "{letter}, {}: {}, {} per 1,000 requests",
            row.model.name,
            words::time(latency.median_ms),
            words::cost_per_thousand(parts)
        ),
        letter,
    })
}

fn local_point(index: usize, row: &CompareRow) -> Option<Point> {
    let recorded = row.recorded.as_ref().filter(|row| row.origin == Origin::Local && row.error.is_none())?;
    let latency = recorded.figures.latency?;
    let tokens = recorded.figures.tokens.usage.output_tokens?;
    let letter = letter(index);
    Some(Point {
        across: u32::try_from(tokens).ok()?.into(),
        seconds: std::time::Duration::from_millis(latency.median_ms).as_secs_f64(),
        origin: recorded.origin,
        words: format!("{letter}, {}: {}, {tokens} output tokens", row.name, words::time(latency.median_ms)),
        letter,
    })
}

fn axes(writer: &mut Writer, x: &Axis, y: &Axis, across: &str) {
    let mut grid = String::new();
    for value in y.ticks() {
        grid.push_str(&format_line(LEFT, y.place(value), RIGHT, y.place(value)));
    }
    for value in x.ticks() {
        grid.push_str(&format_line(x.place(value), TOP, x.place(value), BOTTOM));
    }
    writer.leaf("path", &[("class", "tt-grid"), ("d", &grid)], "");
    let frame = format!("M{LEFT} {TOP}V{BOTTOM}H{RIGHT}");
    writer.leaf("path", &[("class", "tt-axis"), ("d", &frame)], "");
    for value in y.numbered() {
        label(writer, LEFT - GAP, y.place(value) + 4.0, "tt-end", &y.label(value));
    }
    for value in x.numbered() {
        label(writer, x.place(value), BOTTOM + GAP + 8.0, "tt-mid", &x.label(value));
    }
    label(writer, RIGHT, BOTTOM + GAP + 25.0, "tt-end", &format!("{across}{} →", x.scale()));
    label(writer, LEFT - 4.0, TOP - 11.0, "", &format!("↑ seconds{}", y.scale()));
}

fn format_line(x1: f64, y1: f64, x2: f64, y2: f64) -> String {
    format!("M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}")
}

pub(super) fn label(writer: &mut Writer, x: f64, y: f64, class: &'static str, text: &str) {
    let (x, y) = (format!("{x:.1}"), format!("{y:.1}"));
    let all = [("x", x.as_str()), ("y", y.as_str()), ("class", class)];
    writer.leaf("text", if class.is_empty() { &all[..2] } else { &all }, text);
}

/// How far apart the centres of two badges stay.
const BADGE: f64 = 19.0;

/// Badges at their points; where two would lie on each other, the later one moves up and a line
/// leads to its point.
fn marks(writer: &mut Writer, points: &[Point], x: &Axis, y: &Axis) {
    let mut taken: Vec<(f64, f64)> = Vec::new();
    for point in points {
        let (px, py) = (x.place(point.across), y.place(point.seconds));
        let (mut bx, mut by) = (px, py);
        let near = |(tx, ty): &(f64, f64), bx: f64, by: f64| (tx - bx).hypot(ty - by) < BADGE;
        while taken.iter().any(|place| near(place, bx, by)) {
            by -= BADGE;
            if by < TOP + 8.0 {
                (bx, by) = (bx + BADGE, py);
            }
            if bx > RIGHT {
                break;
            }
        }
        taken.push((bx, by));
        if (bx, by) != (px, py) {
            let lead = format_line(px, py, bx, by);
            writer.leaf("path", &[("class", "tt-axis"), ("d", &lead)], "");
        }
        let class = if point.origin == Origin::Practice { "tt-dot tt-simdot" } else { "tt-dot" };
        writer.open("g", &[("class", class)]);
        writer.leaf("title", &[], &point.words);
        let (cx, cy) = (format!("{bx:.1}"), format!("{by:.1}"));
        writer.leaf("circle", &[("cx", &cx), ("cy", &cy), ("r", "9")], "");
        label(writer, bx, by + 4.0, "tt-mid", &point.letter);
        writer.close();
    }
}
