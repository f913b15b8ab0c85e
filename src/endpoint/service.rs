//! One request from its first byte to its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use tokio::time::Instant;

use super::answerer::Answerer;
use super::cache::Cache;
use super::faults::Faults;
use super::log::{About, Log, Origin, Ticket};
use super::refusal::Refusal;
use super::reply::{Pace, Prepared, ReplyBody, Schedule};
use super::request::{self, Asked};
use super::route::{self, Action};
use super::{elsewhere, guard};
use crate::bedrock::family;

/// How the endpoint behaves.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How fast answers are given.
    pub pace: Pace,
    /// What goes wrong.
    pub faults: Faults,
}

/// Bedrock Runtime, as far as it is served here.
#[derive(Debug)]
pub struct Endpoint {
    settings: Settings,
    answerer: Arc<Answerer>,
    cache: Cache,
    log: Arc<Log>,
    requests: AtomicU64,
}

impl Endpoint {
    /// Serves what `answerer` answers.
    pub fn new(settings: Settings, answerer: Answerer, log: Arc<Log>) -> Self {
        let (answerer, cache) = (Arc::new(answerer), Cache::default());
        Endpoint { settings, answerer, cache, log, requests: AtomicU64::new(0) }
    }

    /// The whole server as one service.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new().route("/model/{*rest}", post(serve).fallback(serve)).fallback(serve).with_state(self)
    }

    async fn answer(&self, request: Request, started: Instant) -> Response {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let (parts, body) = request.into_parts();
        let path = parts.uri.path();
        let served = route::parse(path).filter(|_| parts.method == axum::http::Method::POST);
        let Some((model_id, action)) = served else {
            let words = format!("{} {}", parts.method, path.chars().take(80).collect::<String>());
            // The guard comes first: a page learns nothing, not even what is served.
            let response = match guard::check(&parts) {
                Ok(()) => elsewhere::refuse(&parts),
                Err(refusal) => elsewhere::Refused::bedrock(refusal),
            };
            return self.refuse_elsewhere(response, number, words, started);
        };
        let body = match guard::check(&parts) {
            Ok(()) => request::read_body(body).await,
            Err(refusal) => Err(refusal),
        };
        let read = Instant::now();
        match body {
            Ok(body) => {
                let asked = Asked::new(action, model_id, &parts.headers, body);
                let prepared = match self.settings.faults.refusal(number) {
                    Some(fault) => Arc::new(refused(&fault, Origin::Fault, number, action, &asked.model_id)),
                    None => self.prepare(asked, number).await,
                };
                self.send(prepared, number, started, read).await
            }
            Err(refusal) => {
                let prepared = refused(&refusal, Origin::Refused, number, action, &model_id);
                self.send(Arc::new(prepared), number, started, read).await
            }
        }
    }

    /// From the cache, else made on another thread: pictures and large bodies take their time, and
    /// streams that run meanwhile must keep theirs.
    async fn prepare(&self, asked: Asked, number: u64) -> Arc<Prepared> {
        if let Some(prepared) = self.cache.find(&asked) {
            return prepared;
        }
        let answerer = Arc::clone(&self.answerer);
        let copy = asked.clone();
        let made = tokio::task::spawn_blocking(move || answerer.prepare(&copy, &request_id(number))).await;
        match made {
            Ok(prepared) => {
                let prepared = Arc::new(prepared);
                self.cache.keep(asked, &prepared);
                prepared
            }
            Err(_) => {
                let words =
                    "this request brought tutor into a state it was not written for; please report it";
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                let refusal = Refusal::ours(status, "InternalServerException", words);
                Arc::new(refused(&refusal, Origin::Refused, number, asked.action, &asked.model_id))
            }
        }
    }

    /// Sends `prepared` at its pace, counted from when the request was complete.
    async fn send(&self, prepared: Arc<Prepared>, number: u64, started: Instant, read: Instant) -> Response {
        let ticket = Ticket::new(&self.log, &prepared, started);
        let faults = &self.settings.faults;
        let cut = faults.cut(number, prepared.frames());
        let schedule = Schedule { start: read + faults.latency, pace: self.settings.pace, cut };
        schedule.wait_for_first(&prepared).await;
        respond(prepared.status, prepared.headers.clone(), ReplyBody::new(prepared, schedule, ticket))
    }

    fn refuse_elsewhere(
        &self,
        refused: elsewhere::Refused,
        number: u64,
        action: String,
        started: Instant,
    ) -> Response {
        let about = about(Origin::Refused, action, String::new(), Some(refused.message.clone()));
        let prepared = Arc::new(refused.prepare(&request_id(number), about));
        let ticket = Ticket::new(&self.log, &prepared, started);
        let schedule = Schedule { start: started, pace: self.settings.pace, cut: None };
        respond(prepared.status, prepared.headers.clone(), ReplyBody::new(prepared, schedule, ticket))
    }
}

async fn serve(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    endpoint.answer(request, Instant::now()).await
}

fn respond(status: StatusCode, headers: HeaderMap, body: ReplyBody) -> Response {
    let mut response = Response::new(Body::new(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn refused(refusal: &Refusal, origin: Origin, number: u64, action: Action, model_id: &str) -> Prepared {
    let note = Some(refusal.message.clone());
    let about = about(origin, action.name().to_owned(), model_id.to_owned(), note);
    Prepared::refused(refusal, &request_id(number), about)
}

fn about(origin: Origin, action: String, model_id: String, note: Option<String>) -> About {
    About { action, model_id, input_tokens: None, output_tokens: None, cost: None, origin, note }
}

/// An id for the answers that have none of their own.
fn request_id(number: u64) -> String {
    family::uuid(&["request", &number.to_string()])
}
