//! Cohere Rerank, and Amazon Rerank in the same dialect: documents in order of relevance to a query.

use serde_json::json;

use super::prompt::{Prompt, Unsupported};
use super::reading::{Data, Part, Reading};
use super::reply::Reply;
use super::shape::{Object, Value as _, content_text, items_at, list, text_at};
use super::{Family, Makes};
use crate::json::Json;

pub(super) struct CohereRerank;

/// The version of the dialect that people send.
const API_VERSION: u64 = 2;

impl Family for CohereRerank {
    fn id(&self) -> &'static str {
        "cohere-rerank"
    }

    fn name(&self) -> &'static str {
        "Rerank"
    }

    fn speaks(&self, bare_model_id: &str) -> bool {
        ["cohere.rerank-", "amazon.rerank-"].iter().any(|start| bare_model_id.starts_with(start))
    }

    fn makes(&self) -> Makes {
        Makes::Rankings
    }

    /// The first text is the query, the further ones are the documents.
    fn body(&self, prompt: &Prompt) -> Result<Json, Unsupported> {
        prompt.only(self.name(), &[&[super::prompt::Field::FurtherTexts]])?;
        Ok(Object::new()
            .put("query", prompt.text.as_str())
            .put("documents", list(prompt.further_texts.iter().map(String::as_str)))
            .put("api_version", API_VERSION)
            .json())
    }

    fn prompt(&self, body: &Json) -> Prompt {
        Prompt {
            text: text_at(body, "/query").unwrap_or_default().to_owned(),
            further_texts: items_at(body, "/documents").iter().map(content_text).collect(),
            ..Prompt::default()
        }
    }

    fn read(&self, answer: &Json) -> Reading {
        let ranked = answer.get("results").filter(|results| {
            results.as_array().is_some_and(|all| all.iter().all(|one| one.get("relevance_score").is_some()))
        });
        Reading::of(ranked.map(|value| Part::Data { what: Data::Ranking, value: value.clone() }))
    }

    /// The best of them, as many as asked for.
    fn answer(&self, reply: &Reply) -> Json {
        let most = reply.body.get("top_n").and_then(Json::as_u64).and_then(|most| usize::try_from(most).ok());
        let ranking = reply.parts.iter().find_map(|part| match part {
            Part::Data { what: Data::Ranking, value } => value.as_array(),
            _ => None,
        });
        let results: Vec<&Json> =
            ranking.unwrap_or_default().iter().take(most.unwrap_or(usize::MAX)).collect();
        json!({"results": results}).into()
    }
}
