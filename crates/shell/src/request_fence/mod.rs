//! Request fences (`toml bedrock`): a call without code.
//!
//! In comes a TOML document with `model` or `models`, and either a `prompt`, which each model's
//! family puts into its own dialect, or an `operation` with the `body` as it goes over the wire:
//!
//! ```toml
//! models = ["amazon.nova-lite-v1:0", "anthropic.claude-3-haiku-20240307-v1:0"]
//! prompt = "What is a token?"
//! max-tokens = 200
//! ```
//!
//! Out comes one call a model, or an error with its line.

mod keys;

use toml::{Table, Value};

use keys::Keys;
use tutor_bedrock::family::{self, Prompt, converse};
use tutor_bedrock::found::{Finding, Findings, FoundCall, Language, PartialCall, Reason, Source, Unparsed};
use tutor_bedrock::{Call, Json, Operation};

/// Reads the request fences of one chapter; each stands alone.
pub fn read(sources: &[&Source]) -> Findings {
    let mut findings = Findings::default();
    for source in sources {
        match requests(source) {
            Ok(_) if source.skip => {}
            Ok(requests) => findings.calls.extend(requests.into_iter().map(|finding| FoundCall {
                fence: source.fence,
                line: source.first_line,
                language: Language::Request,
                finding,
            })),
            Err(unparsed) => findings.unparsed.push(unparsed),
        }
    }
    findings
}

/// What the fence asks, apart from the model.
enum Ask {
    /// A prompt for each family to put into its dialect.
    Prompt(Box<Prompt>),
    /// A body as it is.
    Body(Json),
}

fn requests(source: &Source) -> Result<Vec<Finding>, Unparsed> {
    let keys = Keys::read(source)?;
    let models = models(&keys)?;
    let operation = match keys.text("operation")? {
        None => Operation::InvokeModel,
        Some(name) => name.parse().map_err(|error| keys.wrong("operation", error))?,
    };
    let ask = match (keys.table.get("body"), keys.text("prompt")?) {
        (Some(_), Some(_)) => return Err(keys.wrong("body", "`prompt` and `body` exclude each other")),
        (Some(body), None) => {
            if let Some(key) = keys.first_of(keys::ONLY_WITH_PROMPT) {
                return Err(keys.wrong(key, format!("`{key}` goes with `prompt`, not with `body`")));
            }
            if !keys.table.contains_key("operation") {
                return Err(keys.wrong("body", "a `body` needs an `operation`, such as \"InvokeModel\""));
            }
            Ask::Body(body_json(&keys, body)?)
        }
        (None, Some(text)) => Ask::Prompt(Box::new(prompt(&keys, text)?)),
        (None, None) => return Err(keys.missing("a `prompt`, or an `operation` with a `body`,")),
    };
    Ok(models.into_iter().map(|model| finding(operation, model, &ask, source.first_line)).collect())
}

fn models(keys: &Keys<'_>) -> Result<Vec<String>, Unparsed> {
    match (keys.text("model")?, keys.texts("models")?) {
        (Some(_), Some(_)) => Err(keys.wrong("models", "`model` and `models` exclude each other")),
        (Some(model), None) => Ok(vec![model.to_owned()]),
        (None, Some(models)) if models.is_empty() => Err(keys.wrong("models", "`models` names no model")),
        (None, Some(models)) => Ok(models),
        (None, None) => Err(keys.missing("a `model`")),
    }
}

fn prompt(keys: &Keys<'_>, text: &str) -> Result<Prompt, Unparsed> {
    let size = match (keys.whole("width")?, keys.whole("height")?) {
        (None, None) => None,
        (Some(width), Some(height)) => Some((width, height)),
        (Some(_), None) => return Err(keys.wrong("width", "`width` needs a `height`")),
        (None, Some(_)) => return Err(keys.wrong("height", "`height` needs a `width`")),
    };
    Ok(Prompt {
        system: keys.text("system")?.map(str::to_owned),
        text: text.to_owned(),
        max_tokens: keys.whole("max-tokens")?,
        temperature: keys.number("temperature")?,
        top_p: keys.number("top-p")?,
        stop: keys.texts("stop")?.unwrap_or_default(),
        size,
        images: keys.whole("images")?,
        seed: keys.whole("seed")?,
        dimensions: keys.whole("dimensions")?,
        ..Prompt::default()
    })
}

fn body_json(keys: &Keys<'_>, body: &Value) -> Result<Json, Unparsed> {
    match body {
        Value::Table(table) => json_object(table).map_err(|error| keys.wrong("body", error)),
        _ => Err(keys.wrong("body", "`body` is a table")),
    }
}

fn json_object(table: &Table) -> Result<Json, String> {
    let entries = table.iter().map(|(key, value)| Ok((key.clone(), json(value)?)));
    Ok(Json::Object(entries.collect::<Result<_, String>>()?))
}

fn json(value: &Value) -> Result<Json, String> {
    Ok(match value {
        Value::String(text) => Json::String(text.clone()),
        Value::Integer(number) => Json::Int(*number),
        Value::Float(number) if number.is_finite() => Json::Float(*number),
        Value::Float(_) => return Err("`nan` and `inf` are no JSON numbers".to_owned()),
        Value::Boolean(value) => Json::Bool(*value),
        Value::Datetime(date) => return Err(format!("JSON has no dates: write \"{date}\" in quotes")),
        Value::Array(items) => Json::Array(items.iter().map(json).collect::<Result<_, _>>()?),
        Value::Table(table) => json_object(table)?,
    })
}

