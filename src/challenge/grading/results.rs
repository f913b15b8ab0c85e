//! Whether the script runs and returns the right kind of thing.

use super::{Finding, Sign, Verdict, verdict};
use crate::challenge::evidence::{Evidence, Performance};
use crate::challenge::returned::Returned;
use crate::challenge::runner::{Place, Trouble};

/// `results`: it loads, and returns one result for each model, in the order given.
pub(super) fn results(evidence: &Evidence) -> Verdict {
    if let Err(trouble) = &evidence.loaded {
        return Verdict::Failed(stopped(evidence, trouble, "the script loads"));
    }
    let signs = evidence.acts.iter().enumerate().map(|(index, performance)| match &performance.returned {
        // What went wrong on purpose is judged by the check it was meant for.
        Err(_) if has_trouble_begun(performance) => Sign::Right,
        Err(trouble) => Sign::Wrong(stopped(evidence, trouble, "the function returns a list")),
        // The shape is the same in every act; in the others something goes wrong on purpose.
        Ok(returned) if index == 0 => shape(evidence, returned),
        Ok(_) => Sign::Right,
    });
    verdict(signs)
}

/// Whether the trouble of an act had begun before the function stopped.
fn has_trouble_begun(performance: &Performance) -> bool {
    performance.act.troubled().is_some_and(|role| performance.to(&role.model_id).next().is_some())
}

/// Whether the results have the right shape where everything goes well.
pub(super) fn is_sound(evidence: &Evidence) -> bool {
    let returned = evidence.comparison().and_then(|comparison| comparison.returned.as_ref().ok());
    returned.is_some_and(|returned| matches!(shape(evidence, returned), Sign::Right))
}

fn shape(evidence: &Evidence, returned: &Returned) -> Sign {
    let models = &evidence.models;
    let expected = format!("a list of {} dicts, one for each model", models.len());
    if let Some(instead) = &returned.instead {
        return Sign::wrong(expected, instead);
    }
    if returned.rows.len() != models.len() {
        return Sign::wrong(expected, format!("a list of {}", returned.rows.len()));
    }
    for (index, (row, model)) in returned.rows.iter().zip(models).enumerate() {
        let number = index + 1;
        if let Some(instead) = row.instead() {
            return Sign::wrong(expected, format!("result {number} is {instead}"));
        }
        if row.model_id() != Some(&model.id) {
            let expected = format!("result {number} has `model_id` {}", model.id);
            return Sign::wrong(expected, row.shown("model_id"));
        }
        if row.success().is_none() {
            let expected = format!("result {number} has `success` True or False");
            return Sign::wrong(expected, row.shown("success"));
        }
    }
    Sign::Right
}

/// Why the script stopped, in words, with the learner's own file and line.
pub(super) fn stopped(evidence: &Evidence, trouble: &Trouble, expected: &str) -> Finding {
    let file = &evidence.file;
    let at = |place: &Option<Box<Place>>| match place.as_deref() {
        Some(Place { file, line: Some(line), text, .. }) if !text.is_empty() => {
            format!(" at {file}:{line}, `{text}`")
        }
        Some(Place { file, line: Some(line), .. }) => format!(" at {file}:{line}"),
        Some(Place { file, .. }) => format!(" in {file}"),
        None => String::new(),
    };
    let found = match trouble {
        Trouble::Raised { kind, message, place } if message.trim().is_empty() => {
            format!("{kind}{}", at(place))
        }
        Trouble::Raised { kind, message, place } => {
            format!("{kind}: {}{}", crate::challenge::returned::short(message), at(place))
        }
        Trouble::NoFunction => format!("{file} has no function `{}`", evidence.function),
        Trouble::Exited { how, place } => format!("the script ended itself, {how}{}", at(place)),
        Trouble::TooSlow { seconds, place } => {
            format!("it was still running after {seconds} seconds{}", at(place))
        }
        Trouble::TooMuchOutput { kilobytes, place } => {
            format!("it printed more than {kilobytes} KB and was stopped{}", at(place))
        }
        Trouble::Unreadable => "something that cannot be read".to_owned(),
    };
    Finding { expected: expected.to_owned(), found }
}
