//! Whether the script runs and returns the right kind of thing.

use super::{Finding, Sign, Verdict, verdict};
use crate::challenge::evidence::{Evidence, Played};
use crate::challenge::returned::{Returned, short};
use crate::challenge::runner::{Place, Trouble};
use crate::challenge::scenario::Priced;

/// `results`: it loads, and returns one result for each model, in the order given.
pub(super) fn results(evidence: &Evidence) -> Verdict {
    if let Err(trouble) = &evidence.loaded {
        return Verdict::Failed(stopped(evidence, trouble, "the script loads"));
    }
    let signs = evidence.rounds.iter().map(|played| match &played.returned {
        // What went wrong on purpose is judged by the check it was meant for.
        Err(_) if has_trouble_begun(played) => Sign::Right,
        Err(trouble) => Sign::Wrong(stopped(evidence, trouble, "the function returns a list")),
        Ok(_) if played.round.troubled().is_some() => Sign::Right,
        Ok(returned) => shape(evidence, played, returned),
    });
    verdict(signs)
}

/// Whether the trouble of a round had begun before the function stopped.
fn has_trouble_begun(played: &Played) -> bool {
    played.round.troubled().is_some_and(|stub| played.to(&stub.model_id).next().is_some())
}

/// Whether the results have the right shape where everything goes well.
pub(super) fn is_sound(evidence: &Evidence) -> bool {
    let sound = |played: &Played| {
        played
            .returned
            .as_ref()
            .is_ok_and(|returned| matches!(shape(evidence, played, returned), Sign::Right))
    };
    evidence.first().is_some_and(sound)
}

fn shape(evidence: &Evidence, played: &Played, returned: &Returned) -> Sign {
    let models = &played.round.models;
    let expected = format!("a list of {} dicts, one for each model", models.len());
    if let Some(instead) = &returned.instead {
        return Sign::wrong(expected, instead);
    }
    let are_for = |wanted: &[Priced]| {
        returned.rows.len() == wanted.len()
            && returned.rows.iter().zip(wanted).all(|(row, model)| row.model_id() == Some(&model.id))
    };
    if !are_for(models) && are_for(evidence.models()) {
        let expected = "results for the models that the function is given, which are others this time";
        return Sign::wrong(expected, "those of the file: is `models` used?").marked(&["MODELS"]);
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
    if *trouble == Trouble::NoFunction {
        return Finding::new(expected, format!("{} has no function `{}`", evidence.file, evidence.function));
    }
    let (found, place) = told(trouble);
    Finding { place, ..Finding::new(expected, found) }
}

/// What ended a script, in words.
pub(super) fn told(trouble: &Trouble) -> (String, Option<Box<Place>>) {
    let at = |place: &Option<Box<Place>>| at(place.as_deref());
    let (found, place) = match trouble {
        Trouble::Raised { kind, message, place } => {
            (format!("{}{}", explained(kind, message), at(place)), place.clone())
        }
        Trouble::NoFunction => ("no such function".to_owned(), None),
        Trouble::Exited { how, place } => {
            (format!("the script ended itself, {how}{}", at(place)), place.clone())
        }
        Trouble::TooSlow { seconds, place } => {
            (format!("it was still running after {seconds} seconds{}", at(place)), place.clone())
        }
        Trouble::TooMuchOutput { kilobytes, place } => {
            (format!("it printed more than {kilobytes} KB and was stopped{}", at(place)), place.clone())
        }
        Trouble::Unreadable => ("something that cannot be read".to_owned(), None),
    };
    (found, place)
}

/// A place after what happened there.
pub(super) fn at(place: Option<&Place>) -> String {
    match place {
        Some(Place { file, line: Some(line), text, .. }) if !text.is_empty() => {
            format!(" at {file}:{line}, `{text}`")
        }
        Some(Place { file, line: Some(line), .. }) => format!(" at {file}:{line}"),
        Some(Place { file, .. }) => format!(" in {file}"),
        None => String::new(),
    }
}

/// An exception in words; what it means, where many people wonder.
pub(in crate::challenge) fn explained(kind: &str, message: &str) -> String {
    let told = short(message);
    let plain = if told.is_empty() { kind.to_owned() } else { format!("{kind}: {told}") };
    let missing = |module: &str| module.split('\'').nth(1).unwrap_or("it").to_owned();
    match kind {
        "WrongSignature" => told,
        "ModuleNotFoundError" => format!(
            "{plain}. It is not in this Python: install `{}` there, or name another one with --python",
            missing(message)
        ),
        "EOFError" if message.contains("EOF when reading") => {
            format!("{plain}. `input()` waits for somebody who types: nobody does here")
        }
        "AttributeError" if message.contains("'Bedrock' object has no attribute") => format!(
            "{plain}. The client `bedrock` manages models; the one that asks them is \
             boto3.client(\"bedrock-runtime\")"
        ),
        "UnknownServiceError" => format!("{plain}. The service is called bedrock-runtime"),
        "EndpointConnectionError"
        | "ConnectTimeoutError"
        | "SSLError"
        | "ConnectionClosedError"
        | "UnrecognizedClientException" => format!(
            "{plain}. Is an `endpoint_url` set? Leave it out: tutor leads the client to where it answers"
        ),
        _ => plain,
    }
}
