//! What a table has that the catalog has not, or has otherwise.

use std::fmt::Write as _;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Said, Table};
use crate::measure::{grouped, usd_exact};
use crate::price::{Price, Rates, Terms, Tier};
use crate::{Catalog, Model};

/// What changes for one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// Its bare id.
    pub id: String,
    /// What; never empty.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The catalog does not know the model.
    New(Box<Said>),
    /// A figure of a price that differs from all that the catalog has for it.
    Figure {
        /// Whose price: profile and region.
        of: String,
        /// What for: `in`, `cache read`, `flex out`.
        what: String,
        /// What the catalog has, and where from.
        was: Option<(Decimal, String)>,
        /// What the table has, USD.
        now: Decimal,
        /// The whole price it stands in.
        price: Box<Price>,
    },
    /// A number of tokens.
    Limit {
        /// Which.
        what: &'static str,
        /// What the catalog has.
        was: Option<u64>,
        /// What the table has.
        now: u64,
    },
    /// The end of life.
    EndOfLife {
        /// What the catalog has.
        was: Option<Date>,
        /// What the table has.
        now: Date,
    },
}

/// Everything in which `table` goes beyond `catalog` or against it, by model.
pub fn changes(catalog: &Catalog, table: &Table) -> Vec<Changed> {
    let of = |(id, said): (&String, &Said)| {
        let changes = match catalog.model(id) {
            None => vec![Change::New(Box::new(said.clone()))],
            Some(model) => of_model(model, said, table.read),
        };
        (!changes.is_empty()).then(|| Changed { id: id.clone(), changes })
    };
    table.models.iter().filter_map(of).collect()
}

fn of_model(model: &Model, said: &Said, day: Date) -> Vec<Change> {
    let mut changes: Vec<Change> = said.prices.iter().flat_map(|price| of_price(model, price, day)).collect();
    let limits = [
        ("context window", &model.context_window, &model.other_context_windows, said.context_window),
        ("output limit", &model.output_limit, &model.other_output_limits, said.output_limit),
    ];
    for (what, known, others, now) in limits {
        let Some(now) = now else { continue };
        let has = known.iter().chain(others).any(|it| same(it.value, now));
        // What a table calls its most input tokens may be the window without the answer.
        let without_answer = known.as_ref().zip(model.output_limit.as_ref());
        let is_window = without_answer.is_some_and(|(window, output)| window.value == now + output.value);
        let is_known = has || (what == "context window" && is_window);
        if !is_known {
            changes.push(Change::Limit { what, was: known.as_ref().map(|it| it.value), now });
        }
    }
    if let Some(now) = said.end_of_life {
        let was = model.lifecycle.as_ref().and_then(|lifecycle| lifecycle.end_of_life);
        if was != Some(now) {
            changes.push(Change::EndOfLife { was, now });
        }
    }
    changes
}

/// Whether two limits are one, as round as people write them.
fn same(a: u64, b: u64) -> bool {
    a == b || a.abs_diff(b).saturating_mul(40) <= a.max(b)
}

