//! The library of checks.

use serde_json::Value;

use super::formula;
use super::round::{Played, Seen};
use crate::challenge::grading::{Finding, Verdict, explained, stopped_words};
use crate::challenge::manifest::Check;
use crate::challenge::returned::{described, short};
use crate::challenge::runner::Trouble;

/// Judges one round by a check; `None` where nothing can be said yet.
type Judge = fn(&Check, &Played) -> Option<Result<(), Finding>>;

/// Every kind of check there is, with what it judges.
pub const LIBRARY: [(&str, Judge); 6] = [
    // The function returns.
    ("returns", runs),
    // What stands at `path` in the value it returns.
    ("value", value),
    // What stands at `path` in the bodies of its requests.
    ("sent", sent),
    // How many requests arrive: `least` and `most`.
    ("calls", calls),
    // How long it waits before it asks again: `least` seconds, with `growing` longer each time.
    ("pauses", pauses),
    // The pieces of a text: `text` and `size` and `overlap` are names of parameters.
    ("pieces", pieces),
];

/// The kind of this name.
pub fn by_name(name: &str) -> Option<Judge> {
    LIBRARY.iter().find(|(known, _)| *known == name).map(|(_, judge)| *judge)
}

/// Judges a check over all rounds that it names, or all there are.
pub fn judge(check: &Check, rounds: &[Played], planned: usize) -> Verdict {
    let Some(judge) = check.kind.as_deref().and_then(by_name) else { return Verdict::Waits };
    let mut waits = rounds.len() < planned;
    let mut any = false;
    for played in rounds {
        if !check.rounds.is_empty() && !check.rounds.contains(&played.round.name) {
            continue;
        }
        match judge(check, played) {
            Some(Err(finding)) => {
                let expected = format!("{} ({})", finding.expected, played.round.says);
                return Verdict::Failed(Finding { expected, ..finding });
            }
            Some(Ok(())) => any = true,
            None => waits = true,
        }
    }
    if any && !waits { Verdict::Passed } else { Verdict::Waits }
}

#[expect(clippy::unnecessary_wraps, reason = "what every judge gives")]
fn wrong(expected: impl Into<String>, found: impl Into<String>) -> Option<Result<(), Finding>> {
    Some(Err(Finding::new(expected, found)))
}

#[expect(clippy::unnecessary_wraps, reason = "what every judge gives")]
fn runs(_: &Check, played: &Played) -> Option<Result<(), Finding>> {
    match &played.returned {
        Ok(_) => Some(Ok(())),
        Err(trouble) => {
            let (found, place) = stopped_words(trouble);
            Some(Err(Finding { place, ..Finding::new("the function returns", found) }))
        }
    }
}

/// What stands at a path such as `messages.0.content`; an empty one is the whole.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').filter(|step| !step.is_empty()).try_fold(value, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    })
}

fn value(check: &Check, played: &Played) -> Option<Result<(), Finding>> {
    let returned = played.returned.as_ref().ok()?;
    let path = check.path.as_deref().unwrap_or_default();
    Some(holds(check, played, path, "`", at(returned, path)))
}

fn sent(check: &Check, played: &Played) -> Option<Result<(), Finding>> {
    let of_model =
        |seen: &&Seen| check.model.as_ref().is_none_or(|model| played.round.filled(model) == seen.model_id);
    let seen: Vec<&Seen> = played.seen.iter().filter(of_model).collect();
    if seen.is_empty() {
        // Why none was sent is told by whoever judges what is returned, or by a count.
        played.returned.as_ref().ok()?;
        let caught = played.notes.caught.last();
        let found = caught.map_or("none".to_owned(), |caught| {
            format!("none: {}", explained(&caught.kind, &caught.message))
        });
        let place = caught.and_then(|caught| caught.place.clone()).map(Box::new);
        return Some(Err(Finding { place, ..Finding::new("a request", found) }));
    }
    for seen in seen {
        if let Some(operation) = &check.operation
            && seen.operation.name() != operation
        {
            return wrong(format!("a request by {operation}"), seen.operation.name());
        }
        if let Some(error) = &seen.error
            && error.starts_with("ValidationException: Malformed")
        {
            return wrong("a body that Bedrock takes", short(error));
        }
        if let Some(path) = &check.path
            && let Err(finding) = holds(check, played, path, "in the body `", at(&seen.body, path))
        {
            return Some(Err(finding));
        }
    }
    Some(Ok(()))
}

