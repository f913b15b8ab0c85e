//! A book as a site on this machine alone, built anew whenever one of its files is saved.
//!
//! Pages are served as they were built, with one script more that asks what the newest build is and loads the
//! page again. Nobody else gets at it: it listens on loopback, answers only to its own names, and gives pages of
//! other origins nothing to read.

mod files;
mod http;

pub use files::Watched;

use std::path::PathBuf;

use tokio::net::TcpListener;
use tokio::sync::watch;

/// What the browser is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Grows with everything there is to tell.
    pub news: u64,
    /// The number of the build that is shown.
    pub build: u64,
    /// Where it is.
    pub site: PathBuf,
    /// Why the newest one failed.
    pub problem: Option<String>,
}

/// Serves the site that is told of until `stopped` is over.
///
/// # Errors
/// Those of the system.
pub async fn serve(
    listener: TcpListener,
    told: watch::Receiver<Told>,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let port = listener.local_addr()?.port();
    let router = http::router(port, told);
    axum::serve(listener, router).with_graceful_shutdown(stopped).await
}
