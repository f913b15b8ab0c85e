//! Local: a real model on the person's own machine, behind an OpenAI-compatible server.
//!
//! In goes a call in a family's dialect, out comes the model's answer in that dialect. [`server`] finds
//! the server and what it has, [`ask`] turns the call into its request, [`http`] sends that within bounds,
//! [`said`] is what comes back, [`stream`] makes Bedrock's frames of it piece by piece, [`trouble`] names
//! what goes wrong. Times are measured and tokens counted by the model that answers; nobody is billed, and
//! nothing ever stands in for a server that fails.

mod ask;
#[cfg(test)]
mod fake;
mod http;
mod said;
pub mod server;
pub mod settings;
mod stream;
#[cfg(test)]
mod tests;
mod trouble;

use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc};
use tokio::time::Instant;

pub use server::{Engine, Model, Server, USUAL, find, usual};
pub use settings::{ApiKey, Limits, Settings};

use self::ask::{Asked, Road, Weights};
use self::http::{Http, Response};
use self::said::{Said, Times};
use self::stream::{Lines, Shaper};
use tutor_bedrock::event_stream::exception_frame;
use tutor_bedrock::family::Family;
use tutor_bedrock::{Answer, Call, Payload, Timing};
use tutor_catalog::Catalog;
use tutor_provider::flow::{End, Flow, Flowing, Source, Stream};
use tutor_provider::practice::wire;
use tutor_provider::trouble::Trouble;
use tutor_provider::{Provider, ProviderError};
use tutor_recording::{LocalModel, Origin, OriginKind};

/// A server with what its owner says of it.
#[derive(Debug)]
pub struct Local {
    server: Server,
    settings: Settings,
    catalog: &'static Catalog,
    http: Http,
    /// One call at a time, so that no time is spoiled by another.
    turn: Mutex<()>,
}

/// A call on its way to a model.
struct Sent<'c> {
    call: &'c Call,
    family: &'static dyn Family,
    /// Whether the text that comes is a tool call.
    is_call: bool,
    started: Instant,
    response: Response,
}

impl Local {
    /// The models of `server`, as `settings` say.
    pub fn new(server: Server, settings: Settings, catalog: &'static Catalog) -> Self {
        let http = server.http.within(settings::LIMITS);
        Local { server, settings, catalog, http, turn: Mutex::new(()) }
    }

    /// The same with other limits.
    #[must_use]
    pub fn within(self, limits: Limits) -> Self {
        let http = self.http.within(limits);
        Local { http, ..self }
    }

    /// The server.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Who answers `call`, as a recording names it.
    ///
    /// # Errors
    /// Nobody does.
    pub fn speaker(&self, call: &Call) -> Result<LocalModel, ProviderError> {
        let model = self.server.model_for(&call.model_id, &self.settings)?;
        let asked = self.asked(call)?.1;
        Ok(LocalModel {
            model: model.name().to_owned(),
            engine: self.settings.engine.clone().unwrap_or_else(|| self.server.in_words()),
            machine: self.settings.machine.clone(),
            quantization: model.quantization.clone(),
            digest: model.digest.clone(),
            same_weights: self.settings.has_weights_of(&call.model_id),
            not_passed_on: asked.not_passed_on,
        })
    }

    fn asked(&self, call: &Call) -> Result<(&'static dyn Family, Asked), ProviderError> {
        let family = self.catalog.family(&call.model_id);
        let family = family.ok_or_else(|| ProviderError::UnknownModel(call.model_id.clone()))?;
        let same = self.settings.has_weights_of(&call.model_id);
        let weights = if same { Weights::Same } else { Weights::Other };
        let asked = ask::asked(call, family, weights, self.server.engine).map_err(|what| {
            trouble::error(
                Trouble::Unsendable,
                what,
                "leave this call to practice, to a recording or to Bedrock",
            )
        })?;
        if call.streams() && asked.road == Road::Embeddings {
            return Err(ProviderError::UnsupportedOperation {
                family: family.name().to_owned(),
                operation: call.operation.name().to_owned(),
            });
        }
        Ok((family, asked))
    }

    /// Sends a call's request and waits for the headers of what comes back.
    async fn send<'c>(&self, call: &'c Call) -> Result<Sent<'c>, ProviderError> {
        let (family, asked) = self.asked(call)?;
        let model = self.server.model_for(&call.model_id, &self.settings)?;
        let is_call = asked.demands_tool;
        let mut body = asked.body;
        body.insert("model".to_owned(), model.id.as_str().into());
        if call.streams() {
            body.insert("stream".to_owned(), true.into());
            body.insert("stream_options".to_owned(), json!({"include_usage": true}));
            if self.server.engine == Engine::LlamaCpp {
                body.insert("timings_per_token".to_owned(), true.into());
            }
        }
        let started = Instant::now();
        let response = self.http.post(asked.road.path(), &Value::Object(body)).await?;
        if !(200..300).contains(&response.status) {
            let status = response.status;
            let body = response.whole().await?;
            return Err(trouble::refused(status, &body, model.name()));
        }
        Ok(Sent { call, family, is_call, started, response })
    }
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

