//! Outputs of Bedrock's batch inference (Amazon Bedrock user guide, "Format and upload your batch inference
//! data", read 2026-11-27): `recordId`, `modelInput` and `modelOutput` or `error`, an object a line.
//!
//! Model and operation stand in no line: who reads such a file has to know them.

use super::super::exchange::{Body, Exchange, Target};
use super::{Lines, Read};
use crate::Asked;
use tutor_bedrock::Json;

pub(super) struct Batch;

impl Lines for Batch {
    fn name(&self) -> &'static str {
        super::BATCH
    }

    fn holds(&self, line: &Json) -> bool {
        line.get("modelInput").is_some() && (line.get("modelOutput").is_some() || line.get("error").is_some())
    }

    fn exchange(&self, line: Json, asked: Option<&Asked>) -> Read {
        if let Some(error) = line.get("error").filter(|error| !error.is_null()) {
            let said = error.get("errorMessage").and_then(Json::as_str).unwrap_or("an error");
            return Err(format!("the batch failed on it: {said}"));
        }
        let asked = asked.ok_or("batch outputs name no model; say which: --model ID")?;
        let member = |name: &str| line.get(name).cloned().map(Body::Json).ok_or("it has no answer");
        Ok(Exchange {
            target: Target::Named {
                operation: asked.operation.name().to_owned(),
                model_id: asked.model_id.clone(),
            },
            request: member("modelInput")?,
            status: 200,
            response: member("modelOutput")?,
            ..Exchange::default()
        })
    }
}
