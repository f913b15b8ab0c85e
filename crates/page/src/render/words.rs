//! The words and numbers both forms use, so that they never say different things.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::view::{
    Acceptance, CompareRow, ComparedView, Figures, ImageView, LifecycleNote, LocalModel, ModelLine, ModelRow,
    Origin, OutputView, PageNotice, RecordedView, State,
};
use super::{shorten, stop_reason};
use tutor_bedrock::family::Data;
use tutor_bedrock::model_id;
use tutor_catalog::measure::{Cost, CostParts, Summary, grouped};
use tutor_catalog::price::{GEOGRAPHIC, MANTLE};
use tutor_catalog::{Features, LifecycleState, Price};

/// What stands where a time is not known.
pub(super) const NOT_MEASURED: &str = "not measured";
/// The title over token counts, kept in one line.
pub(super) const TOKENS: &str = "Tokens in\u{a0}→\u{a0}out";
/// What stands where a price is not known.
pub(super) const UNPRICED: &str = "unpriced";
/// What stands where no source says anything.
pub(super) const UNKNOWN: &str = "not stated";

/// `840 ms`, `1.94 s`, `12.3 s`
pub(super) fn time(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..9_995 => {
            let hundredths = (ms + 5) / 10;
            format!("{}.{:02} s", hundredths / 100, hundredths % 100)
        }
        _ => {
            let tenths = (ms + 50) / 100;
            format!("{}.{} s", tenths / 10, tenths % 10)
        }
    }
}

/// `0.9 s to 2.1 s`, or nothing for a single sample.
pub(super) fn range(summary: &Summary) -> Option<String> {
    (summary.n > 1).then(|| {
        let mut text = format!("{} to {}", time(summary.min_ms), time(summary.max_ms));
        if let Some(p95) = summary.p95_ms {
            text = format!("{text}, p95 {}", time(p95));
        }
        text
    })
}

/// USD with every digit it has, and two decimals at least: `$0.000417`, `$3.00`.
pub(super) fn usd(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    format!("${amount}")
}

/// Output tokens per second.
pub(super) fn pace(tokens_per_second: f64) -> String {
    if tokens_per_second >= 10.0 {
        format!("{tokens_per_second:.0} tokens/s")
    } else {
        format!("{tokens_per_second:.1} tokens/s")
    }
}

/// `1 sample`, `3 samples`
pub(super) fn plural(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{} {word}s", grouped(number as u64)) }
}

/// The word on a panel's tag.
pub(super) fn state_word(state: State, origin: Option<Origin>) -> &'static str {
    match (state, origin) {
        (State::Recorded, _) => "recorded",
        (State::Imported, _) => "imported",
        (State::Local, _) => "local",
        (State::Practice, _) => "practice",
        (State::Pending, Some(Origin::Imported)) => "imported, pending",
        (State::Pending, Some(Origin::Local)) => "local, pending",
        (State::Pending, Some(Origin::Practice)) => "practice, pending",
        (State::Pending, _) => "pending",
        (State::Missing, _) => "no recording",
        (State::Error, Some(Origin::Imported)) => "imported error",
        (State::Error, Some(Origin::Local)) => "local error",
        (State::Error, Some(Origin::Practice)) => "practice error",
        (State::Error, _) => "error",
    }
}

/// Where an answer comes from, for the small print of a panel: `Practice answer, made 2026-11-22`.
/// Who is asked for, `model`, is named where somebody else answered.
pub(super) fn origin(view: &RecordedView, model: &ModelLine) -> String {
    let (what, verb) = match view.origin {
        Origin::Bedrock => ("Live answer of Amazon Bedrock".to_owned(), "recorded"),
        Origin::Imported => (format!("Imported answer of Amazon Bedrock{}", imported_from(view)), "recorded"),
        Origin::Local => (local_answer(view, model), "recorded"),
        Origin::Practice => ("Practice answer by tutor's stand-in, not by this model".to_owned(), "made"),
    };
    let day = view.recorded_on.map_or_else(String::new, |day| format!(", {verb} {day}"));
    let accepted = match view.acceptance {
        Acceptance::Accepted => "",
        Acceptance::Pending => ", not yet accepted",
    };
    format!("{what}{day}{accepted}{}", lacking(view))
}

/// `, from owner/repository: tests/cassettes/a.yaml`
fn imported_from(view: &RecordedView) -> String {
    view.imported.as_ref().map(|it| format!(", from {}", shorten::name(&it.source))).unwrap_or_default()
}

