//! Stored responses, for as long as the endpoint lives.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use indexmap::IndexMap;

use crate::reply::{Content, Prepared};
use crate::request::Asked;
use crate::route::Action;
use tutor_bedrock::{Json, Operation, server_sent};

/// The most responses that are kept; the oldest make room.
const MOST: usize = 256;
/// The longest that is.
const LARGEST: usize = 200_000;

#[derive(Debug, Default)]
pub(crate) struct Kept {
    responses: Mutex<IndexMap<String, Bytes>>,
}

impl Kept {
    /// The response with this id, as JSON.
    pub(crate) fn find(&self, id: &str) -> Option<Bytes> {
        self.responses.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Forgets it. Gives whether it was there.
    pub(crate) fn delete(&self, id: &str) -> bool {
        self.responses.lock().unwrap_or_else(PoisonError::into_inner).shift_remove(id).is_some()
    }

    /// Whether a request goes on from a response that is not here.
    pub(crate) fn lacks_the_one_before(&self, asked: &Asked) -> bool {
        let Some(body) = of_responses(asked) else { return false };
        let before = body.get("previous_response_id").and_then(Json::as_str);
        before.is_some_and(|id| self.find(id).is_none())
    }

    /// Keeps what a request was answered, unless it says not to.
    pub(crate) fn keep(&self, asked: &Asked, prepared: &Prepared) {
        let Some(body) = of_responses(asked) else { return };
        if !prepared.status.is_success() || body.get("store").and_then(Json::as_bool) == Some(false) {
            return;
        }
        let Some((id, response)) = response(&prepared.content).filter(|(_, bytes)| bytes.len() <= LARGEST)
        else {
            return;
        };
        let mut responses = self.responses.lock().unwrap_or_else(PoisonError::into_inner);
        if responses.len() >= MOST {
            responses.shift_remove_index(0);
        }
        responses.insert(id, response);
    }
}

fn of_responses(asked: &Asked) -> Option<Json> {
    (asked.action == Action::Run(Operation::Responses)).then(|| Json::parse(&asked.body).ok()).flatten()
}

/// The response in an answer: all of it, or what the last event of a stream holds.
fn response(content: &Content) -> Option<(String, Bytes)> {
    let id = |json: &Json| Some(json.get("id")?.as_str()?.to_owned());
    match content {
        Content::Whole(bytes, _) => Some((id(&Json::parse(bytes).ok()?)?, bytes.clone())),
        Content::Stream(timed) => {
            let mut reader = server_sent::Reader::default();
            let frames = timed.iter().rev().flat_map(|timed| reader.push(0, timed.bytes()));
            let last = frames.into_iter().find_map(|frame| frame.payload.json()?.get("response").cloned())?;
            Some((id(&last)?, last.to_compact().into()))
        }
        Content::Flowing(..) => None,
    }
}
