//! The form for terminals: plain text of at most 80 columns.

use super::view::{ScoreRow, ScoreboardView, ScoredView};
use super::{commands, words};
use tutor_catalog::measure::grouped;

/// The width that everything fits.
const WIDTH: usize = 80;
/// The cells of a full bar.
const BAR: usize = 10;
const NAME: usize = 19;

/// A scoreboard with bars.
pub fn scoreboard(view: &ScoreboardView) -> String {
    let longest =
        view.rows.iter().filter_map(|row| row.result.as_ref().ok()?.latency_ms).max().unwrap_or_default();
    let [latency, tokens, cost] = view.titles();
    let mut out = format!(
        "{:NAME$} {:16} {latency:18} {tokens:13} {cost}
",
        "Model", "Score"
    );
    for row in view.ordered() {
        match &row.result {
            Ok(scored) => out += &self::row(&row.name, scored, longest),
            Err(reason) => out += &failed(row, reason),
        }
    }
    for note in &view.notes {
        out += &format!("\n{}", wrapped(note, 0));
    }
    out
}

fn row(name: &str, scored: &ScoredView, longest: u64) -> String {
    let count = |count: Option<u64>| count.map_or_else(|| "–".to_owned(), grouped);
    let tokens = format!("{} → {}", count(scored.input_tokens), count(scored.output_tokens));
    let latency = scored.latency_ms.map_or_else(|| "–".to_owned(), words::time);
    let cost = scored.cost.map_or_else(|| words::UNPRICED.to_owned(), tutor_catalog::measure::usd);
    #[expect(clippy::cast_precision_loss, reason = "a share of a bar's ten cells")]
    let share = scored.latency_ms.unwrap_or_default() as f64 / longest.max(1) as f64;
    let (score, bars) = match scored.score {
        Some(score) => (format!("{score:.2}"), [bar(score), bar(share)]),
        None => ("–   ".to_owned(), [String::new(), String::new()]),
    };
    let line = format!(
        "{:NAME$} {score} {:11} {:7} {:10} {:13} {cost}",
        cut(name, NAME),
        bars[0],
        latency,
        bars[1],
        tokens
    );
    let parts: Vec<String> = scored.parts.iter().map(|(name, part)| format!("{name} {part:.2}")).collect();
    format!("{}\n{}", line.trim_end(), wrapped(&parts.join(", "), NAME + 1))
}

fn failed(row: &ScoreRow, reason: &str) -> String {
    let text = wrapped(&format!("failed: {reason}"), NAME + 1);
    format!("{:NAME$} {}", cut(&row.name, NAME), text.trim_start())
}

/// A bar for a share from 0 to 1, in eighths of a cell.
fn bar(share: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of a few cells"
    )]
    let eighths = (share.clamp(0.0, 1.0) * (BAR * 8) as f64).round() as usize;
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width - 1).chain(['…']).collect()
}

/// `text` in lines of at most 80 columns, each after `indent` spaces; a line break at the end of each.
/// Lines that `text` has stay, with their own spaces before them.
/// Commands are not broken.
pub fn wrapped(text: &str, indent: usize) -> String {
    let mut out = String::new();
    for line in commands::held(text).lines() {
        let own = line.len() - line.trim_start().len();
        let before = " ".repeat(indent + own);
        let mut row = String::new();
        for word in line.split_whitespace() {
            let length = row.chars().count() + usize::from(!row.is_empty()) + word.chars().count();
            if !row.is_empty() && before.len() + length > WIDTH {
                out += &format!("{before}{row}\n");
                row.clear();
            }
            if !row.is_empty() {
                row.push(' ');
            }
            row += word;
        }
        out += format!("{before}{row}").trim_end();
        out.push('\n');
    }
    commands::released(&out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::view::Standing;

    #[test]
    fn a_scoreboard_fits_a_terminal() {
        let scored = |score: f64, latency_ms, cost: Option<&str>| ScoredView {
            score: Some(score),
            output: "It is.".to_owned(),
            latency_ms,
            input_tokens: Some(1_234),
            output_tokens: Some(98),
            cost: cost.map(|cost| cost.parse().unwrap()),

            parts: vec![("quality".to_owned(), 1.0), ("speed".to_owned(), score)],
        };
        let row = |name: &str, result| ScoreRow { name: name.to_owned(), model_id: name.to_owned(), result };
        let view = ScoreboardView {
            rows: vec![
                row("Slow", Ok(scored(0.1, Some(12_345), Some("0.000123456")))),
                row("Gone", Err("ResourceNotFoundException: This model version has reached the end of its life.".to_owned())),
                row("A model with a name that is long", Ok(scored(1.0, Some(987), None))),
                row("Untimed", Ok(scored(0.5, None, Some("0")))),
            ],
            standing: Standing::Measured,
            notes: vec!["These figures were drawn for this run, and they say nothing about any of these models at all.".to_owned()],
        };
        let text = scoreboard(&view);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn long_lines_are_wrapped_and_indented_code_keeps_its_spaces() {
        let text = wrapped("one two\n    return {\n        1,\n    }", 4);
        assert_eq!(text, "    one two\n        return {\n            1,\n        }\n");
        assert!(wrapped(&"word ".repeat(40), 10).lines().all(|line| line.len() <= WIDTH));
    }
}
