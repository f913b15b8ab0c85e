//! `{{#tutor value NAME.FIELD}}`: one figure of a recording or of the catalog, with where it comes from.

use super::Course;
use super::page::Library;
use super::panels::Panels;
use super::reading::ReadChapter;
use tutor_catalog::Model;
use tutor_catalog::measure::{Summary, grouped};
use tutor_catalog::price::Tier;
use tutor_page::render::figure;
use tutor_page::render::view::{CompareRow, ValueView};

/// What is wrong with a value, and what to do about it.
pub type Wrong = (String, String);

/// Reads one field of a recording; `None` if it has none.
type OfRecording = fn(&CompareRow) -> Option<String>;

/// The fields of a recorded call.
const RECORDED: [(&str, OfRecording); 8] = [
    ("cost", |row| figure::cost(row.recorded.as_ref()?)),
    ("tokens", |row| {
        let usage = row.recorded.as_ref()?.figures.tokens.usage;
        Some(grouped(usage.input_tokens? + usage.output_tokens?))
    }),
    ("tokens-in", |row| Some(grouped(row.recorded.as_ref()?.figures.tokens.usage.input_tokens?))),
    ("tokens-out", |row| Some(grouped(row.recorded.as_ref()?.figures.tokens.usage.output_tokens?))),
    ("latency", |row| time(row.recorded.as_ref()?.figures.latency)),
    ("first-token", |row| time(row.recorded.as_ref()?.figures.first_token)),
    ("date", |row| Some(row.recorded.as_ref()?.recorded_on?.to_string())),
    ("model", |row| Some(row.model.name.clone())),
];

/// The field that is the answer itself.
const TEXT: &str = "text";

/// Reads one field of the catalog with its source.
type OfModel = fn(&Model) -> Option<(String, String)>;

/// The fields of a model.
const CATALOG: [(&str, OfModel); 9] = [
    ("context-window", |model| {
        let limit = model.context_window.as_ref()?;
        Some((grouped(limit.value), format!("{}, read {}", limit.source, limit.as_of)))
    }),
    ("output-limit", |model| {
        let limit = model.output_limit.as_ref()?;
        Some((grouped(limit.value), format!("{}, read {}", limit.source, limit.as_of)))
    }),
    ("input-price", |model| priced(model, |price| price.rates.input)),
    ("output-price", |model| priced(model, |price| price.rates.output)),
    ("cache-read-price", |model| priced(model, |price| price.rates.cache_read)),
    ("batch-input-price", |model| {
        priced(model, |price| price.tiers.iter().find(|it| it.tier == Tier::Batch)?.rates.input)
    }),
    ("legacy", |model| dated(model, |dates| dates.legacy)),
    ("end-of-life", |model| dated(model, |dates| dates.end_of_life)),
    ("launched", |model| {
        let day = model.launched.as_ref()?;
        Some((day.value.to_string(), format!("{}, read {}", day.source, day.as_of)))
    }),
];

fn time(summary: Option<Summary>) -> Option<String> {
    summary.map(|summary| figure::time(summary.median_ms))
}

fn priced(
    model: &Model,
    rate: fn(&tutor_catalog::Price) -> Option<rust_decimal::Decimal>,
) -> Option<(String, String)> {
    let on_demand = model.prices.iter().filter(|price| price.profile.is_none() && price.region.is_none());
    let price = on_demand.into_iter().find(|price| rate(price).is_some())?;
    let source = format!("USD per million tokens, {}, read {}", price.source, price.as_of);
    Some((figure::usd(rate(price)?), source))
}

fn dated(
    model: &Model,
    day: fn(&tutor_catalog::Lifecycle) -> Option<jiff::civil::Date>,
) -> Option<(String, String)> {
    let lifecycle = model.lifecycle.as_ref()?;
    Some((day(lifecycle)?.to_string(), lifecycle.source.clone()))
}

/// The value of `NAME.FIELD`, `CHAPTER#NAME.FIELD` or `MODEL.FIELD`.
///
/// # Errors
/// Nothing has this name or field, or what has it knows no such figure.
pub fn find(
    course: &Course,
    read: &ReadChapter,
    library: &dyn Library,
    word: &str,
) -> Result<ValueView, Wrong> {
    let Some((name, field)) = word.rsplit_once('.') else {
        let help = "write NAME.FIELD, such as refund.cost, or MODEL.FIELD".to_owned();
        return Err((format!("`{word}` names no field"), help));
    };
    if let Some(model) = course.catalog.model(name) {
        return of_model(model, name, field);
    }
    let (chapter, call) = match name.split_once('#') {
        None => (Some(read), name),
        Some((stem, call)) if stem == read.stem => (Some(read), call),
        Some((stem, call)) => (library.chapter(stem), call),
    };
    let named = chapter.and_then(|read| Some((read, read.calls.iter().find(|named| named.name == call)?)));
    let Some((chapter, named)) = named else {
        let names: Vec<&str> = chapter.unwrap_or(read).calls.iter().map(|call| call.name.as_str()).collect();
        let calls = match names.as_slice() {
            [] => "this chapter makes no calls; another's are CHAPTER#NAME".to_owned(),
            known => format!("{}this chapter's calls are {}", near(call, known), known.join(", ")),
        };
        let help = format!("{calls}; models are named by their ids");
        return Err((format!("no call and no model is named `{name}`"), help));
    };
    let panels = Panels { course, read: chapter };
    let row = named.keyed().map(|(call, key)| (panels.row(named, call, key), call, key));
    let Some((row, call, key)) = row.filter(|(row, ..)| row.recorded.is_some()) else {
        return Err((
            format!("`{name}` has no recording to take a value from"),
            "record it first".to_owned(),
        ));
    };
    let read_field = RECORDED.iter().find(|(known, _)| *known == field).map(|(_, read)| read);
    let text = match read_field {
        Some(read) => read(&row),
        None if field == TEXT => panels.text(call, key),
        None => {
            let known: Vec<&str> = RECORDED.iter().map(|(known, _)| *known).chain([TEXT]).collect();
            return Err((
                format!("a recording has no field `{field}`"),
                format!("{}known are: {}", near(field, &known), known.join(", ")),
            ));
        }
    };
    let recorded = row.recorded.as_ref();
    let text = text.ok_or_else(|| {
        (format!("the recording of `{name}` knows no {field}"), "leave the value out".to_owned())
    })?;
    Ok(ValueView { text, origin: recorded.map(|it| it.origin), source: figure::source(&row) })
}

fn of_model(model: &Model, name: &str, field: &str) -> Result<ValueView, Wrong> {
    let known: Vec<&str> = CATALOG.iter().map(|(known, _)| *known).collect();
    let Some((_, read)) = CATALOG.iter().find(|(known, _)| *known == field) else {
        let help = format!("{}known are: {}", near(field, &known), known.join(", "));
        return Err((format!("the catalog has no field `{field}`"), help));
    };
    let Some((text, source)) = read(model) else {
        let help = "leave the value out, or add it to the catalog with its source".to_owned();
        return Err((format!("the catalog knows no {field} of `{name}`"), help));
    };
    Ok(ValueView { text, origin: None, source })
}

/// `did you mean …? `, if a known word is near.
fn near(word: &str, known: &[&str]) -> String {
    known
        .iter()
        .map(|known| (strsim::jaro_winkler(known, word), known))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness > 0.85)
        .map_or_else(String::new, |(_, near)| format!("did you mean `{near}`? "))
}
