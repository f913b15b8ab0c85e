//! What the endpoint costs and how well it keeps time: `cargo bench --bench endpoint`.
//!
//! Speed is a ratio of two servers on this machine, taken in turn: `tutor endpoint` with a recorded
//! answer of 2 kB, its log on, against a bare axum handler that answers the same bytes; one thread each,
//! the same client for both. Then the same with 10,000 recordings, asked for again and again and one
//! after the other. Times are those of a stream whose frames were recorded 20 ms apart.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tutor_bedrock::answer::Timing;
use tutor_bedrock::{Answer, Call, Json, Operation, Payload, event_stream};
use tutor_recording::{Acceptance, Origin, Recording, Store};

const BARE: &str = "--bare";
const ROUNDS: usize = 9;
const REQUESTS: usize = 30_000;
const CONNECTIONS: usize = 16;
const MANY: usize = 10_000;
const FRAMES: u64 = 40;
const GAP_MS: u64 = 20;
const STREAMS: usize = 8;
const PATH: &str = "/model/amazon.titan-text-express-v1/invoke";
const STREAM_PATH: &str = "/model/amazon.nova-lite-v1:0/converse-stream";

fn main() {
    if std::env::args().any(|argument| argument == BARE) {
        return bare();
    }
    let one = Book::new(1);
    let many = Book::new(MANY);
    let this = std::env::current_exe().expect("this program's path").display().to_string();
    let tutor = env!("CARGO_BIN_EXE_tutor");
    let serve = |book: &Book| Server::start(tutor, &["endpoint", "--pace", "0", "--book", &book.path()]);

    println!(
        "{ROUNDS} rounds of {REQUESTS} requests each, {CONNECTIONS} connections, taken in turn; medians\n"
    );
    let bare = Server::start(&this, &[BARE]);
    let endpoint = serve(&one);
    let crowded = serve(&many);
    let same = [request(0)];
    let all: Vec<Vec<u8>> = (0..MANY).map(request).collect();
    let mut runs = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        runs[0].push(load(&bare, &same));
        runs[1].push(load(&endpoint, &same));
        runs[2].push(load(&crowded, &same));
        runs[3].push(load(&crowded, &all));
    }
    let [bare_run, one_run, many_run, all_run] = runs.map(median);
    println!("a 2 kB answer                       answers/s      p50      p99   of bare axum");
    let names = [
        "bare axum",
        "tutor endpoint, one recording",
        "the same of 10,000 recordings",
        "10,000 recordings in turn",
    ];
    for (name, run) in names.into_iter().zip([&bare_run, &one_run, &many_run, &all_run]) {
        let share = 100.0 * run.per_second / bare_run.per_second;
        println!("  {name:<33} {:>9.0} {:>8.0?} {:>8.0?} {share:>8.0} %", run.per_second, run.p50, run.p99);
    }
    println!("  aim: at least 70 % of bare axum with one recording\n");
    println!(
        "start to first answer               {:>8.1?}   with 10,000 {:>8.1?}   (aim: 10 ms)",
        endpoint.started, crowded.started
    );
    println!(
        "memory after all requests (MB)      {:>8.1}   with 10,000 {:>8.1}   (aim: 20)\n",
        endpoint.megabytes(),
        crowded.megabytes()
    );
    drop((bare, endpoint, crowded));
    pace(&Server::start(tutor, &["endpoint", "--book", &one.path()]));
}