/// `Local answer: MODEL by ENGINE on MACHINE, not by THE BEDROCK MODEL`
fn local_answer(view: &RecordedView, model: &ModelLine) -> String {
    let Some(local) = &view.local else {
        return format!("Local answer, not by {}", model.name);
    };
    let whose = if local.same_weights {
        format!(", declared to have the weights of {}", model.name)
    } else {
        format!(", not by {}", model.name)
    };
    format!("Local answer: {}{whose}", speaker(local))
}

/// A local model with its engine and machine, as far as a line holds them.
pub(super) fn speaker(local: &LocalModel) -> String {
    let whole = local.in_words();
    shorten::name(&whole).into_owned()
}

/// What of the request or of the answer is missing.
fn lacking(view: &RecordedView) -> String {
    let not_passed_on = view.local.as_ref().map(|local| local.not_passed_on.join(", "));
    let not_passed_on = not_passed_on.filter(|what| !what.is_empty());
    let missing =
        view.imported.as_ref().filter(|it| !it.missing.is_empty()).map(|imported| {
            imported.missing.iter().map(|what| what.name()).collect::<Vec<_>>().join(" and ")
        });
    let mut out = String::new();
    if let Some(what) = not_passed_on {
        out += &format!(", without {}, which could not be passed on", shorten::name(&what));
    }
    if let Some(what) = missing {
        out += &format!(", its {what} are not known");
    }
    out
}

/// The line over data for programs.
pub(super) fn data(what: Data) -> &'static str {
    match what {
        Data::ToolResult => "The result of a tool that the service ran itself:",
        Data::Ranking => "Documents in order of relevance:",
        Data::Answer => "An answer in a dialect that tutor does not read:",
    }
}

/// What stands under an output that was too long to keep.
pub(super) const CUT: &str = "The rest of the output is not kept.";

/// When a fence's code ran and on whose answers its output rests.
pub(super) fn ran(view: &OutputView) -> String {
    let answers = match view.origin {
        None => "",
        Some(Origin::Bedrock) => ", on live answers of Amazon Bedrock",
        Some(Origin::Imported) => ", on imported answers of Amazon Bedrock",
        Some(Origin::Local) => ", on answers of a local model, not of Amazon Bedrock",
        Some(Origin::Practice) => ", on practice answers by tutor's stand-in",
    };
    let accepted = match view.acceptance {
        Acceptance::Accepted => "",
        Acceptance::Pending => ", not yet accepted",
    };
    format!("This code ran on {}{answers}{accepted}", view.ran_on)
}

/// A picture in words, for forms that draw none.
pub(super) fn picture(image: &ImageView) -> String {
    let size = image.size.map_or_else(String::new, |(width, height)| format!(", {width} × {height} px"));
    format!("Image{size}: {}", image.src)
}

/// What a page says about a model's lifecycle.
pub(super) fn lifecycle(note: &LifecycleNote) -> String {
    let named = |successor: &Option<String>| match successor {
        Some(name) => format!("AWS names {name} as successor"),
        None => "AWS names no successor".to_owned(),
    };
    match note {
        LifecycleNote::Retired { on: Some(day), successor } => {
            format!("Retired on {day}; {}", named(successor))
        }
        LifecycleNote::Retired { on: None, successor } => format!("Retired; {}", named(successor)),
        LifecycleNote::Legacy { end_of_life: Some(day), successor } => {
            format!("Legacy, end of life {day}; {}", named(successor))
        }
        LifecycleNote::Legacy { end_of_life: None, successor } => {
            format!("Legacy, end of life not announced; {}", named(successor))
        }
    }
}

/// One figure of a panel.
pub(super) struct Figure {
    /// Such as `latency`, or `latency, simulated`.
    pub(super) label: String,
    /// Such as `1.94 s`.
    pub(super) value: String,
    /// Such as `0.9 s to 2.1 s`.
    pub(super) note: Option<String>,
}

