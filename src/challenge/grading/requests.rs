//! What arrived: a body for each model, with the same words, and no more than one answer each.

use super::blame::{caught, words as words_of};
use super::results::is_sound;
use super::{Sign, Verdict, verdict};
use crate::challenge::evidence::{Evidence, Played};
use crate::challenge::returned::{Row, short};
use crate::challenge::scenario::{Fault, Kind, StubModel};
use crate::challenge::stubs::{Outcome, Spoiled};
use tutor_bedrock::Operation;
use tutor_bedrock::family;

/// `requests`: every model is asked with a body in its own dialect.
pub(super) fn requests(evidence: &Evidence) -> Verdict {
    let signs = evidence
        .untroubled()
        .flat_map(|played| played.round.stubs.iter().map(move |stub| request(evidence, played, stub)));
    verdict(signs)
}

fn request(evidence: &Evidence, played: &Played, stub: &StubModel) -> Sign {
    let id = &stub.model_id;
    let name = evidence.name(id);
    let mut dialect = Sign::Open;
    let branch = branch(id);
    for seen in played.to(id) {
        let family = family::of_model(id).map_or("its", |family| family.name());
        let expected = format!("a body for {name}, in the dialect of {family}");
        match &seen.outcome {
            Outcome::Refused { kind, message } => {
                return Sign::wrong(expected, format!("{kind}: {}", short(message))).marked(branch);
            }
            Outcome::Answered(_)
                if evidence.operation.as_deref().is_some_and(|wanted| wanted != seen.operation.name()) =>
            {
                let wanted = evidence.operation.as_deref().unwrap_or_default();
                let found = seen.operation.name();
                return Sign::wrong(format!("{wanted} for {name}"), found)
                    .marked(&["invoke_model", "converse"]);
            }
            Outcome::Answered(_) if evidence.operation.is_none() && seen.operation.is_converse() => {
                let found = format!("{}, which is the same for all models", seen.operation);
                return Sign::wrong(format!("{} for {name}", Operation::InvokeModel), found)
                    .marked(&["converse"]);
            }
            Outcome::Answered(asked) => match asked.spoiled {
                // A text that only just does not fit is a choice; one that ends in mid-sentence is none.
                Some(Spoiled::Cut(tokens)) => {
                    return Sign::wrong(
                        format!("room for the whole answer of {name}"),
                        format!("a ceiling of {tokens} tokens, at which it was cut"),
                    )
                    .marked(branch);
                }
                Some(Spoiled::CutByDefault(tokens)) => {
                    return Sign::wrong(
                        format!("room for the whole answer of {name}"),
                        format!("no ceiling, so that it was cut at the model's own of {tokens} tokens"),
                    )
                    .marked(branch);
                }
                Some(Spoiled::NoTemplate) => {
                    return Sign::wrong(
                        format!("the prompt between [INST] and [/INST] for {name}"),
                        "no such marks, so that it goes on writing instead of answering",
                    )
                    .marked(branch);
                }
                // Words around the prompt are told by `prompt`.
                Some(Spoiled::OtherTemplate(_)) | None => dialect = Sign::Right,
            },
            _ => dialect = Sign::Right,
        }
    }
    // It stopped before this one's turn, or nothing was begun at all: that is said elsewhere.
    let begun = played.returned.is_ok() && (is_sound(evidence) || !played.seen.is_empty());
    if matches!(dialect, Sign::Right) || !begun {
        return dialect;
    }
    let row = played.row(id).filter(|row| row.success() == Some(false));
    let known = row.and_then(|row| caught(played, row));
    let found = match (known, row) {
        (Some(caught), _) => format!("none: {}", words_of(caught)),
        (None, Some(row)) => format!("none; the result says {}", row.error()),
        (None, None) => "none".to_owned(),
    };
    Sign::wrong(format!("a request to {name}"), found)
        .at(known.and_then(|caught| caught.place.as_ref()))
        .marked(branch)
}

/// Words of the branch for a model's family.
fn branch(model_id: &str) -> &'static [&'static str] {
    match family::of_model(model_id).map(tutor_bedrock::family::Family::id) {
        Some("claude-messages") => {
            &["anthropic_version", "\"messages\"", "'messages'", "anthropic", "claude"]
        }
        Some("titan-text") => &["inputText", "textGenerationConfig", "titan"],
        Some("llama") => &["max_gen_len", "llama", "INST"],
        Some("cohere-command") => &["cohere", "command"],
        _ => &[],
    }
}

/// `prompt`: every model gets exactly the words of the prompt.
pub(super) fn prompt(evidence: &Evidence) -> Verdict {
    let signs = evidence.rounds.iter().enumerate().flat_map(|(index, played)| {
        played.round.stubs.iter().map(move |stub| words(evidence, played, stub, index == 0))
    });
    verdict(signs)
}

fn words(evidence: &Evidence, played: &Played, stub: &StubModel, is_due: bool) -> Sign {
    let mut sign = if is_due { Sign::Open } else { Sign::Right };
    let (name, prompt) = (evidence.name(&stub.model_id), played.round.prompt.trim());
    for seen in played.to(&stub.model_id) {
        let Outcome::Answered(asked) = &seen.outcome else { continue };
        if let Some(system) = &asked.system {
            let found = format!("a system prompt before it: “{}”", short(system));
            return Sign::wrong(format!("{name} gets the prompt and nothing else"), found).marked(&[
                "\"system\"",
                "'system'",
                "<<SYS>>",
                "system",
            ]);
        }
        if asked.text.trim() != prompt {
            let expected = format!("{name} gets “{}”", beginning(prompt));
            return Sign::wrong(expected, difference(prompt, asked.text.trim()))
                .marked(branch(&stub.model_id));
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

/// `calls`: exactly one successful call behind each result. Models that fail or are throttled in a round
/// are judged by other checks.
pub(super) fn calls(evidence: &Evidence) -> Verdict {
    let signs = evidence.rounds.iter().enumerate().flat_map(|(index, played)| {
        let stubs = played.round.stubs.iter().filter(|stub| stub.fault == Fault::None);
        stubs.map(move |stub| count(evidence, played, stub, index == 0))
    });
    verdict(signs)
}

fn count(evidence: &Evidence, played: &Played, stub: &StubModel, is_due: bool) -> Sign {
    let (id, name) = (&stub.model_id, evidence.name(&stub.model_id));
    let claims = played.row(id).is_some_and(Row::is_success);
    match played.answers(id) {
        // Whoever remembers an answer to the very same request has asked for it.
        0 if played.round.kind == Kind::Again => Sign::Right,
        0 if claims && !is_due => Sign::wrong(
            format!("one call to {name} for this prompt"),
            "none, and a result that claims success",
        ),
        0 if is_due => Sign::Open,
        0 | 1 => Sign::Right,
        many => Sign::wrong(format!("one successful call to {name}"), format!("{many}")),
    }
}
