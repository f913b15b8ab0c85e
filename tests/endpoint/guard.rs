//! Web pages stay out.

use std::process::Command;

use super::served::{AT_ONCE, Afterwards, Served};

const PATH: &str = "/model/amazon.titan-text-express-v1/invoke";
const BODY: &[u8] = br#"{"inputText":"hi"}"#;

#[test]
fn requests_of_pages_and_under_foreign_names_are_refused() {
    let served = Served::with(&AT_ONCE);
    let port = served.port;
    let own = format!("http://127.0.0.1:{port}");
    for header in [
        ("origin", "https://example.com"),
        ("origin", "null"),
        ("origin", own.as_str()),
        ("sec-fetch-site", "cross-site"),
        ("host", "example.com"),
        ("host", "127.0.0.1.nip.io"),
        ("host", ""),
    ] {
        let response = served.send("POST", PATH, &[header], BODY);
        assert_eq!((response.status, response.error()), (403, "AccessDeniedException"), "{header:?}");
        assert!(response.header("access-control-allow-origin").is_empty());
        let elsewhere = served.send("GET", "/anything", &[header], b"");
        assert_eq!(elsewhere.status, 403, "{header:?}");
    }
    let nobody = b"POST / HTTP/1.1\r\nconnection: close\r\n\r\n";
    assert_eq!(served.raw(nobody, Afterwards::Wait).expect("a response").status, 403);
    let preflight = [("origin", "https://example.com"), ("access-control-request-method", "POST")];
    assert_eq!(served.send("OPTIONS", PATH, &preflight, b"").status, 403);
    for host in [
        format!("localhost:{port}"),
        "LOCALHOST".to_owned(),
        format!("LocalHost:{port}"),
        format!("127.0.0.1:{port}"),
        format!("[::1]:{port}"),
    ] {
        assert_eq!(served.send("POST", PATH, &[("host", &host)], BODY).status, 200, "{host}");
    }
}

#[test]
fn only_loopback_is_listened_on() {
    let served = Served::with(&AT_ONCE);
    let six = std::net::TcpStream::connect(("::1", served.port));
    let has_six = std::net::TcpListener::bind(("::1", 0)).is_ok();
    assert_eq!(six.is_ok(), has_six, "[::1] where the machine has IPv6");
    let outside = std::net::UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        // Nothing is sent: this only asks which address would be used.
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    if let Ok(address) = outside
        && !address.ip().is_loopback()
    {
        assert!(std::net::TcpStream::connect((address.ip(), served.port)).is_err(), "{address}");
    }
}

/// A page of another origin, in a real browser, tries all ways a page has.
#[test]
fn a_page_of_another_origin_cannot_reach_it() {
    let served = Served::with(&AT_ONCE);
    let chromium = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok())
        .expect("a Chromium: `apt-get install chromium`, or run tests/run, which does that");
    let dir = tempfile::tempdir().expect("a folder");
    let page = dir.path().join("page.html");
    let script = include_str!("../clients/page.html").replace("PORT", &served.port.to_string());
    std::fs::write(&page, script).expect("a file");
    let output = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--virtual-time-budget=10000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", dir.path().join("profile").display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("it runs");
    let dom = String::from_utf8_lossy(&output.stdout);
    let result = dom.split("<pre id=\"result\">").nth(1).and_then(|rest| rest.split("</pre>").next());
    let result = result.unwrap_or_else(|| panic!("{dom}\n{}", String::from_utf8_lossy(&output.stderr)));
    insta::assert_snapshot!(result, @"
    fetch: TypeError
    fetch no-cors: opaque
    XMLHttpRequest: status 0
    image: error
    done
    ");
    // What came through as `no-cors` was refused all the same: pages cannot read it, and nothing was done.
    assert_eq!(served.post(PATH, BODY).status, 200);
}
