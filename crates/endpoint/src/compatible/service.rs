//! What the compatible APIs have beside running a model: stored responses, lists of models, and the ways in which the
//! hosts say that they have no such path.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use serde_json::json;

use super::check::not_found;
use super::{Base, Led, Resource};
use crate::guard;
use crate::log::Origin;
use crate::refusal::{Refusal, Shape};
use crate::reply::{Content, Prepared};
use crate::route::Action;
use crate::service::{Endpoint, Turn, about};
use tutor_catalog::Catalog;
use tutor_catalog::rules::hosts::{self, Host};

/// What is sent that needs no model.
type Said = Result<(StatusCode, Bytes), Refusal>;

impl Endpoint {
    /// A request to one of the compatible APIs.
    pub(crate) async fn answer_compatible(
        &self,
        turn: Turn,
        (led, resource): (Led, Resource<'_>),
        parts: &Parts,
        body: Body,
    ) -> Response {
        match resource {
            Resource::Run(operation) => {
                self.run(turn, String::new(), Action::Run(operation), Some(led), parts, body).await
            }
            Resource::CountTokens => {
                self.run(turn, String::new(), Action::CountTokens, Some(led), parts, body).await
            }
            _ => {
                let said = guard::check(parts).and_then(|()| self.say(led, resource));
                self.send_said(turn, parts, said)
            }
        }
    }

    fn say(&self, led: Led, resource: Resource<'_>) -> Said {
        let gone = || not_found("Response not found.");
        match resource {
            Resource::Response(id) | Resource::Cancelled(id) => {
                self.kept.find(id).map(|body| (StatusCode::OK, body)).ok_or_else(gone)
            }
            Resource::Deleted(id) if self.kept.delete(id) => {
                let body = json!({"id": id, "object": "response", "deleted": true});
                Ok((StatusCode::OK, body.to_string().into()))
            }
            Resource::Deleted(_) => Err(gone()),
            Resource::Models => {
                let body = json!({"object": "list", "data": models()});
                Ok((StatusCode::OK, body.to_string().into()))
            }
            Resource::Model(id) => match models().into_iter().find(|model| model["id"] == id) {
                Some(model) => Ok((StatusCode::OK, model.to_string().into())),
                None => Err(not_found(format!("The model '{id}' does not exist"))),
            },
            _ if led.base == Base::Runtime => {
                let kind = "com.amazon.coral.service#UnknownOperationException";
                let body = json!({"Output": {"__type": kind}, "Version": "1.0"});
                Ok((StatusCode::OK, body.to_string().into()))
            }
            _ => Ok((StatusCode::NOT_FOUND, Bytes::new())),
        }
    }

    fn send_said(&self, turn: Turn, parts: &Parts, said: Said) -> Response {
        let path: String = parts.uri.path().chars().take(80).collect();
        let asked = format!("{} {path}", parts.method);
        let prepared = match said {
            Ok((status, body)) => {
                let note = body.is_empty().then(|| "this host has no such path".to_owned()).or_else(|| {
                    body.starts_with(b"{\"Output\"").then(|| {
                        "bedrock-runtime has no such path, and says so with status 200: its OpenAI-compatible paths \
                         begin with /openai/v1, Anthropic's with /anthropic/v1"
                            .to_owned()
                    })
                });
                let origin = if note.is_some() { Origin::Refused } else { Origin::Practice };
                let mut headers = HeaderMap::new();
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                if let Ok(id) = HeaderValue::from_str(&turn.request_id()) {
                    headers.insert("x-amzn-requestid", id);
                }
                let content = Content::Whole(body, Duration::ZERO);
                Prepared::new(status, headers, content, about(origin, asked, String::new(), note))
            }
            Err(refusal) => {
                let note = Some(refusal.note());
                let about = about(Origin::Refused, asked, String::new(), note);
                Prepared::refused(&refusal.shaped(Shape::OpenAi), &turn.request_id(), about)
            }
        };
        self.send_at_once(turn, &Arc::new(prepared))
    }
}

/// The models of `bedrock-mantle`, by the ids it knows them by.
fn models() -> Vec<serde_json::Value> {
    let is_there = |id: &str| hosts::of(id).iter().any(|served| served.host == Host::Mantle);
    let models = Catalog::embedded().models().filter(|model| is_there(&model.id)).map(|model| {
        let id = model.other_ids.first().unwrap_or(&model.id);
        let maker = id.split('.').next().unwrap_or_default();
        json!({"id": id, "object": "model", "created": 0, "owned_by": maker})
    });
    models.collect()
}
