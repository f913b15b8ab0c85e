//! Keeps web pages out.
//!
//! A page of any origin can send requests to a loopback server, and a name it controls can be made to
//! point at one. Browsers tell on both: by `Origin` and `Sec-Fetch-Site`, and by the `Host` they were
//! sent to. No SDK sends the former, and every one of them is here under a loopback name.

use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};

use super::refusal::Refusal;

/// Refuses what no SDK on this machine would send.
pub(super) fn check(parts: &Parts) -> Result<(), Refusal> {
    let no = |message: &str| Err(Refusal::ours(StatusCode::FORBIDDEN, "AccessDeniedException", message));
    let from_a_page = parts.headers.contains_key(header::ORIGIN)
        || parts.headers.get("sec-fetch-site").is_some_and(|site| site != "none");
    if from_a_page {
        return no("requests of web pages are refused (this one has an Origin header)");
    }
    let of_uri = parts.uri.authority().map(|authority| authority.as_str().as_bytes());
    let of_headers = parts.headers.get_all(header::HOST).iter().map(HeaderValue::as_bytes);
    let mut hosts = of_uri.into_iter().chain(of_headers).peekable();
    if hosts.peek().is_none() || !hosts.all(is_loopback) {
        return no("the Host header must name this machine's loopback: 127.0.0.1, [::1] or localhost");
    }
    Ok(())
}

/// Whether this is a loopback name, with or without a port. Whom a request was sent to is said by the
/// URI's authority (HTTP/2, proxies) and by every Host header.
fn is_loopback(host: &[u8]) -> bool {
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| {
        let Some((start, rest)) = host.split_at_checked(name.len()) else { return false };
        // Names of hosts are the same in capitals (RFC 9110, section 4.2.3).
        start.eq_ignore_ascii_case(name.as_bytes())
            && match rest.split_first() {
                None => true,
                Some((b':', port)) => port.iter().all(u8::is_ascii_digit),
                Some(_) => false,
            }
    })
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn allowed(uri: &str, headers: &[(&str, &str)]) -> bool {
        let request =
            headers.iter().fold(Request::post(uri), |request, (name, value)| request.header(*name, *value));
        check(&request.body(()).unwrap().into_parts().0).is_ok()
    }

    #[test]
    fn loopback_names_are_let_in_with_and_without_a_port() {
        for host in ["127.0.0.1", "127.0.0.1:8080", "localhost:1", "[::1]:8080", "LOCALHOST", "LocalHost:80"]
        {
            assert!(allowed("/", &[("host", host)]), "{host}");
        }
        assert!(allowed("http://127.0.0.1:80/model/a/invoke", &[]));
    }

    #[test]
    fn pages_and_foreign_names_are_not() {
        for host in [
            "example.com",
            "127.0.0.1.example.com",
            "localhost.",
            "LOCALHOST.example.com",
            "localhos",
            "0.0.0.0",
            "",
            "a@127.0.0.1",
            "127.0.0.2",
            "localhost:80@a",
        ] {
            assert!(!allowed("/", &[("host", host)]), "{host}");
        }
        let host = ("host", "127.0.0.1:80");
        for page in [("origin", "null"), ("origin", "http://127.0.0.1:80"), ("sec-fetch-site", "cross-site")]
        {
            assert!(!allowed("/", &[host, page]), "{page:?}");
        }
        assert!(!allowed("/", &[]), "no host at all");
        assert!(!allowed("/", &[host, ("host", "example.com")]), "two hosts");
        assert!(!allowed("http://example.com/", &[host]));
    }
}
