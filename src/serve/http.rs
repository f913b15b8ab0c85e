//! The site over HTTP.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::get;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::watch;

use super::Told;

/// How long a browser waits for a newer build before it asks again.
const PATIENCE: Duration = Duration::from_secs(20);

const SCRIPT: &str = include_str!("reload.js");

/// What every request needs.
#[derive(Clone)]
struct Site {
    told: watch::Receiver<Told>,
    hosts: Arc<[String; 3]>,
}

/// The routes of the site that is told of.
pub(super) fn router(port: u16, told: watch::Receiver<Told>) -> Router {
    let hosts = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}"));
    let site = Site { told, hosts: hosts.into() };
    Router::new()
        .route("/__tutor/reload.js", get(script))
        .route("/__tutor/newest", get(newest))
        .fallback(file)
        .layer(middleware::from_fn_with_state(site.clone(), guard))
        .with_state(site)
}

/// Only this machine's names, so that no name of somebody else's leads here; and nothing for pages of others.
async fn guard(State(site): State<Site>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_ours = |host: &str| site.hosts.iter().any(|ours| ours == host);
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let origin = text(header::ORIGIN).map(|origin| origin.trim_start_matches("http://"));
    if !text(header::HOST).is_some_and(is_ours) || origin.is_some_and(|origin| !is_ours(origin)) {
        let words =
            "tutor serve answers this machine's own browser alone: open the address that it printed\n";
        return (StatusCode::FORBIDDEN, words).into_response();
    }
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let mut response = next.run(request).await;
    let kept: [(HeaderName, &str); 4] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    response.headers_mut().extend(kept.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}

async fn script() -> impl axum::response::IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)
}

#[derive(Deserialize)]
struct Seen {
    seen: Option<u64>,
}

/// Answers as soon as there is something else to tell than what was `seen`, or when patience ends.
async fn newest(State(mut site): State<Site>, Query(Seen { seen }): Query<Seen>) -> Response {
    let is_news = |told: &Told| Some(told.news) != seen;
    let waited = tokio::time::timeout(PATIENCE, site.told.wait_for(is_news)).await;
    if waited.is_ok_and(|told| told.is_err()) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let told = site.told.borrow().clone();
    Json(json!({ "build": told.build, "seen": told.news, "problem": told.problem })).into_response()
}

/// A file of the site, or its page for what is not there.
async fn file(State(site): State<Site>, request: Request) -> Response {
    let path = request.uri().path();
    let Some((file, is_folder)) = site.find(path) else {
        let page = tokio::fs::read(site.folder().join("404.html")).await.unwrap_or_default();
        return (StatusCode::NOT_FOUND, site.page("html", page)).into_response();
    };
    if is_folder && !path.ends_with('/') {
        let to = format!("{path}/");
        return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response();
    }
    let file = if is_folder { file.join("index.html") } else { file };
    let kind = file.extension().unwrap_or_default().to_string_lossy().into_owned();
    match tokio::fs::read(&file).await {
        Ok(bytes) => site.page(&kind, bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Site {
    fn folder(&self) -> PathBuf {
        self.told.borrow().site.clone()
    }

    /// The file or folder of the site that a URL's path names.
    fn find(&self, path: &str) -> Option<(PathBuf, bool)> {
        let path = percent_decode_str(path).decode_utf8().ok()?;
        let site = self.folder().canonicalize().ok()?;
        let mut file = site.clone();
        for step in path.split('/').filter(|step| !step.is_empty() && *step != ".") {
            if step == ".." || step.contains(['\\', ':', '\0']) {
                return None;
            }
            file.push(step);
        }
        // A link in the site may lead out of it.
        let file = file.canonicalize().ok().filter(|file| file.starts_with(&site))?;
        let is_folder = file.is_dir();
        Some((file, is_folder))
    }

    /// A file as a browser takes it; a page gets the script.
    fn page(&self, kind: &str, bytes: Vec<u8>) -> (HeaderMap, Body) {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(kind)));
        let body = match String::from_utf8(bytes) {
            Ok(html) if kind == "html" => {
                let build = self.told.borrow().build;
                let script = format!("<script src=\"/__tutor/reload.js\" data-build=\"{build}\"></script>");
                let at = html.rfind("</body>").unwrap_or(html.len());
                Body::from(format!("{}{script}{}", &html[..at], &html[at..]))
            }
            Ok(text) => Body::from(text),
            Err(error) => Body::from(error.into_bytes()),
        };
        (headers, body)
    }
}

/// The content types of what books are made of.
fn content_type(extension: &str) -> &'static str {
    match extension {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "txt" | "md" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "ico" => "image/vnd.microsoft.icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "mp4" => "video/mp4",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}