/// How far the frames of paced streams are off, over a real socket.
fn pace(server: &Server) {
    let body = json!({"messages": [{"role": "user", "content": [{"text": "hi"}]}]}).to_string();
    let readers: Vec<_> = (0..STREAMS)
        .map(|_| {
            let (port, request) = (server.port, post_request(STREAM_PATH, &body));
            std::thread::spawn(move || arrivals(port, &request))
        })
        .collect();
    let (mut firsts, mut gaps) = (Vec::new(), Vec::new());
    for reader in readers {
        let arrived = reader.join().expect("a reader");
        firsts.push(off(arrived[0], Duration::from_millis(GAP_MS)));
        let gap = |pair: &[Duration]| pair[1].saturating_sub(pair[0]);
        gaps.extend(arrived.windows(2).map(|pair| off(gap(pair), Duration::from_millis(GAP_MS))));
    }
    println!("{STREAMS} streams of {FRAMES} frames at once   p50      p99   off their recorded time");
    for (name, mut errors) in [("first byte", firsts), ("gaps", gaps)] {
        errors.sort();
        println!(
            "  {name:<26} {:>8.2?} {:>8.2?}   (aim: median under 5 ms)",
            at(&errors, 50),
            at(&errors, 99)
        );
    }
}

fn off(is: Duration, should: Duration) -> Duration {
    is.abs_diff(should)
}

/// When each read of a stream's frames returned, after the request was sent.
fn arrivals(port: u16, request: &[u8]) -> Vec<Duration> {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    socket.set_nodelay(true).expect("an option");
    let start = Instant::now();
    socket.write_all(request).expect("it listens");
    let (mut arrived, mut buffer, mut seen) = (Vec::new(), vec![0; 64 * 1024], Vec::new());
    while arrived.len() < usize::try_from(FRAMES).expect("a small count") {
        let length = socket.read(&mut buffer).expect("a frame");
        assert!(length > 0, "the stream ended early");
        let now = start.elapsed();
        seen.extend_from_slice(&buffer[..length]);
        let marker = b":event-type";
        let frames = seen.windows(marker.len()).filter(|window| window == marker).count();
        arrived.resize(frames, now);
    }
    arrived
}

struct Run {
    per_second: f64,
    p50: Duration,
    p99: Duration,
}

fn median(mut runs: Vec<Run>) -> Run {
    runs.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    runs.swap_remove(runs.len() / 2)
}

fn at(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}

/// Asks for `requests` in turn, over several connections, as fast as answers come.
fn load(server: &Server, requests: &[Vec<u8>]) -> Run {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let requests: Arc<[Vec<u8>]> = requests.into();
    let port = server.port;
    let start = Instant::now();
    let mut times = runtime.block_on(async move {
        let clients: Vec<_> =
            (0..CONNECTIONS).map(|client| tokio::spawn(ask(port, client, Arc::clone(&requests)))).collect();
        let mut times = Vec::with_capacity(REQUESTS);
        for client in clients {
            times.extend(client.await.expect("a client"));
        }
        times
    });
    let seconds = start.elapsed().as_secs_f64();
    times.sort();
    #[expect(clippy::cast_precision_loss, reason = "a rate with four digits")]
    let per_second = times.len() as f64 / seconds;
    Run { per_second, p50: at(&times, 50), p99: at(&times, 99) }
}

/// One connection's share of the requests.
async fn ask(port: u16, client: usize, requests: Arc<[Vec<u8>]>) -> Vec<Duration> {
    let mut socket = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.expect("it listens");
    socket.set_nodelay(true).expect("an option");
    let (mut times, mut buffer) = (Vec::new(), vec![0; 16 * 1024]);
    for number in 0..REQUESTS / CONNECTIONS {
        let request = &requests[(number * CONNECTIONS + client) % requests.len()];
        let start = Instant::now();
        socket.write_all(request).await.expect("it listens");
        let mut length = 0;
        loop {
            let read = socket.read(&mut buffer[length..]).await.expect("an answer");
            assert!(read > 0, "the connection ended");
            length += read;
            if is_whole(&buffer[..length]) {
                break;
            }
        }
        times.push(start.elapsed());
    }
    times
}

/// Whether a response of known length is complete, and good.
fn is_whole(raw: &[u8]) -> bool {
    let Some(end) = raw.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let head = std::str::from_utf8(&raw[..end]).expect("a head");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    raw.len() >= end + 4 + length.parse::<usize>().expect("a number")
}

