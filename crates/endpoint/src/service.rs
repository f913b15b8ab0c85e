//! One request from its first byte to its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use tokio::time::Instant;

use super::answerer::Answerer;
use super::cache::Cache;
use super::compatible::{self, Kept, Led};
use super::faults::Faults;
use super::frames::Wire;
use super::host::{self, Host};
use super::log::{About, Log, Origin, Ticket};
use super::refusal::Refusal;
use super::reply::{Pace, Prepared, ReplyBody, Schedule};
use super::request::{self, Asked};
use super::room::{self, Place, Room};
use super::route::{self, Action};
use super::{elsewhere, guard};
use tutor_bedrock::{Operation, family};

/// How the endpoint behaves.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How fast answers are given.
    pub pace: Pace,
    /// What goes wrong.
    pub faults: Faults,
}

/// Who answers.
#[derive(Debug, Clone)]
enum Answers {
    /// Recordings and stand-ins: equal requests have equal answers.
    Course(Arc<Answerer>),
    /// Somebody who wants to see every request.
    Host(Arc<dyn Host>),
}

impl Answers {
    /// Whether an answer is the same the next time. A host, whoever a call is relayed to and a local model
    /// hear of every request.
    fn are_kept(&self) -> bool {
        matches!(self, Answers::Course(answerer) if answerer.relay.is_none() && answerer.local.is_none())
    }

    /// Whether they come from somebody who knows more than this endpoint.
    fn are_relayed(&self) -> bool {
        matches!(self, Answers::Course(answerer) if answerer.relay.is_some())
    }
}

/// Bedrock Runtime, as far as it is served here.
#[derive(Debug)]
pub struct Endpoint {
    settings: Settings,
    answers: Answers,
    cache: Cache,
    pub(super) kept: Kept,
    room: Room,
    log: Arc<Log>,
    requests: AtomicU64,
}

impl Endpoint {
    /// Serves what `answerer` answers.
    pub fn new(settings: Settings, answerer: Answerer, log: Arc<Log>) -> Self {
        Self::answered_by(Answers::Course(Arc::new(answerer)), settings, log)
    }

    /// Serves what `host` answers, at the pace it says, without faults of its own.
    pub fn hosted(host: Arc<dyn Host>) -> Self {
        let settings = Settings { pace: Pace::RECORDED, faults: Faults::default() };
        Self::answered_by(Answers::Host(host), settings, Arc::new(Log::quiet()))
    }

    fn answered_by(answers: Answers, settings: Settings, log: Arc<Log>) -> Self {
        let (cache, kept, room) = (Cache::default(), Kept::default(), Room::default());
        Endpoint { settings, answers, cache, kept, room, log, requests: AtomicU64::new(0) }
    }

    async fn answer(&self, request: Request) -> Response {
        let turn = Turn { number: self.requests.fetch_add(1, Ordering::Relaxed), started: Instant::now() };
        let (parts, body) = request.into_parts();
        if let Some(named) = compatible::route(&parts.method, parts.uri.path()) {
            return self.answer_compatible(turn, named, &parts, body).await;
        }
        let served = route::parse(parts.uri.path()).filter(|_| parts.method == Method::POST);
        match served {
            Some((model_id, action)) => self.run(turn, model_id, action, None, &parts, body).await,
            None => self.refuse_elsewhere(turn, &parts),
        }
    }

    /// One of the operations that are served. The guard comes first: a page learns nothing.
    pub(super) async fn run(
        &self,
        turn: Turn,
        model_id: String,
        action: Action,
        led: Option<Led>,
        parts: &Parts,
        body: Body,
    ) -> Response {
        let body = match guard::check(parts) {
            Ok(()) => request::read_body(body, self.room.place()).await,
            Err(refusal) => Err(refusal),
        };
        let read = Instant::now();
        let refuse = |refusal: &Refusal, origin| {
            let refusal = refusal.shaped(action.shape(led));
            Arc::new(refused(&refusal, origin, turn, action, &model_id))
        };
        let prepared = match (body, self.settings.faults.refusal(turn.number)) {
            (Err(refusal), _) => refuse(&refusal, Origin::Refused),
            (Ok(_), Some(fault)) => refuse(&fault, Origin::Fault),
            (Ok((body, place)), None) => {
                let _turn = self.room.turn(body.len()).await;
                let mut asked = Asked::new(action, model_id.clone(), led, &parts.headers, body);
                asked.is_orphan = !self.answers.are_relayed() && self.kept.lacks_the_one_before(&asked);
                let prepared = self.prepare(asked, turn, &parts.headers).await;
                drop(place);
                prepared
            }
        };
        let mut place = self.room.place();
        match prepared.size() {
            small if small < room::LARGE => self.send(prepared, turn, read, None).await,
            large if place.grow(large).is_ok() => self.send(prepared, turn, read, Some(place)).await,
            _ => self.send(refuse(&Refusal::no_room(), Origin::Refused), turn, read, None).await,
        }
    }

