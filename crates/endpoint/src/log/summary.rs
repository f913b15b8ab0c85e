//! What has been counted, told when everything is over.

use std::fmt::Write as _;

use indexmap::IndexMap;
use rust_decimal::Decimal;
use rustc_hash::FxBuildHasher;

use super::line::{About, Origin};
use tutor_catalog::measure::usd_exact;

/// How many models the summary names; ids come from clients.
const MOST_MODELS: usize = 64;

/// What a run of the endpoint did.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// By model, in the order they were first asked.
    models: IndexMap<String, Row, FxBuildHasher>,
    recorded: u64,
    local: u64,
    practice: u64,
    refused: u64,
    faults: u64,
    pub(super) dropped_lines: u64,
}

#[derive(Debug, Clone, Default)]
struct Row {
    requests: u64,
    input_tokens: u64,
    output_tokens: u64,
    cost: Decimal,
    unpriced: bool,
}

impl Summary {
    /// How many requests were served or refused.
    pub fn requests(&self) -> u64 {
        self.recorded + self.local + self.practice + self.refused + self.faults
    }

    pub(super) fn add(&mut self, about: &About, status: u16) {
        match about.origin {
            Origin::Recorded(_) => self.recorded += 1,
            Origin::Local => self.local += 1,
            Origin::Practice | Origin::Estimate => self.practice += 1,
            Origin::Refused => self.refused += 1,
            Origin::Fault => self.faults += 1,
        }
        if about.model_id.is_empty() {
            return;
        }
        let row = self.row(&about.model_id);
        row.requests += 1;
        row.input_tokens += about.input_tokens.unwrap_or(0);
        row.output_tokens += about.output_tokens.unwrap_or(0);
        row.cost += about.cost.unwrap_or_default();
        row.unpriced |= about.cost.is_none() && (200..300).contains(&status) && has_price(about.origin);
    }

    fn row(&mut self, model_id: &str) -> &mut Row {
        let known = self.models.get_index_of(model_id);
        let index = known.unwrap_or_else(|| {
            let name = if self.models.len() < MOST_MODELS { model_id } else { "other models" };
            let entry = self.models.entry(name.to_owned());
            let index = entry.index();
            entry.or_default();
            index
        });
        &mut self.models[index]
    }

    /// A few lines for people.
    pub fn text(&self) -> String {
        let requests = self.requests();
        let mut text = format!("{requests} request{}", if requests == 1 { "" } else { "s" });
        let parts = [
            (self.recorded, "from recordings"),
            (self.local, "by a local model, not Bedrock"),
            (self.practice, "in practice"),
            (self.refused, "refused"),
            (self.faults, "spoiled by faults that were asked for"),
        ];
        let said: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if !said.is_empty() {
            let _ = write!(text, ": {}", said.join(", "));
        }
        text.push('\n');
        for (model_id, row) in &self.models {
            let model_id: String = model_id.chars().filter(|c| !c.is_control()).take(100).collect();
            let _ = write!(text, "  {model_id}\n    {} ×", row.requests);
            if row.input_tokens + row.output_tokens > 0 {
                let _ = write!(text, "  tokens: {} in, {} out", row.input_tokens, row.output_tokens);
            }
            if row.unpriced {
                text.push_str("  unpriced");
            } else if !row.cost.is_zero() {
                let _ = write!(text, "  {}", usd_exact(row.cost));
            }
            text.push('\n');
        }
        if self.dropped_lines > 0 {
            let _ = writeln!(text, "{} lines of the log were dropped: nobody read them", self.dropped_lines);
        }
        text
    }
}

/// Whether an answer of this origin is one that has a price; nobody is billed for a local one.
fn has_price(origin: Origin) -> bool {
    !matches!(origin, Origin::Estimate | Origin::Local)
}
