//! A review in words: one line for each that waits, its comparison, and all of it in detail.

use std::fmt::Write as _;

use rust_decimal::Decimal;

use super::changes::{self, Figures, Line, Prices};
use super::{News, Review, Waiting, WaitingCapture};
use crate::clean::clean as visible;
use tutor_catalog::measure::money;
use tutor_recording::OriginKind;

/// The most lines of an answer shown before `d` is pressed.
const SHOWN_LINES: usize = 24;

/// How text looks on a terminal.
const GONE: anstyle::Style = anstyle::AnsiColor::Red.on_default();
const ADDED: anstyle::Style = anstyle::AnsiColor::Green.on_default();
const STRONG: anstyle::Style = anstyle::Style::new().bold();

/// The whole review as a list, for people without a terminal and for logs.
pub fn listing(review: &Review, prices: Prices, shown: impl Fn(&std::path::Path) -> String) -> String {
    let mut out = String::new();
    for waiting in &review.waiting {
        out += &headline(waiting);
        out.push('\n');
        for figure in figures(waiting, prices) {
            let _ = writeln!(out, "    {figure}");
        }
    }
    for capture in &review.captures {
        out += &capture_headline(capture);
        out.push('\n');
    }
    for orphan in &review.orphans {
        let _ = writeln!(out, "orphaned     {}: no request of the book needs it", visible(&shown(orphan)));
    }
    for (file, damage, help) in &review.damaged {
        let line = format!("{}: {damage}; {help}", shown(file));
        let _ = writeln!(out, "damaged      {}", visible(&line));
    }
    out
}

/// `changed      chapter#name  (book/chapter.md:12)`
pub fn headline(waiting: &Waiting) -> String {
    let place = waiting.place.as_ref().map_or_else(
        || "  (no request of the book asks for it)".to_owned(),
        |(file, line)| format!("  ({}:{line})", visible(&file.display().to_string())),
    );
    let origin = origin(Some(waiting.new.origin.kind));
    let quotes = if waiting.quotes_pending { ", quotes an answer that waits" } else { "" };
    let name = waiting.news.name();
    format!("{name:<12} {STRONG}{}{STRONG:#}{origin}{quotes}{place}", visible(&waiting.id()))
}

/// The word for whoever is not Bedrock itself.
fn origin(kind: Option<OriginKind>) -> String {
    let kind = kind.filter(|kind| *kind != OriginKind::Bedrock);
    kind.map(|kind| format!(", {kind}")).unwrap_or_default()
}

/// `changed      chapter#capture  (what its code printed, 3 fences)`
pub fn capture_headline(capture: &WaitingCapture) -> String {
    let name = if capture.old.is_some() { News::Changed } else { News::New }.name();
    let origin = origin(capture.new.fences.iter().filter_map(|fence| fence.answered_by).min());
    let fences = capture.new.fences.len();
    let fences = if fences == 1 { "1 fence".to_owned() } else { format!("{fences} fences") };
    format!(
        "{name:<12} {STRONG}{}{STRONG:#}{origin}  (what its code printed, {fences})",
        visible(&capture.id())
    )
}

/// What a capture's code printed, against what is accepted; all of it if asked for.
pub fn capture_summary(capture: &WaitingCapture, in_detail: bool) -> String {
    let lines = capture.compare();
    let shown = if in_detail { lines.len() } else { SHOWN_LINES };
    let mut out: String = lines.iter().take(shown).map(line).collect();
    if lines.len() > shown {
        let _ = writeln!(out, "  … {} more lines (d for all of it)", lines.len() - shown);
    }
    let images: usize = capture.new.fences.iter().map(|fence| fence.images.len()).sum();
    if images > 0 {
        let _ = writeln!(out, "  pictures     {images}");
    }
    out
}

/// What it would change: figures, then the answer's text.
pub fn summary(waiting: &Waiting, prices: Prices) -> String {
    let mut out = String::new();
    for figure in figures(waiting, prices) {
        let _ = writeln!(out, "  {figure}");
    }
    let lines = changes::compare(waiting.old.as_ref(), &waiting.new, prices.catalog);
    if waiting.news == News::FormatOnly {
        out += "  The answer says the same as the accepted one; only its bytes differ.\n";
        return out;
    }
    for line in lines.iter().take(SHOWN_LINES) {
        out += &self::line(line);
    }
    if lines.len() > SHOWN_LINES {
        let _ = writeln!(out, "  … {} more lines (d for all of it)", lines.len() - SHOWN_LINES);
    }
    out
}

