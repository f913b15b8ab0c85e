//! Models by their scores, and checks by what came of them: for pages of their own.

use super::prose::scroller;
use super::writer::Writer;
use crate::render::view::{CheckState, ChecksView, ScoreRow, ScoreboardView, ScoredView};
use crate::render::words;
use tutor_catalog::measure::{grouped, usd};

/// A table of models with bars; each answer is folded under its row.
pub(crate) fn scoreboard(view: &ScoreboardView) -> String {
    let mut writer = Writer::root("div", "tt-compare", &[("role", "group"), ("aria-label", "Scores")]);
    let longest = view.rows.iter().filter_map(|row| row.result.as_ref().ok()?.latency_ms).max();
    scroller(&mut writer, "Models by their scores").open("table", &[("class", "tt-table")]);
    writer.open("thead", &[]).open("tr", &[]);
    for title in ["Model", "Score"].into_iter().chain(view.titles()) {
        writer.leaf("th", &[("scope", "col")], title);
    }
    writer.close().close().open("tbody", &[]);
    for row in view.ordered() {
        self::row(&mut writer, row, longest.unwrap_or_default());
    }
    writer.close().close().close();
    writer.open("p", &[("class", "tt-small")]);
    for (index, note) in view.notes.iter().enumerate() {
        if index > 0 {
            writer.void("br", &[]);
        }
        writer.text(note);
    }
    writer.finish()
}

fn row(writer: &mut Writer, row: &ScoreRow, longest: u64) {
    writer.open("tr", &[]).open("th", &[("scope", "row")]);
    writer.leaf("strong", &[("class", "tt-model")], &row.name).leaf("small", &[], &row.model_id).close();
    match &row.result {
        Err(reason) => {
            writer.leaf("td", &[("colspan", "4")], &format!("failed: {reason}"));
        }
        Ok(scored) => figures(writer, scored, longest),
    }
    writer.close();
}

fn figures(writer: &mut Writer, scored: &ScoredView, longest: u64) {
    let parts: Vec<String> = scored.parts.iter().map(|(name, part)| format!("{name} {part:.2}")).collect();
    let score = scored.score.map_or_else(|| "–".to_owned(), |score| format!("{score:.2}"));
    writer.open("td", &[]).leaf("span", &[("class", "tt-value")], &score);
    if let Some(score) = scored.score {
        bar(writer, score);
    }
    writer.leaf("small", &[], &parts.join(", ")).close();

    let latency = scored.latency_ms.map_or_else(|| words::NOT_MEASURED.to_owned(), words::time);
    writer.open("td", &[]).leaf("span", &[("class", "tt-value")], &latency);
    if scored.score.is_some() {
        #[expect(clippy::cast_precision_loss, reason = "a share of a bar")]
        bar(writer, scored.latency_ms.unwrap_or_default() as f64 / longest.max(1) as f64);
    }
    writer.close();

    let count = |count: Option<u64>| count.map_or_else(|| "–".to_owned(), grouped);
    writer.leaf("td", &[], &format!("{} → {}", count(scored.input_tokens), count(scored.output_tokens)));
    writer.open("td", &[]).text(&scored.cost.map_or_else(|| words::UNPRICED.to_owned(), usd));
    writer.open("details", &[]).leaf("summary", &[], "answer").leaf("p", &[("dir", "auto")], &scored.output);
    writer.close().close();
}

fn bar(writer: &mut Writer, share: f64) {
    let width = format!("width:{:.1}%", share.clamp(0.0, 1.0) * 100.0);
    writer
        .open("span", &[("class", "tt-bar"), ("aria-hidden", "true")])
        .leaf("span", &[("style", &width)], "")
        .close();
}

/// A list of checks.
pub(crate) fn checks(view: &ChecksView) -> String {
    let mut writer = Writer::root("div", "tt-challenge", &[("role", "group"), ("aria-label", "Checks")]);
    writer.open("p", &[("class", "tt-head")]).leaf("strong", &[], &view.heading).close();
    writer.leaf("p", &[("class", "tt-dim")], &view.small).open("ul", &[]);
    for check in &view.checks {
        let mark = match check.state {
            CheckState::Passed => "✓ passes: ",
            CheckState::Failed => "✗ fails: ",
            CheckState::Waits => "· waits for others: ",
        };
        writer.open("li", &[("dir", "auto")]).text(mark).leaf("strong", &[], &check.name).text(", ");
        writer.sentence(&check.says);
        if let Some(detail) = &check.detail {
            writer.leaf("small", &[], detail);
        }
        writer.close();
    }
    writer.finish()
}