/// Whether a value is what the check says.
fn holds(
    check: &Check,
    played: &Played,
    path: &str,
    before: &str,
    found: Option<&Value>,
) -> Result<(), Finding> {
    let what = if path.is_empty() { "the result".to_owned() } else { format!("{before}{path}`") };
    let no = |expected: String| {
        let found = match found {
            None => format!("no `{}`", path.rsplit('.').next().unwrap_or(path)),
            Some(value) => described(value),
        };
        Err(Finding::new(expected, found))
    };
    if let Some(written) = &check.equals {
        let wanted = played.round.value(written);
        let same = found.is_some_and(|found| match (found, &wanted) {
            (Value::String(found), Value::String(wanted)) => found.trim() == wanted.trim(),
            (Value::Number(found), Value::Number(wanted)) => found.as_f64() == wanted.as_f64(),
            (found, wanted) => *found == *wanted,
        });
        let missing = wanted.is_null() && found.is_none_or(Value::is_null);
        if !same && !missing {
            let wrong = no(format!("{what} is {}", described(&wanted)));
            return match (found, &wanted) {
                (Some(Value::String(text)), Value::Number(_)) => Err(Finding::new(
                    format!("{what} is {}", described(&wanted)),
                    format!("“{}”, which is a text: int() makes a number of it", short(text)),
                )),
                _ => wrong,
            };
        }
    }
    if let Some(formula) = &check.near {
        let wanted = formula::evaluate(&played.round.filled(formula)).unwrap_or(f64::NAN);
        let tolerance = check.within.unwrap_or_else(|| wanted.abs() * check.tolerance.unwrap_or(0.01));
        match found.and_then(Value::as_f64) {
            Some(number) if (number - wanted).abs() <= tolerance + 1e-12 => {}
            Some(number) => {
                let factor = number / wanted;
                let known = [
                    (1e3, "1000 times as much"),
                    (1e6, "a million times as much"),
                    (1e-3, "a thousandth of it"),
                    (2.0, "twice as much"),
                    (0.5, "half of it"),
                ];
                let why = known.iter().find(|(known, _)| (factor / known - 1.0).abs() < 0.02);
                let why = why.map_or_else(String::new, |(_, words)| format!(", {words}"));
                return Err(Finding::new(
                    format!("{what} is about {wanted:.6}"),
                    format!("{number:.6}{why}"),
                ));
            }
            None => return no(format!("{what} is about {wanted:.6}")),
        }
    }
    if let Some([low, high]) = &check.between {
        let [low, high] =
            [low, high].map(|formula| formula::evaluate(&played.round.filled(formula)).unwrap_or(f64::NAN));
        let number = found.and_then(Value::as_f64);
        if !number.is_some_and(|number| (low..=high).contains(&number)) {
            return no(format!("{what} lies between {low:.2} and {high:.2}"));
        }
    }
    if !check.contains.is_empty() {
        let text = found
            .map(|found| found.as_str().map_or_else(|| found.to_string(), str::to_owned))
            .unwrap_or_default();
        let has = |words: &String| text.to_lowercase().contains(&played.round.filled(words).to_lowercase());
        if !check.contains.iter().any(has) {
            let words: Vec<String> =
                check.contains.iter().map(|words| format!("“{}”", played.round.filled(words))).collect();
            return no(format!("{what} has {}", words.join(" or ")));
        }
    }
    if let Some(name) = &check.is {
        let is = match (name.as_str(), found) {
            ("text", Some(value)) => value.as_str().is_some_and(|text| !text.trim().is_empty()),
            ("number", Some(value)) => value.is_number(),
            ("list", Some(value)) => value.is_array(),
            ("dict", Some(value)) => value.is_object() && value.get("python type").is_none(),
            ("there", Some(value)) => !value.is_null(),
            ("absent", found) => found.is_none_or(Value::is_null),
            _ => false,
        };
        if !is {
            return no(format!("{what} is {name}"));
        }
    }
    Ok(())
}

fn calls(check: &Check, played: &Played) -> Option<Result<(), Finding>> {
    let of_model =
        |seen: &&Seen| check.model.as_ref().is_none_or(|model| played.round.filled(model) == seen.model_id);
    let count = played.seen.iter().filter(of_model).count();
    let (least, most) = (check.least.unwrap_or(0.0), check.most.unwrap_or(f64::INFINITY));
    let to =
        check.model.as_ref().map_or_else(String::new, |model| format!(" to {}", played.round.filled(model)));
    // A function that stumbled before it asked is told of elsewhere.
    #[expect(clippy::cast_precision_loss, reason = "a few requests")]
    let too_few = (count as f64) < least;
    if too_few && matches!(played.returned, Err(Trouble::Raised { .. })) {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "a few requests")]
    let number = count as f64;
    if (least..=most).contains(&number) {
        return Some(Ok(()));
    }
    let many = |count: f64| {
        if (count - 1.0).abs() < 0.5 { "1 request".to_owned() } else { format!("{count} requests") }
    };
    let expected = if (least - most).abs() < 0.5 {
        format!("{}{to}", many(least))
    } else if most.is_infinite() {
        format!("at least {}{to}", many(least))
    } else {
        format!("{least} to {}{to}", many(most))
    };
    wrong(expected, format!("{count}"))
}

