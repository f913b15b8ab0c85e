//! What arrived: a body for each model, with the same words, and no more than one answer each.

use super::results::is_sound;
use super::{Sign, Verdict, verdict};
use crate::challenge::evidence::{Evidence, Performance};
use crate::challenge::play::{Role, Trouble};
use crate::challenge::returned::{Row, short};
use crate::challenge::stage::Outcome;
use tutor_bedrock::Operation;
use tutor_bedrock::family;

/// `requests`: every model is asked with a body in its own dialect.
pub(super) fn requests(evidence: &Evidence) -> Verdict {
    let Some(comparison) = evidence.comparison() else { return Verdict::Waits };
    verdict(comparison.act.roles.iter().map(|role| request(evidence, comparison, role)))
}

fn request(evidence: &Evidence, performance: &Performance, role: &Role) -> Sign {
    let id = &role.model_id;
    let name = evidence.name(id);
    let mut dialect = Sign::Open;
    for seen in performance.to(id) {
        let family = family::of_model(id).map_or("its", |family| family.name());
        let expected = format!("a body for {name}, in the dialect of {family}");
        match &seen.outcome {
            Outcome::Refused { kind, message } => {
                return Sign::wrong(expected, format!("{kind}: {}", short(message)));
            }
            Outcome::Answered(_) if seen.operation.is_converse() => {
                let found = format!("{}, which is the same for all models", seen.operation);
                return Sign::wrong(format!("{} for {name}", Operation::InvokeModel), found);
            }
            _ => dialect = Sign::Right,
        }
    }
    // It stopped before this one's turn, or nothing was begun at all: that is said elsewhere.
    let begun = performance.returned.is_ok() && (is_sound(evidence) || !performance.seen.is_empty());
    if matches!(dialect, Sign::Right) || !begun {
        return dialect;
    }
    let found = match performance.row(id) {
        Some(row) if row.success() == Some(false) => format!("none; the result says {}", row.error()),
        _ => "none".to_owned(),
    };
    Sign::wrong(format!("a request to {name}"), found)
}

/// `prompt`: every model gets exactly the words of the prompt.
pub(super) fn prompt(evidence: &Evidence) -> Verdict {
    let signs = evidence.acts.iter().enumerate().flat_map(|(index, performance)| {
        performance.act.roles.iter().map(move |role| words(evidence, performance, role, index == 0))
    });
    verdict(signs)
}

fn words(evidence: &Evidence, performance: &Performance, role: &Role, is_due: bool) -> Sign {
    let mut sign = if is_due { Sign::Open } else { Sign::Right };
    let (name, prompt) = (evidence.name(&role.model_id), performance.act.prompt.trim());
    for seen in performance.to(&role.model_id) {
        let Outcome::Answered(asked) = &seen.outcome else { continue };
        if let Some(system) = &asked.system {
            let found = format!("a system prompt before it: “{}”", short(system));
            return Sign::wrong(format!("{name} gets the prompt and nothing else"), found);
        }
        if asked.text.trim() != prompt {
            let expected = format!("{name} gets “{}”", beginning(prompt));
            return Sign::wrong(expected, difference(prompt, asked.text.trim()));
        }
        sign = Sign::Right;
    }
    sign
}

fn beginning(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(9).collect();
    format!("{} …", words.join(" "))
}

/// Where the words that were sent leave the prompt.
fn difference(prompt: &str, sent: &str) -> String {
    if let Some((before, after)) = sent.split_once(prompt) {
        let (before, after) = (before.trim(), after.trim());
        return match (before.is_empty(), after.is_empty()) {
            (true, _) => format!("the prompt and after it “{}”", short(after)),
            (_, true) => format!("“{}” before the prompt", short(before)),
            _ => format!("“{}” before the prompt and “{}” after it", short(before), short(after)),
        };
    }
    let same = prompt.chars().zip(sent.chars()).take_while(|(a, b)| a == b).count();
    let rest: String = sent.chars().skip(same).collect();
    match (same, rest.is_empty()) {
        (0, _) => format!("“{}”", beginning(sent)),
        (_, true) => format!("only the first {same} characters of it"),
        _ => format!("other words from character {} on: “{}”", same + 1, beginning(&rest)),
    }
}

/// `calls`: exactly one successful call behind each result. Models that fail or are throttled in an act
/// are judged by other checks.
pub(super) fn calls(evidence: &Evidence) -> Verdict {
    let signs = evidence.acts.iter().enumerate().flat_map(|(index, performance)| {
        let roles = performance.act.roles.iter().filter(|role| role.trouble == Trouble::None);
        roles.map(move |role| count(evidence, performance, role, index == 0))
    });
    verdict(signs)
}

fn count(evidence: &Evidence, performance: &Performance, role: &Role, is_due: bool) -> Sign {
    let (id, name) = (&role.model_id, evidence.name(&role.model_id));
    let claims = performance.row(id).is_some_and(Row::is_success);
    match performance.answers(id) {
        0 if claims && !is_due => Sign::wrong(
            format!("one call to {name} for this prompt"),
            "none, and a result that claims success",
        ),
        0 if is_due => Sign::Open,
        0 | 1 => Sign::Right,
        many => Sign::wrong(format!("one successful call to {name}"), format!("{many}")),
    }
}
