//! What an answer says went wrong.

use crate::answer::{Answer, Payload};
use crate::event_stream::{self, Event};
use crate::json::Json;

/// An error as Bedrock tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorReading {
    /// HTTP status; 200 where a stream broke off after a good start.
    pub status: u16,
    /// The error's name, such as `ThrottlingException`; inside a stream `throttlingException`.
    /// Empty if nothing tells it.
    pub kind: String,
    /// Bedrock's own words. Empty if there are none.
    pub message: String,
}

/// The error that `answer` is, or that broke off its stream. `None` for an answer without one.
pub fn read(answer: &Answer) -> Option<ErrorReading> {
    match &answer.payload {
        Payload::Stream(frames) => frames.iter().find_map(|frame| match event_stream::read(frame)? {
            Event::Exception { name, message } => {
                Some(ErrorReading { status: answer.status, kind: name.to_owned(), message })
            }
            _ => None,
        }),
        Payload::Whole(_) if answer.is_success() => None,
        Payload::Whole(body) => Some(ErrorReading {
            status: answer.status,
            kind: kind(answer, body.json()),
            message: message(body.json()).unwrap_or_else(|| body.to_text()),
        }),
    }
}

/// From `x-amzn-errortype: NAME:http://…`, else from the body's `__type` or `code` (`…#NAME`), as
/// AWS's JSON protocols allow, else from `error.code` or `error.type`.
fn kind(answer: &Answer, body: Option<&Json>) -> String {
    let named = answer.header("x-amzn-errortype").or_else(|| {
        let body = body?;
        // OpenAI's and Anthropic's errors are objects of their own.
        let nested =
            || body.pointer("/error/code").filter(|code| !code.is_null()).or(body.pointer("/error/type"));
        body.get("__type").or_else(|| body.get("code")).or_else(nested)?.as_str()
    });
    let name = named.unwrap_or_default();
    let name = name.rsplit('#').next().unwrap_or(name);
    name.split(':').next().unwrap_or(name).trim().to_owned()
}

/// The `message` member, which some services spell with a capital and others keep in an object `error`.
pub fn message(body: Option<&Json>) -> Option<String> {
    let body = body?;
    let message =
        body.get("message").or_else(|| body.get("Message")).or_else(|| body.pointer("/error/message"))?;
    message.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::answer::Timing;

    fn answer(status: u16, errortype: &str, payload: Payload) -> Answer {
        let headers = BTreeMap::from([("x-amzn-errortype".to_owned(), errortype.to_owned())]);
        Answer { status, headers, payload, timing: Timing::default() }
    }

    #[test]
    fn the_name_stands_in_the_header_and_the_words_in_the_body() {
        let kind = "ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/";
        let body = br#"{"message":"Too many requests, please wait before trying again."}"#;
        let reading = read(&answer(429, kind, Payload::Whole(body.to_vec().into()))).unwrap();
        assert_eq!(reading.kind, "ThrottlingException");
        assert_eq!(reading.message, "Too many requests, please wait before trying again.");
        assert_eq!(reading.status, 429);
    }

    #[test]
    fn a_body_without_json_is_shown_as_it_is() {
        let reading = read(&answer(503, "", Payload::Whole(b"<html>".to_vec().into()))).unwrap();
        assert_eq!((reading.kind.as_str(), reading.message.as_str()), ("", "<html>"));
        assert_eq!(read(&answer(200, "", Payload::Whole(b"{}".to_vec().into()))), None);
    }

    #[test]
    fn a_stream_tells_what_broke_it_off() {
        let frames = vec![
            event_stream::chunk_frame(3, &serde_json::json!({"generation": "Hi"}).into()),
            event_stream::exception_frame(9, "throttlingException", "Too many tokens"),
        ];
        let reading = read(&answer(200, "", Payload::Stream(frames))).unwrap();
        assert_eq!(
            reading,
            ErrorReading {
                status: 200,
                kind: "throttlingException".into(),
                message: "Too many tokens".into()
            }
        );
    }
}
