//! A comparison for people, for programs and as a page.

use serde_json::json;

use super::{Compared, Comparison};
use tutor_catalog::measure::Cost;
use tutor_page::render::terminal::{scoreboard, wrapped};
use tutor_page::render::view::{
    CheckRow, CheckState, ChecksView, ScoreRow, ScoreboardView, ScoredView, Standing,
};
use tutor_page::render::{self, Block};
use tutor_recording::OriginKind;

/// For people: answers, then the table.
pub fn human(comparison: &Comparison) -> String {
    let mut out = String::new();
    for model in &comparison.models {
        let Ok(measured) = &model.result else { continue };
        let text: String = measured
            .output
            .trim()
            .chars()
            .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
            .collect();
        let whose = if comparison.origin == OriginKind::Local { ", answered by a local model" } else { "" };
        out += &format!("{} ({}){whose}\n{}\n", model.name, model.model_id, wrapped(&text, 2));
        for (sample, miss) in &measured.misses {
            out += &wrapped(&format!("not as expected (answer {sample}): {miss}"), 2);
        }
        if !measured.misses.is_empty() {
            out.push('\n');
        }
    }
    out + &scoreboard(&view(comparison))
}

/// For programs: one JSON document.
pub fn json(comparison: &Comparison) -> String {
    let rows = view(comparison).rows;
    let models = comparison.models.iter().zip(&rows).map(|(model, row)| {
        let mut value = render::json::score_row(row);
        if let Ok(measured) = &model.result {
            value["misses"] = measured
                .misses
                .iter()
                .map(|(sample, miss)| json!({"sample": sample, "miss": miss}))
                .collect::<Vec<_>>()
                .into();
            if let Some(latency) = measured.latency {
                value["latency_range_ms"] = json!([latency.min_ms, latency.max_ms]);
            }
        }
        value
    });
    let weights = comparison.weights;
    let document = json!({
        "version": 1,
        "prompt": comparison.prompt,
        "origin": origin(comparison),
        "speakers": comparison.speakers,
        "samples": comparison.samples,
        "expect": comparison.expect,
        "weights": {"quality": weights.quality, "speed": weights.speed, "price": weights.price},
        "models": models.collect::<Vec<_>>(),
    });
    format!("{document}\n")
}

/// As a page of its own.
pub fn page(comparison: &Comparison) -> String {
    let view = view(comparison);
    let expectations = expectations(comparison);
    let blocks = [Block::Scoreboard(&view)].into_iter().chain(expectations.iter().map(Block::Checks));
    render::page(&format!("Compared: {}", comparison.prompt), blocks)
}

/// What was expected, and who did not fulfil it with what.
fn expectations(comparison: &Comparison) -> Option<ChecksView> {
    let checks = comparison.expect.iter().map(|written| {
        let misses = comparison.models.iter().flat_map(|model| {
            let misses = model.result.iter().flat_map(|measured| &measured.misses);
            let own = misses.filter_map(move |(sample, miss)| {
                let why = miss.strip_prefix(written.as_str())?.strip_prefix(": ")?;
                Some(format!("{} (answer {sample}): {why}", model.name))
            });
            own.collect::<Vec<_>>()
        });
        let misses: Vec<String> = misses.collect();
        let state = if misses.is_empty() { CheckState::Passed } else { CheckState::Failed };
        let detail = (!misses.is_empty()).then(|| misses.join("; "));
        CheckRow { name: "expected".to_owned(), says: written.clone(), state, detail }
    });
    let checks: Vec<CheckRow> = checks.collect();
    let hold = checks.iter().filter(|check| check.state == CheckState::Passed).count();
    let heading = format!("{hold} of {} expectations hold for all", checks.len());
    let small = format!("{} asked of each of {} models", plural(comparison.samples), comparison.models.len());
    (!checks.is_empty()).then_some(ChecksView { heading, small, checks })
}

fn plural(samples: usize) -> String {
    if samples == 1 { "One answer".to_owned() } else { format!("{samples} answers") }
}

