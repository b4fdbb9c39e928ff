//! How much `GET /schemas/ids/{id}` costs beyond the HTTP stack itself: our server, and a bare axum
//! handler that returns the same bytes, each a process of its own, loaded in turn.

#![expect(clippy::print_stdout, reason = "the bare server says where it listens")]

mod support;

use std::process::Command;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use bytes::Bytes;
use harness::{Database, Schemad};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use support::{Load, compared, report};

/// How often each server is measured; the median counts.
const ROUNDS: usize = 7;
/// How many connections ask at once.
const CONNECTIONS: u64 = 16;
/// Makes this program the bare server. It is followed by the body to return.
const SERVE: &str = "--serve-bare";

fn main() -> Result<()> {
    let mut words = std::env::args().skip_while(|word| word != SERVE).skip(1);
    let runtime = Runtime::new().context("starting a runtime")?;
    match words.next() {
        Some(body) => runtime.block_on(serve_bare(body)),
        None => runtime.block_on(measure()),
    }
}

async fn measure() -> Result<()> {
    let database = Database::sqlite()?;
    let ours = Schemad::start(&database)?;
    let path = register(&ours)?;
    let body = ours.client().get(&path)?.text;
    let mut command = Command::new(std::env::current_exe().context("finding this program")?);
    command.args([SERVE, &body]);
    let bare = Schemad::start_command(command)?;
    let load = |server: &Schemad| {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", server.address());
        Load::new(server, CONNECTIONS, move |_| request.clone().into_bytes())
    };
    let (our_load, bare_load) = (load(&ours), load(&bare));
    let (mut our_rounds, mut bare_rounds) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let bare = bare_load.run().await?;
        let ours = our_load.run().await?;
        // The first round warms up.
        if round > 0 {
            bare_rounds.push(bare);
            our_rounds.push(ours);
        }
    }
    let name = format!("{} bytes", body.len());
    report(
        "lookup",
        "bare axum",
        &compared(&name, &our_rounds, &bare_rounds),
    )
}

/// Registers a schema of everyday size and gives the path of its lookup.
fn register(server: &Schemad) -> Result<String> {
    let fields: Vec<_> = (0..20)
        .map(|number| json!({"name": format!("field_{number}"), "type": "string", "default": ""}))
        .collect();
    let schema = json!({"type": "record", "name": "Everyday", "fields": fields}).to_string();
    let reply = server
        .client()
        .post("/subjects/everyday/versions", &json!({"schema": schema}))?;
    let id = reply.ok().json()?["id"].clone();
    Ok(format!("/schemas/ids/{id}"))
}

/// The least that axum can do for the same bytes.
async fn serve_bare(body: String) -> Result<()> {
    async fn handler(Path(_id): Path<u32>, State(body): State<Bytes>) -> impl IntoResponse {
        let media_type = "application/vnd.schemaregistry.v1+json";
        ([(header::CONTENT_TYPE, media_type)], body)
    }
    let app = Router::new()
        .route("/schemas/ids/{id}", get(handler))
        .with_state(Bytes::from(body));
    let listener = TcpListener::bind("127.0.0.1:0").await.context("binding")?;
    println!(
        "listening on http://{}",
        listener.local_addr().context("binding")?
    );
    axum::serve(listener, app).await.context("serving")
}
