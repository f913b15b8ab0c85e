//! Expectations of numbers in an answer, and of its figures.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use rust_decimal::Decimal;

use super::{Check, quoted};
use tutor_bedrock::family::Part;
use tutor_catalog::measure::usd;

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[-−]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|[-−]?\.[0-9]+")
        .expect("a constant pattern")
});

fn number(value: &toml::Value) -> Option<Decimal> {
    match value {
        toml::Value::Integer(number) => Some(Decimal::from(*number)),
        // The shortest text of a float is what its author wrote.
        toml::Value::Float(number) => number.to_string().parse().ok(),
        toml::Value::String(text) => text.trim_start_matches('$').parse().ok(),
        _ => None,
    }
}

/// `approx = { value = 1576.25, tolerance = 0.01 }`: some number in the text is that near. A
/// tolerance such as "2%" is a share of the value.
pub(super) fn approx(value: &toml::Value, _root: &Path) -> Result<Check, String> {
    const FORM: &str =
        "write { value = 1576.25, tolerance = 0.01 }; the tolerance may be a share such as \"2%\"";
    let table = value.as_table().filter(|table| table.len() == 2).ok_or(FORM)?;
    let wanted = table.get("value").and_then(number).ok_or(FORM)?;
    let tolerance = table.get("tolerance").ok_or(FORM)?;
    let tolerance = match tolerance.as_str().and_then(|text| text.strip_suffix('%')) {
        Some(share) => {
            share.trim().parse::<Decimal>().ok().map(|share| share * wanted.abs() / Decimal::ONE_HUNDRED)
        }
        None => number(tolerance),
    };
    let tolerance = tolerance.filter(|tolerance| !tolerance.is_sign_negative()).ok_or(FORM)?;
    Ok(Box::new(move |sample| {
        let numbers = NUMBER
            .find_iter(&sample.text)
            .filter_map(|found| found.as_str().replace(',', "").replace('−', "-").parse::<Decimal>().ok());
        let mut numbers = numbers.peekable();
        if numbers.peek().is_none() {
            return Some(format!("there is no number in {}", quoted(&sample.text)));
        }
        let hit = numbers.any(|found| found.checked_sub(wanted).is_some_and(|off| off.abs() <= tolerance));
        (!hit).then(|| format!("no number in it is within {} of {wanted}", tolerance.normalize()))
    }))
}

/// `stop-reason = "end_turn"`: the model's own word; of several, one of them.
pub(super) fn stop_reason(value: &toml::Value, _root: &Path) -> Result<Check, String> {
    let wanted: Option<Vec<String>> = match value {
        toml::Value::String(word) => Some(vec![word.clone()]),
        toml::Value::Array(items) if !items.is_empty() => {
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect()
        }
        _ => None,
    };
    let wanted = wanted.ok_or("write the stop reason as the model says it, or an array of those allowed")?;
    Ok(Box::new(move |sample| match &sample.reading.stop_reason {
        Some(found) if wanted.contains(found) => None,
        Some(found) => Some(format!("it stopped with `{found}`")),
        None => Some("it does not say why it stopped".to_owned()),
    }))
}

/// `max-cost = 0.001`: in USD, at the catalog's price. An answer without a known cost fulfils no
/// promise about it.
pub(super) fn max_cost(value: &toml::Value, _root: &Path) -> Result<Check, String> {
    let most = number(value).filter(|most| !most.is_sign_negative());
    let most = most.ok_or("write an amount in USD, such as 0.001")?;
    Ok(Box::new(move |sample| match sample.cost.total() {
        Some(cost) if cost <= most => None,
        Some(cost) => Some(format!("it cost {}, and {} is the most", usd(cost), usd(most))),
        None => Some("what it cost is not known".to_owned()),
    }))
}

/// `max-latency = 2000` or `"2s"`: in milliseconds where no unit stands. Judged where times were
/// measured: practice times are simulated, imported ones may be unknown.
pub(super) fn max_latency(value: &toml::Value, _root: &Path) -> Result<Check, String> {
    let ms = match value {
        toml::Value::Integer(ms) => u64::try_from(*ms).ok(),
        toml::Value::String(text) => duration(text),
        _ => None,
    };
    let most = ms.ok_or("write milliseconds, or a time such as \"1.5s\" or \"800ms\"")?;
    Ok(Box::new(move |sample| {
        let judged = sample.origin.is_real() && sample.total_ms > most;
        judged.then(|| format!("it took {} ms, and {most} ms are the most", sample.total_ms))
    }))
}

fn duration(text: &str) -> Option<u64> {
    let (digits, factor) = match text.strip_suffix("ms") {
        Some(digits) => (digits, 1),
        None => (text.strip_suffix('s')?, 1_000),
    };
    let amount: Decimal = digits.trim().parse().ok()?;
    u64::try_from((amount * Decimal::from(factor)).trunc()).ok()
}

/// `image-size = "1024x1024"`: every picture has this width and height in pixels.
pub(super) fn image_size(value: &toml::Value, _root: &Path) -> Result<Check, String> {
    let size = value.as_str().and_then(|text| {
        let (width, height) = text.split_once(['x', '×'])?;
        Some((width.trim().parse::<u32>().ok()?, height.trim().parse::<u32>().ok()?))
    });
    let wanted = size.ok_or("write width and height in pixels, such as \"1024x1024\"")?;
    Ok(Box::new(move |sample| {
        let sizes: Vec<Option<(u32, u32)>> = sample
            .reading
            .parts
            .iter()
            .filter_map(|part| match part {
                Part::Image { bytes, .. } => Some(tutor_catalog::measure::image_size(bytes)),
                _ => None,
            })
            .collect();
        match sizes.iter().find(|size| **size != Some(wanted)) {
            None if sizes.is_empty() => Some("there is no picture in it".to_owned()),
            None => None,
            Some(Some((width, height))) => Some(format!("its picture is {width}x{height}")),
            Some(None) => Some("the size of its picture cannot be read".to_owned()),
        }
    }))
}
