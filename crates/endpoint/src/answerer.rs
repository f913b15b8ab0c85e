//! Who answers: the recording of exactly this call, else a local model if there is one, else a stand-in; never another call's
//! recording.
//!
//! In goes what was [`Asked`], out comes an answer [`Prepared`] for the wire. Requests are checked as
//! Bedrock checks them, with one exception: what Bedrock itself has answered, it has accepted.

use std::sync::Arc;

use axum::http::StatusCode;
use base64::Engine as _;
use jiff::civil::Date;
use serde_json::json;

use super::compatible;
use super::lifecycle::{self, Callable, Circumstances};
use super::local;
use super::log::{About, Origin};
use super::refusal::Refusal;
use super::relay::Relay;
use super::reply::Prepared;
use super::request::Asked;
use super::route::Action;
use tutor_bedrock::answer::{Payload, Timing};
use tutor_bedrock::family::Family;
use tutor_bedrock::{Answer, Call, Json, Operation, family};
use tutor_catalog::measure::Cost;
use tutor_catalog::measure::images_made;
use tutor_catalog::rules::{self, Words};
use tutor_catalog::{Catalog, Terms};
use tutor_provider::flow::{Flow, Source};
use tutor_provider::practice::{Practice, estimate_input_tokens};
use tutor_provider::replay::Replay;
use tutor_recording::Acceptance;
use tutor_recording::store::Fetched;
use tutor_schema::{self, Wording};

/// What becomes of a call without a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// A stand-in answers.
    Practice,
    /// It is refused, with the nearest recording named.
    Refuse,
}

/// What becomes of a call to a model past its end of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retired {
    /// It is answered, with a warning in the log.
    Serve,
    /// It is refused, as Bedrock does.
    Refuse,
}

/// What becomes of a call to a model that tutor's catalog does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownModels {
    /// A stand-in answers as far as its dialect can be told, with a warning in the log.
    Answer,
    /// It is refused, in tutor's words.
    Refuse,
}

/// Answers requests.
#[derive(Debug)]
pub struct Answerer {
    /// The recordings, if there is a book.
    pub replay: Option<Replay>,
    /// The stand-ins.
    pub practice: Practice,
    /// The models there are.
    pub catalog: &'static Catalog,
    /// For calls without a recording.
    pub missing: Missing,
    /// For models past their end of life.
    pub retired: Retired,
    /// For models that the catalog does not know.
    pub unknown: UnknownModels,
    /// The day that decides which those are.
    pub today: Date,
    /// Who answers every call instead, unchecked.
    pub relay: Option<Relay>,
    /// Who answers calls without a recording in the stand-ins' place.
    pub local: Option<Arc<dyn Source>>,
}

/// Reads what is built in, the catalog and the rules of bodies, so that no request has to wait for it.
pub fn warm_up(_read: &'static Catalog) {
    tutor_schema::warm_up();
}

/// An answer and where it came from.
struct Found {
    answer: Answer,
    origin: Origin,
    note: Option<String>,
}

impl Answerer {
    /// The answer to `asked`; `request_id` is for refusals alone.
    pub(super) fn prepare(&self, asked: &Asked, request_id: &str) -> Prepared {
        let answered = match asked.action {
            Action::Run(operation) => self.run(asked, operation),
            Action::CountTokens => self.count_tokens(asked, request_id),
        };
        answered.unwrap_or_else(|refusal| {
            let about = About {
                note: Some(refusal.note()),
                ..about(asked.action.name(), &model_of(asked), Origin::Refused)
            };
            Prepared::refused(&refusal.shaped(asked.action.shape(asked.led)), request_id, about)
        })
    }

    fn run(&self, asked: &Asked, operation: Operation) -> Result<Prepared, Refusal> {
        let (call, checked) = self.call(asked, operation)?;
        if let Some(relay) = &self.relay {
            let about = about(operation.name(), &call.model_id, Origin::Practice);
            return Ok(Prepared::of(&relay.ask(&call)?, about));
        }
        let (fetched, damage) = self.recording(&call);
        let truth = fetched.as_ref().is_some_and(|found| found.recording.origin.kind.is_of_bedrock());
        let mut callable = match checked {
            Ok(callable) => callable,
            Err(refusal) if !truth || refusal == lifecycle::end_of_life() => return Err(refusal),
            Err(_) => Callable { family: self.catalog.family(&call.model_id), model: None, warning: None },
        };
        if fetched.is_none() && asked.is_orphan {
            let gone = "Response not found.";
            return Err(Refusal::bedrock(StatusCode::NOT_FOUND, "ResourceNotFoundException", gone));
        }
        if !truth {
            check_body(&call, &callable)?;
            if callable.family.is_none() && lifecycle::names_no_model(&call.model_id) {
                callable.family = tutor_schema::dialect_of(&call.body);
            }
        }
        let found = match (fetched, &self.local) {
            (Some(fetched), _) => of_recording(&fetched),
            (None, Some(source)) => {
                let notes = [damage, callable.warning.clone()].into_iter().flatten().collect::<Vec<_>>();
                let note = Some(notes.join("; ")).filter(|note| !note.is_empty());
                return self.by_local(&**source, &call, &callable, note);
            }
            (None, None) => self.without_recording(&call, callable.family, damage)?,
        };
        let notes: Vec<String> = [found.note, callable.warning.clone()].into_iter().flatten().collect();
        let about = About {
            note: Some(notes.join("; ")).filter(|note| !note.is_empty()),
            ..self.figures(&call, &callable, &found.answer, found.origin)
        };
        Ok(Prepared::of(&found.answer, about))
    }

