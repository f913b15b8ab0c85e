//! A service that is slow, endless, huge, broken or lying, on a port of its own.

use std::fmt::Write as _;
use std::io::{BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// What it does with every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// Answers as it should, with a text of so many bytes.
    Good(usize),
    /// Says that a gigabyte comes, and sends it.
    Huge,
    /// A body without an end.
    Endless,
    /// An event stream without an end.
    EndlessStream,
    /// An event stream of the smallest messages, without an end.
    ManyMessages,
    /// 30 MB of JSON in which every other byte is a value.
    ManyValues,
    /// The headers, and then nothing for as long as somebody waits.
    Slow,
    /// HTML where an answer should be.
    Html,
    /// An empty body.
    Nothing,
    /// JSON that ends too early.
    BrokenJson,
    /// Everything but the last events.
    CutShort,
    /// A stream whose checksums are wrong.
    Garbled,
    /// Closes the connection in the middle.
    Hangup,
    /// Claims to have used more than the world's tokens.
    Lying,
    /// Says an account and a signature, in pieces and with escapes.
    Leaking,
    /// Fails.
    Failing,
    /// Refuses, on a web page.
    RefusingInHtml,
}

/// The service. It ends with the test.
pub(crate) struct Service {
    pub(crate) url: String,
    requests: Arc<AtomicUsize>,
}

impl Service {
    pub(crate) fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let counted = Arc::clone(&counted);
                // A client that has seen enough hangs up; that ends the thread.
                std::thread::spawn(move || drop(serve(stream, behaviour, &counted)));
            }
        });
        Service { url, requests }
    }

    /// How many requests for an answer arrived.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn serve(stream: TcpStream, behaviour: Behaviour, counted: &AtomicUsize) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut out = stream;
    loop {
        let Some(path) = request(&mut reader)? else { return Ok(()) };
        if path.ends_with("/count-tokens") {
            respond(&mut out, "404 Not Found", "application/json", br#"{"message":"not here"}"#)?;
            continue;
        }
        counted.fetch_add(1, Ordering::SeqCst);
        if !answer(&mut out, behaviour, &path)? {
            return Ok(());
        }
    }
}

/// Reads a request and gives its path.
fn request(reader: &mut impl std::io::BufRead) -> std::io::Result<Option<String>> {
    let (mut path, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if path.is_none() {
            path = line.split(' ').nth(1).map(str::to_owned);
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink())?;
    Ok(path)
}

const JSON: &str = "application/json";
const STREAM: &str = "application/vnd.amazon.eventstream";

fn head(
    out: &mut impl std::io::Write,
    status: &str,
    kind: &str,
    length: Option<usize>,
) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nx-amzn-requestid: r\r\n");
    let _ = match length {
        Some(length) => write!(head, "content-length: {length}\r\n\r\n"),
        None => write!(head, "connection: close\r\n\r\n"),
    };
    out.write_all(head.as_bytes())
}

fn respond(out: &mut impl std::io::Write, status: &str, kind: &str, body: &[u8]) -> std::io::Result<()> {
    head(out, status, kind, Some(body.len()))?;
    out.write_all(body)
}

