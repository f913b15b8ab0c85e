//! Checks a request's body as Bedrock does, before any model sees it.
//!
//! In goes a call, out comes nothing or a [`Violation`] with the error's name and words. One JSON
//! Schema a family (and one for Responses) stands in `native/`, with its source and with what differs between models of the
//! family ([`rules`]); `converse.json` is the model of the Converse operations. The validator looks at
//! bodies where they are ([`node`]). How each dialect words a violation stands in [`wording`] alone; words
//! that no source gives as Bedrock's are marked.

mod compatible;
mod conversation;
mod custom;
mod node;
mod rules;
mod wording;

pub use custom::Schema;
pub use wording::{THROUGH_CONVERSE, Wording};

use rules::{Dialect, Prefill, Rules};
use wording::Fault;

use tutor_bedrock::call::Call;
use tutor_bedrock::family::{self, Family};
use tutor_bedrock::json::Json;
use tutor_bedrock::model_id;

/// Why Bedrock would not take a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The error's name, such as `ValidationException`.
    pub kind: &'static str,
    /// The words, without any mark.
    pub message: String,
    /// Whose words they are.
    pub wording: Wording,
}

/// The most violations that one message tells.
const MOST: usize = 20;

/// Checks the body of `call`. What nobody knows the rules of is taken as it is: a native body without a
/// family.
///
/// # Errors
/// The violation, in the words of the model's dialect.
pub fn check(call: &Call, family: Option<&dyn Family>) -> Result<(), Violation> {
    if call.operation.is_converse() {
        conversation::check(&call.body, model_id::bare(&call.model_id), family)?;
        return through_converse(call, family);
    }
    if call.operation.is_compatible() {
        return compatible::check(call, family);
    }
    let Some(family) = family else { return Ok(()) };
    native(&call.body, family::in_dialect(family, &call.body), model_id::bare(&call.model_id))
}

/// Makes the rules for Converse bodies.
pub fn warm_up() {
    Rules::of_converse();
}

/// The dialect that a native body is in, for a model that nothing tells: the one whose rules it breaks
/// least. `None` for a body that is no object, or has no member that any of them knows.
pub fn dialect_of(body: &Json) -> Option<&'static dyn Family> {
    let members = body.as_object()?;
    // What is not there counts more than what is there and should not be.
    let faults = |family: &&'static dyn Family| {
        let faults = Rules::of(family.id(), "").map(|rules| rules.faults(body, MOST)).unwrap_or_default();
        (faults.iter().filter(|fault| fault.is_missing()).count(), faults.len())
    };
    let best = family::FAMILIES.iter().copied().min_by_key(faults)?;
    (faults(&best).0 == 0 && faults(&best).1 < members.len()).then_some(best)
}

/// Checks a native body.
fn native(body: &Json, family: &dyn Family, model: &str) -> Result<(), Violation> {
    let Some(rules) = Rules::of(family.id(), model) else { return Ok(()) };
    let faults = rules.faults(body, MOST);
    if let Some(violation) = wording::native(rules.dialect, faults) {
        return Err(violation);
    }
    let last = body.get("messages").and_then(Json::as_array).and_then(<[Json]>::last);
    let prefilled = last.and_then(|message| message.get("role")?.as_str()) == Some("assistant");
    if rules.prefill == Prefill::Refused && prefilled {
        return Err(Violation::bedrock(wording::PREFILL));
    }
    conversation::check_native(body, family)
}

/// The limits of the model behind Converse: Bedrock puts the request into the family's own dialect and
/// hands on what the model says to that.
fn through_converse(call: &Call, family: Option<&dyn Family>) -> Result<(), Violation> {
    let Some(family) = family else { return Ok(()) };
    let model = model_id::bare(&call.model_id);
    let Some(rules) = Rules::of(family.id(), model) else { return Ok(()) };
    // What the family has no words for is not for this check to judge.
    let Ok(body) = family.body(&family::prompt(call, family)) else { return Ok(()) };
    let limits: Vec<Fault> = rules.faults(&body, MOST).into_iter().filter(Fault::is_limit).collect();
    match wording::native(rules.dialect, limits) {
        Some(violation) => {
            let message = format!("{}{}", wording::THROUGH_CONVERSE, violation.message);
            Err(Violation { message, ..violation })
        }
        None => Ok(()),
    }
}

impl Violation {
    fn bedrock(message: &str) -> Self {
        let (kind, wording) = ("ValidationException", Wording::Bedrock);
        Violation { kind, message: message.to_owned(), wording }
    }
}

#[cfg(test)]
mod tests;
