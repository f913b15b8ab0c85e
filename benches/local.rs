//! What tutor adds to a local model: `cargo bench --bench local`.
//!
//! A server of our own streams tokens at a steady pace, as fast as a small model on a good machine. It is
//! asked directly and through `tutor endpoint --local`, in turn, by the same client; what is told is the
//! difference in the time to the first token and to the end, and the ratio of tokens per second.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const TOKENS: u32 = 100;
const GAP: Duration = Duration::from_millis(10);
const ROUNDS: usize = 31;
const DIRECT: &str = r#"{"messages":[{"role":"user","content":"Go."}],"stream":true}"#;
const OURS: &str = r#"{"messages":[{"role":"user","content":[{"text":"Go."}]}]}"#;

fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let server = listener.local_addr().expect("an address").to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(&stream));
        }
    });
    let book = tempfile::tempdir().expect("a folder");
    let config = format!("[preprocessor.tutor.local]\nurl = \"http://{server}\"\n");
    std::fs::write(book.path().join("book.toml"), config).expect("book.toml");
    let tutor = Tutor::start(book.path());

    let (mut direct, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        direct.push(Run::of(&server, "/v1/chat/completions", DIRECT, "\"content\":\"w"));
        ours.push(Run::of(
            &tutor.address,
            "/model/amazon.nova-lite-v1:0/converse-stream",
            OURS,
            "\"text\":\"w",
        ));
    }
    let first = |runs: &[Run]| median(runs.iter().map(|run| run.first).collect());
    let total = |runs: &[Run]| median(runs.iter().map(|run| run.total).collect());
    println!("{ROUNDS} streams of {TOKENS} tokens, {GAP:?} apart, taken in turn; medians\n");
    println!("                         first token        whole   tokens/s");
    for (name, runs) in [("the server itself", &direct), ("tutor endpoint --local", &ours)] {
        let pace = f64::from(TOKENS) / total(runs).as_secs_f64();
        println!("  {name:<22} {:>11.2?} {:>12.2?} {pace:>10.2}", first(runs), total(runs));
    }
    let added = first(&ours).saturating_sub(first(&direct));
    let more = total(&ours).saturating_sub(total(&direct));
    let share = 100.0 * total(&direct).as_secs_f64() / total(&ours).as_secs_f64();
    println!("  added                  {added:>11.2?} {more:>12.2?} {share:>9.1} %");
    println!("  aim: at most 3 ms to the first token and to the request, at least 98 % of the pace");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// How long one stream took.
struct Run {
    first: Duration,
    total: Duration,
}

impl Run {
    /// Asks once, on a connection of its own, and looks for `mark`.
    fn of(address: &str, path: &str, body: &str, mark: &str) -> Self {
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\nconnection: close\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        let started = Instant::now();
        stream.write_all(request.as_bytes()).expect("a request");
        let (mut all, mut first, mut buffer) = (Vec::new(), None, [0; 16 << 10]);
        loop {
            let read = stream.read(&mut buffer).expect("an answer");
            if read == 0 {
                break;
            }
            all.extend_from_slice(&buffer[..read]);
            if first.is_none() && contains(&all, mark) {
                first = Some(started.elapsed());
            }
        }
        Run { first: first.expect("a first token"), total: started.elapsed() }
    }
}

fn contains(bytes: &[u8], mark: &str) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark.as_bytes())
}

/// `tutor endpoint --local`; it ends with the bench.
struct Tutor {
    child: Child,
    address: String,
}

impl Tutor {
    fn start(book: &std::path::Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tutor"))
            .args(["endpoint", "--local", "--quiet", "--book"])
            .arg(book)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("tutor starts");
        let mut url = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut url).expect("its address");
        Tutor { child, address: url.trim().trim_start_matches("http://").to_owned() }
    }
}

impl Drop for Tutor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request of the server of our own; whoever asks is gone when a write fails.
fn serve(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    let mut reader = BufReader::new(stream);
    loop {
        let (mut path, mut length) = (String::new(), 0);
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
            let lower = line.to_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            } else if path.is_empty() {
                path = line.split_whitespace().nth(1).map(str::to_owned).unwrap_or_default();
            }
            line.clear();
        }
        if path.is_empty() || reader.read_exact(&mut vec![0; length]).is_err() {
            return;
        }
        if answer(stream, &path).is_err() {
            return;
        }
    }
}

fn answer(mut stream: &TcpStream, path: &str) -> std::io::Result<()> {
    if path == "/v1/models" {
        let body = r#"{"data":[{"id":"steady"}]}"#;
        return write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    }
    if path != "/v1/chat/completions" {
        return write!(stream, "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{{}}");
    }
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    )?;
    let mut event = |data: &str| {
        let event = format!("data: {data}\n\n");
        stream.write_all(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes())
    };
    for token in 0..TOKENS {
        std::thread::sleep(GAP);
        event(&format!(r#"{{"choices":[{{"delta":{{"content":"w{token} "}}}}]}}"#))?;
    }
    event(&format!(
        r#"{{"choices":[{{"delta":{{}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":2,"completion_tokens":{TOKENS}}}}}"#
    ))?;
    event("[DONE]")?;
    write!(stream, "0\r\n\r\n")?;
    // The client asked for the end of the connection with the end of the answer.
    stream.shutdown(std::net::Shutdown::Write)
}
