//! A claim against the catalog, and the edit that mends it.

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

use super::amount::{self, Unit};
use super::{Claim, Direction, Feature, Limit, Precision, What};
use crate::check::{Chapter, ClaimFacts, Finding, Fix};
use tutor_catalog::{LifecycleState, Model, Price, Sourced};

/// What the catalog says to a claim.
#[derive(Debug, Clone, PartialEq)]
pub enum Judgement {
    /// It says the same, or nothing.
    Stands,
    /// Its sources disagree, and one of them says what is claimed.
    Disputed(Correction),
    /// None of its sources says so.
    Wrong(Correction),
}

/// What the catalog has in the place of a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// The value, in the claim's own style.
    pub value: String,
    /// Where it was read.
    pub source: String,
    /// The day it was read.
    pub as_of: Date,
    /// What else a reader of the finding should know.
    pub note: Option<String>,
    /// Whether the value is the same for every model of the claim, so that it can be written there.
    pub is_one: bool,
}

/// Compares a claim with the catalog. A claim about a series is contradicted only if it is for every
/// model of it.
pub fn judge(claim: &Claim, today: Date) -> Judgement {
    let mut all: Vec<Judgement> = Vec::new();
    for model in &claim.models {
        match one(claim, model, today) {
            Judgement::Stands => return Judgement::Stands,
            contradicted => all.push(contradicted),
        }
    }
    let disputed = all.iter().find(|judgement| matches!(judgement, Judgement::Disputed(_)));
    let Some(first) = disputed.or(all.first()).cloned() else { return Judgement::Stands };
    let value = |judgement: &Judgement| match judgement {
        Judgement::Disputed(it) | Judgement::Wrong(it) => it.value.clone(),
        Judgement::Stands => String::new(),
    };
    let one = all.iter().all(|judgement| value(judgement) == value(&first));
    match first {
        Judgement::Disputed(it) => Judgement::Disputed(Correction { is_one: one, ..it }),
        Judgement::Wrong(it) if one => Judgement::Wrong(it),
        Judgement::Wrong(it) => {
            let values = claim.models.iter().zip(&all);
            let values: Vec<String> =
                values.map(|(model, judgement)| format!("{} for {}", value(judgement), model.name)).collect();
            Judgement::Wrong(Correction { value: values.join(", "), is_one: false, ..it })
        }
        Judgement::Stands => Judgement::Stands,
    }
}

fn one(claim: &Claim, model: &Model, today: Date) -> Judgement {
    match &claim.what {
        What::Price { direction, usd, unit, precision } => {
            let asked = Asked { direction: *direction, usd: *usd, unit: *unit, precision: *precision };
            price(&asked, model, &claim.written, today)
        }
        What::Limit { of, tokens, thousands } => {
            let (known, others) = match of {
                Limit::Window => (model.context_window.as_ref(), &model.other_context_windows),
                Limit::Output => (model.output_limit.as_ref(), &model.other_output_limits),
            };
            if others.iter().any(|other| amount::same_limit(*tokens, other.value)) {
                return Judgement::Stands;
            }
            known.map_or(Judgement::Stands, |known| limit(*tokens, known, &claim.written, *thousands))
        }
        What::Feature { feature, has } => feature_of(model, *feature, *has),
        What::Life(_) | What::Offered => Judgement::Stands,
    }
}

struct Asked {
    direction: Direction,
    usd: Decimal,
    unit: Unit,
    precision: Precision,
}

impl Asked {
    /// The figure of a price that answers this, in the claim's unit.
    fn figure(&self, price: &Price) -> Option<Decimal> {
        let per_million = match self.direction {
            Direction::Input => price.rates.input,
            Direction::Output => price.rates.output,
        };
        per_million.map(|usd| self.unit.from_per_million(usd))
    }

