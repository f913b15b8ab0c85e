//! What words mean: rules, keys of the files that people write, and tutor's own words.
//!
//! Keys are described once, in the JSON Schemas that editors use, too.

use serde_json::Value;

use crate::check::RULES;

/// The schemas of what people write: a name, where such a file or table stands, the schema.
pub(crate) const SCHEMAS: [(&str, &str, &str); 3] = [
    ("book", "book.toml", include_str!("../schemas/book.schema.json")),
    ("annotation", "an annotation", include_str!("../schemas/annotation.schema.json")),
    ("challenge", "challenge.toml", include_str!("../schemas/challenge.schema.json")),
];

/// Words with a meaning of their own here.
const WORDS: [(&str, &str); 17] = [
    (
        "annotation",
        "A comment before a fence, `<!-- tutor: name = \"first\" -->`, that tells what code cannot.",
    ),
    ("bedrock", "An origin: Amazon Bedrock gave the answer."),
    ("call", "One request to Amazon Bedrock: operation, model, body, as it goes over the wire."),
    ("capture", "What a chapter's code printed and asked when `tutor record --execute` ran it."),
    ("catalog", "What is known about models: prices, limits, states, each with its source and day."),
    ("directive", "A paragraph `{{#tutor …}}` in whose place a page gets a table, a plot or a value."),
    (
        "exit-code",
        "0 good, 1 the material falls short, 2 usage or configuration, 3 provider, 4 budget, 70 internal error.",
    ),
    ("family", "The dialect of a model's requests and answers, such as `nova` or `claude-messages`."),
    ("fence", "A fenced code block of a chapter."),
    ("imported", "An origin: somebody else's recording of genuine traffic, brought in by `tutor import`."),
    (
        "key",
        "What a recording is found by: a hash of operation, model and body. Prose and code style never change it.",
    ),
    ("local", "An origin: a model on somebody's own machine gave the answer."),
    ("origin", "Who gave an answer: bedrock, imported, local or practice. Pages always say it."),
    ("panel", "What a page shows under a fence: the answer with its tokens, time and cost."),
    ("pending", "Recorded, and not yet looked at: `tutor review` shows it and takes your decision."),
    ("practice", "An origin: tutor's stand-in models, in the shape of the service, with words from a file."),
    ("recording", "A call with one or more answers, kept as a file in the book's `fixtures`."),
];

/// One meaning of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// The word.
    pub word: String,
    /// Where it is used, such as `[preprocessor.tutor] of book.toml`.
    pub place: String,
    /// What it means.
    pub text: String,
}

/// Every word, in the order of its places.
pub(crate) fn all() -> Vec<Meaning> {
    let mut all: Vec<Meaning> = RULES
        .iter()
        .map(|rule| Meaning {
            word: rule.id.to_owned(),
            place: format!("a rule of tutor check; {} where book.toml does not say", rule.level),
            text: rule.explanation.to_owned(),
        })
        .collect();
    for (_, place, schema) in SCHEMAS {
        let schema: Value = serde_json::from_str(schema).unwrap_or_default();
        keys(&schema, "", place, &mut all);
    }
    all.extend(WORDS.map(|(word, text)| Meaning {
        word: word.to_owned(),
        place: "a word of tutor's".to_owned(),
        text: text.to_owned(),
    }));
    all
}

/// The keys of a table, and of the tables in it.
fn keys(schema: &Value, table: &str, place: &str, all: &mut Vec<Meaning>) {
    let inner = if schema["items"].is_object() { &schema["items"] } else { schema };
    for (key, schema) in inner["properties"].as_object().into_iter().flatten() {
        if let Some(text) = schema["description"].as_str() {
            let mut text = text.to_owned();
            if let Some(values) = schema["enum"].as_array() {
                let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
                text += &format!(" One of: {}.", values.join(", "));
            }
            match &schema["default"] {
                Value::Null => {}
                Value::String(default) => text += &format!(" Usual: {default}."),
                default => text += &format!(" Usual: {default}."),
            }
            let place = if table.is_empty() { place.to_owned() } else { format!("[{table}] of {place}") };
            all.push(Meaning { word: key.clone(), place: format!("a key of {place}"), text });
        }
        let below = if table.is_empty() { key.clone() } else { format!("{table}.{key}") };
        keys(schema, &below, place, all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_without_a_meaning() {
        let all = all();
        assert!(all.len() > 100, "{}", all.len());
        assert!(
            all.iter().all(|meaning| meaning.text.ends_with(['.', '`']) || meaning.place.contains("rule")),
            "{all:#?}"
        );
        let of = |word: &str| all.iter().filter(|meaning| meaning.word == word).count();
        assert_eq!(of("models"), 2, "of a local server and of a challenge");
        assert_eq!((of("max-cost"), of("price-wrong"), of("pending")), (1, 1, 1));
    }
}
