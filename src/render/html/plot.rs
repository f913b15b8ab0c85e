//! Latency against cost, as inline SVG. Practice points are hollow and dashed.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::compare::priced;
use super::writer::Writer;
use crate::render::view::{CompareRow, Origin};
use crate::render::words;

/// The drawing's inside, in its own units.
const LEFT: f64 = 46.0;
const RIGHT: f64 = 388.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 200.0;

/// The letter that ties a row to its point: A to Z, then numbers.
pub(super) fn letter(index: usize) -> String {
    u8::try_from(index)
        .ok()
        .filter(|index| *index < 26)
        .map_or_else(|| (index + 1).to_string(), |index| char::from(b'A' + index).to_string())
}

struct Point {
    letter: String,
    /// USD per 1,000 requests and seconds, for the drawing only.
    cost: f64,
    seconds: f64,
    origin: Origin,
    words: String,
}

/// Draws the plot, if two calls have both figures.
pub(super) fn plot(writer: &mut Writer, rows: &[CompareRow]) {
    let points: Vec<Point> = rows.iter().enumerate().filter_map(|(index, row)| point(index, row)).collect();
    if points.len() < 2 {
        return;
    }
    let simulated = points.iter().filter(|point| point.origin == Origin::Practice).count();
    let title = match simulated {
        0 => "Latency against cost",
        n if n == points.len() => "Latency against cost, simulated",
        _ => "Latency against cost, hollow points simulated",
    };
    let described: Vec<&str> = points.iter().map(|point| point.words.as_str()).collect();
    writer.open("figure", &[("class", "tt-plot")]).leaf("figcaption", &[], title);
    writer.open("svg", &[("viewBox", "0 0 400 236"), ("role", "img"), ("aria-label", title)]);
    writer.leaf("title", &[], title).leaf("desc", &[], &format!("{}.", described.join("; ")));
    let x = Axis::new(points.iter().map(|point| point.cost), LEFT, RIGHT);
    let y = Axis::new(points.iter().map(|point| point.seconds), BOTTOM, TOP);
    axes(writer, &x, &y);
    marks(writer, &points, &x, &y);
    writer.close().close();
}

fn point(index: usize, row: &CompareRow) -> Option<Point> {
    let recorded = row.recorded.as_ref()?;
    let latency = recorded.figures.latency?;
    let parts = priced(recorded)?;
    if recorded.error.is_some() {
        return None;
    }
    let letter = letter(index);
    Some(Point {
        cost: (parts.total() * Decimal::ONE_THOUSAND).to_f64()?,
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

/// From values to places.
struct Axis {
    step: f64,
    steps: u32,
    from: f64,
    to: f64,
}

impl Axis {
    /// From zero to the next round number above the largest value, in two to five round steps.
    fn new(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let largest = values.fold(0.0_f64, f64::max).max(1e-9);
        let magnitude = 10_f64.powf((largest / 4.0).log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .into_iter()
            .map(|factor| factor * magnitude)
            .find(|step| largest / step <= 4.5)
            .unwrap_or(largest);
        let steps = (1..=6).find(|steps| f64::from(*steps) * step >= largest * 1.04).unwrap_or(6);
        Axis { step, steps, from, to }
    }

    fn place(&self, value: f64) -> f64 {
        let share = value / (self.step * f64::from(self.steps));
        self.from + (self.to - self.from) * share
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        (0..=self.steps).map(|index| f64::from(index) * self.step)
    }

    /// As many decimals as the step needs.
    fn label(&self, value: f64) -> String {
        let decimals = (0..9)
            .find(|decimals| {
                let scaled = self.step * 10_f64.powi(*decimals);
                (scaled - scaled.round()).abs() < 1e-6 * scaled
            })
            .and_then(|decimals| usize::try_from(decimals).ok())
            .unwrap_or(9);
        format!("{value:.decimals$}")
    }
}

fn axes(writer: &mut Writer, x: &Axis, y: &Axis) {
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
    for value in y.ticks() {
        label(writer, LEFT - 6.0, y.place(value) + 4.0, "tt-end", &y.label(value));
    }
    for value in x.ticks() {
        label(writer, x.place(value), BOTTOM + 15.0, "tt-mid", &x.label(value));
    }
    label(writer, RIGHT, BOTTOM + 31.0, "tt-end", "USD per 1,000 requests →");
    label(writer, LEFT - 4.0, TOP - 11.0, "", "↑ seconds");
}

fn format_line(x1: f64, y1: f64, x2: f64, y2: f64) -> String {
    format!("M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}")
}

fn label(writer: &mut Writer, x: f64, y: f64, class: &'static str, text: &str) {
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
        let (px, py) = (x.place(point.cost), y.place(point.seconds));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_on_round_numbers_above_the_largest_value() {
        let labels = |largest: f64| {
            let axis = Axis::new([largest].into_iter(), 0.0, 100.0);
            axis.ticks().map(|value| axis.label(value)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(labels(1.9), "0.0 0.5 1.0 1.5 2.0");
        assert_eq!(labels(0.083), "0.00 0.02 0.04 0.06 0.08 0.10");
        assert_eq!(labels(4.0), "0 1 2 3 4 5");
        assert_eq!(labels(0.0).split(' ').next(), Some("0.0000000000").map(|zero| &zero[..11]));
    }
}
