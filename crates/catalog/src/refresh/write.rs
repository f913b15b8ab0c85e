//! Models as the catalog's files write them.

use std::fmt::Write as _;

use indexmap::IndexMap;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::price::{Price, Rates};
use crate::{Access, Catalog, Model, Source, Sourced};

/// The sources that entries quote, by title and day, with the names to quote them by.
#[derive(Debug, Default)]
pub struct Quoted {
    ids: IndexMap<(String, Date), (String, Option<String>)>,
}

impl Quoted {
    /// Those of a catalog, by the names they have there.
    pub fn of(catalog: &Catalog) -> Self {
        let mut quoted = Quoted::default();
        for (id, Source { title, url, read }) in catalog.sources_by_name() {
            quoted.ids.insert((title.clone(), *read), (id.to_owned(), url.clone()));
        }
        quoted
    }

    /// The name of a source; a new one gets a name made of its title and day.
    pub fn id(&mut self, title: &str, read: Date) -> String {
        if let Some((id, _)) = self.ids.get(&(title.to_owned(), read)) {
            return id.clone();
        }
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let slug: String = title.chars().map(plain).collect();
        let words: Vec<&str> = slug.split('-').filter(|word| !word.is_empty()).take(4).collect();
        let id = format!("{}-{read}", words.join("-"));
        self.ids.insert((title.to_owned(), read), (id.clone(), None));
        id
    }

    /// The tables of the sources that `text` quotes.
    pub fn tables(&self, text: &str) -> String {
        let used = self.ids.iter().filter(|(_, (id, _))| text.contains(&format!("\"{id}\"")));
        let mut out = String::new();
        for ((title, read), (id, url)) in used {
            out += &format!("[source.{id}]\ntitle = {}\n", string(title));
            out += &url.as_ref().map(|url| format!("url = {}\n", string(url))).unwrap_or_default();
            out += &format!("read = {read}\n\n");
        }
        out
    }
}

/// A model as a table of a catalog file.
pub fn model(model: &Model, quoted: &mut Quoted) -> String {
    let mut out = format!("[model.{}]\n", string(&model.id));
    let mut put = |key: &str, value: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{key} = {value}");
    };
    if !model.other_ids.is_empty() {
        put("other-ids", &list(&model.other_ids));
    }
    put("name", &string(&model.name));
    if !model.aliases.is_empty() {
        put("aliases", &list(&model.aliases));
    }
    put("provider", &string(&model.provider));
    put("family", &string(&model.family));
    put("input", &list(&model.modalities.input));
    put("output", &list(&model.modalities.output));
    put(
        "access",
        match model.access {
            Access::OnDemand => "\"on-demand\"",
            Access::ProfileOnly => "\"profile-only\"",
        },
    );
    if let Some(it) = &model.profiles {
        let source = quoted.id(&it.source, it.as_of);
        put("profiles", &format!("{{ geographies = {}, source = \"{source}\" }}", list(&it.value)));
    }
    if let Some(it) = &model.launched {
        put(
            "launched",
            &format!("{{ day = {}, source = \"{}\" }}", it.value, quoted.id(&it.source, it.as_of)),
        );
    }
    let mut tokens = |it: &Sourced<u64>| {
        format!("{{ tokens = {}, source = \"{}\" }}", it.value, quoted.id(&it.source, it.as_of))
    };
    for (key, own, others) in [
        ("context-window", &model.context_window, &model.other_context_windows),
        ("output-limit", &model.output_limit, &model.other_output_limits),
    ] {
        if let Some(own) = own {
            put(key, &tokens(own));
        }
        if !others.is_empty() {
            let others: Vec<String> = others.iter().map(&mut tokens).collect();
            put(&format!("{key}-elsewhere"), &format!("[{}]", others.join(", ")));
        }
    }
    let features = [
        ("streaming", model.features.streaming),
        ("tools", model.features.tools),
        ("vision", model.features.vision),
        ("structured-output", model.features.structured_output),
    ];
    if let Some(source) = &model.features.source {
        let known = features.iter().filter_map(|(name, has)| has.map(|has| format!("{name} = {has}, ")));
        let known: String = known.collect();
        put("features", &format!("{{ {known}source = \"{}\" }}", dated(source, quoted)));
    }
    if model.price_disputed {
        put("price-disputed", "true");
    }
    if !model.prices.is_empty() {
        let prices: Vec<String> = model.prices.iter().map(|it| price(it, quoted)).collect();
        put("price", &format!("[\n  {},\n]", prices.join(",\n  ")));
    }
    if let Some(it) = &model.lifecycle {
        let days = [
            ("legacy", it.legacy),
            ("eol", it.end_of_life),
            ("not-before", it.not_before),
            ("extended", it.extended),
        ];
        for (key, day) in days {
            if let Some(day) = day {
                put(&format!("lifecycle.{key}"), &day.to_string());
            }
        }
        if let Some(notice) = it.notice {
            put("lifecycle.notice", &string(notice.words()));
        }
        if let Some(successor) = &it.successor {
            put("lifecycle.successor", &string(successor));
        }
        put("lifecycle.source", &string(&dated(&it.source, quoted)));
        if let Some(note) = &it.note {
            put("lifecycle.note", &string(note));
        }
    }
    out
}

