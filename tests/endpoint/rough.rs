//! Large bodies, slow clients, clients that leave.

use std::io::{Read as _, Write as _};

use base64::Engine as _;

use super::served::{AT_ONCE, Response, Served};

const PATH: &str = "/model/amazon.titan-text-express-v1/invoke";
const BODY: &str = r#"{"inputText":"hi"}"#;

#[test]
fn bodies_up_to_25_mb_are_read_and_longer_ones_refused() {
    let served = Served::with(&AT_ONCE);
    let image = base64::engine::general_purpose::STANDARD.encode(vec![7; 18_000_000]);
    let body = format!(r#"{{"inputImage":"{image}"}}"#);
    let response = served.post("/model/amazon.titan-embed-image-v1/invoke", body.as_bytes());
    assert_eq!(response.status, 200, "{}", response.text());
    assert!(response.text().starts_with(r#"{"embedding":["#));
    let long = vec![b' '; 25_000_001];
    let response = served.post(PATH, &long);
    assert_eq!((response.status, response.error()), (413, "RequestEntityTooLargeException"));
    assert_eq!(served.post(PATH, BODY.as_bytes()).status, 200);
}

#[test]
fn a_request_that_comes_byte_by_byte_is_answered() {
    let served = Served::with(&AT_ONCE);
    let request = format!(
        "POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let mut socket = served.connect();
    socket.set_nodelay(true).expect("an option");
    for byte in request.bytes() {
        socket.write_all(&[byte]).expect("it listens");
    }
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).expect("an answer");
    assert_eq!(Response::parse(&answer).expect("a response").status, 200);
}

/// Clients that leave at every point of the exchange; those that stay are answered.
#[test]
fn clients_that_leave_disturb_nobody() {
    let served = Served::with(&["--today", crate::project::TODAY]);
    let stream = "/model/meta.llama2-13b-chat-v1/invoke-with-response-stream";
    let body = r#"{"prompt":"hi"}"#;
    let request =
        format!("POST {stream} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    for length in (0..=request.len()).step_by(7) {
        served.connect().write_all(&request.as_bytes()[..length]).expect("it listens");
    }
    // In mid-stream: the first bytes are there, the rest is due later.
    let mut socket = served.connect();
    socket.write_all(request.as_bytes()).expect("it listens");
    let mut first = [0; 64];
    assert!(socket.read(&mut first).expect("an answer") > 0);
    drop(socket);
    let other = Served::post(&served, PATH, BODY.as_bytes());
    assert_eq!(other.status, 200);
}

#[test]
fn many_requests_on_one_connection_are_answered_in_order() {
    let served = Served::with(&AT_ONCE);
    let mut socket = served.connect();
    let mut request = String::new();
    for number in 0..50 {
        let body = format!(r#"{{"inputText":"question {number}"}}"#);
        let close = if number == 49 { "connection: close\r\n" } else { "" };
        request += &format!(
            "POST {PATH} HTTP/1.1\r\nhost: localhost\r\n{close}content-length: {}\r\n\r\n{body}",
            body.len()
        );
    }
    let mut writer = socket.try_clone().expect("a second handle");
    let sender = std::thread::spawn(move || writer.write_all(request.as_bytes()));
    let mut answers = String::new();
    socket.read_to_string(&mut answers).expect("answers");
    sender.join().expect("no panic").expect("it listens");
    let order: Vec<usize> =
        (0..50).map(|number| answers.find(&format!("“question {number}”")).expect("an answer")).collect();
    assert!(order.is_sorted());
}
