//! `schemad`, the schema registry server: a library that tests run in process.
//!
//! Layers, each knowing only the one below: `api` (HTTP), [`registry`] (the domain), [`store`]
//! (memory). [`Server`] puts them together from a [`Config`] and listens.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let config = server::Config::from_arguments(["--in-memory", "--listen", "127.0.0.1:0"])?;
//! let server = server::Server::start(&config).await?;
//! println!("{}", server.url());
//! server.stop().await;
//! # Ok(())
//! # }
//! ```

mod api;
pub mod config;
pub mod registry;
mod serve;
pub mod store;
pub mod telemetry;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use config::Config;

use api::{Api, App};
use registry::Registry;
use store::StoreError;

/// Why the server does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The options contradict each other or are dangerous.
    #[error("{0}")]
    Config(String),
    /// The database cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}; is another server running there?")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The threads for the checker cannot be started.
    #[error("cannot start the checker's threads")]
    Threads(#[source] io::Error),
}

/// A server that runs. Dropping it stops it without waiting for the requests under way.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    data: String,
    stop: watch::Sender<bool>,
    registry: Arc<Registry>,
    serving: JoinHandle<()>,
    following: JoinHandle<()>,
}

impl Server {
    /// Opens the store, listens, and serves in the background.
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        config.check().map_err(StartError::Config)?;
        let store_config = config.store();
        let store = store::open(&store_config).await?;
        let registry = Registry::new(store, config.registry()).map_err(StartError::Threads)?;
        let registry = Arc::new(registry);
        let position = registry.position().await?;
        let refused = |source| StartError::Listen {
            address: config.listen,
            source,
        };
        let listener = TcpListener::bind(config.listen).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let app = App {
            registry: Arc::clone(&registry),
            body_bytes_max: config.max_body_size,
            shape: config.shape(),
        };
        let api = Api::new(app, config.request_timeout);
        let (stop, stopped) = watch::channel(false);
        let serving = serve::serve(listener, api, config.max_connections, stopped.clone());
        let follower = Arc::clone(&registry);
        let following = async move { follower.follow(position, stopped).await };
        let data = data(&store_config.url, store_config.redacted_url());
        tracing::info!("listening on http://{address}, data in {data}");
        Ok(Self {
            address,
            data,
            stop,
            registry,
            serving: tokio::spawn(serving),
            following: tokio::spawn(following),
        })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What clients use.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the data is, without credentials.
    pub fn data(&self) -> &str {
        &self.data
    }

    /// Waits for the end of what should only end with [`Server::stop`]. Without it the server would
    /// listen no more, or serve what other nodes have removed: better to end and be started anew.
    pub async fn died(&mut self) {
        let ended = tokio::select! {
            ended = &mut self.serving => ended,
            ended = &mut self.following => ended,
        };
        if let Err(error) = ended {
            tracing::error!("a task of the server died: {error}");
        }
    }

    /// Accepts no more connections, answers the requests under way, and writes what is queued.
    pub async fn stop(self) {
        // Fails only if the task has ended already.
        let _ = self.stop.send(true);
        for task in [self.serving, self.following] {
            // One that has ended was seen to end by `died`, and may not be asked again.
            if !task.is_finished()
                && let Err(error) = task.await
            {
                tracing::error!("a task of the server died: {error}");
            }
        }
        self.registry.close().await;
    }
}

fn data(url: &str, redacted: String) -> String {
    if url == "sqlite::memory:" {
        "memory only".to_owned()
    } else {
        redacted
    }
}
