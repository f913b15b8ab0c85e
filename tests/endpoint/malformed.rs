//! What is malformed gets the right refusal, and the next request is served.

use std::io::{Read as _, Write as _};

use super::served::{AT_ONCE, Afterwards, Response, Served};

const PATH: &str = "/model/amazon.titan-text-express-v1/invoke";
const BODY: &str = r#"{"inputText":"hi"}"#;

/// The list in `malformed.txt`, each followed by a request that is fine.
#[test]
fn every_malformed_request_of_the_list_is_refused_in_the_right_words() {
    let served = Served::with(&AT_ONCE);
    let list = include_str!("malformed.txt");
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut parts = line.splitn(3, " | ");
        let mut next = || parts.next().unwrap_or_else(|| panic!("three parts: {line}"));
        let (head, body, words) = (next(), next(), next());
        let [operation, model, status, error] = head.split(' ').collect::<Vec<_>>()[..] else {
            panic!("four words: {line}")
        };
        let response = served.post(&format!("/model/{model}/{operation}"), body.as_bytes());
        let right = response.status.to_string() == status
            && response.error() == error
            && response.message().contains(words)
            && response.message().starts_with("tutor:")
                == (words.starts_with("tutor:") || is_ours(&response));
        if !right {
            wrong.push(format!("{line}\n  {} {}: {}", response.status, response.error(), response.message()));
        }
        assert_eq!(served.post(PATH, BODY.as_bytes()).status, 200, "after {line}");
        count += 1;
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 200, "{count}");
}

/// A message in our words that the list gives without its mark: only of dialects that nobody has
/// reported.
fn is_ours(response: &Response) -> bool {
    response.message().starts_with("tutor: Malformed input request: ")
}

/// Paths and methods that are none of Bedrock Runtime's.
#[test]
fn other_paths_and_methods_are_unknown_operations() {
    let served = Served::with(&AT_ONCE);
    for (method, path) in [
        ("POST", "/"),
        ("POST", "/model"),
        ("POST", "/model/"),
        ("POST", "/model/invoke"),
        ("POST", "/model/a/b"),
        ("POST", "/model/amazon.titan-text-express-v1/invoke/"),
        ("POST", "/model/amazon.titan-text-express-v1/Invoke"),
        ("POST", "/model/amazon.titan-text-express-v1"),
        ("POST", "/models/amazon.titan-text-express-v1/invoke"),
        ("POST", "/../model/amazon.titan-text-express-v1/invoke"),
        ("POST", "/%2e%2e/%2e%2e/etc/passwd"),
        ("POST", "//model/amazon.titan-text-express-v1/invoke"),
        ("POST", "/guardrail/g/version/1/apply"),
        ("POST", "/async-invoke"),
        ("GET", "/async-invoke"),
        ("GET", "/foundation-models"),
        ("GET", PATH),
        ("PUT", PATH),
        ("DELETE", PATH),
        ("PATCH", PATH),
        ("OPTIONS", PATH),
        ("BREW", PATH),
    ] {
        let response = served.send(method, path, &[], BODY.as_bytes());
        assert_eq!(response.status, 404, "{method} {path}");
        assert_eq!(response.error(), "UnknownOperationException", "{method} {path}");
        assert!(response.message().starts_with("tutor: "), "{method} {path}");
    }
    assert_eq!(served.send("HEAD", PATH, &[], b"").status, 404);
    assert_eq!(served.post(PATH, BODY.as_bytes()).status, 200);
}

/// Other services are refused in the form that their clients read.
#[test]
fn other_services_are_named_in_their_own_form() {
    let served = Served::with(&AT_ONCE);
    let ask = |service: &str| {
        let scope =
            format!("AWS4-HMAC-SHA256 Credential=a/20261122/us-east-1/{service}/aws4_request, Signature=b");
        served.send("POST", "/", &[("authorization", &scope)], b"Action=X")
    };
    for (service, start) in [
        ("s3", "<Error><Code>NotImplemented</Code>"),
        ("sts", "<ErrorResponse><Error><Type>Sender</Type><Code>NotImplemented</Code>"),
        ("dynamodb", r#"{"__type":"NotImplemented","message":"tutor: "#),
    ] {
        let response = ask(service);
        assert_eq!(response.status, 501);
        assert!(response.text().starts_with(start), "{}", response.text());
        assert!(response.text().contains(&format!("{service} is not served here")));
    }
    assert!(!ask("<script>").text().contains("<script>"));
}

/// What is no HTTP, or too much of it. The connection may end; the server does not.
#[test]
fn broken_http_ends_its_connection_and_nothing_else() {
    let served = Served::with(&AT_ONCE);
    let large = "x".repeat(1_000_000);
    let many = "x-one: of many\r\n".repeat(5_000);
    let head = |more: &str| format!("POST {PATH} HTTP/1.1\r\nhost: localhost\r\n{more}\r\n");
    let cases: [(&str, String, &[u16]); 13] = [
        ("a header of 1 MB", head(&format!("x: {large}\r\n")), &[431]),
        ("5,000 headers", head(&many), &[431]),
        ("a path of 1 MB", format!("POST /{large} HTTP/1.1\r\nhost: localhost\r\n\r\n"), &[414, 431, 404]),
        ("half a body", format!("{}{{\"inp", head("content-length: 18\r\n")), &[400]),
        ("a body without a length", format!("{}{BODY}", head("")), &[400]),
        ("two lengths", format!("{}{BODY}", head("content-length: 18\r\ncontent-length: 19\r\n")), &[400]),
        ("a negative length", head("content-length: -1\r\n"), &[400]),
        (
            "a length and chunks",
            format!("{}0\r\n\r\n", head("content-length: 5\r\ntransfer-encoding: chunked\r\n")),
            &[400],
        ),
        (
            "chunks that lie",
            format!("{}zz\r\nhi\r\n0\r\n\r\n", head("transfer-encoding: chunked\r\n")),
            &[400],
        ),
        ("no version", format!("POST {PATH}\r\n\r\n"), &[400]),
        ("HTTP/3.7", format!("POST {PATH} HTTP/3.7\r\nhost: localhost\r\n\r\n"), &[400]),
        ("nonsense", "\u{1}\u{2}\u{3}\r\n\r\n".to_owned(), &[400]),
        ("TLS", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}".to_owned(), &[400]),
    ];
    for (name, request, statuses) in cases {
        // Who is refused in the middle of a megabyte may find the connection reset.
        if let Some(response) = served.raw(request.as_bytes(), Afterwards::Close) {
            assert!(statuses.contains(&response.status), "{name}: {response:?}");
        } else {
            assert!(request.len() > 100_000 || statuses == [400], "{name}: no response");
        }
        assert_eq!(served.post(PATH, BODY.as_bytes()).status, 200, "after {name}");
    }
}

/// HTTP/2 with a broken beginning, and a connection that says nothing.
#[test]
fn silent_and_half_open_connections_hold_nobody_up() {
    let served = Served::with(&AT_ONCE);
    let silent: Vec<_> = (0..50).map(|_| served.connect()).collect();
    let mut broken = served.connect();
    broken
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff")
        .expect("it listens");
    let _ = broken.read(&mut [0; 512]);
    assert_eq!(served.post(PATH, BODY.as_bytes()).status, 200);
    drop(silent);
}
