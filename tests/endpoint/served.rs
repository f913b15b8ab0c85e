//! A running endpoint, and HTTP by hand.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A `tutor endpoint` that serves until it is dropped.
pub(crate) struct Served {
    child: Child,
    pub(crate) port: u16,
}

/// One response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// Lower-case names.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What a client does after its last byte.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Afterwards {
    /// It waits for the answer.
    Wait,
    /// It says that no more will come.
    Close,
}

/// `tutor endpoint` with these arguments, in an environment without surprises.
pub(crate) fn tutor(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tutor"));
    command.arg("endpoint").args(arguments).env("NO_COLOR", "1").env_remove("CI");
    let leading = |name: &str| name.starts_with("AWS_") || name.to_ascii_lowercase().ends_with("_proxy");
    for (name, _) in std::env::vars().filter(|(name, _)| leading(name)) {
        command.env_remove(name);
    }
    command
}

/// Arguments for a day on which the catalog's dates are known, and answers without delay.
pub(crate) const AT_ONCE: [&str; 4] = ["--pace", "0", "--today", crate::project::TODAY];

impl Served {
    /// Starts the endpoint; it answers from the moment this returns.
    pub(crate) fn with(arguments: &[&str]) -> Self {
        let mut command = tutor(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("tutor starts");
        let mut url = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut url).expect("its address");
        let port = url.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        Served { port: port.unwrap_or_else(|| panic!("no address: {url:?}")), child }
    }

    /// A figure of `/proc/PID/status`, such as `VmHWM`, in bytes.
    pub(crate) fn memory(&self, figure: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("a process");
        let line = status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
        kilobytes.unwrap_or_else(|| panic!("no {figure}: {status}")) * 1_024
    }

    /// A connection.
    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).expect("the endpoint listens")
    }

    /// A POST of JSON.
    pub(crate) fn post(&self, path: &str, body: &[u8]) -> Response {
        self.send("POST", path, &[], body)
    }

    /// Any request with a Host and a length of its own.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let mut request = format!("{method} {path} HTTP/1.1\r\ncontent-length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request += &format!("host: 127.0.0.1:{}\r\n", self.port);
        }
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        let mut raw = request.into_bytes();
        raw.extend_from_slice(b"connection: close\r\n\r\n");
        raw.extend_from_slice(body);
        self.raw(&raw, Afterwards::Wait).unwrap_or_else(|| panic!("no response to {method} {path}"))
    }

    /// Sends these bytes and reads what comes back until the connection ends; `None` for nothing.
    pub(crate) fn raw(&self, bytes: &[u8], afterwards: Afterwards) -> Option<Response> {
        let mut socket = self.connect();
        // Who is refused before the end of its request finds the connection closed.
        let _ = socket.write_all(bytes);
        if afterwards == Afterwards::Close {
            let _ = socket.shutdown(std::net::Shutdown::Write);
        }
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer);
        Response::parse(&answer)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Response {
    pub(crate) fn parse(raw: &[u8]) -> Option<Self> {
        let end = raw.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8(raw[..end].to_vec()).ok()?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let body = if chunked { unchunk(&raw[end + 4..]) } else { raw[end + 4..].to_vec() };
        Some(Response { status, headers, body })
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The error's name, as SDKs find it.
    pub(crate) fn error(&self) -> &str {
        self.header("x-amzn-errortype").split(':').next().unwrap_or_default()
    }

    /// The `message` of an error.
    pub(crate) fn message(&self) -> String {
        let body: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        body["message"].as_str().unwrap_or_default().to_owned()
    }
}

/// The content of a chunked body, as far as it came.
fn unchunk(mut raw: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = raw.windows(2).position(|window| window == b"\r\n") {
        let length =
            std::str::from_utf8(&raw[..end]).ok().and_then(|hex| usize::from_str_radix(hex, 16).ok());
        match length {
            Some(length) if length > 0 && raw.len() >= end + 4 + length => {
                body.extend_from_slice(&raw[end + 2..end + 2 + length]);
                raw = &raw[end + 4 + length..];
            }
            _ => break,
        }
    }
    body
}