    /// Whether the claim is this figure, as far as it is written out: $0.04 is what a careful
    /// editor makes of 0.035, and "about" gives a tenth.
    fn is(&self, figure: Decimal) -> bool {
        let decimals = self.usd.scale();
        let rounded = figure.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
        let is_rounded = decimals >= 2 && !rounded.is_zero() && self.usd == rounded;
        let is_near =
            self.precision == Precision::About && (self.usd - figure).abs() * Decimal::TEN <= figure.abs();
        self.usd == figure || is_rounded || is_near
    }
}

/// Whether a claimed price is this one's.
pub fn is_figure_of(claim: &Claim, price: &Price) -> bool {
    let What::Price { direction, usd, unit, precision } = claim.what else { return false };
    let asked = Asked { direction, usd, unit, precision };
    asked.figure(price).is_some_and(|figure| asked.is(figure))
}

/// Whether every one of the models has this price from some source.
pub(super) fn price_is_listed(models: &[&'static Model], what: &What) -> bool {
    let What::Price { direction, usd, unit, precision } = what else { return false };
    let asked = Asked { direction: *direction, usd: *usd, unit: *unit, precision: *precision };
    models.iter().all(|model| {
        model
            .prices
            .iter()
            .filter_map(|price| asked.figure(price))
            .any(|figure| figure == asked.usd && !figure.is_zero())
    })
}

/// The first price of every profile is what the catalog counts with; the others are what other
/// sources say.
fn price(asked: &Asked, model: &Model, written: &str, today: Date) -> Judgement {
    let prices: Vec<&Price> = model.prices_on(today).filter(|price| asked.figure(price).is_some()).collect();
    let Some(counted) = prices.first().copied() else { return Judgement::Stands };
    let is_first = |price: &Price| {
        let first = prices.iter().find(|other| other.profile == price.profile);
        first.is_some_and(|first| std::ptr::eq(*first, price))
    };
    let figures = |price: &&&Price| asked.figure(price).is_some_and(|figure| asked.is(figure));
    let listed: Vec<&Price> = prices.iter().filter(figures).copied().collect();
    if listed.iter().any(|price| is_first(price)) {
        return Judgement::Stands;
    }
    let figure = asked.figure(counted).unwrap_or_default();
    let value = amount::money_like(written, figure).unwrap_or_else(|| figure.normalize().to_string());
    let mut notes: Vec<String> = counted.note.iter().cloned().collect();
    if model.state_on(today) == LifecycleState::Retired {
        notes.push("the model is retired: its last known price".to_owned());
    }
    let others = other_figures(asked, &prices, figure, written);
    if listed.is_empty() && !others.is_empty() {
        notes.push(format!("sources disagree, but none says {written}: others have {}", others.join(", ")));
    }
    let correction = |notes: Vec<String>| Correction {
        value,
        source: counted.source.clone(),
        as_of: counted.as_of,
        note: (!notes.is_empty()).then(|| notes.join("; ")),
        is_one: true,
    };
    match listed.first() {
        None => Judgement::Wrong(correction(notes)),
        Some(other) => {
            let note = other.note.as_ref().map(|note| format!(", {note}")).unwrap_or_default();
            notes.insert(
                counted.note.iter().len(),
                format!("{written}: {}, read {}{note}", other.source, other.as_of),
            );
            Judgement::Disputed(correction(notes))
        }
    }
}

/// What the other sources have in the place of `figure`, for the same kind of id.
fn other_figures(asked: &Asked, prices: &[&Price], figure: Decimal, written: &str) -> Vec<String> {
    let plain = prices.iter().filter(|price| price.profile.is_none());
    let mut others: Vec<Decimal> =
        plain.filter_map(|price| asked.figure(price)).filter(|other| *other != figure).collect();
    others.dedup();
    others.into_iter().filter_map(|usd| amount::money_like(written, usd)).collect()
}

fn limit(tokens: u64, known: &Sourced<u64>, written: &str, thousands: bool) -> Judgement {
    if amount::same_limit(tokens, known.value) {
        return Judgement::Stands;
    }
    Judgement::Wrong(Correction {
        value: if thousands {
            ((known.value + 500) / 1_000).to_string()
        } else {
            amount::limit_like(written, known.value)
        },
        source: known.source.clone(),
        as_of: known.as_of,
        note: None,
        is_one: true,
    })
}

fn feature_of(model: &Model, feature: Feature, has: bool) -> Judgement {
    let features = &model.features;
    let known = match feature {
        Feature::Streaming => features.streaming,
        Feature::Vision => features.vision,
        Feature::Tools => features.tools,
        Feature::StructuredOutput => features.structured_output,
    };
    let (Some(known), Some(dated)) = (known, &features.source) else { return Judgement::Stands };
    let (source, day) = dated.rsplit_once(", read ").unwrap_or((dated, ""));
    let (Ok(as_of), true) = (day.parse(), known != has) else { return Judgement::Stands };
    Judgement::Wrong(Correction {
        value: if known { "yes" } else { "no" }.to_owned(),
        source: source.to_owned(),
        as_of,
        note: None,
        is_one: true,
    })
}

/// The finding for a claim that does not stand; `None` for one that does.
pub fn finding(chapter: &Chapter, claim: &Claim, judgement: Judgement) -> Option<Finding> {
    let (correction, is_disputed) = match judgement {
        Judgement::Stands => return None,
        Judgement::Disputed(correction) => (correction, true),
        Judgement::Wrong(correction) => (correction, false),
    };
    let Correction { value, source, as_of, note, is_one } = correction;
    let what = described(claim);
    let message = if let What::Feature { has, .. } = &claim.what {
        let said = if *has { "is said to have" } else { "is said not to have" };
        format!("{} {said} {what} (“{}”); the catalog says {value}", claim.subject, claim.written)
    } else if is_disputed {
        format!("“{}” as {what} is disputed; tutor counts with {value}", claim.written)
    } else {
        format!("“{}” as {what}; the catalog says {value}", claim.written)
    };
    let note = note.map(|note| format!("; {note}")).unwrap_or_default();
    let edit = match (&claim.what, is_disputed) {
        (_, true) => format!("look at AWS's pricing page, then leave it or write “{value}”"),
        (_, false) if !is_one => "write what is right for the model you mean".to_owned(),
        (What::Feature { has, .. }, false) => {
            format!("say that it {} {what}", if *has { "has no" } else { "has" })
        }
        (_, false) => format!("write “{value}”"),
    };
    let whose = if is_disputed { format!("{value}: ") } else { String::new() };
    let help = format!("{edit} ({whose}{source}, read {as_of}{note})");
    let mut finding = Finding::new(chapter.at(&claim.range), message, help);
    finding.fence = claim.fence.map(|fence| chapter.fence(fence));
    let is_mechanical = !is_disputed && is_one && !matches!(claim.what, What::Feature { .. });
    if is_mechanical
        && chapter.text.get(claim.range.clone()) == Some(&claim.written)
        && finding.place.columns.is_some()
    {
        finding.fix = Some(Fix::Replace { old: claim.written.clone(), new: value.clone() });
    }
    finding.claim = Some(ClaimFacts { quote: claim.written.clone(), value, source, as_of });
    Some(finding)
}

/// What is claimed, and of what.
fn described(claim: &Claim) -> String {
    let subject = &claim.subject;
    match &claim.what {
        What::Price { direction: Direction::Input, unit, .. } => {
            format!("input price of {subject} {}", unit.name())
        }
        What::Price { direction: Direction::Output, unit, .. } => {
            format!("output price of {subject} {}", unit.name())
        }
        What::Limit { of: Limit::Window, .. } => format!("context window of {subject}"),
        What::Limit { of: Limit::Output, .. } => format!("output limit of {subject}"),
        What::Feature { feature, .. } => match feature {
            Feature::Streaming => "streaming".to_owned(),
            Feature::Vision => "image input".to_owned(),
            Feature::Tools => "tool use".to_owned(),
            Feature::StructuredOutput => "structured output".to_owned(),
        },
        What::Life(_) | What::Offered => subject.clone(),
    }
}