fn request(number: usize) -> Vec<u8> {
    post_request(PATH, &body(number).to_string())
}

fn body(number: usize) -> serde_json::Value {
    json!({"inputText": format!("Question {number}: why is the sky blue?")})
}

fn post_request(path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: \
         {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The 2 kB that both servers answer.
fn answer_body() -> Vec<u8> {
    let text = "Because air scatters blue light most. ".repeat(50);
    let results = json!([{"tokenCount": 400, "outputText": text, "completionReason": "FINISH"}]);
    json!({"inputTextTokenCount": 9, "results": results}).to_string().into_bytes()
}

/// A book with that many recordings, and one stream.
struct Book {
    dir: tempfile::TempDir,
}

impl Book {
    fn new(recordings: usize) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::write(dir.path().join("book.toml"), "[book]\ntitle = \"A book\"\n").expect("a file");
        let mut store = Store::open(dir.path().join("fixtures")).expect("a tree");
        let mut keep = |call: Call, payload: Payload| {
            let headers = [
                ("content-type", "application/json"),
                ("x-amzn-requestid", "00000000-0000-4000-8000-000000000000"),
            ];
            let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
            let answer = Answer { status: 200, headers, payload, timing: Timing::default() };
            let origin = Origin::practice("2026-11-22T12:00:00Z".parse().expect("a time"));
            let recording = Recording::new(&call, origin, vec![answer]);
            let _ = store.write("chapter", "call", recording, Acceptance::Accepted).expect("a file");
        };
        for number in 0..recordings {
            let call = Call::new(Operation::InvokeModel, "amazon.titan-text-express-v1", body(number).into());
            keep(call, Payload::Whole(answer_body().into()));
        }
        let body = json!({"messages": [{"role": "user", "content": [{"text": "hi"}]}]});
        let call = Call::new(Operation::ConverseStream, "amazon.nova-lite-v1:0", body.into());
        let frame = |number| {
            let delta = json!({"contentBlockIndex": 0, "delta": {"text": "word "}});
            event_stream::converse_frame(GAP_MS * number, "contentBlockDelta", &Json::from(delta))
        };
        keep(call, Payload::Stream((1..=FRAMES).map(frame).collect()));
        Book { dir }
    }

    fn path(&self) -> String {
        Path::display(self.dir.path()).to_string()
    }
}

/// A server in a process of its own.
struct Server {
    child: Child,
    port: u16,
    /// From its start to its first answer.
    started: Duration,
}

impl Server {
    fn start(program: &str, arguments: &[&str]) -> Self {
        let start = Instant::now();
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        let mut url = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut url).expect("its address");
        let port = url.trim().rsplit(':').next().and_then(|port| port.parse().ok()).expect("its port");
        let mut socket = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
        socket.write_all(&request(0)).expect("it listens");
        let mut buffer = vec![0; 16 * 1024];
        let mut length = 0;
        while !is_whole(&buffer[..length]) {
            length += socket.read(&mut buffer[length..]).expect("an answer");
        }
        Server { child, port, started: start.elapsed() }
    }

    /// Its resident memory in megabytes (Linux only; not a number elsewhere).
    fn megabytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u32>().ok());
        kib.map_or(f64::NAN, |kib| f64::from(kib) * 1024.0 / 1e6)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The counterpart: an axum handler that reads the request's body and answers the same bytes.
fn bare() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let body = Bytes::from(answer_body());
        let handler = move |_: Bytes| async move { ([(CONTENT_TYPE, "application/json")], body) };
        let router = axum::Router::new().route(PATH, post(handler));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("http://{}", listener.local_addr().expect("an address"));
        loop {
            let (socket, _) = listener.accept().await.expect("a connection");
            socket.set_nodelay(true).expect("an option");
            let service = TowerToHyperService::new(router.clone());
            tokio::spawn(async move {
                let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                let _ = server.serve_connection(TokioIo::new(socket), service).await;
            });
        }
    });
}
