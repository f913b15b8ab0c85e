//! Where a recording came from: who answered, when, and what has to be named beside the answer.
//!
//! Kinds have an order, from the least to the most like the service; what rests on several answers is
//! of the least of their kinds.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Where a recording came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Origin {
    /// Who answered.
    pub kind: OriginKind,
    /// The AWS region, where Bedrock answered and it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// When the first sample was stored.
    pub recorded_at: Timestamp,
    /// The tutor that stored it.
    pub tutor: String,
    /// The SDK that carried a live answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdk: Option<String>,
    /// How many answers were asked for and dropped before the first sample, so that no sample pays
    /// for a cold connection or for a model that is still being loaded.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub warm_ups: u32,
    /// Of imported answers: whose they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
    /// Of local answers: the model that spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<LocalModel>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Who answered a recorded call, from the least to the most like the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OriginKind {
    /// One of tutor's stand-in models.
    Practice,
    /// A real model on somebody's own machine.
    Local,
    /// Amazon Bedrock, recorded by somebody else with something else.
    Imported,
    /// Amazon Bedrock itself.
    Bedrock,
}

impl OriginKind {
    /// Every kind, the greatest first.
    pub const ALL: [OriginKind; 4] =
        [OriginKind::Bedrock, OriginKind::Imported, OriginKind::Local, OriginKind::Practice];

    /// The word in files, options and documents.
    pub fn name(self) -> &'static str {
        match self {
            OriginKind::Bedrock => "bedrock",
            OriginKind::Imported => "imported",
            OriginKind::Local => "local",
            OriginKind::Practice => "practice",
        }
    }

    /// Who answered, for people.
    pub fn who(self) -> &'static str {
        match self {
            OriginKind::Bedrock => "Amazon Bedrock",
            OriginKind::Imported => "Amazon Bedrock, imported",
            OriginKind::Local => "a local model",
            OriginKind::Practice => "a stand-in model",
        }
    }

    /// Whether the answer is one that Amazon Bedrock gave.
    pub fn is_of_bedrock(self) -> bool {
        self >= OriginKind::Imported
    }

    /// Whether its times were measured and its tokens counted, not made up.
    pub fn is_real(self) -> bool {
        self > OriginKind::Practice
    }
}

impl fmt::Display for OriginKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whose recording an imported answer is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Imported {
    /// Where it was found, in words for the page: repository and file, or a log's name.
    pub source: String,
    /// When Bedrock answered, where the source tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// What the source does not tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
    /// Whether a batch inference job answered, at its own prices.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub batch: bool,
}

/// What an imported answer may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// How long it took: the times in the samples say nothing.
    Times,
    /// Its headers.
    Headers,
}

impl Missing {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Missing::Times => "times",
            Missing::Headers => "headers",
        }
    }
}

/// The model on somebody's own machine that spoke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LocalModel {
    /// Its name as the server tells it, such as `SmolLM2-135M-Instruct`; of a file its name alone.
    pub model: String,
    /// The engine with its version, such as `llama.cpp b6912`.
    pub engine: String,
    /// The machine in its owner's words, such as `a laptop with 16 GB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    /// How its weights are rounded, such as `Q8_0`, where the server tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantization: Option<String>,
    /// The digest of its weights, where the server tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Whether the book's author declared its weights to be those of the model asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub same_weights: bool,
    /// What of the request could not be passed on, such as `top_k`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_passed_on: Vec<String>,
}

impl LocalModel {
    /// `SmolLM2-135M-Instruct (F16) by llama.cpp b6912 on a laptop with 16 GB`
    pub fn in_words(&self) -> String {
        let quantization = self.quantization.as_ref().map(|word| format!(" ({word})")).unwrap_or_default();
        let machine = self.machine.as_ref().map(|machine| format!(" on {machine}")).unwrap_or_default();
        format!("{}{quantization} by {}{machine}", self.model, self.engine)
    }
}

impl Origin {
    fn new(kind: OriginKind, now: Timestamp) -> Self {
        Origin {
            kind,
            region: None,
            recorded_at: now,
            tutor: env!("CARGO_PKG_VERSION").to_owned(),
            sdk: None,
            warm_ups: 0,
            imported: None,
            local: None,
        }
    }

    /// The origin of an answer made by a stand-in model at `now`.
    pub fn practice(now: Timestamp) -> Self {
        Origin::new(OriginKind::Practice, now)
    }

    /// The origin of a live answer from `region`, carried by `sdk`.
    pub fn bedrock(now: Timestamp, region: impl Into<String>, sdk: impl Into<String>) -> Self {
        Origin { region: Some(region.into()), sdk: Some(sdk.into()), ..Origin::new(OriginKind::Bedrock, now) }
    }

    /// The origin of an answer of Bedrock that is brought in at `now` from somebody's recording.
    pub fn imported(now: Timestamp, region: Option<String>, imported: Imported) -> Self {
        Origin { region, imported: Some(imported), ..Origin::new(OriginKind::Imported, now) }
    }

    /// The origin of an answer that `model` gave at `now`.
    pub fn local(now: Timestamp, model: LocalModel) -> Self {
        Origin { local: Some(model), ..Origin::new(OriginKind::Local, now) }
    }

    /// The day of the answer: that of the source for imported ones, if it tells.
    pub fn day(&self) -> Option<Date> {
        let at = match &self.imported {
            Some(imported) => imported.answered_at?,
            None => self.recorded_at,
        };
        Some(at.to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    /// Whether the times in the samples mean anything.
    pub fn has_times(&self) -> bool {
        !self.imported.as_ref().is_some_and(|imported| imported.missing.contains(&Missing::Times))
    }

    /// Whether the same somebody answered, whenever.
    pub fn is_same_source(&self, other: &Origin) -> bool {
        let source = |origin: &Origin| origin.imported.as_ref().map(|imported| imported.source.clone());
        self.kind == other.kind && self.local == other.local && source(self) == source(other)
    }

    /// What is wrong with an origin that a file holds: what only one kind needs stands with another.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        match (self.kind, &self.imported, &self.local) {
            (OriginKind::Imported, Some(_), None)
            | (OriginKind::Local, None, Some(_))
            | (OriginKind::Bedrock | OriginKind::Practice, None, None) => None,
            (OriginKind::Imported, ..) => Some("an imported origin has `imported` and no `local`"),
            (OriginKind::Local, ..) => Some("a local origin has `local` and no `imported`"),
            _ => Some("`imported` and `local` belong to origins of these kinds alone"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_ordered_by_likeness_to_the_service() {
        assert!(OriginKind::ALL.is_sorted_by(|a, b| a > b));
        for kind in OriginKind::ALL {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
        }
        assert!(OriginKind::Imported.is_of_bedrock() && !OriginKind::Local.is_of_bedrock());
        assert!(OriginKind::Local.is_real() && !OriginKind::Practice.is_real());
    }

    #[test]
    fn the_day_of_an_imported_answer_is_its_sources() {
        let now: Timestamp = "2026-11-27T10:00:00Z".parse().unwrap();
        let mut imported = Imported {
            source: "a log".into(),
            answered_at: None,
            missing: vec![Missing::Times],
            batch: false,
        };
        let unknown = Origin::imported(now, None, imported.clone());
        assert_eq!((unknown.day(), unknown.has_times()), (None, false));
        imported.answered_at = Some("2024-05-01T23:59:59Z".parse().unwrap());
        let known = Origin::imported(now, None, imported);
        assert_eq!(known.day().unwrap().to_string(), "2024-05-01");
        assert_eq!(Origin::practice(now).day().unwrap().to_string(), "2026-11-27");
    }
}