/// The figures of a panel, in reading order. What makes practice figures different is in the label.
pub(super) fn figures(figures: &Figures, origin: Origin, stopped: Option<&str>) -> Vec<Figure> {
    let [tokens, latency, cost] = cells(figures, origin);
    let figure = |word: &str, cell: Cell, note: Option<String>| Figure {
        label: cell.unsure.map_or_else(|| word.to_owned(), |unsure| format!("{word}, {unsure}")),
        value: cell.value,
        note,
    };
    let simulated = |value: String| Cell { value, unsure: unsure(origin, "simulated").map(Cow::Borrowed) };
    let mut out = Vec::new();
    if self::tokens(figures).is_some() {
        let source = figures.tokens.source.map(|source| format!("from the {}", source.name()));
        let notes: Vec<String> = cached(figures).into_iter().chain(source).collect();
        out.push(figure("tokens in → out", tokens, (!notes.is_empty()).then(|| notes.join(", "))));
    }
    out.push(figure("latency", latency, figures.latency.as_ref().and_then(range)));
    if let Some(first) = &figures.first_token {
        out.push(figure("first token", simulated(time(first.median_ms)), range(first)));
    }
    if let Some(speed) = figures.tokens_per_second {
        out.push(figure("pace", simulated(pace(speed)), None));
    }
    if origin == Origin::Local {
        let notes: Vec<String> =
            cost.unsure.map(Cow::into_owned).into_iter().chain(cost_note(&figures.cost)).collect();
        let note = (!notes.is_empty()).then(|| notes.join(", "));
        out.push(Figure { label: "cost".to_owned(), value: cost.value, note });
    } else {
        out.push(figure("cost", cost, cost_note(&figures.cost)));
    }
    if let Some(reason) = stopped {
        out.push(Figure {
            label: "stop reason".to_owned(),
            value: shorten::name(reason).into_owned(),
            note: stop_reason::meaning(reason).map(str::to_owned),
        });
    }
    out
}

/// `simulated` or `estimated` for a practice figure, nothing for a live one.
pub(super) fn unsure(origin: Origin, word: &'static str) -> Option<&'static str> {
    (origin == Origin::Practice).then_some(word)
}

/// A figure in a table's cell.
pub(super) struct Cell {
    /// Such as `2.31 s`, or what stands where nothing is known.
    pub(super) value: String,
    /// `simulated` or `estimated`, for a known practice figure; what Bedrock's price would make of a
    /// local answer.
    pub(super) unsure: Option<Cow<'static, str>>,
}

impl Cell {
    pub(super) fn new(known: Option<String>, otherwise: &str, origin: Origin, word: &'static str) -> Self {
        match known {
            Some(value) => Cell { value, unsure: unsure(origin, word).map(Cow::Borrowed) },
            None => Cell { value: otherwise.to_owned(), unsure: None },
        }
    }

    /// `2.31 s (simulated)`
    pub(super) fn in_words(&self) -> String {
        match &self.unsure {
            Some(word) => format!("{} ({word})", self.value),
            None => self.value.clone(),
        }
    }
}

/// Tokens, median latency and cost of a request, as cells.
pub(super) fn cells(figures: &Figures, origin: Origin) -> [Cell; 3] {
    let latency = figures.latency.map(|latency| time(latency.median_ms));
    let cost = match &figures.cost {
        Cost::Priced(parts) => Some(usd(parts.total())),
        Cost::Unpriced => None,
    };
    [
        Cell::new(tokens(figures), "not counted", origin, "estimated"),
        Cell::new(latency, NOT_MEASURED, origin, "simulated"),
        if origin == Origin::Local {
            Cell { value: NO_BILL.to_owned(), unsure: reckoned(&figures.cost).map(Cow::Owned) }
        } else {
            Cell::new(cost, UNPRICED, origin, "estimated")
        },
    ]
}

/// What stands for the cost of a local answer.
pub(super) const NO_BILL: &str = "no bill";

/// What Bedrock's price would make of a local answer's tokens.
pub(super) fn reckoned(cost: &Cost) -> Option<String> {
    let total = usd(cost.total()?);
    Some(format!("{total} at Bedrock's price, reckoned with the local model's tokens"))
}

/// A sentence of ours, cut into plain words and the code between backticks.
pub(super) fn code_spans(text: &str) -> impl Iterator<Item = (Span, &str)> {
    // A sign without its pair is no code, so nothing is cut then.
    let paired = text.matches('`').count().is_multiple_of(2);
    text.split(move |c| paired && c == '`')
        .enumerate()
        .map(|(index, part)| (if index % 2 == 1 { Span::Code } else { Span::Words }, part))
        .filter(|(_, part)| !part.is_empty())
}

/// A part of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// Plain words.
    Words,
    /// What stood between backticks.
    Code,
}

/// What stands under a table of prices.
pub(super) const PRICES: &str = "USD, on demand, us-east-1. tutor counts with the price of the inference \
     profile that an id names, and where none is listed, with the first price of the model.";

/// Which inference profiles a price is for, if not for all that have no other.
pub(super) fn profile(price: &Price) -> Option<String> {
    match price.profile.as_deref()? {
        GEOGRAPHIC => Some("for geographic profiles".to_owned()),
        MANTLE => Some("on bedrock-mantle".to_owned()),
        geography => Some(format!("for {geography}. profiles")),
    }
}