/// Answers, and says whether the connection stays.
fn answer(out: &mut TcpStream, behaviour: Behaviour, path: &str) -> std::io::Result<bool> {
    let streams = path.ends_with("-stream");
    let kind = if streams { STREAM } else { JSON };
    let ok = "200 OK";
    match behaviour {
        Behaviour::Good(length) => respond(out, ok, kind, &good(path, &"x".repeat(length), 5))?,
        Behaviour::Lying => respond(out, ok, kind, &good(path, "x", 1_000_000_000_000_000_000))?,
        Behaviour::Leaking if streams => {
            let said = [
                "I am arn:aws:iam::3141",
                "59265",
                "358:user/x, Signature=0123456789abcdef",
                "0123456789abcdef",
            ];
            let said = [&said[..], &["0123456789abcdef", "0123456789abcdef."]].concat();
            let pieces: Vec<Vec<Vec<u8>>> = said.iter().map(|piece| events(path, piece, 5)).collect();
            let deltas: Vec<u8> = pieces.iter().flat_map(|events| events[1].clone()).collect();
            let [first, _, rest @ ..] = &pieces[0][..] else { unreachable!("four events") };
            respond(out, ok, kind, &[&first[..], &deltas, &rest.concat()].concat())?;
        }
        Behaviour::Leaking => {
            let said =
                format!("I am arn:aws:iam::314159265358:user/x, Signature={}.", "0123456789abcdef".repeat(4));
            let body = String::from_utf8(good(path, &said, 5)).expect("JSON");
            let body = body
                .replace("314159", "\\u0033141\\u00359")
                .replace("Signature=0", "Signature\\u003d\\u0030");
            respond(out, ok, kind, body.as_bytes())?;
        }
        Behaviour::Huge | Behaviour::Endless => {
            head(out, ok, JSON, (behaviour == Behaviour::Huge).then_some(1_000_000_000))?;
            out.write_all(b"{\"text\":\"")?;
            endlessly(out, &vec![b'x'; 65_536])?;
        }
        Behaviour::EndlessStream | Behaviour::ManyMessages => {
            head(out, ok, STREAM, None)?;
            let length = if behaviour == Behaviour::EndlessStream { 10_000 } else { 1 };
            let events = events(path, &"x".repeat(length), 5);
            let one = events[1].clone();
            out.write_all(&events[0])?;
            endlessly(out, &one.repeat(65_536 / one.len() + 1))?;
        }
        Behaviour::ManyValues => {
            let body = format!("{{\"values\":[{}0]}}", "0,".repeat(15_000_000));
            respond(out, ok, JSON, body.as_bytes())?;
        }
        Behaviour::Slow => {
            head(out, ok, kind, Some(1_000))?;
            // Until the other side hangs up.
            out.read_exact(&mut [0])?;
        }
        Behaviour::Html => respond(out, ok, "text/html", b"<!DOCTYPE html><title>Sign in</title>")?,
        Behaviour::Nothing => respond(out, ok, kind, b"")?,
        Behaviour::BrokenJson if streams => {
            respond(out, ok, kind, &message("event", "chunk", b"{\"bytes\":"))?;
        }
        Behaviour::BrokenJson => respond(out, ok, kind, b"{\"generation\":\"x")?,
        Behaviour::CutShort if streams => {
            let events = events(path, "x", 5);
            respond(out, ok, kind, &events[..events.len() - 1].concat())?;
        }
        Behaviour::Garbled if streams => {
            let mut body = good(path, "x", 5);
            body[9] ^= 1;
            respond(out, ok, kind, &body)?;
        }
        Behaviour::CutShort | Behaviour::Garbled | Behaviour::Hangup => {
            head(out, ok, kind, Some(1_000))?;
            out.write_all(b"{\"generation\":")?;
            return Ok(false);
        }
        Behaviour::Failing => respond(out, "500 Oops", JSON, br#"{"message":"out of order"}"#)?,
        Behaviour::RefusingInHtml => respond(out, "403 No", "text/html", b"<html>Proxy says no</html>")?,
    }
    Ok(true)
}

/// Writes until the other side hangs up.
fn endlessly(out: &mut TcpStream, piece: &[u8]) -> std::io::Result<()> {
    loop {
        out.write_all(piece)?;
    }
}

/// An answer as it should be, which claims so many input tokens.
fn good(path: &str, text: &str, tokens: u64) -> Vec<u8> {
    if path.ends_with("-stream") {
        return events(path, text, tokens).concat();
    }
    let said = if path.ends_with("/converse") || path.contains("nova") {
        json!({"output": {"message": {"role": "assistant", "content": [{"text": text}]}}, "stopReason": "end_turn",
               "usage": {"inputTokens": tokens, "outputTokens": 2, "totalTokens": 7}, "metrics": {"latencyMs": 3}})
    } else if path.contains("claude") {
        json!({"id": "m", "type": "message", "role": "assistant", "model": "m",
               "content": [{"type": "text", "text": text}], "stop_reason": "end_turn", "stop_sequence": null,
               "usage": {"input_tokens": tokens, "output_tokens": 2}})
    } else {
        json!({"generation": text, "prompt_token_count": tokens, "generation_token_count": 2, "stop_reason": "stop"})
    };
    said.to_string().into_bytes()
}

/// A stream's messages as they should be.
fn events(path: &str, text: &str, tokens: u64) -> Vec<Vec<u8>> {
    let start = json!({"role": "assistant"});
    let delta = json!({"contentBlockIndex": 0, "delta": {"text": text}});
    let stop = json!({"stopReason": "end_turn"});
    if path.ends_with("/converse-stream") {
        let usage = json!({"usage": {"inputTokens": tokens, "outputTokens": 2, "totalTokens": 7}, "metrics": {"latencyMs": 3}});
        let event = |name: &str, members: &Value| message("event", name, members.to_string().as_bytes());
        return vec![
            event("messageStart", &start),
            event("contentBlockDelta", &delta),
            event("messageStop", &stop),
            event("metadata", &usage),
        ];
    }
    let chunk = |members: &Value| {
        let payload = json!({"bytes": STANDARD.encode(members.to_string())});
        message("event", "chunk", payload.to_string().as_bytes())
    };
    let metrics = json!({"inputTokenCount": tokens, "outputTokenCount": 2, "invocationLatency": 3, "firstByteLatency": 1});
    vec![
        chunk(&json!({"messageStart": start})),
        chunk(&json!({"contentBlockDelta": delta})),
        chunk(&json!({"messageStop": stop})),
        chunk(&json!({"metadata": {}, "amazon-bedrock-invocationMetrics": metrics})),
    ]
}

fn message(kind: &str, name: &str, payload: &[u8]) -> Vec<u8> {
    let header =
        |name: &'static str, value: &str| Header::new(name, HeaderValue::String(value.to_owned().into()));
    let message = Message::new(payload.to_vec())
        .add_header(header(":event-type", name))
        .add_header(header(":content-type", "application/json"))
        .add_header(header(":message-type", kind));
    let mut out = Vec::new();
    write_message_to(&message, &mut out).expect("a message");
    out
}
