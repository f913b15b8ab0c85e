//! JSON Schemas that authors write, for what answers should look like.

use jsonschema::Validator;
use serde_json::Value;

use super::node::InPlace;
use tutor_bedrock::Json;

/// A JSON Schema from outside.
#[derive(Debug)]
pub struct Schema(Validator<InPlace>);

impl Schema {
    /// Makes a schema ready.
    ///
    /// # Errors
    /// Why `schema` is no JSON Schema.
    pub fn new(schema: &Value) -> Result<Self, String> {
        jsonschema::options_for::<InPlace>().build(schema).map(Schema).map_err(|error| error.to_string())
    }

    /// The first thing in `json` that the schema does not allow.
    pub fn first_error(&self, json: &Json) -> Option<String> {
        self.0.iter_errors(json).next().map(|error| error.to_string())
    }
}
