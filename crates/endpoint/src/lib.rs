//! Bedrock Runtime on loopback, for scripts that run unmodified.
//!
//! In come HTTP requests as AWS's SDKs send them, out come answers they cannot tell from Bedrock's:
//! from the course's recordings, else from a local model if asked, else from the stand-in models. The way of a request:
//!
//! ```text
//! listener → guard → request → faults → answerer (cache) → reply → log
//!  sockets   Origin   route,    throttle  checks, replay,   pace,   one line,
//!            Host     body      and co.   practice          frames  summary
//! ```
//!
//! Beside Bedrock's own operations it serves the APIs that Anthropic's and `OpenAI`'s clients speak ([`compatible`]).
//! A [`Host`] can take the answerer's place: a challenge does. So can a [`relay`], where a chapter's own
//! code is captured. [`environment`] is what a child process gets so that its SDK comes here. This is
//! no sandbox: a script that names an `endpoint_url=` of its own, or is no SDK at all, goes where it
//! likes.

mod answerer;
mod cache;
mod compatible;
mod elsewhere;
pub mod environment;
mod faults;
mod frames;
mod guard;
mod host;
mod lifecycle;
mod listener;
mod local;
mod log;
mod refusal;
pub mod relay;
mod reply;
mod request;
mod room;
mod route;
mod service;

pub use answerer::{Answerer, Missing, Retired, UnknownModels, warm_up};
pub use faults::Faults;
pub use host::{Arrived, Host, Served};
pub use listener::{Listener, Shutdown};
pub use log::{Format, Log, Summary};
pub use reply::Pace;
pub use service::{Endpoint, Settings};