fn of_price(model: &Model, price: &Price, day: Date) -> Vec<Change> {
    let known = known(model, price, day);
    let mut changes = Vec::new();
    let mut add = |what: String, was: Vec<(Decimal, String)>, now: Decimal| {
        if !was.iter().any(|(usd, _)| *usd == now) {
            let of = price.scope();
            changes.push(Change::Figure {
                of,
                what,
                was: was.into_iter().next(),
                now,
                price: Box::new(price.clone()),
            });
        }
    };
    let tiers = [("", Tier::Standard)]
        .into_iter()
        .chain([Tier::Flex, Tier::Priority, Tier::Batch].map(|tier| (tier.name(), tier)));
    for (name, tier) in tiers {
        let of_tier = |price: &Price| match tier {
            Tier::Standard => Some(price.rates),
            tier => price.tiers.iter().find(|it| it.tier == tier).map(|it| it.rates),
        };
        let Some(now) = of_tier(price) else { continue };
        each(&now, |what, at, usd| {
            let was = known.iter().filter_map(|it| Some((of_tier(it)?.all()[at].1?, it.source.clone())));
            add(format!("{name} {what}").trim().to_owned(), was.collect(), usd);
        });
    }
    if let Some(long) = price.long_context {
        each(&long.rates, |what, at, usd| {
            let was =
                known.iter().filter_map(|it| Some((it.long_context?.rates.all()[at].1?, it.source.clone())));
            add(format!("{what} over {} tokens", grouped(long.above)), was.collect(), usd);
        });
    }
    for (at, (what, usd)) in price.units.all().into_iter().enumerate() {
        let Some(usd) = usd else { continue };
        let was = known.iter().filter_map(|it| Some((it.units.all()[at].1?, it.source.clone())));
        add(format!("per {what}"), was.collect(), usd);
    }
    for image in &price.images {
        let was = known.iter().flat_map(|it| it.images.iter().map(|class| (class.usd, it.source.clone())));
        add("per image".to_owned(), was.collect(), image.usd);
    }
    changes
}

/// Every rate that is there, with its name and place.
fn each(rates: &Rates, mut of: impl FnMut(&str, usize, Decimal)) {
    for (at, (what, usd)) in rates.all().into_iter().enumerate() {
        if let Some(usd) = usd {
            of(what, at, usd);
        }
    }
}

/// What the catalog has for the calls that `price` is for: the prices of the same profile and region, else
/// what such a call would be counted with.
fn known<'m>(model: &'m Model, price: &Price, day: Date) -> Vec<&'m Price> {
    let exact: Vec<&Price> = model
        .prices
        .iter()
        .filter(|it| (&it.profile, &it.region, it.from) == (&price.profile, &price.region, price.from))
        .collect();
    if !exact.is_empty() && price.from.is_none() {
        // What has begun since counts too: tables say what holds today.
        let later =
            model.prices.iter().filter(|it| (&it.profile, &it.region) == (&price.profile, &price.region));
        return later.collect();
    }
    if !exact.is_empty() {
        return exact;
    }
    let id = match price.profile.as_deref() {
        Some(crate::price::GEOGRAPHIC) => format!("us.{}", model.id),
        Some(crate::price::MANTLE) | None => model.id.clone(),
        Some(geography) => format!("{geography}.{}", model.id),
    };
    let terms = Terms::new(&id, price.from.unwrap_or(day)).in_region(price.region.as_deref());
    model.price(&terms).map(|price| model.prices_like(price).collect()).unwrap_or_default()
}

impl Changed {
    /// In words, a line a change.
    pub fn in_words(&self, source: &str) -> String {
        let mut out = String::new();
        for change in &self.changes {
            // Writing to a string does not fail.
            let _ = match change {
                Change::New(said) => {
                    writeln!(out, "+ {} is new ({} prices; {source})", self.id, said.prices.len())
                }
                Change::Figure { of, what, was, now, .. } => {
                    let of = if of.is_empty() { String::new() } else { format!(" for {of}") };
                    let now = usd_exact(*now);
                    match was {
                        Some((was, from)) => writeln!(
                            out,
                            "~ {}: {what}{of} {} ({from}) → {now} ({source})",
                            self.id,
                            usd_exact(*was)
                        ),
                        None => writeln!(out, "+ {}: {what}{of} {now} ({source})", self.id),
                    }
                }
                Change::Limit { what, was, now } => match was {
                    Some(was) => writeln!(
                        out,
                        "~ {}: {what} {} → {} tokens ({source})",
                        self.id,
                        grouped(*was),
                        grouped(*now)
                    ),
                    None => writeln!(out, "+ {}: {what} {} tokens ({source})", self.id, grouped(*now)),
                },
                Change::EndOfLife { was, now } => match was {
                    Some(was) => writeln!(out, "~ {}: end of life {was} → {now} ({source})", self.id),
                    None => writeln!(out, "+ {}: end of life {now} ({source})", self.id),
                },
            };
        }
        out
    }
}