fn finding(operation: Operation, model_id: String, ask: &Ask, line: usize) -> Finding {
    let body = match ask {
        Ask::Body(body) => Ok(body.clone()),
        Ask::Prompt(prompt) if operation.is_converse() => {
            converse::body(prompt).map_err(|error| error.to_string())
        }
        Ask::Prompt(prompt) => match family::of_model(&model_id) {
            Some(family) => family.body(prompt).map_err(|error| error.to_string()),
            None => Err(format!(
                "tutor does not know how `{model_id}` is asked; write `operation` and `body` instead of `prompt`"
            )),
        },
    };
    match body {
        Ok(body) => Finding::Resolved(Call::new(operation, model_id, body)),
        Err(text) => Finding::Unresolved {
            known: PartialCall { operation, model_id: Some(model_id), body: None },
            reason: Reason { text, line: Some(line) },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source {
            fence: 3,
            language: Language::Request,
            text: text.to_owned(),
            first_line: 10,
            values: Vec::new(),
            skip: false,
        }
    }

    fn told(text: &str) -> String {
        let findings = read(&[&source(text)]);
        let calls = findings.calls.iter().map(|call| match &call.finding {
            Finding::Resolved(call) => {
                format!("{} {} {}", call.operation, call.model_id, call.body.to_compact())
            }
            Finding::Unresolved { reason, .. } => format!("unresolved: {}", reason.text),
            Finding::Uncalled { .. } | Finding::Unread(_) => "uncalled".to_owned(),
        });
        let errors = findings.unparsed.iter().map(|error| format!("line {}: {}", error.line, error.message));
        calls.chain(errors).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn each_model_is_asked_in_its_own_dialect() {
        insta::assert_snapshot!(told(
            r#"
models = ["amazon.titan-text-express-v1", "anthropic.claude-3-haiku-20240307-v1:0", "us.amazon.nova-lite-v1:0"]
prompt = """
What is a token?"""
max-tokens = 100
temperature = 0
top-p = 0.9
stop = ["END"]
"#
        ));
    }

    #[test]
    fn converse_and_native_bodies_are_taken() {
        insta::assert_snapshot!(told(
            "model = \"amazon.nova-lite-v1:0\"\noperation = \"ConverseStream\"\nsystem = \"Be brief.\"\nprompt = \"Hi\"\n"
        ));
        assert_eq!(
            told(
                "model = \"m\"\noperation = \"InvokeModel\"\n[body]\nprompt = \"Hi\"\nn = [1, 2.5, true]\n[body.deep]\nz = 1\na = 2\n"
            ),
            r#"InvokeModel m {"prompt":"Hi","n":[1,2.5,true],"deep":{"z":1,"a":2}}"#
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let cases = [
            "model = \"m\"\npromt = \"Hi\"\n",
            "model = \"m\"\nprompt = \"Hi\"\nmax_tokens = 5\n",
            "model = \"m\"\nprompt = \"Hi\"\nmax-tokens = \"5\"\n",
            "model = \"m\"\nprompt = \"Hi\"\nmax-tokens = -5\n",
            "model = \"m\"\nprompt = 5\n",
            "model = m\n",
            "model = \"m\"\n",
            "prompt = \"Hi\"\n",
            "model = \"m\"\nmodels = []\nprompt = \"Hi\"\n",
            "models = [1]\nprompt = \"Hi\"\n",
            "model = \"m\"\noperation = \"Invoke\"\nprompt = \"Hi\"\n",
            "model = \"m\"\nprompt = \"Hi\"\n[body]\na = 1\n",
            "model = \"m\"\n\n[body]\na = 1\n",
            "model = \"m\"\noperation = \"InvokeModel\"\nseed = 1\n[body]\na = 1\n",
            "model = \"m\"\noperation = \"InvokeModel\"\nbody = { a = 1979-05-27, b = nan }\n",
            "model = \"m\"\nprompt = \"Hi\"\nwidth = 5\n",
            "",
        ];
        insta::assert_snapshot!(cases.map(told).join("\n"));
    }

    #[test]
    fn hostile_documents_are_refused() {
        let head = "model = \"m\"\noperation = \"InvokeModel\"\n";
        for body in [format!("body{} = 1", ".a".repeat(50_000)), format!("body = {}", "[".repeat(50_000))] {
            let findings = read(&[&source(&format!("{head}{body}"))]);
            assert_eq!((findings.calls.len(), findings.unparsed.len()), (0, 1));
        }
    }

    #[test]
    fn what_a_model_has_no_words_for_is_unresolved() {
        insta::assert_snapshot!(told(
            "models = [\"acme.word-v1\", \"amazon.titan-embed-text-v2:0\"]\nprompt = \"Hi\"\nsystem = \"Be brief.\"\n"
        ));
        let mut skipped = source("model = \"amazon.titan-text-express-v1\"\nprompt = \"Hi\"\n");
        skipped.skip = true;
        assert_eq!(read(&[&skipped]), Findings::default());
    }
}
