//! Keeps web pages out.
//!
//! A page of any origin can send requests to a loopback server, and a name it controls can be made to
//! point at one. Browsers tell on both: by `Origin` and `Sec-Fetch-Site`, and by the `Host` they were
//! sent to. No SDK sends the former, and every one of them is here under a loopback name.

use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};

use super::refusal::Refusal;

/// Refuses what no SDK on this machine would send.
pub(super) fn check(parts: &Parts) -> Result<(), Refusal> {
    let no = |message: &str| Err(Refusal::ours(StatusCode::FORBIDDEN, "AccessDeniedException", message));
    let from_a_page = parts.headers.contains_key(header::ORIGIN)
        || parts.headers.get("sec-fetch-site").is_some_and(|site| site != "none");
    if from_a_page {
        return no("requests of web pages are refused (this one has an Origin header)");
    }
    if !hosts(parts).all(|host| host.is_some_and(|host| is_loopback(&host))) {
        return no("the Host header must name this machine's loopback: 127.0.0.1, [::1] or localhost");
    }
    Ok(())
}

/// Everything that says whom the request was sent to: the URI's authority (HTTP/2, proxies) and every
/// Host header; `None` for what cannot be read, or if nothing says it.
fn hosts(parts: &Parts) -> impl Iterator<Item = Option<Authority>> {
    let of_uri = parts.uri.authority().cloned();
    let of_headers: Vec<_> = parts
        .headers
        .get_all(header::HOST)
        .iter()
        .map(|value| Authority::try_from(value.as_bytes()).ok())
        .collect();
    let nobody = of_uri.is_none() && of_headers.is_empty();
    of_uri.map(Some).into_iter().chain(of_headers).chain(nobody.then_some(None))
}

fn is_loopback(authority: &Authority) -> bool {
    let plain = !authority.as_str().contains('@');
    plain && matches!(authority.host(), "127.0.0.1" | "localhost" | "[::1]")
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
        for host in ["127.0.0.1", "127.0.0.1:8080", "localhost:1", "[::1]:8080"] {
            assert!(allowed("/", &[("host", host)]), "{host}");
        }
        assert!(allowed("http://127.0.0.1:80/model/a/invoke", &[]));
    }

    #[test]
    fn pages_and_foreign_names_are_not() {
        for host in
            ["example.com", "127.0.0.1.example.com", "localhost.", "0.0.0.0", "", "a@127.0.0.1", "127.0.0.2"]
        {
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