    /// The call, and whether its model may be called here. As Bedrock does, the model is looked at before the body,
    /// where the body does not name it.
    fn call(
        &self,
        asked: &Asked,
        operation: Operation,
    ) -> Result<(Call, Result<Callable, Refusal>), Refusal> {
        let body = parse(operation, &asked.body);
        if let Some(led) = asked.led {
            let call = led.call(operation, &asked.options, body?)?;
            let checked = compatible::check(&call, led, self.around(asked));
            return Ok((call, checked));
        }
        let checked = lifecycle::check(&asked.model_id, asked.action, self.around(asked));
        let body = match (body, &checked, &self.relay) {
            (Ok(body), ..) => body,
            (Err(_), Err(refusal), None) => return Err(refusal.clone()),
            (Err(refusal), ..) => return Err(refusal),
        };
        let options = asked.options.clone();
        Ok((Call { operation, model_id: asked.model_id.clone(), body, options, region: None }, checked))
    }

    fn around<'a>(&self, asked: &'a Asked) -> Circumstances<'a> {
        Circumstances {
            catalog: self.catalog,
            today: self.today,
            retired: self.retired,
            unknown: self.unknown,
            region: asked.region.as_deref(),
        }
    }

    /// The call's recording, and what is wrong with the file that should hold it.
    fn recording(&self, call: &Call) -> (Option<Fetched>, Option<String>) {
        let Some(replay) = &self.replay else { return (None, None) };
        match replay.find(&call.key()) {
            Ok(found) => (found, None),
            Err((path, damage)) => (
                None,
                Some(format!("the recording {} {damage}; `tutor check` says what to do", path.display())),
            ),
        }
    }

    fn without_recording(
        &self,
        call: &Call,
        family: Option<&dyn Family>,
        damage: Option<String>,
    ) -> Result<Found, Refusal> {
        if self.missing == Missing::Refuse {
            let words = damage.unwrap_or_else(|| self.no_recording(call));
            return Err(Refusal::ours(StatusCode::NOT_FOUND, "ResourceNotFoundException", words));
        }
        let answer = self.practice.sample_in(call, family, 0).map_err(|error| {
            let words = format!("{error}, and there is no recording of this request");
            Refusal::ours(StatusCode::BAD_REQUEST, "ValidationException", words)
        })?;
        Ok(Found { answer, origin: Origin::Practice, note: damage })
    }

    /// A local model's answer, as it comes. Only for threads that may wait.
    fn by_local(
        &self,
        source: &dyn Source,
        call: &Call,
        callable: &Callable,
        note: Option<String>,
    ) -> Result<Prepared, Refusal> {
        let runtime = tokio::runtime::Handle::current();
        match runtime.block_on(source.ask(call)).map_err(|error| local::refusal(&error))? {
            Flow::Whole(answer) => {
                let about =
                    About { note, cost: None, ..self.figures(call, callable, &answer, Origin::Local) };
                // It has taken its time already.
                let timing = Timing::default();
                Ok(Prepared::of(&Answer { timing, ..answer }, about))
            }
            Flow::Stream(stream) => {
                let about = About { note, ..about(call.operation.name(), &call.model_id, Origin::Local) };
                Ok(Prepared::flowing(stream, about))
            }
        }
    }

    fn no_recording(&self, call: &Call) -> String {
        let nearest = self.replay.as_ref().and_then(|replay| replay.nearest(call));
        let Some(nearest) = nearest else {
            let what = format!("{} of {}", call.operation, call.model_id);
            return format!("there is no recording of this request, nor any other of {what}");
        };
        const SHOWN: usize = 5;
        let mut differences: Vec<String> =
            nearest.differences.iter().take(SHOWN).map(ToString::to_string).collect();
        if nearest.differences.len() > SHOWN {
            differences.push(format!("and {} more", nearest.differences.len() - SHOWN));
        }
        let path = nearest.path.display();
        format!("there is no recording of this request. The nearest is {path}: {}", differences.join("; "))
    }

    fn figures(&self, call: &Call, callable: &Callable, answer: &Answer, origin: Origin) -> About {
        let mut about = about(call.operation.name(), &call.model_id, origin);
        if let Some(reading) = family::read(call, callable.family, answer) {
            about.input_tokens = reading.usage.input_tokens;
            about.output_tokens = reading.usage.output_tokens;
            let images = images_made(call, &reading);
            about.cost =
                Cost::of(callable.model, &Terms::of(call, self.today), &reading.usage, &images, self.today)
                    .total();
        }
        about
    }

    /// An estimate, by the rule that practice answers count with.
    fn count_tokens(&self, asked: &Asked, request_id: &str) -> Result<Prepared, Refusal> {
        let (call, callable, member) = match asked.led {
            Some(led) => {
                let body = parse(Operation::Messages, &asked.body)?;
                let call = led.call(Operation::Messages, &asked.options, body)?;
                let callable = compatible::check(&call, led, self.around(asked))?;
                (call, callable, "input_tokens")
            }
            None => {
                let callable = lifecycle::check(&asked.model_id, asked.action, self.around(asked))?;
                let input = parse(Operation::Converse, &asked.body)?;
                let (operation, body) = counted(&input)?;
                let call = Call::new(operation, asked.model_id.as_str(), body);
                check_body(&call, &callable)?;
                (call, callable, "inputTokens")
            }
        };
        let tokens = estimate_input_tokens(&call.model_id, &call.body);
        let headers = [("content-type", "application/json"), ("x-amzn-requestid", request_id)];
        let answer = Answer {
            status: 200,
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            payload: Payload::Whole(Json::from(json!({member: tokens})).into()),
            timing: Timing::default(),
        };
        let about = About {
            input_tokens: Some(tokens),
            note: callable.warning,
            ..about(asked.action.name(), &call.model_id, Origin::Estimate)
        };
        Ok(Prepared::of(&answer, about))
    }
}