fn origin(comparison: &Comparison) -> &'static str {
    comparison.origin.name()
}

fn view(comparison: &Comparison) -> ScoreboardView {
    let (standing, whose) = match comparison.origin {
        OriginKind::Bedrock | OriginKind::Imported => {
            (Standing::Measured, "Answered by Amazon Bedrock.".to_owned())
        }
        OriginKind::Local => (
            Standing::Measured,
            format!(
                "Local answers by {}, not by Amazon Bedrock. Nobody is billed for them; the costs are what Bedrock's \
                 prices would make of the local model's tokens.",
                comparison.speakers.join("; ")
            ),
        ),
        OriginKind::Practice => (
            Standing::Simulated,
            "Practice: stand-ins answered, not these models. Times are simulated and tokens estimated, so nobody \
             is ranked; the rows stand as they were asked."
                .to_owned(),
        ),
    };
    let measured = || comparison.models.iter().filter_map(|model| model.result.as_ref().ok());
    let mut notes = vec![whose];
    if measured().any(|measured| !measured.is_placeholder()) {
        notes.push(weights(comparison));
    } else if measured().next().is_some() {
        notes.push(
            "Nobody wrote an answer to this prompt for the stand-ins, so that placeholders stand here, without a score."
                .to_owned(),
        );
    }
    if comparison.samples > 1 {
        notes.push(format!(
            "Latency is the median of {} answers; text, tokens and cost are those of the first.",
            comparison.samples
        ));
    }
    notes.extend(prices(comparison));
    ScoreboardView { rows: comparison.models.iter().map(row).collect(), standing, notes }
}

fn row(model: &Compared) -> ScoreRow {
    let result = model.result.as_ref().map_err(Clone::clone).map(|measured| ScoredView {
        output: measured.output.clone(),
        latency_ms: measured.latency.map(|latency| latency.median_ms),
        input_tokens: measured.usage.input_tokens,
        output_tokens: measured.usage.output_tokens,
        cost: measured.cost.total(),
        score: (!measured.is_placeholder()).then_some(measured.score.score),
        parts: measured
            .score
            .parts
            .iter()
            .filter(|_| !measured.is_placeholder())
            .map(|(name, part)| ((*name).to_owned(), *part))
            .collect(),
    });
    ScoreRow { name: model.name.clone(), model_id: model.model_id.clone(), result }
}

/// What the score is made of, and what of it could be judged here.
fn weights(comparison: &Comparison) -> String {
    let judged = comparison.models.iter().find_map(|model| Some(&model.result.as_ref().ok()?.score.parts));
    let judged: Vec<&str> = judged.into_iter().flatten().map(|(name, _)| *name).collect();
    let weights = comparison.weights;
    let asked = [("quality", weights.quality), ("speed", weights.speed), ("price", weights.price)];
    let missing: Vec<&str> = asked
        .iter()
        .filter(|(name, weight)| *weight > 0.0 && !judged.contains(name))
        .map(|(name, _)| *name)
        .collect();
    let mut text = format!(
        "Score: the mean of its parts, weighted {}. Quality is the share of --expect that holds; speed and price \
         are the best of these models divided by the model's own.",
        weights.shown()
    );
    if !missing.is_empty() {
        text += &format!(" Left out here, since it is not known of all: {}.", missing.join(", "));
    }
    text
}

/// The days of the prices, and whether some are history.
fn prices(comparison: &Comparison) -> Option<String> {
    let mut days = Vec::new();
    let mut historical = false;
    for model in &comparison.models {
        if let Ok(measured) = &model.result
            && let Cost::Priced(parts) = &measured.cost
        {
            days.push(parts.price_as_of.to_string());
            historical |= parts.historical;
        }
    }
    days.sort();
    days.dedup();
    let history = if historical { "; of retired models the last ones known" } else { "" };
    (!days.is_empty()).then(|| format!("Prices read {}{history}.", days.join(", ")))
}