/// The name of a source that is told with its day: `TITLE, read DAY`.
fn dated(source: &str, quoted: &mut Quoted) -> String {
    let (title, day) = source.rsplit_once(", read ").unwrap_or((source, ""));
    quoted.id(title, day.parse().unwrap_or_default())
}

fn price(price: &Price, quoted: &mut Quoted) -> String {
    let mut parts = Vec::new();
    parts.extend(price.profile.as_ref().map(|it| format!("profile = {}", string(it))));
    parts.extend(price.region.as_ref().map(|it| format!("region = {}", string(it))));
    parts.extend(price.from.map(|day| format!("from = {day}")));
    parts.extend(rates(&price.rates));
    let units = price.units;
    for (key, usd) in [
        ("request", units.request),
        ("image-input", units.image_input),
        ("audio-second", units.audio_second),
        ("video-second", units.video_second),
    ] {
        parts.extend(usd.map(|usd| amount(key, usd)));
    }
    if !price.images.is_empty() {
        let images = price.images.iter().map(|image| {
            let mut of = vec![amount("usd", image.usd)];
            of.extend(image.max_side.map(|side| format!("max-side = {side}")));
            of.extend(image.max_steps.map(|steps| format!("max-steps = {steps}")));
            of.extend(image.quality.as_ref().map(|quality| format!("quality = {}", string(quality))));
            format!("{{ {} }}", of.join(", "))
        });
        parts.push(format!("images = [{}]", images.collect::<Vec<_>>().join(", ")));
    }
    if let Some(long) = price.long_context {
        let mut of = vec![format!("above = {}", long.above)];
        of.extend(rates(&long.rates));
        parts.push(format!("long = {{ {} }}", of.join(", ")));
    }
    for tier in &price.tiers {
        parts.push(format!("{} = {{ {} }}", tier.tier.name(), rates(&tier.rates).join(", ")));
    }
    parts.push(format!("source = \"{}\"", quoted.id(&price.source, price.as_of)));
    parts.extend(price.note.as_ref().map(|note| format!("note = {}", string(note))));
    format!("{{ {} }}", parts.join(", "))
}

fn rates(rates: &Rates) -> Vec<String> {
    let keys =
        ["input", "output", "cache-read", "cache-write", "cache-write-1h", "audio-input", "audio-output"];
    let all = keys.into_iter().zip(rates.all());
    all.filter_map(|(key, (_, usd))| Some(amount(key, usd?))).collect()
}

fn amount(key: &str, usd: Decimal) -> String {
    format!("{key} = \"{usd}\"")
}

fn list(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| string(word)).collect();
    format!("[{}]", words.join(", "))
}

/// A TOML string. What would need an escape is left out: the catalog's own texts have none.
fn string(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control() && *c != '"' && *c != '\\').collect();
    format!("\"{plain}\"")
}