fn about(action: &str, model_id: &str, origin: Origin) -> About {
    About {
        action: action.to_owned(),
        model_id: model_id.to_owned(),
        input_tokens: None,
        output_tokens: None,
        cost: None,
        origin,
        note: None,
    }
}

/// The model that a refused request names, for the log.
fn model_of(asked: &Asked) -> String {
    let in_body = || Some(Json::parse(&asked.body).ok()?.get("model")?.as_str()?.to_owned());
    if asked.led.is_some() { in_body().unwrap_or_default() } else { asked.model_id.clone() }
}

fn of_recording(fetched: &Fetched) -> Found {
    let origin = Origin::Recorded(fetched.recording.origin.kind);
    let pending = fetched.acceptance == Acceptance::Pending;
    let note = pending.then(|| "a pending recording, not accepted yet".to_owned());
    // A recording is never empty, see `Recording::samples`.
    let answer = fetched.recording.shown().clone();
    Found { answer, origin, note }
}

/// The body as JSON, or the refusal of one that is none.
fn parse(operation: Operation, body: &[u8]) -> Result<Json, Refusal> {
    Json::parse(body).map_err(|error| {
        if matches!(operation, Operation::ChatCompletions | Operation::Responses) {
            Refusal::validation(format!("Failed to deserialize the JSON body into the target type: {error}"))
        } else if operation == Operation::Messages {
            Refusal::ours(StatusCode::BAD_REQUEST, "ValidationException", format!("the body is {error}"))
        } else if operation.is_converse() {
            Refusal::ours(StatusCode::BAD_REQUEST, "SerializationException", format!("the body is {error}"))
        } else {
            Refusal::validation("Malformed input request, please reformat your input and try again.")
        }
    })
}

fn check_body(call: &Call, callable: &Callable) -> Result<(), Refusal> {
    let Err(violation) = tutor_schema::check(call, callable.family) else { return check_parts(call) };
    let status = StatusCode::BAD_REQUEST;
    Err(match violation.wording {
        Wording::Bedrock => Refusal::bedrock(status, violation.kind, violation.message),
        Wording::Ours => Refusal::ours(status, violation.kind, violation.message),
    })
}

/// What the model itself refuses of a request that its schema takes; through Converse Bedrock hands it on.
fn check_parts(call: &Call) -> Result<(), Refusal> {
    let refused = rules::refused_of(call);
    let Some(first) = refused.first() else { return Ok(()) };
    let status = StatusCode::BAD_REQUEST;
    Err(match &first.words {
        Words::Bedrocks(words) if call.operation.is_converse() => {
            Refusal::validation(format!("{}{words}", tutor_schema::THROUGH_CONVERSE))
        }
        Words::Bedrocks(words) => Refusal::validation(words.as_str()),
        Words::Ours(words) => Refusal::ours(status, "ValidationException", words),
    })
}

/// What a `CountTokens` body wants counted: a native body in base64, or Converse's members.
fn counted(input: &Json) -> Result<(Operation, Json), Refusal> {
    let no = |message: &str| Refusal::ours(StatusCode::BAD_REQUEST, "ValidationException", message);
    if let Some(body) = input.pointer("/input/invokeModel/body") {
        let bytes =
            body.as_str().and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
        let bytes = bytes.ok_or_else(|| no("`input.invokeModel.body` must be base64"))?;
        return Ok((Operation::InvokeModel, parse(Operation::InvokeModel, &bytes)?));
    }
    match input.pointer("/input/converse") {
        Some(converse) => Ok((Operation::Converse, converse.clone())),
        None => Err(no("`input` must hold `invokeModel` or `converse`")),
    }
}