/// Everything: the request, every sample, and where they came from.
pub fn detail(waiting: &Waiting, prices: Prices) -> String {
    let new = &waiting.new;
    let mut out = String::new();
    let region = new.origin.region.as_deref().map(|region| format!(", {region}")).unwrap_or_default();
    let _ = writeln!(out, "  {} {}", new.call.operation, visible(&new.call.model_id));
    let _ = writeln!(out, "  recorded {}{region}", new.origin.recorded_at);
    if let Some(local) = &new.origin.local {
        let _ = writeln!(out, "  answered by {}", visible(&local.in_words()));
    }
    if let Some(imported) = &new.origin.imported {
        let _ = writeln!(out, "  imported from {}", visible(&imported.source));
    }
    out += "  request:\n";
    for line in new.call.body.to_pretty().lines() {
        let _ = writeln!(out, "    {}", visible(line));
    }
    for figure in figures(waiting, prices) {
        let _ = writeln!(out, "  {figure}");
    }
    out += "  answer:\n";
    for line in changes::compare(waiting.old.as_ref(), new, prices.catalog) {
        out += &self::line(&line);
    }
    for sample in 1..new.samples.len() {
        let _ = writeln!(out, "  sample {} of {}:", sample + 1, new.samples.len());
        for line in changes::text(new, sample, prices.catalog).lines() {
            let _ = writeln!(out, "    {}", visible(line));
        }
    }
    out
}

fn line(line: &Line) -> String {
    match line {
        Line::Same(text) => format!("    {}\n", visible(text)),
        Line::Gone(text) => format!("  {GONE}- {}{GONE:#}\n", visible(text)),
        Line::Added(text) => format!("  {ADDED}+ {}{ADDED:#}\n", visible(text)),
    }
}

/// Tokens, cost, latency and stop reason, each with what it was before.
fn figures(waiting: &Waiting, prices: Prices) -> Vec<String> {
    let new = Figures::of(&waiting.new, prices);
    let old = waiting.old.as_ref().map(|old| Figures::of(old, prices));
    let old = old.as_ref();
    let practice = waiting.new.origin.kind == OriginKind::Practice;
    let mut out = Vec::new();
    let mut add = |label: &str, old: Option<Option<String>>, new: Option<String>| {
        let new = new.unwrap_or_else(|| "not known".to_owned());
        let change = match old.map(|old| old.unwrap_or_else(|| "not known".to_owned())) {
            None => new,
            Some(old) if old == new => format!("{new} (as before)"),
            Some(old) => format!("{old} → {new}"),
        };
        out.push(format!("{label:<12} {change}"));
    };
    let tokens = |figures: &Figures| {
        let count = |tokens: Option<u64>| tokens.map_or_else(|| "?".to_owned(), |tokens| tokens.to_string());
        (!figures.usage.is_empty()).then(|| {
            format!("{} in, {} out", count(figures.usage.input_tokens), count(figures.usage.output_tokens))
        })
    };
    add(if practice { "tokens, est." } else { "tokens" }, old.map(tokens), tokens(&new));
    let cost = |figures: &Figures| figures.cost.map(money::usd);
    add("cost", old.map(cost), cost(&new));
    let latency = |figures: &Figures| {
        figures.latency.map(|summary| format!("{} ms (n = {})", summary.median_ms, summary.n))
    };
    add(if practice { "latency, sim" } else { "latency" }, old.map(latency), latency(&new));
    let stop = |figures: &Figures| figures.stop_reason.as_deref().map(|reason| visible(reason).into_owned());
    add("stop reason", old.map(stop), stop(&new));
    if !waiting.expected.is_empty() {
        let missed: Vec<String> = waiting
            .expected
            .iter()
            .filter_map(|expected| Some(format!("{}: {}", expected.kind, visible(expected.miss.as_ref()?))))
            .collect();
        let met = format!("{} of {} met", waiting.expected.len() - missed.len(), waiting.expected.len());
        let all: Vec<String> = std::iter::once(met).chain(missed).collect();
        out.push(format!("{:<12} {}", "expected", all.join("; ")));
    }
    let change = |old: Option<Decimal>, new: Option<Decimal>| Some(new? - old?);
    if let Some(difference) = old.and_then(|old| change(old.cost, new.cost)).filter(|by| !by.is_zero()) {
        let sign = if difference.is_sign_positive() { "+" } else { "" };
        out.push(format!("{:<12} {sign}{} a request", "difference", money::usd(difference)));
    }
    out
}