fn pauses(check: &Check, played: &Played) -> Option<Result<(), Finding>> {
    let calls = &played.notes.calls;
    let pauses: Vec<f64> = if calls.is_empty() {
        played.seen.windows(2).map(|pair| (pair[1].at - pair[0].at).as_secs_f64()).collect()
    } else {
        calls.windows(2).filter_map(|pair| Some(pair[1].began - pair[0].ended?)).collect()
    };
    if pauses.is_empty() {
        return None;
    }
    let least = check.least.unwrap_or(0.02);
    let shown: Vec<String> = pauses.iter().map(|pause| format!("{pause:.2}")).collect();
    if pauses.iter().all(|pause| *pause < least) {
        return wrong("a pause before each further request", format!("{} seconds", shown.join(", ")));
    }
    // What the script asked to sleep is exact; what a clock says of it is not, on a busy machine.
    let asked: Vec<f64> = calls.iter().skip(1).map(|call| call.slept).collect();
    let pauses =
        if asked.len() == pauses.len() && asked.iter().all(|slept| *slept > 0.0) { asked } else { pauses };
    let (first, last) = (pauses[0], pauses[pauses.len() - 1]);
    if check.growing && pauses.len() > 1 && last < first * 1.3 {
        return wrong("longer pauses each time", format!("{} seconds", shown.join(", ")));
    }
    Some(Ok(()))
}

/// Whether pieces make up a text: none longer than the size, each beginning with the last words of the one
/// before, and nothing lost.
fn pieces(check: &Check, played: &Played) -> Option<Result<(), Finding>> {
    let returned = played.returned.as_ref().ok()?;
    let argument = |name: &Option<String>| {
        let name = name.as_ref()?;
        played.round.arguments.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    };
    let text: Vec<&str> = argument(&check.text)?.as_str()?.split_whitespace().collect();
    let count = |name: &Option<String>| usize::try_from(argument(name)?.as_u64()?).ok();
    let (size, overlap) = (count(&check.size)?, count(&check.overlap)?);
    let pieces = returned.as_array()?;
    let pieces: Option<Vec<Vec<&str>>> =
        pieces.iter().map(|piece| Some(piece.as_str()?.split_whitespace().collect())).collect();
    let pieces = pieces?;
    match check.judges.as_deref() {
        Some("size") => match pieces.iter().position(|piece| piece.len() > size) {
            Some(at) => wrong(
                format!("pieces of at most {size} words"),
                format!("piece {} has {}", at + 1, pieces[at].len()),
            ),
            None => Some(Ok(())),
        },
        Some("overlap") => {
            for (number, pair) in pieces.windows(2).enumerate() {
                let shared = pair[0].len().min(overlap);
                if !pair[1].starts_with(&pair[0][pair[0].len() - shared..]) {
                    return wrong(
                        format!(
                            "piece {} begins with the last {overlap} words of piece {}",
                            number + 2,
                            number + 1
                        ),
                        format!("it begins with “{}”", short(&pair[1][..pair[1].len().min(4)].join(" "))),
                    );
                }
            }
            Some(Ok(()))
        }
        Some("last") => match pieces.iter().rev().take(2).collect::<Vec<_>>()[..] {
            [last, before] if before.ends_with(last) => {
                wrong("a last piece with something new in it", "one that the piece before ends with")
            }
            _ => Some(Ok(())),
        },
        _ => {
            let mut covered = 0;
            for piece in &pieces {
                let Some(begin) = piece.first().and_then(|first| text.iter().position(|word| word == first))
                else {
                    return wrong("pieces of the text", "an empty piece, or one with other words");
                };
                if begin > covered {
                    let lost = text[covered..begin].iter().take(4).copied().collect::<Vec<_>>().join(" ");
                    return wrong("every word of the text", format!("“{lost}” is in no piece"));
                }
                if text.get(begin..begin + piece.len()) != Some(&piece[..]) {
                    return wrong("the words of the text in their order", short(&piece.join(" ")));
                }
                covered = covered.max(begin + piece.len());
            }
            if covered < text.len() {
                let lost = text[covered..].iter().take(4).copied().collect::<Vec<_>>().join(" ");
                return wrong("every word of the text", format!("“{lost}” is in no piece"));
            }
            Some(Ok(()))
        }
    }
}