    /// From the cache, else made on another thread: pictures and large bodies take their time, and
    /// streams that run meanwhile must keep theirs.
    async fn prepare(&self, asked: Asked, turn: Turn, headers: &HeaderMap) -> Arc<Prepared> {
        let is_kept = self.answers.are_kept() && asked.action != Action::Run(Operation::Responses);
        if is_kept && let Some(prepared) = self.cache.find(&asked) {
            return prepared;
        }
        let answers = self.answers.clone();
        let key = host::access_key(headers);
        let copy = asked.clone();
        let made = tokio::task::spawn_blocking(move || match answers {
            Answers::Course(answerer) => answerer.prepare(&copy, &turn.request_id()),
            Answers::Host(host) => {
                let when_and_who = (turn.started.into_std(), key.as_deref());
                host::prepare(&*host, &copy, when_and_who, &turn.request_id())
            }
        });
        match made.await {
            Ok(prepared) => {
                let prepared = Arc::new(prepared);
                self.kept.keep(&asked, &prepared);
                if is_kept {
                    self.cache.keep(asked, &prepared);
                }
                prepared
            }
            Err(_) => {
                let words =
                    "this request brought tutor into a state it was not written for; please report it";
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                let refusal = Refusal::ours(status, "InternalServerException", words);
                Arc::new(refused(&refusal, Origin::Refused, turn, asked.action, &asked.model_id))
            }
        }
    }

    /// Sends `prepared` at its pace, counted from when the request was complete.
    async fn send(
        &self,
        prepared: Arc<Prepared>,
        turn: Turn,
        read: Instant,
        place: Option<Place>,
    ) -> Response {
        let mut ticket = Ticket::new(&self.log, &prepared, turn.started);
        let faults = &self.settings.faults;
        let cut = faults.cut(turn.number, prepared.frames(), Wire::of(&prepared.headers));
        if cut.is_some() {
            ticket.spoiled();
        }
        let schedule = Schedule { start: read + faults.latency, pace: self.settings.pace, cut };
        schedule.wait_for_first(&prepared).await;
        respond(prepared, schedule, ticket, place)
    }

    /// What is not served here: at once, whatever the settings.
    fn refuse_elsewhere(&self, turn: Turn, parts: &Parts) -> Response {
        let refused = match guard::check(parts) {
            Ok(()) => elsewhere::refuse(parts),
            Err(refusal) => elsewhere::Refused::bedrock(refusal),
        };
        let asked = format!("{} {}", parts.method, parts.uri.path().chars().take(80).collect::<String>());
        let about = about(Origin::Refused, asked, String::new(), Some(refused.message.clone()));
        self.send_at_once(turn, &Arc::new(refused.prepare(&turn.request_id(), about)))
    }

    /// Sends what waits for nothing.
    pub(super) fn send_at_once(&self, turn: Turn, prepared: &Arc<Prepared>) -> Response {
        let prepared = Arc::clone(prepared);
        let ticket = Ticket::new(&self.log, &prepared, turn.started);
        let schedule = Schedule { start: turn.started, pace: self.settings.pace, cut: None };
        respond(prepared, schedule, ticket, None)
    }
}

/// One request's number and time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    /// From 0, in the order requests arrive.
    number: u64,
    started: Instant,
}

impl Turn {
    /// An id for the answers that have none of their own.
    pub(super) fn request_id(self) -> String {
        family::uuid(&["request", &self.number.to_string()])
    }
}

/// The whole server as one handler: paths are not routed, since a model id may hold a slash.
pub(super) async fn serve(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    endpoint.answer(request).await
}

fn respond(prepared: Arc<Prepared>, schedule: Schedule, ticket: Ticket, place: Option<Place>) -> Response {
    let (status, headers) = (prepared.status, prepared.headers.clone());
    let mut response = Response::new(Body::new(ReplyBody::new(prepared, schedule, ticket, place)));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn refused(refusal: &Refusal, origin: Origin, turn: Turn, action: Action, model_id: &str) -> Prepared {
    let note = Some(refusal.note());
    let about = about(origin, action.name().to_owned(), model_id.to_owned(), note);
    Prepared::refused(refusal, &turn.request_id(), about)
}

pub(super) fn about(origin: Origin, action: String, model_id: String, note: Option<String>) -> About {
    About { action, model_id, input_tokens: None, output_tokens: None, cost: None, origin, note }
}
