//! Reads catalog files, strictly: what is misspelt, malformed or contradicts itself is refused with
//! its line.

mod price;

use std::ops::Range;
use std::sync::Arc;

use indexmap::IndexMap;
use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::entry::Entry;
use super::model::{Access, Features, Lifecycle, Modalities, Model, Notice, Sourced};
use super::price::Price;
use super::{Catalog, Source, Sources};
use price::{RawPrice, says_nothing, sources_disagree};
use tutor_bedrock::model_id;

/// What is wrong with a catalog file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct CatalogError {
    /// The line in the file, from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: CatalogProblem,
}

/// What can be wrong with a catalog file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogProblem {
    /// Not TOML, an unknown or missing key, or a value of the wrong kind.
    #[error("{0}")]
    Malformed(String),
    /// A fact refers to a source that the file does not define.
    #[error("no source `{0}`: define it as `[source.{0}]` with title and read")]
    UnknownSource(String),
    /// A model is listed by an inference profile's id.
    #[error("`{0}` is an inference profile or ARN: list the model by its bare id")]
    NotBare(String),
    /// A model retires before it is legacy.
    #[error("`{0}` reaches its end of life before it is legacy: swap the dates")]
    DatesOutOfOrder(String),
    /// The price tutor counts with is one profile's only.
    #[error("the first price of `{0}` must be without `profile`: it is what all other ids cost")]
    ProfileFirst(String),
    /// A price without any figure or explanation.
    #[error("a price of `{0}` says nothing: give input, output, images or a note")]
    EmptyPrice(String),
    /// The prices differ, but the model does not say so.
    #[error("the prices of `{0}` differ: set `price-disputed = true`")]
    Undisputed(String),
    /// The model says its prices differ, but they agree.
    #[error("the prices of `{0}` agree: remove `price-disputed`")]
    NothingDisputed(String),
}

/// Whether prices for the same thing differ, so that the model must say so.
pub(super) fn prices_differ(prices: &[Price]) -> bool {
    sources_disagree(prices)
}

/// Reads a whole file.
pub(super) fn parse(text: &str) -> Result<Catalog, CatalogError> {
    let file = read(text)?;
    let sources: Sources = file.source.into_iter().map(|(id, source)| (id, source.into())).collect();
    let mut catalog = Catalog::default();
    for (id, raw) in file.model {
        let model = model(text, id, raw, &sources)?;
        for other in &model.other_ids {
            catalog.others.insert(other.clone(), model.id.clone());
        }
        catalog.models.insert(model.id.clone(), Entry::read(model));
    }
    catalog.sources.push(Arc::new(sources));
    Ok(catalog)
}

/// Reads the sources of a file that has nothing else.
pub(super) fn sources(text: &str) -> Result<Sources, CatalogError> {
    Ok(read(text)?.source.into_iter().map(|(id, source)| (id, source.into())).collect())
}

/// Reads the table of one model.
pub(super) fn one(text: &str, sources: &Sources) -> Result<Model, CatalogError> {
    let none = || problem(text, 0..0, CatalogProblem::Malformed("there is no model".to_owned()));
    let (id, raw) = read(text)?.model.into_iter().next().ok_or_else(none)?;
    model(text, id, raw, sources)
}

fn read(text: &str) -> Result<RawFile, CatalogError> {
    toml::from_str(text).map_err(|error| {
        let malformed = CatalogProblem::Malformed(error.message().to_owned());
        problem(text, error.span().unwrap_or_default(), malformed)
    })
}

fn model(text: &str, id: Spanned<String>, raw: RawModel, sources: &Sources) -> Result<Model, CatalogError> {
    let span = id.span();
    let model = Reader { text, sources }.model(id.into_inner(), raw)?;
    check(&model).map_err(|wrong| problem(text, span, wrong))?;
    Ok(model)
}

/// What one model's facts must hold among themselves.
fn check(model: &Model) -> Result<(), CatalogProblem> {
    let id = || model.id.clone();
    if model_id::bare(&model.id) != model.id || model.id.starts_with("arn:") {
        return Err(CatalogProblem::NotBare(id()));
    }
    if let Some(Lifecycle { legacy: Some(legacy), end_of_life: Some(eol), .. }) = &model.lifecycle
        && legacy > eol
    {
        return Err(CatalogProblem::DatesOutOfOrder(id()));
    }
    if model.prices.iter().any(says_nothing) {
        return Err(CatalogProblem::EmptyPrice(id()));
    }
    if model.prices.first().is_some_and(|first| first.profile.is_some() || first.region.is_some()) {
        return Err(CatalogProblem::ProfileFirst(id()));
    }
    match (model.price_disputed, sources_disagree(&model.prices)) {
        (false, true) => Err(CatalogProblem::Undisputed(id())),
        (true, false) => Err(CatalogProblem::NothingDisputed(id())),
        _ => Ok(()),
    }
}

fn problem(text: &str, span: Range<usize>, problem: CatalogProblem) -> CatalogError {
    let before = text.get(..span.start).unwrap_or(text);
    CatalogError { line: before.bytes().filter(|byte| *byte == b'\n').count() + 1, problem }
}

