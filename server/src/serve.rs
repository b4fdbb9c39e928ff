//! Connections: accepts them, bounds how many there are and how long they may be idle, and ends
//! them in good order.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use crate::api::Api;

/// How long a connection may take to send the head of its next request, idle time included.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

/// How long requests may go on after the server was told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);

/// How long to wait before accepting again after that failed, as when file handles run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` changes, then until the requests under way are answered.
pub(crate) async fn serve(
    listener: TcpListener,
    api: Api,
    connections_max: u32,
    mut stop: watch::Receiver<bool>,
) {
    let permits = usize::try_from(connections_max).unwrap_or(Semaphore::MAX_PERMITS);
    let permits = Arc::new(Semaphore::new(permits));
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &permits) => accepted,
            _ = stop.changed() => break,
        };
        match accepted {
            Ok((stream, permit)) => {
                tokio::spawn(connection(stream, permit, api.clone(), stop.clone()));
            }
            Err(error) => {
                tracing::warn!("cannot accept a connection: {error}");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    if timeout(DRAIN_TIMEOUT, permits.acquire_many(connections_max))
        .await
        .is_err()
    {
        tracing::warn!("some requests were still running after {DRAIN_TIMEOUT:?} and are cut off");
    }
}

/// Waits for a free place first, so that those who have none queue up in the kernel.
async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let permit = Arc::clone(permits)
        .acquire_owned()
        .await
        .map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, permit))
}

async fn connection(
    stream: TcpStream,
    _permit: OwnedSemaphorePermit,
    api: Api,
    mut stop: watch::Receiver<bool>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!("cannot set TCP_NODELAY: {error}");
    }
    let service = service_fn(|request| {
        let api = &api;
        async move { Ok::<_, Infallible>(api.answer(request).await) }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .pipeline_flush(true);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let result = tokio::select! {
        result = connection.as_mut() => result,
        _ = stop.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!("a connection ended early: {error}");
    }
}