/// `24 → 128`, or the side that is known; `None` if neither is.
pub(super) fn tokens(figures: &Figures) -> Option<String> {
    let usage = figures.tokens.usage;
    match (usage.input_tokens, usage.output_tokens) {
        (Some(input), Some(output)) => Some(format!("{} → {}", grouped(input), grouped(output))),
        (Some(input), None) => Some(format!("{} in", grouped(input))),
        (None, Some(output)) => Some(format!("{} out", grouped(output))),
        (None, None) => None,
    }
}

fn cached(figures: &Figures) -> Option<String> {
    let usage = figures.tokens.usage;
    let part = |tokens: Option<u64>, words: &str| {
        tokens.filter(|tokens| *tokens > 0).map(|tokens| format!("{} {words} cache", grouped(tokens)))
    };
    let parts: Vec<String> =
        [part(usage.cache_read_tokens, "read from"), part(usage.cache_write_tokens, "written to")]
            .into_iter()
            .flatten()
            .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The cost of a thousand such requests.
pub(super) fn cost_per_thousand(parts: &CostParts) -> String {
    usd(parts.total() * Decimal::ONE_THOUSAND)
}

/// Which price a cost was counted with.
pub(super) fn cost_note(cost: &Cost) -> Option<String> {
    let Cost::Priced(parts) = cost else { return None };
    let mut text = if parts.historical {
        format!("last known price, {}", parts.price_as_of)
    } else {
        format!("price of {}", parts.price_as_of)
    };
    if !parts.price.is_empty() {
        text = format!("{text}, {}", parts.price);
    }
    if parts.disputed {
        text.push_str(", sources disagree");
    }
    Some(text)
}

/// The name of a call, if somebody gave it one.
pub(super) fn own_name<'a>(name: &'a str, model: &ModelLine) -> Option<&'a str> {
    (name != model_id::short(&model.id)).then_some(name)
}

/// A heading for sample `index` (0-based) of `of`.
pub(super) fn sample(index: usize, of: usize) -> String {
    format!("Sample {} of {of}", index + 1)
}

/// The sentences of the legend at the top of a page; none if everything is accepted and live.
pub(super) fn page_notice(notice: &PageNotice) -> Vec<(State, String)> {
    let answers = |number: usize| plural(number, "answer");
    let which = |number: usize| {
        let is_all = number == notice.answers() && notice.missing == 0 && notice.pending == 0;
        match number {
            _ if is_all => "All answers on this page are".to_owned(),
            1 => "1 answer on this page is".to_owned(),
            _ => format!("{} on this page are", answers(number)),
        }
    };
    let mut out = Vec::new();
    if notice.imported > 0 {
        out.push((
            State::Imported,
            format!(
                "{} imported: given by Amazon Bedrock, recorded by somebody else; each names its source.",
                which(notice.imported)
            ),
        ));
    }
    if notice.local > 0 {
        out.push((
            State::Local,
            format!("{} local: given by a real model on somebody's own machine, not by Amazon Bedrock; each names the model that spoke. Their times are that machine's, their tokens that model's, and nobody sends a bill for them.", which(notice.local)),
        ));
    }
    if notice.practice > 0 {
        let which = which(notice.practice);
        out.push((
            State::Practice,
            format!("{which} practice: made by tutor's stand-in models, not by Amazon Bedrock. Their times are simulated, their tokens estimated."),
        ));
    }
    if notice.recorded > 0 && !out.is_empty() {
        out.push((State::Recorded, format!("{} recorded from Amazon Bedrock.", answers(notice.recorded))));
    }
    if notice.pending > 0 {
        out.push((State::Pending, format!("{} not yet accepted.", answers(notice.pending))));
    }
    if notice.missing > 0 {
        out.push((State::Missing, format!("{} without a recording.", plural(notice.missing, "request"))));
    }
    out
}

/// Where the figures of a row of a comparison come from, with what they are worth, for the legend under it.
pub(super) fn figures_from(row: &ComparedView) -> String {
    let (mut text, verb) = match (row.origin, &row.imported, &row.local) {
        (Origin::Bedrock, ..) => ("recorded from Amazon Bedrock".to_owned(), ""),
        (Origin::Imported, from, _) => {
            let source = from.as_ref().map(|from| format!(" from {}", shorten::name(&from.source)));
            let what = "answered by Amazon Bedrock, recorded by somebody else; times never ranked";
            (format!("imported{}: {what}", source.unwrap_or_default()), "; recorded")
        }
        (Origin::Local, _, local) => {
            let speaker = local.as_ref().map(|local| format!(": {}", self::speaker(local)));
            let what = "not Amazon Bedrock; times measured there and never ranked against Bedrock's";
            (format!("local{}, {what}", speaker.unwrap_or_default()), "; recorded")
        }
        (Origin::Practice, ..) => {
            ("practice: times simulated, tokens estimated, never ranked".to_owned(), "; made")
        }
    };
    if row.region.is_some() || row.recorded_on.is_some() {
        text += verb;
    }
    if let Some(region) = &row.region {
        text += &format!(" in {region}");
    }
    if let Some(day) = row.recorded_on {
        text += &format!(" on {day}");
    }
    text
}

