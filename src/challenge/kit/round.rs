//! A round that was drawn, and how it went.

use std::time::Instant;

use serde_json::Value;

use super::draw::{self, Drawn};
use super::plan::{Plan, ReplyPlan, RoundPlan};
use crate::challenge::runner::{Notes, Trouble};
use crate::challenge::scenario::Dice;
use tutor_bedrock::Json;
use tutor_bedrock::Operation;
use tutor_bedrock::family::{Part, Stop};
use tutor_provider::practice::Lines;

/// One call of the function, ready to be played.
#[derive(Debug, Clone)]
pub struct Round {
    /// By what checks name it.
    pub name: String,
    /// What happens in it.
    pub says: String,
    /// The arguments, in the order of the parameters.
    pub arguments: Vec<(String, Value)>,
    /// What stub models reply.
    pub replies: Vec<Reply>,
    /// What was drawn.
    pub(super) drawn: Drawn,
}

/// A reply of a stub model.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Only to this model.
    pub model: Option<String>,
    /// Only to bodies that have this.
    pub when: Option<String>,
    /// How often it may still be given.
    pub left: u32,
    /// What is said.
    pub says: Says,
}

/// What a reply says.
#[derive(Debug, Clone)]
pub enum Says {
    /// An answer.
    Lines(Lines),
    /// An error.
    Error {
        /// HTTP status.
        status: u16,
        /// Its name.
        kind: String,
        /// Its words.
        message: String,
    },
}

/// A request that arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Where to.
    pub model_id: String,
    /// Which operation.
    pub operation: Operation,
    /// Its body, if it is JSON.
    pub body: Value,
    /// When.
    pub at: Instant,
    /// The error it got, if it got one.
    pub error: Option<String>,
}

/// A round as it went.
#[derive(Debug)]
pub struct Played {
    /// What was drawn.
    pub round: Round,
    /// What arrived.
    pub seen: Vec<Seen>,
    /// What the function returned.
    pub returned: Result<Value, Trouble>,
    /// What was noted in the script's process.
    pub notes: Notes,
}

impl Round {
    /// Draws all rounds of a plan.
    pub fn draw(plan: &Plan, dice: &mut Dice) -> Vec<Self> {
        plan.rounds.iter().map(|round| Round::of(plan, round, dice)).collect()
    }

    fn of(plan: &Plan, round: &RoundPlan, dice: &mut Dice) -> Self {
        let mut drawn = draw::draw(&plan.draw, dice);
        let argument = |name: &String| {
            let written = round.arguments.get(name);
            (name.clone(), written.map_or(Value::Null, |written| draw::value(written, &drawn)))
        };
        let arguments: Vec<(String, Value)> = plan.parameters.iter().map(argument).collect();
        // Formulas know the arguments, too.
        for (name, value) in &arguments {
            match value {
                Value::String(text) => {
                    drawn.insert(format!("{name}.characters"), text.chars().count().to_string());
                    drawn.insert(format!("{name}.words"), text.split_whitespace().count().to_string());
                }
                Value::Number(number) => {
                    drawn.entry(name.clone()).or_insert_with(|| number.to_string());
                }
                _ => {}
            }
        }
        Round {
            name: round.name.clone(),
            says: round.says.clone(),
            arguments,
            replies: round.replies.iter().map(|reply| Reply::of(reply, &drawn)).collect(),
            drawn,
        }
    }

    /// Shows a value with what was drawn in it.
    pub fn filled(&self, text: &str) -> String {
        draw::filled(text, &self.drawn)
    }

    /// The same for any value.
    pub fn value(&self, written: &toml::Value) -> Value {
        draw::value(written, &self.drawn)
    }
}

impl Reply {
    fn of(reply: &ReplyPlan, drawn: &Drawn) -> Self {
        let fill = |text: &String| draw::filled(text, drawn);
        let number = |written: &Option<toml::Value>, otherwise: u64| {
            let value = written.as_ref().map(|written| draw::value(written, drawn));
            value.and_then(|value| value.as_u64()).unwrap_or(otherwise)
        };
        let says = if let Some(error) = &reply.error {
            Says::Error { status: error.status, kind: error.kind.clone(), message: fill(&error.message) }
        } else {
            let mut lines = Lines::of(
                reply.text.as_ref().map(fill).unwrap_or_default(),
                number(&reply.input_tokens, 100),
                number(&reply.output_tokens, 40),
            );
            if let Some(tool) = &reply.tool {
                let input = draw::table(&tool.input, drawn).to_string();
                let input = Json::parse(input.as_bytes()).unwrap_or(Json::Null);
                lines.parts = vec![Part::ToolUse { name: tool.name.clone(), input }];
                lines.stop = Stop::ToolUse;
            }
            if reply.stop.as_deref() == Some("length") {
                lines.stop = Stop::Length;
            }
            lines.total_ms = number(&reply.total_ms, 20);
            lines.first_ms = number(&reply.first_ms, lines.total_ms / 2).min(lines.total_ms);
            lines.reported_ms = lines.total_ms * 35 / 100;
            Says::Lines(lines)
        };
        Reply {
            model: reply.model.as_ref().map(fill),
            when: reply.when.as_ref().map(fill),
            left: reply.times.unwrap_or(u32::MAX),
            says,
        }
    }
}
