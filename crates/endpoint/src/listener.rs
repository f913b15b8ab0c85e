//! The sockets: loopback only, HTTP/1.1 and HTTP/2 with prior knowledge on the same port.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::handler::Handler as _;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

use super::service::{self, Endpoint};

/// How long a client may take for its first byte, and for a request's headers.
const HEADERS: Duration = Duration::from_secs(30);
/// The largest header block of a request, in bytes.
const HEADER_BYTES: u32 = 64 * 1024;
/// What is read or kept of a connection at once, in bytes. Bounds the headers of HTTP/1.1 too.
const BUFFER: usize = 128 * 1024;
/// How often a random port is tried that turns out to be taken on the other address.
const ATTEMPTS: usize = 16;
/// What answers get to finish once the server is told to stop.
const GRACE: Duration = Duration::from_secs(2);
/// The pause after the system had no more sockets to give.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(50);

/// The open ports.
#[derive(Debug)]
pub struct Listener {
    v4: TcpListener,
    /// Machines without IPv6 have none.
    v6: Option<TcpListener>,
    port: u16,
}

/// What stops a server; dropping it does too.
pub type Shutdown = tokio::sync::oneshot::Receiver<()>;

impl Listener {
    /// Opens `port`, or a random one, on 127.0.0.1 and on `[::1]`.
    ///
    /// # Errors
    /// Those of the system, such as a port that is taken.
    pub async fn bind(port: Option<u16>) -> io::Result<Self> {
        for _ in 0..ATTEMPTS {
            let v4 = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port.unwrap_or(0)))).await?;
            let bound = v4.local_addr()?.port();
            match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, bound))).await {
                Ok(v6) => return Ok(Listener { v4, v6: Some(v6), port: bound }),
                Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                    return Ok(Listener { v4, v6: None, port: bound });
                }
                Err(error) if port.is_some() => return Err(error),
                Err(_) => {}
            }
        }
        Err(io::Error::new(io::ErrorKind::AddrInUse, "no port is free on both 127.0.0.1 and [::1]"))
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What clients are given, such as `http://127.0.0.1:49152`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Serves until `shutdown` says stop; answers under way get a moment to finish.
    pub async fn serve(self, endpoint: Arc<Endpoint>, mut shutdown: Shutdown) {
        let builder = builder();
        let graceful = GracefulShutdown::new();
        loop {
            let accepted = tokio::select! {
                accepted = self.v4.accept() => accepted,
                accepted = accept(self.v6.as_ref()) => accepted,
                _ = &mut shutdown => break,
            };
            match accepted {
                Ok((socket, _)) => connect(socket, &builder, &endpoint, &graceful),
                Err(_) => tokio::time::sleep(OUT_OF_SOCKETS).await,
            }
        }
        // Whoever is not done by then is cut off with the process.
        let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    }
}

async fn accept(listener: Option<&TcpListener>) -> io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS).max_buf_size(BUFFER);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEADER_BYTES)
        .initial_stream_window_size(1 << 20)
        .initial_connection_window_size(4 << 20);
    builder
}

fn connect(
    socket: TcpStream,
    builder: &Builder<TokioExecutor>,
    endpoint: &Arc<Endpoint>,
    graceful: &GracefulShutdown,
) {
    // Without this an answer in two small writes waits for the client's delayed acknowledgement.
    let _ = socket.set_nodelay(true);
    let service = TowerToHyperService::new(service::serve.with_state(Arc::clone(endpoint)));
    let builder = builder.clone();
    let watcher = graceful.watcher();
    tokio::spawn(async move {
        // One that connects and says nothing is not waited for.
        if !matches!(tokio::time::timeout(HEADERS, socket.readable()).await, Ok(Ok(()))) {
            return;
        }
        let connection = builder.serve_connection(TokioIo::new(socket), service).into_owned();
        // What a client does wrong on its connection ends that connection, and nothing else.
        let _ = watcher.watch(connection).await;
    });
}
