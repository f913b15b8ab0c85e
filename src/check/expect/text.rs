//! Expectations of an answer's text.

use std::path::Path;

use regex::Regex;

use super::{Check, quoted};

/// One string, or several in an array.
fn strings(value: &toml::Value) -> Option<Vec<String>> {
    let one = |value: &toml::Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    match value {
        toml::Value::Array(items) if !items.is_empty() => items.iter().map(one).collect(),
        value => one(value).map(|text| vec![text]),
    }
}

/// `contains = "best efforts"`: the text has it, letter for letter; of several, all.
pub(super) fn contains(value: &toml::Value, _root: &Path) -> Result<Check, String> {
    let wanted = strings(value).ok_or("write a string, or an array of strings that must all be there")?;
    Ok(Box::new(move |sample| {
        let missing = wanted.iter().find(|wanted| !sample.text.contains(*wanted))?;
        Some(format!("it does not contain {}", quoted(missing)))
    }))
}

/// `not-contains = "As an AI"`: the text has it nowhere; of several, none.
pub(super) fn not_contains(value: &toml::Value, _root: &Path) -> Result<Check, String> {
    let unwanted =
        strings(value).ok_or("write a string, or an array of strings of which none may be there")?;
    Ok(Box::new(move |sample| {
        let found = unwanted.iter().find(|unwanted| sample.text.contains(*unwanted))?;
        Some(format!("it contains {}", quoted(found)))
    }))
}

/// `matches = "^(yes|no)"`: a regular expression finds something in the text.
pub(super) fn matches(value: &toml::Value, _root: &Path) -> Result<Check, String> {
    let pattern = value.as_str().ok_or("write a regular expression as a string")?;
    let regex = Regex::new(pattern).map_err(|error| {
        let error = error.to_string();
        format!("the regular expression does not parse: {}", error.lines().last().unwrap_or_default())
    })?;
    Ok(Box::new(move |sample| {
        (!regex.is_match(&sample.text))
            .then(|| format!("{} is not matched by `{regex}`", quoted(&sample.text)))
    }))
}

/// `equals = "refund"`: the text is exactly that, white space around it aside.
pub(super) fn equals(value: &toml::Value, _root: &Path) -> Result<Check, String> {
    let wanted = value.as_str().ok_or("write the whole answer as a string")?.trim().to_owned();
    Ok(Box::new(move |sample| {
        let text = sample.text.trim();
        let case = only_case(text, &wanted);
        (text != wanted).then(|| format!("it is {}{case}", quoted(&sample.text)))
    }))
}

/// `starts-with = "No"`: the text begins so, white space before it aside.
pub(super) fn starts_with(value: &toml::Value, _root: &Path) -> Result<Check, String> {
    let wanted = value.as_str().ok_or("write the beginning as a string")?.to_owned();
    Ok(Box::new(move |sample| {
        let text = sample.text.trim_start();
        let beginning: String = text.chars().take(wanted.chars().count()).collect();
        let case = only_case(&beginning, &wanted);
        (!text.starts_with(&wanted)).then(|| format!("it starts with {}{case}", quoted(&sample.text)))
    }))
}

/// Said where nothing but the case of letters differs.
fn only_case(text: &str, wanted: &str) -> &'static str {
    let is_only_case = text != wanted && text.to_lowercase() == wanted.to_lowercase();
    if is_only_case { " (only capitals differ)" } else { "" }
}

fn words(value: &toml::Value) -> Result<usize, String> {
    let count = value.as_integer().and_then(|count| usize::try_from(count).ok());
    count.ok_or_else(|| "write a whole number of words".to_owned())
}

/// `min-words = 20`
pub(super) fn min_words(value: &toml::Value, _root: &Path) -> Result<Check, String> {
    let least = words(value)?;
    Ok(Box::new(move |sample| {
        let count = sample.text.split_whitespace().count();
        (count < least).then(|| format!("it has {count} words, and {least} are the least"))
    }))
}

/// `max-words = 60`
pub(super) fn max_words(value: &toml::Value, _root: &Path) -> Result<Check, String> {
    let most = words(value)?;
    Ok(Box::new(move |sample| {
        let count = sample.text.split_whitespace().count();
        (count > most).then(|| format!("it has {count} words, and {most} are the most"))
    }))
}
