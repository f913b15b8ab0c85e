//! The schemas, and what of them holds for one model.
//!
//! Each file has a member `x-tutor`: its `source`; the `dialect` in which violations are worded; and
//! `models`, entries for `only` models whose id starts like this, or for all `except` those, which
//! replace parts of the schema (`set`, by JSON pointer) or the dialect, say that the last turn must not
//! be the assistant's (`prefill`: `refused`), or what is said of a missing key instead of the usual.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use jsonschema::Validator;
use serde::Deserialize;
use serde_json::Value;

use super::node::InPlace;
use super::wording::Fault;
use tutor_bedrock::json::Json;

/// What one model's bodies must hold to.
#[derive(Debug)]
pub(super) struct Rules {
    validator: Validator<InPlace>,
    pub(super) dialect: Dialect,
    pub(super) prefill: Prefill,
    missing: BTreeMap<String, String>,
}

/// In whose words violations are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Dialect {
    /// Bedrock's own schema check: `#/max_tokens: 0 is not greater or equal to 1`.
    Everit,
    /// Anthropic's, handed on by Bedrock: `max_tokens: Field required`.
    Anthropic,
    /// The framework's constraints on modelled members: Converse.
    Framework,
    /// Nobody has collected any: worded like Bedrock's schema check, and marked as ours.
    Ours,
}

/// Whether the last message may be the assistant's, to be continued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Prefill {
    Allowed,
    Refused,
}

/// A schema's member `x-tutor`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    /// Where the rules were read, and when: for the reader of the file, and a test.
    #[cfg_attr(not(test), expect(dead_code, reason = "said for people"))]
    source: String,
    dialect: Dialect,
    #[serde(default)]
    models: Vec<Variant>,
}

/// What differs for some models of a family.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Variant {
    #[serde(default)]
    only: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
    dialect: Option<Dialect>,
    prefill: Option<Prefill>,
    #[serde(default)]
    set: BTreeMap<String, Value>,
    #[serde(default)]
    missing: BTreeMap<String, String>,
}

/// A family's schema.
struct Schema {
    family: &'static str,
    text: &'static str,
    read: OnceLock<(Value, About)>,
}

impl Schema {
    fn read(&self) -> &(Value, About) {
        self.read.get_or_init(|| parse(self.text))
    }
}

macro_rules! schemas {
    ($($id:literal),* $(,)?) => {
        /// The schema of every family.
        static SCHEMAS: [Schema; [$($id),*].len()] = [$(Schema {
            family: $id,
            text: include_str!(concat!("native/", $id, ".json")),
            read: OnceLock::new(),
        }),*];
    };
}

schemas![
    "claude-text",
    "claude-messages",
    "titan-text",
    "titan-embed",
    "titan-multimodal-embed",
    "titan-image",
    "nova",
    "nova-embed",
    "llama",
    "mistral-text",
    "mistral-chat",
    "cohere-command",
    "cohere-command-r",
    "cohere-embed",
    "cohere-rerank",
    "jurassic",
    "jamba",
    "stable-diffusion-xl",
    "stability-image",
    "deepseek-r1",
    "openai-chat",
    "responses",
];

const CONVERSE: &str = include_str!("converse.json");

impl Rules {
    /// The rules for a model (bare id) of a family; `None` for a family without a schema.
    pub(super) fn of(family: &str, model: &str) -> Option<Arc<Self>> {
        type Made = HashMap<(usize, Vec<bool>), Arc<Rules>>;
        // By schema and by which of its variants hold: a handful for each family, whatever clients ask.
        static MADE: LazyLock<Mutex<Made>> = LazyLock::new(Mutex::default);
        let index = SCHEMAS.iter().position(|schema| schema.family == family)?;
        let (schema, about) = SCHEMAS[index].read();
        let holds: Vec<bool> = about.models.iter().map(|variant| variant.holds(model)).collect();
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        let rules = made
            .entry((index, holds))
            .or_insert_with_key(|(_, holds)| Arc::new(Rules::build(schema, about, holds)));
        Some(Arc::clone(rules))
    }

    /// The rules for Converse bodies.
    pub(super) fn of_converse() -> &'static Self {
        static RULES: LazyLock<Rules> = LazyLock::new(|| {
            let (schema, about) = parse(CONVERSE);
            Rules::build(&schema, &about, &[])
        });
        &RULES
    }

    fn build(schema: &Value, about: &About, holds: &[bool]) -> Self {
        let mut schema = schema.clone();
        let (mut dialect, mut prefill) = (about.dialect, Prefill::Allowed);
        let mut missing = BTreeMap::new();
        for variant in about.models.iter().zip(holds).filter_map(|(variant, holds)| holds.then_some(variant))
        {
            dialect = variant.dialect.unwrap_or(dialect);
            prefill = variant.prefill.unwrap_or(prefill);
            missing.extend(variant.missing.clone());
            for (pointer, value) in &variant.set {
                set(&mut schema, pointer, value.clone());
            }
        }
        let validator =
            jsonschema::options_for::<InPlace>().build(&schema).expect("the embedded schemas are tested");
        Rules { validator, dialect, prefill, missing }
    }

    /// What is wrong with `body`, at most `most` things.
    pub(super) fn faults(&self, body: &Json, most: usize) -> Vec<Fault> {
        if self.validator.is_valid(body) {
            return Vec::new();
        }
        self.validator
            .iter_errors(body)
            .flat_map(|error| Fault::of(&error, &self.missing))
            .take(most)
            .collect()
    }
}

impl Variant {
    fn holds(&self, model: &str) -> bool {
        let any = |prefixes: &[String]| prefixes.iter().any(|prefix| model.starts_with(prefix));
        (self.only.is_empty() || any(&self.only)) && !any(&self.except)
    }
}

fn parse(text: &str) -> (Value, About) {
    let schema: Value = serde_json::from_str(text).expect("the embedded schemas are tested");
    let about = About::deserialize(&schema["x-tutor"]).expect("the embedded schemas are tested");
    (schema, about)
}

/// Puts `value` at `pointer`, whose parent is there.
fn set(schema: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    if let Some(Value::Object(parent)) = schema.pointer_mut(parent) {
        parent.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tutor_bedrock::family::FAMILIES;

    #[test]
    fn every_family_has_a_schema_that_is_one() {
        for family in FAMILIES {
            for model in ["", "anthropic.claude-3-opus", "amazon.titan-text-lite-v1", "meta.llama3-1-8b"] {
                assert!(Rules::of(family.id(), model).is_some(), "{}", family.id());
            }
        }
        assert_eq!(SCHEMAS.len(), FAMILIES.len() + 1, "and Responses");
        assert_eq!(Rules::of_converse().dialect, Dialect::Framework);
    }

    #[test]
    fn every_part_that_a_variant_replaces_has_a_place() {
        for (id, (schema, about)) in SCHEMAS.iter().map(|schema| (schema.family, schema.read())) {
            assert!(about.source.contains("read 2026-"), "{id}");
            for pointer in about.models.iter().flat_map(|variant| variant.set.keys()) {
                let (parent, _) = pointer.rsplit_once('/').unwrap();
                assert!(schema.pointer(parent).is_some_and(Value::is_object), "{id}: {pointer}");
            }
        }
    }
}
