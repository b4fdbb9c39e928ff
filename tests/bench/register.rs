//! Registrations per second, durable: alone, and by 16 clients at once that share commits.

mod support;

use anyhow::{Context, Result};
use harness::{Database, Schemad};
use serde_json::json;
use tokio::runtime::Runtime;

use support::load::Measured;
use support::{Load, compared, report};

/// How often each is measured; the median counts.
const ROUNDS: u64 = 5;

fn main() -> Result<()> {
    let database = Database::sqlite()?;
    let server = Schemad::start(&database)?;
    let runtime = Runtime::new().context("starting a runtime")?;
    let (alone, together) = runtime.block_on(measure(&server))?;
    report(
        "register",
        "1 client",
        &compared("16 clients", &together, &alone),
    )
}

async fn measure(server: &Schemad) -> Result<(Vec<Measured>, Vec<Measured>)> {
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        alone.push(load(server, round * 2, 1).run().await?);
        together.push(load(server, round * 2 + 1, 16).run().await?);
    }
    Ok((alone, together))
}

/// New schemas under new subjects.
fn load(server: &Schemad, round: u64, connections: u64) -> Load {
    let host = server.address().to_owned();
    let request = move |number: u64| {
        let schema = json!({
            "type": "record",
            "name": format!("R_{round}_{number}"),
            "fields": [{"name": "f", "type": "long"}],
        });
        let body = json!({"schema": schema.to_string()}).to_string();
        format!(
            "POST /subjects/s-{round}-{number}/versions HTTP/1.1\r\nHost: {host}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    };
    Load::new(server, connections, request)
}
