//! Models with what a table adds to them or has otherwise.

use rust_decimal::Decimal;

use super::{Change, Changed, Said, Table};
use crate::price::{LongContext, Price, Rates, TierPrice, UnitPrices};
use crate::{Access, Catalog, Features, Lifecycle, Modalities, Model, Sourced, parse};
use tutor_bedrock::{family, model_id};

/// The models of `changed`, as they are once `table` is heard: what somebody checked stays, in its place,
/// and the table's figures stand beside it.
pub fn applied(catalog: &Catalog, changed: &[Changed], table: &Table) -> Vec<Model> {
    let of = |changed: &Changed| match changed.changes.as_slice() {
        [Change::New(said)] => new(&changed.id, said, table),
        changes => {
            let mut model = catalog
                .model(&changed.id)
                .cloned()
                .unwrap_or_else(|| new(&changed.id, &Said::default(), table));
            for change in changes {
                apply(&mut model, change, table);
            }
            model.price_disputed = parse::prices_differ(&model.prices);
            model
        }
    };
    changed.iter().map(of).collect()
}

fn sourced<T>(value: T, table: &Table) -> Sourced<T> {
    Sourced { value, source: table.title.clone(), as_of: table.read }
}

fn apply(model: &mut Model, change: &Change, table: &Table) {
    match change {
        Change::New(_) => {}
        Change::Figure { price, what, now, .. } => figure(model, price, what, *now, table),
        Change::Limit { what, was, now } => {
            let (own, others) = match *what {
                "context window" => (&mut model.context_window, &mut model.other_context_windows),
                _ => (&mut model.output_limit, &mut model.other_output_limits),
            };
            match was {
                Some(_) => others.push(sourced(*now, table)),
                None => *own = Some(sourced(*now, table)),
            }
        }
        Change::EndOfLife { was, now } => {
            let said = format!("{}, read {}", table.title, table.read);
            match (&mut model.lifecycle, was) {
                (Some(lifecycle), Some(_)) => {
                    let note = format!("{said}: end of life {now}");
                    let before = lifecycle.note.take().map(|note| format!("{note}; ")).unwrap_or_default();
                    lifecycle.note = Some(before + &note);
                }
                (Some(lifecycle), None) => {
                    let note = format!("end of life: {said}");
                    lifecycle.end_of_life = Some(*now);
                    let before = lifecycle.note.take().map(|note| format!("{note}; ")).unwrap_or_default();
                    lifecycle.note = Some(before + &note);
                }
                (none, _) => {
                    *none = Some(Lifecycle {
                        legacy: None,
                        end_of_life: Some(*now),
                        not_before: None,
                        notice: None,
                        extended: None,
                        successor: None,
                        source: said,
                        note: None,
                    });
                }
            }
        }
    }
}

/// Puts a figure where an older reading of the same table has it, else into a price of the table's own.
fn figure(model: &mut Model, price: &Price, what: &str, usd: Decimal, table: &Table) {
    let same = |it: &Price| (&it.profile, &it.region, it.from) == (&price.profile, &price.region, price.from);
    let is_own = |it: &Price| same(it) && (it.source == table.title || is_older(&it.source, table, it));
    if let Some(own) = model.prices.iter_mut().find(|it| is_own(it)) {
        own.source.clone_from(&table.title);
        own.as_of = table.read;
        set(own, price, what, usd);
        return;
    }
    let mut own = Price {
        profile: price.profile.clone(),
        region: price.region.clone(),
        from: price.from,
        ..Price::empty(&table.title, table.read)
    };
    set(&mut own, price, what, usd);
    model.prices.push(own);
}

/// Whether a source is an earlier reading of the same maker's table.
fn is_older(source: &str, table: &Table, price: &Price) -> bool {
    let maker = |title: &str| title.split([',', ' ']).next().unwrap_or_default().to_owned();
    maker(source) == maker(&table.title) && maker(source) != "AWS" && price.as_of <= table.read
}

/// Sets the one figure that `what` names to what `price` has there.
fn set(own: &mut Price, price: &Price, what: &str, usd: Decimal) {
    let is = |value: Option<Decimal>| value == Some(usd);
    let rate = |own: &mut Rates, from: &Rates, name: &str| {
        for (at, (known, value)) in from.all().into_iter().enumerate() {
            if known == name && is(value) {
                *own.all_mut()[at] = value;
            }
        }
    };
    rate(&mut own.rates, &price.rates, what);
    for tier in &price.tiers {
        let Some(name) = what.strip_prefix(tier.tier.name()) else { continue };
        let at = own.tiers.iter().position(|it| it.tier == tier.tier).unwrap_or_else(|| {
            own.tiers.push(TierPrice { tier: tier.tier, rates: Rates::default() });
            own.tiers.len() - 1
        });
        rate(&mut own.tiers[at].rates, &tier.rates, name.trim());
    }
    if let (Some(long), Some((name, _))) = (price.long_context, what.split_once(" over ")) {
        let own = own.long_context.get_or_insert(LongContext { above: long.above, rates: Rates::default() });
        rate(&mut own.rates, &long.rates, name);
    }
    let units: &mut UnitPrices = &mut own.units;
    match what.strip_prefix("per ") {
        Some("request") => units.request = Some(usd),
        Some("image in") => units.image_input = Some(usd),
        Some("second of sound") => units.audio_second = Some(usd),
        Some("second of film") => units.video_second = Some(usd),
        Some("image") => own.images.clone_from(&price.images),
        _ => {}
    }
}

/// A model that the catalog does not know. What the table does not say is left out; its name is its id's.
fn new(id: &str, said: &Said, table: &Table) -> Model {
    let mut prices = said.prices.clone();
    // The first price is that of whatever has no other.
    if let Some(at) = prices.iter().position(|price| price.profile.is_none() && price.region.is_none()) {
        prices.swap(0, at);
    } else if let Some(first) = prices.first().cloned() {
        prices.insert(0, Price { profile: None, region: None, ..first });
    }
    let is = |mode: &str| said.modes.iter().any(|it| it == mode);
    let output = if is("embedding") {
        "embedding"
    } else if is("image_generation") || is("image_edit") {
        "image"
    } else {
        "text"
    };
    let maker = id.split('.').next().unwrap_or_default();
    Model {
        id: id.to_owned(),
        other_ids: Vec::new(),
        name: model_id::short(id),
        aliases: Vec::new(),
        provider: maker.to_owned(),
        family: family::of_model(id).map_or("unknown", family::Family::id).to_owned(),
        modalities: Modalities { input: vec!["text".to_owned()], output: vec![output.to_owned()] },
        access: if said.is_bare || said.profiles.is_empty() { Access::OnDemand } else { Access::ProfileOnly },
        profiles: (!said.profiles.is_empty()).then(|| sourced(said.profiles.clone(), table)),
        launched: None,
        context_window: said.context_window.map(|tokens| sourced(tokens, table)),
        other_context_windows: Vec::new(),
        output_limit: said.output_limit.map(|tokens| sourced(tokens, table)),
        other_output_limits: Vec::new(),
        features: Features::default(),
        price_disputed: parse::prices_differ(&prices),
        prices,
        lifecycle: said.end_of_life.map(|day| Lifecycle {
            legacy: None,
            end_of_life: Some(day),
            not_before: None,
            notice: None,
            extended: None,
            successor: None,
            source: format!("{}, read {}", table.title, table.read),
            note: None,
        }),
    }
}