/// Turns raw facts into facts with their sources looked up.
struct Reader<'f> {
    text: &'f str,
    sources: &'f Sources,
}

impl Reader<'_> {
    fn model(&self, id: String, raw: RawModel) -> Result<Model, CatalogError> {
        Ok(Model {
            id,
            other_ids: raw.other_ids,
            name: raw.name,
            aliases: raw.aliases,
            provider: raw.provider,
            family: raw.family,
            modalities: Modalities { input: raw.input, output: raw.output },
            access: raw.access.into(),
            profiles: raw.profiles.map(|it| self.sourced(it.geographies, &it.source)).transpose()?,
            launched: raw.launched.map(|it| self.sourced(it.day.0, &it.source)).transpose()?,
            context_window: raw.context_window.as_ref().map(|raw| self.limit(raw)).transpose()?,
            other_context_windows: self.limits(&raw.context_window_elsewhere)?,
            output_limit: raw.output_limit.as_ref().map(|raw| self.limit(raw)).transpose()?,
            other_output_limits: self.limits(&raw.output_limit_elsewhere)?,
            features: self.features(raw.features)?,
            prices: raw.price.into_iter().map(|price| self.price(price)).collect::<Result<_, _>>()?,
            price_disputed: raw.price_disputed,
            lifecycle: raw.lifecycle.map(|raw| self.lifecycle(raw)).transpose()?,
        })
    }

    fn source(&self, id: &Spanned<String>) -> Result<&Source, CatalogError> {
        self.sources
            .get(id.get_ref())
            .ok_or_else(|| problem(self.text, id.span(), CatalogProblem::UnknownSource(id.get_ref().clone())))
    }

    /// A source and its day in one line, for facts that have no field for the day.
    fn dated(&self, id: &Spanned<String>) -> Result<String, CatalogError> {
        self.source(id).map(|source| format!("{}, read {}", source.title, source.read))
    }

    fn sourced<T>(&self, value: T, source: &Spanned<String>) -> Result<Sourced<T>, CatalogError> {
        let source = self.source(source)?;
        Ok(Sourced { value, source: source.title.clone(), as_of: source.read })
    }

    fn limit(&self, raw: &RawLimit) -> Result<Sourced<u64>, CatalogError> {
        self.sourced(raw.tokens, &raw.source)
    }

    fn limits(&self, raw: &[RawLimit]) -> Result<Vec<Sourced<u64>>, CatalogError> {
        raw.iter().map(|raw| self.limit(raw)).collect()
    }

    fn features(&self, raw: Option<RawFeatures>) -> Result<Features, CatalogError> {
        let Some(raw) = raw else { return Ok(Features::default()) };
        Ok(Features {
            streaming: raw.streaming,
            tools: raw.tools,
            vision: raw.vision,
            structured_output: raw.structured_output,
            source: Some(self.dated(&raw.source)?),
        })
    }

    fn price(&self, raw: RawPrice) -> Result<Price, CatalogError> {
        let source = self.source(&raw.source)?;
        Ok(raw.into_price(source))
    }

    fn lifecycle(&self, raw: RawLifecycle) -> Result<Lifecycle, CatalogError> {
        Ok(Lifecycle {
            legacy: raw.legacy.map(|day| day.0),
            end_of_life: raw.eol.map(|day| day.0),
            not_before: raw.not_before.map(|day| day.0),
            notice: raw.notice.map(Notice::from),
            extended: raw.extended.map(|day| day.0),
            successor: raw.successor,
            source: self.dated(&raw.source)?,
            note: raw.note,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    source: IndexMap<String, RawSource>,
    #[serde(default)]
    model: IndexMap<Spanned<String>, RawModel>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSource {
    title: String,
    url: Option<String>,
    read: Day,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawModel {
    #[serde(default)]
    other_ids: Vec<String>,
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    provider: String,
    family: String,
    input: Vec<String>,
    output: Vec<String>,
    access: RawAccess,
    profiles: Option<RawProfiles>,
    launched: Option<RawLaunch>,
    context_window: Option<RawLimit>,
    #[serde(default)]
    context_window_elsewhere: Vec<RawLimit>,
    output_limit: Option<RawLimit>,
    #[serde(default)]
    output_limit_elsewhere: Vec<RawLimit>,
    features: Option<RawFeatures>,
    #[serde(default)]
    price: Vec<RawPrice>,
    #[serde(default)]
    price_disputed: bool,
    lifecycle: Option<RawLifecycle>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawAccess {
    OnDemand,
    ProfileOnly,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLimit {
    tokens: u64,
    source: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawFeatures {
    streaming: Option<bool>,
    tools: Option<bool>,
    vision: Option<bool>,
    structured_output: Option<bool>,
    source: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProfiles {
    geographies: Vec<String>,
    source: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLaunch {
    day: Day,
    source: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawLifecycle {
    legacy: Option<Day>,
    eol: Option<Day>,
    not_before: Option<Day>,
    notice: Option<RawNotice>,
    extended: Option<Day>,
    successor: Option<String>,
    source: Spanned<String>,
    note: Option<String>,
}

#[derive(Deserialize)]
enum RawNotice {
    #[serde(rename = "6 months")]
    SixMonths,
    #[serde(rename = "45 days")]
    FortyFiveDays,
}

/// A TOML local date.
#[derive(Deserialize)]
#[serde(try_from = "toml::value::Datetime")]
struct Day(Date);

impl TryFrom<toml::value::Datetime> for Day {
    type Error = String;

    fn try_from(value: toml::value::Datetime) -> Result<Self, String> {
        let toml::value::Datetime { date: Some(date), time: None, offset: None } = value else {
            return Err(format!("`{value}` is not a plain date such as 2026-11-22"));
        };
        let day = || {
            Date::new(date.year.try_into().ok()?, date.month.try_into().ok()?, date.day.try_into().ok()?).ok()
        };
        day().map(Self).ok_or_else(|| format!("`{value}` is no day of the calendar"))
    }
}

impl From<RawSource> for Source {
    fn from(raw: RawSource) -> Self {
        Self { title: raw.title, url: raw.url, read: raw.read.0 }
    }
}

impl From<RawNotice> for Notice {
    fn from(raw: RawNotice) -> Self {
        match raw {
            RawNotice::SixMonths => Self::SixMonths,
            RawNotice::FortyFiveDays => Self::FortyFiveDays,
        }
    }
}

impl From<RawAccess> for Access {
    fn from(raw: RawAccess) -> Self {
        match raw {
            RawAccess::OnDemand => Self::OnDemand,
            RawAccess::ProfileOnly => Self::ProfileOnly,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of eight lines that everything below is put after, from line 9 on.
    const HEAD: &str = "[source.s]\ntitle = \"S\"\nread = 2026-11-22\n[model.m]\nname = \"M\"\nprovider = \"P\"\n\
                        family = \"nova\"\ninput = [\"text\"]\n";
    const REST: &str = "output = [\"text\"]\naccess = \"on-demand\"\n";

    fn error(facts: &str) -> String {
        Catalog::parse(&format!("{HEAD}{REST}{facts}")).expect_err("refused").to_string()
    }

    #[test]
    fn a_whole_model_is_read() {
        let facts = r#"aliases = ["em"]
context-window = { tokens = 300000, source = "s" }
features = { streaming = true, structured-output = false, source = "s" }
price = [{ input = "0.06", cache-read = "0.015", images = [{ usd = "0.04", max-side = 512 }], source = "s" }]
lifecycle = { legacy = 2026-01-01, eol = 2026-07-01, successor = "n", source = "s", note = "only here" }
"#;
        let catalog = Catalog::parse(&format!("{HEAD}{REST}{facts}")).expect("a catalog");
        insta::assert_debug_snapshot!(catalog.model("m"));
    }

    #[test]
    fn what_is_malformed_is_refused_with_its_line() {
        insta::assert_snapshot!([
            error("context-windw = 5"),
            error("features = { streming = true, source = \"s\" }"),
            error("lifecycle = { eol = 2026-02-30, source = \"s\" }"),
            error("lifecycle = { eol = \"2026-02-03\", source = \"s\" }"),
            error("lifecycle = { eol = 2026-02-03T10:00:00, source = \"s\" }"),
            error("price = [{ input = 0.06, source = \"s\" }]"),
            error("price = [\n  { input = \"0.1\", source = \"s\" },\n  { input = \"-1\", source = \"s\" },\n]"),
            error("price = [{ input = \"1e3\", source = \"s\" }]"),
            error("price = [{ input = \"1\" }]"),
            error("[model.m]\nname = \"again\""),
            Catalog::parse(HEAD).expect_err("incomplete").to_string(),
        ]
        .join("\n"));
    }

    #[test]
    fn what_contradicts_itself_is_refused_with_its_line() {
        insta::assert_snapshot!([
            error("price = [\n  { input = \"0.1\", source = \"nowhere\" },\n]"),
            error("lifecycle = { legacy = 2026-02-03, eol = 2026-02-02, source = \"s\" }"),
            error("price = [{ source = \"s\" }]"),
            error("price = [{ profile = \"us\", input = \"1\", source = \"s\" }]"),
            error("price = [{ input = \"1\", source = \"s\" }, { input = \"2\", source = \"s\" }]"),
            error("price-disputed = true\nprice = [{ input = \"1\", source = \"s\" }, { input = \"1.00\", source = \"s\" }]"),
            Catalog::parse(&format!("{}{REST}", HEAD.replace("[model.m]", "\n[model.\"us.amazon.nova\"]")))
                .expect_err("a profile")
                .to_string(),
        ]
        .join("\n"));
    }

    #[test]
    fn a_source_that_is_silent_on_a_figure_does_not_dispute_it() {
        let facts =
            "price = [{ input = \"1\", output = \"2\", source = \"s\" }, { input = \"1\", source = \"s\" }]";
        assert!(Catalog::parse(&format!("{HEAD}{REST}{facts}")).is_ok());
    }
}
