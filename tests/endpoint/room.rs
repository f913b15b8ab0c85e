//! Memory: bounded over all connections, and given back.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::served::{AT_ONCE, Response, Served};

const PATH: &str = "/model/amazon.nova-lite-v1:0/converse";

/// A request with pictures of so many bytes.
fn body(bytes: usize) -> Vec<u8> {
    let picture = "A".repeat((bytes / 8).min(3_000_000) / 4 * 4);
    let picture = format!(r#"{{"image":{{"format":"png","source":{{"bytes":"{picture}"}}}}}}"#);
    let message = format!(r#"{{"role":"user","content":[{{"text":"hi"}},{picture}]}}"#);
    format!(r#"{{"messages":[{}]}}"#, vec![message; 8].join(",")).into_bytes()
}

fn head(length: usize) -> Vec<u8> {
    format!(
        "POST {PATH} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    )
    .into()
}

/// Sends all of a request but its last bytes.
fn hold(served: &Served, body: &[u8]) -> TcpStream {
    let mut socket = served.connect();
    socket.write_all(&head(body.len())).expect("it listens");
    // Who finds no room may be told, and gone, before everything is sent.
    let _ = socket.write_all(&body[..body.len() - 10]);
    socket
}

#[test]
fn held_uploads_are_bounded_over_all_connections_and_memory_is_given_back() {
    let served = Served::with(&AT_ONCE);
    assert_eq!(served.post(PATH, &body(24_000_000)).status, 200);
    let before = served.memory("VmRSS");
    // No JSON, so that nothing takes long once it is there.
    let nonsense = vec![b'x'; 24_000_000];
    let mut held: Vec<TcpStream> = (0..30).map(|_| hold(&served, &nonsense)).collect();
    let peak = served.memory("VmHWM");
    assert!(peak < 400_000_000, "{peak}: 256 MB, and the program");
    for socket in &mut held {
        let _ = socket.write_all(&nonsense[..10]);
    }
    let mut counts = [0, 0];
    for (number, mut socket) in held.into_iter().enumerate() {
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer);
        let response = Response::parse(&answer).unwrap_or_else(|| panic!("{number}: no response"));
        match response.status {
            400 => counts[0] += 1,
            503 => {
                counts[1] += 1;
                assert_eq!(response.header("retry-after"), "1");
                assert_eq!(response.error(), "ServiceUnavailableException");
            }
            other => panic!("{other}: {}", response.text()),
        }
    }
    assert!(counts[0] >= 5 && counts[1] >= 10, "{counts:?}");
    assert_eq!(served.post(PATH, &body(100)).status, 200, "there is room again");
    // Given back in a while: nothing else happens meanwhile.
    let mut now = served.memory("VmRSS");
    for _ in 0..300 {
        // A build without optimisation has some 40 MB at rest.
        if now < before.min(80_000_000) {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
        now = served.memory("VmRSS");
    }
    panic!("{now} bytes stay, of {before} after the first body");
}

/// A short form of minutes of load: sizes from nothing to 25 MB, whole and streamed, side by side.
#[test]
fn under_mixed_load_nothing_is_lost_and_memory_stays_within_its_bound() {
    let served = Served::with(&AT_ONCE);
    let sizes = [0, 100, 40_000, 900_000, 1_100_000, 6_000_000, 24_900_000, 200, 3_000_000];
    std::thread::scope(|scope| {
        for client in 0..3 {
            let served = &served;
            scope.spawn(move || {
                for turn in 0..sizes.len() {
                    let size = sizes[(turn + client) % sizes.len()];
                    let path = if turn % 3 == 0 { format!("{PATH}-stream") } else { PATH.to_owned() };
                    let response = served.post(&path, &body(size));
                    assert_eq!(response.status, 200, "{size}: {}", response.text());
                    let end = if turn % 3 == 0 { "metrics" } else { "usage" };
                    assert!(response.text().contains(end), "{size} is answered whole");
                }
            });
        }
    });
    let peak = served.memory("VmHWM");
    assert!(peak < 400_000_000, "{peak}");
}