impl Sent<'_> {
    /// A whole answer.
    async fn whole(self) -> Result<Answer, ProviderError> {
        let body = self.response.whole().await?;
        let total_ms = milliseconds(self.started);
        let said = Said::whole(&body, self.is_call)?;
        let reply = said.reply(self.call, self.family, Times { total_ms, first_ms: total_ms })?;
        Ok(Answer {
            status: 200,
            headers: wire::headers(self.call, self.family, &reply, 0),
            payload: Payload::Whole(wire::body(self.call, self.family, &reply).into()),
            timing: Timing { total_ms, first_token_ms: None },
        })
    }

    /// Passes a stream on as it comes, until it ends or nobody takes it any more.
    async fn pass_on(mut self, frames: &mpsc::Sender<tutor_bedrock::Frame>) -> Result<End, ProviderError> {
        let mut shaper = Shaper::new(self.call, self.family);
        let (mut said, mut lines) = (Said::new(self.is_call), Lines::default());
        let mut first_ms = None;
        'stream: while let Some(bytes) = self.response.next().await? {
            let events =
                lines.add(&bytes).ok_or_else(|| trouble::bad_answer("a line of its stream never ends"))?;
            for data in events {
                if data == "[DONE]" {
                    break 'stream;
                }
                let json: Value = serde_json::from_str(&data).map_err(|error| {
                    trouble::bad_answer(format!("an event of its stream is no JSON ({error})"))
                })?;
                let before = said.text.len() + said.reasoning.len();
                said.absorb(&json)?;
                if said.text.len() + said.reasoning.len() == before {
                    continue;
                }
                let now = milliseconds(self.started);
                for mut frame in shaper.so_far(&mut said, *first_ms.get_or_insert(now)) {
                    frame.offset_ms = now;
                    if frames.send(frame).await.is_err() {
                        return Err(ProviderError::Stopped);
                    }
                }
            }
        }
        if !said.is_finished() {
            return Err(trouble::bad_answer("its stream ended in the middle"));
        }
        let usage = said.usage()?;
        let total_ms = milliseconds(self.started);
        let times = Times { total_ms, first_ms: first_ms.unwrap_or(total_ms) };
        for mut frame in shaper.rest(&said, times)? {
            frame.offset_ms = total_ms;
            if frames.send(frame).await.is_err() {
                return Err(ProviderError::Stopped);
            }
        }
        Ok(End::Whole(usage))
    }
}

/// How many frames wait for a slow reader before the server has to wait, too.
const WAITING: usize = 64;

impl Source for Local {
    fn ask<'a>(&'a self, call: &'a Call) -> Flowing<'a> {
        Box::pin(async move {
            let sent = self.send(call).await?;
            if !call.streams() {
                return sent.whole().await.map(Flow::Whole);
            }
            let Sent { family, is_call, started, response, .. } = sent;
            let (sender, frames) = mpsc::channel(WAITING);
            let end = Arc::new(OnceLock::new());
            let headers = stream_headers(call, family);
            let (told, call) = (Arc::clone(&end), call.clone());
            tokio::spawn(async move {
                let sent = Sent { call: &call, family, is_call, started, response };
                let ended = sent.pass_on(&sender).await.unwrap_or_else(End::Broken);
                let exception = match &ended {
                    End::Broken(error) => Some(exception_frame(
                        milliseconds(started),
                        "modelStreamErrorException",
                        &error.to_string(),
                    )),
                    End::Whole(_) => None,
                };
                let _ = told.set(ended);
                if let Some(exception) = exception {
                    let _ = sender.send(exception).await;
                }
            });
            Ok(Flow::Stream(Stream { headers, frames, end }))
        })
    }
}

/// The headers of a stream, whose request id nothing else tells.
fn stream_headers(call: &Call, family: &dyn Family) -> std::collections::BTreeMap<String, String> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let said = Said::default();
    let reply = tutor_bedrock::family::Reply {
        model_id: call.model_id.clone(),
        id: format!("{}{}", said.id(call), now.as_nanos()),
        prompt: tutor_bedrock::family::Prompt::default(),
        body: call.body.clone(),
        parts: Vec::new(),
        stop: tutor_bedrock::family::Stop::End,
        input_tokens: 0,
        output_tokens: 0,
        latency_ms: 0,
        first_token_ms: 0,
    };
    wire::headers(call, family, &reply, 0)
}

impl Provider for Local {
    /// Asks for one answer after the other.
    async fn answer(&self, call: &Call) -> Result<Answer, ProviderError> {
        let _turn = self.turn.lock().await;
        let sent = self.send(call).await?;
        if !call.streams() {
            return sent.whole().await;
        }
        let headers = stream_headers(call, sent.family);
        let (sender, mut receiver) = mpsc::channel(WAITING);
        let passing = async {
            let ended = sent.pass_on(&sender).await;
            drop(sender);
            ended
        };
        let collecting = async {
            let mut frames = Vec::new();
            while let Some(frame) = receiver.recv().await {
                frames.push(frame);
            }
            frames
        };
        let (ended, frames) = tokio::join!(passing, collecting);
        ended?;
        let timing = Timing {
            total_ms: frames.last().map_or(0, |frame| frame.offset_ms),
            first_token_ms: frames.first().map(|frame| frame.offset_ms),
        };
        Ok(Answer { status: 200, headers, payload: Payload::Stream(frames), timing })
    }

    /// Always local: nobody can be taken for somebody else here.
    fn origin_of(&self, call: &Call, origin: &Origin) -> Origin {
        let speaker = self.speaker(call).ok();
        Origin { kind: OriginKind::Local, local: speaker, region: None, sdk: None, ..origin.clone() }
    }
}