/// What a row of a comparison says about where its figures come from.
pub(super) fn compare_origin(row: &CompareRow) -> String {
    let Some(recorded) = &row.recorded else { return "no recording".to_owned() };
    let mut parts = vec![match (recorded.origin, &recorded.imported, &recorded.local) {
        (Origin::Bedrock, ..) => "recorded".to_owned(),
        (Origin::Imported, Some(from), _) => format!("imported from {}", shorten::name(&from.source)),
        (Origin::Imported, ..) => "imported".to_owned(),
        (Origin::Local, _, Some(local)) => format!("local: {}", speaker(local)),
        (Origin::Local, ..) => "local".to_owned(),
        (Origin::Practice, ..) => "practice, simulated".to_owned(),
    }];
    if recorded.acceptance == Acceptance::Pending {
        parts.push("pending".to_owned());
    }
    parts.extend(recorded.error.iter().map(|error| format!("error {error}")));
    parts.extend(recorded.recorded_on.map(|day| day.to_string()));
    parts.extend(recorded.region.clone());
    parts.join(", ")
}

/// `yes`, `no`, `not stated`
pub(super) fn feature(feature: Option<bool>) -> &'static str {
    match feature {
        Some(true) => "yes",
        Some(false) => "no",
        None => UNKNOWN,
    }
}

/// Reads one feature.
type ReadFeature = fn(&Features) -> Option<bool>;

/// The features a table has columns for.
pub(super) const FEATURES: [(&str, ReadFeature); 4] = [
    ("Streaming", |features| features.streaming),
    ("Tools", |features| features.tools),
    ("Images as input", |features| features.vision),
    ("Structured output", |features| features.structured_output),
];

/// `Active`, `Legacy`, `Retired`; without any source nothing is claimed.
pub(super) fn lifecycle_state(row: &ModelRow<'_>) -> &'static str {
    match row.state {
        _ if row.model.lifecycle.is_none() => UNKNOWN,
        LifecycleState::Active => "Active",
        LifecycleState::Legacy => "Legacy",
        LifecycleState::Retired => "Retired",
    }
}

/// What AWS names as successor; without any source nothing is claimed.
pub(super) fn successor(row: &ModelRow<'_>) -> String {
    let Some(lifecycle) = &row.model.lifecycle else { return UNKNOWN.to_owned() };
    let named = row.successor_name.as_ref().or(lifecycle.successor.as_ref());
    named.map_or_else(|| "none named".to_owned(), String::clone)
}

/// What a price has that is not counted in tokens: images made, requests, seconds.
pub(super) fn image_prices(price: &Price) -> Vec<String> {
    let units = price.units.all().into_iter();
    let units = units.filter_map(|(unit, amount)| Some(format!("{} per {unit}", usd(amount?))));
    let images = price.images.iter().map(|image| {
        let mut limits = Vec::new();
        limits.extend(image.max_side.map(|side| format!("up to {side} px")));
        limits.extend(image.max_steps.map(|steps| format!("up to {steps} steps")));
        limits.extend(image.quality.clone());
        if limits.is_empty() {
            format!("{} per image", usd(image.usd))
        } else {
            format!("{} per image ({})", usd(image.usd), limits.join(", "))
        }
    });
    images.chain(units).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(
            [999, 1_000, 1_944, 9_996, 12_345].map(time),
            ["999 ms", "1.00 s", "1.94 s", "10.0 s", "12.3 s"]
        );
        assert_eq!(usd(Decimal::new(4_170, 7)), "$0.000417");
        assert_eq!(usd(Decimal::from(3)), "$3.00");
    }

    #[test]
    fn backticks_in_pairs_are_code() {
        let spans: Vec<_> = code_spans("use `a` or `b`").collect();
        assert_eq!(
            spans,
            [(Span::Words, "use "), (Span::Code, "a"), (Span::Words, " or "), (Span::Code, "b")]
        );
        assert_eq!(code_spans("a ` alone").count(), 1);
    }
}
