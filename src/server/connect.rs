//! Connections: taken as long as there is room, given time and no more, and seen off when the server stops.

use super::auth::Peer;
use super::patient::Patient;
use super::route;
use super::site::Site;
use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use serde_json::json;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

/// Where to answer.
pub struct Doors {
    pub listener: TcpListener,
    pub tls: Option<TlsAcceptor>,
}

/// No handshake takes longer.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// When the system has no more descriptors.
const BREATH: Duration = Duration::from_millis(50);

/// Serves until `stop` is done; then takes no more, and waits for what is in flight. Blocks.
///
/// # Errors
/// What the system says when the listener cannot be served.
pub fn serve(site: &Arc<Site>, doors: Doors, stop: impl Future<Output = ()>) -> io::Result<()> {
    doors.listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(64).build()?;
    let served = runtime.block_on(serving(site, doors, stop));
    // Whoever still hangs is left behind.
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

async fn serving(site: &Arc<Site>, doors: Doors, stop: impl Future<Output = ()>) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(doors.listener)?;
    let (stopping, stopped) = watch::channel(false);
    let router = route::router(site, &stopped);
    let room = Arc::new(Semaphore::new(site.limits.connections));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        // Whoever finds no room waits in the system's queue.
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { break };
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (site, router, tls, watcher) = (Arc::clone(site), router.clone(), doors.tls.clone(), graceful.watcher());
        tokio::spawn(async move {
            site.metrics.connections.fetch_add(1, Ordering::Relaxed);
            match tls {
                None => answer(&site, stream, peer, router, watcher).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
                        answer(&site, stream, peer, router, watcher).await;
                    }
                }
            }
            site.metrics.connections.fetch_sub(1, Ordering::Relaxed);
            drop(place);
        });
    }
    drop(listener);
    site.log.event("stopping", &json!({}));
    let _ = stopping.send(true);
    let _ = tokio::time::timeout(site.limits.farewell, graceful.shutdown()).await;
    site.log.event("stopped", &json!({}));
    site.log.flush();
    Ok(())
}

async fn answer<S>(site: &Site, stream: S, peer: SocketAddr, router: Router, watcher: hyper_util::server::graceful::Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(site.limits.head)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(Patient::new(stream, site.limits.unread)), service);
    // Whatever ended it is theirs to know.
    let _ = watcher.watch(connection).await;
}
