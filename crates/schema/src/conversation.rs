//! What Bedrock asks of a conversation beyond types and limits: who speaks first, and which blocks which
//! model takes from where.
//!
//! Words and places are those of genuine refusals between 2024 and 2026; where rows of [`BLOCKS`] say
//! nothing, a block is taken.

use super::rules::Rules;
use super::{Violation, wording};
use tutor_bedrock::family::Family;
use tutor_bedrock::json::Json;

/// Where a block stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a message.
    Message,
    /// In a tool's result.
    Result,
}

/// What is refused of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    /// The block itself.
    Block,
    /// That its content lies in S3.
    S3,
}

/// Who words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Words {
    /// Converse: the model takes no such block.
    NoSuchBlock,
    /// Converse: the model reads nothing from S3.
    NoS3,
    /// The model: the source that it is given has no type.
    SourceWithoutType,
    /// The model: its schema has no such tool result.
    NoSuchResult,
}

/// A kind of block that a family refuses.
struct Block {
    family: &'static str,
    kind: &'static str,
    places: &'static [Place],
    refused: Refused,
    words: Words,
}

const ANYWHERE: &[Place] = &[Place::Message, Place::Result];

const BLOCKS: &[Block] = &[
    Block {
        family: CLAUDE,
        kind: "video",
        places: ANYWHERE,
        refused: Refused::Block,
        words: Words::NoSuchBlock,
    },
    Block { family: CLAUDE, kind: "image", places: ANYWHERE, refused: Refused::S3, words: Words::NoS3 },
    Block {
        family: CLAUDE,
        kind: "document",
        places: &[Place::Message],
        refused: Refused::S3,
        words: Words::SourceWithoutType,
    },
    Block {
        family: NOVA,
        kind: "document",
        places: &[Place::Result],
        refused: Refused::Block,
        words: Words::NoSuchResult,
    },
    Block {
        family: NOVA,
        kind: "video",
        places: &[Place::Result],
        refused: Refused::Block,
        words: Words::NoSuchResult,
    },
];

const CLAUDE: &str = "claude-messages";
const NOVA: &str = "nova";

/// Models that let the assistant speak first start like this; so do all later ones of the family.
const OLD_CLAUDE: [&str; 3] = ["anthropic.claude-3", "anthropic.claude-v", "anthropic.claude-instant"];

/// Checks a Converse body: types and constraints of the service model first, then what Bedrock asks of
/// a conversation.
pub(super) fn check(body: &Json, model: &str, family: Option<&dyn Family>) -> Result<(), Violation> {
    let rules = Rules::of_converse();
    if let Some(violation) = wording::framework(&rules.faults(body, super::MOST)) {
        return Err(violation);
    }
    let messages = messages(body);
    let first = messages.first().and_then(|message| message.get("role")?.as_str());
    let assistant_may =
        model.starts_with("anthropic.") && !OLD_CLAUDE.iter().any(|old| model.starts_with(old));
    if first != Some("user") && !(assistant_may && first == Some("assistant")) {
        return Err(Violation::bedrock(wording::USER_FIRST));
    }
    for (number, message) in messages.iter().enumerate() {
        let blocks = content(message);
        if blocks.is_empty() {
            return Err(Violation::bedrock(&wording::empty_content(number)));
        }
        // A blank text among other blocks is taken.
        if let [only] = blocks
            && only.get("text").and_then(Json::as_str).is_some_and(|text| text.trim().is_empty())
        {
            return Err(Violation::bedrock(&wording::blank_text(number, 0)));
        }
    }
    family.map_or(Ok(()), |family| blocks(messages, family, wording::THROUGH_CONVERSE))
}

/// Checks the blocks of a native body that is built like Converse's.
pub(super) fn check_native(body: &Json, family: &dyn Family) -> Result<(), Violation> {
    if family.id() == NOVA { blocks(messages(body), family, "") } else { Ok(()) }
}

/// The first block that the model does not take; `handed_on` stands before what the model itself says.
fn blocks(messages: &[Json], family: &dyn Family, handed_on: &str) -> Result<(), Violation> {
    for (number, message) in messages.iter().enumerate() {
        // Marks of the cache are no blocks of their own once a model gets them.
        let counted = content(message).iter().filter(|block| block.get("cachePoint").is_none());
        for (index, block) in counted.enumerate() {
            let inner = block.pointer("/toolResult/content").and_then(Json::as_array).unwrap_or_default();
            let here = std::iter::once((Place::Message, block));
            for (place, block) in here.chain(inner.iter().map(|block| (Place::Result, block))) {
                let Some(row) = BLOCKS.iter().find(|row| row.is_broken_by(family.id(), place, block)) else {
                    continue;
                };
                return Err(Violation::bedrock(&row.words.tell(row.kind, (number, index), handed_on)));
            }
        }
    }
    Ok(())
}

impl Block {
    fn is_broken_by(&self, family: &str, place: Place, block: &Json) -> bool {
        let Some(held) = block.get(self.kind) else { return false };
        self.family == family
            && self.places.contains(&place)
            && (self.refused == Refused::Block || held.pointer("/source/s3Location").is_some())
    }
}

impl Words {
    fn tell(self, kind: &str, (message, block): (usize, usize), handed_on: &str) -> String {
        match self {
            Words::NoSuchBlock => format!(
                "This model doesn't support the {kind} content block that you provided. Update the content block \
                 and try again."
            ),
            Words::NoS3 => {
                "This model doesn't support the s3Uri field. Remove s3Uri and try again.".to_owned()
            }
            Words::SourceWithoutType => {
                format!("{handed_on}messages.{message}.content.{block}.{kind}.source.type: Field required")
            }
            Words::NoSuchResult => format!(
                "{handed_on}Malformed input request: #/messages/{message}/content/{block}: extraneous key \
                 [toolResult] is not permitted, please reformat your input and try again."
            ),
        }
    }
}

fn messages(body: &Json) -> &[Json] {
    body.get("messages").and_then(Json::as_array).unwrap_or_default()
}

fn content(message: &Json) -> &[Json] {
    message.get("content").and_then(Json::as_array).unwrap_or_default()
}
