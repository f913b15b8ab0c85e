//! What Bedrock is, without ever talking to it: calls, keys, answers, dialects.
//!
//! In comes JSON as it stands in code or on the wire; out come typed [`Call`]s, their [`Key`]s and
//! readings of [`Answer`]s. Nothing here reads a file, a clock or a socket, and nothing here knows
//! another room of the house.

pub mod answer;
mod body;
pub mod call;
pub mod event_stream;
pub mod family;
pub mod found;
pub mod json;
pub mod key;
pub mod model_id;
pub mod server_sent;
pub mod whole;

pub use answer::{Answer, Frame, Payload, Timing};
pub use body::Body;
pub use call::{Call, CallOptions, Operation};
pub use json::{Json, JsonObject};
pub use key::Key;
