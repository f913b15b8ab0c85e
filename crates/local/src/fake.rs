//! A small OpenAI-compatible server for the tests: it says what it is told to, byte for byte.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::settings::Settings;
use super::{Limits, Local};
use tutor_catalog::Catalog;

/// What it says to a request of this path; after the pieces it closes the connection.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) path: &'static str,
    pub(crate) status: u16,
    pub(crate) pieces: Vec<String>,
    pub(crate) then: Then,
}

/// What comes after the pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// The body's proper end.
    End,
    /// The last piece over and over.
    ForEver,
    /// Nothing, and the connection stays open.
    Silence,
    /// The connection is gone.
    Gone,
}

/// The bodies of the requests that came, with their paths.
pub(crate) type Heard = Arc<Mutex<Vec<(String, serde_json::Value)>>>;

/// A local provider whose server follows `script`.
pub(crate) async fn local(settings: Settings, limits: Limits, script: Vec<Script>) -> (Local, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let heard = Heard::default();
    let (script, ears) = (Arc::new(script), Arc::clone(&heard));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&script), Arc::clone(&ears)));
        }
    });
    let settings = Settings { url: Some(url), ..settings };
    let server = super::find(&settings).await.expect("a server");
    (Local::new(server, settings, Catalog::embedded()).within(limits), heard)
}

async fn serve(mut stream: TcpStream, script: Arc<Vec<Script>>, heard: Heard) -> std::io::Result<()> {
    let Some((path, body)) = request(&mut stream).await else { return Ok(()) };
    let models = Script {
        path: "/v1/models",
        status: 200,
        pieces: vec![
            r#"{"data":[{"id":"/secret/place/tiny.Q4_1.gguf","meta":{"ftype":"Q4_1"}}]}"#.to_owned(),
        ],
        then: Then::End,
    };
    let found = script.iter().chain([&models]).find(|script| script.path == path);
    if path.ends_with("completions") || path.ends_with("embeddings") {
        let body = serde_json::from_slice(&body).expect("JSON");
        heard.lock().expect("nobody panicked").push((path, body));
    }
    let none = Script { path: "", status: 404, pieces: vec!["{}".into()], then: Then::End };
    let Script { status, pieces, then, .. } = found.unwrap_or(&none);
    let head = format!(
        "HTTP/1.1 {status} X\r\nserver: llama.cpp\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    for piece in pieces {
        chunk(&mut stream, piece).await?;
    }
    match then {
        Then::End => stream.write_all(b"0\r\n\r\n").await,
        Then::Gone => Ok(()),
        Then::Silence => std::future::pending().await,
        Then::ForEver => loop {
            chunk(&mut stream, pieces.last().expect("a piece")).await?;
        },
    }
}

async fn chunk(stream: &mut TcpStream, piece: &str) -> std::io::Result<()> {
    stream.write_all(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes()).await
}

/// The path and the body of a request.
async fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let end = loop {
        if let Some(end) = all.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut all).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&all[..end]).to_lowercase();
    let length: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |length| length.trim().parse().expect("a number"));
    while all.len() < end + length {
        if stream.read_buf(&mut all).await.ok()? == 0 {
            return None;
        }
    }
    let path = head.split_whitespace().nth(1)?.to_owned();
    Some((path, all[end..].to_vec()))
}
