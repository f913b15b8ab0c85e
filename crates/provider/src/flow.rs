//! Answers that are passed on while they come.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use tokio::sync::mpsc;

use super::ProviderError;
use tutor_bedrock::family::Usage;
use tutor_bedrock::{Answer, Call, Frame};

/// An answer, whole or on its way.
#[derive(Debug)]
pub enum Flow {
    /// It is here.
    Whole(Answer),
    /// Its frames come one after the other.
    Stream(Stream),
}

/// A stream on its way. It ends when the last frame has been taken.
#[derive(Debug)]
pub struct Stream {
    /// Response headers by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// Its frames, each with its offset in milliseconds after the request was sent.
    pub frames: mpsc::Receiver<Frame>,
    /// How it ended, set before the last frame is there.
    pub end: Arc<OnceLock<End>>,
}

/// How a stream ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Whole, with these counts.
    Whole(Usage),
    /// It broke off; its last frame is an exception.
    Broken(ProviderError),
}

/// Where an answer comes from, once it begins.
pub type Flowing<'a> = Pin<Box<dyn Future<Output = Result<Flow, ProviderError>> + Send + 'a>>;

/// Somebody who passes answers on while they come.
pub trait Source: Debug + Send + Sync {
    /// Asks for an answer.
    fn ask<'a>(&'a self, call: &'a Call) -> Flowing<'a>;
}
