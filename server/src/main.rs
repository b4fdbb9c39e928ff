//! `schemad`: reads its options, starts logging and the server, and stops when it is told to.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Parser as _;
use server::{Config, Server, telemetry};
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let config = Config::parse();
    if let Err(problem) = telemetry::init(&config) {
        return fail(&anyhow::anyhow!(problem));
    }
    match run(&config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

#[tokio::main]
async fn run(config: &Config) -> anyhow::Result<()> {
    let mut server = Server::start(config).await?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    tokio::select! {
        _ = terminate.recv() => {}
        result = tokio::signal::ctrl_c() => result.context("cannot wait for ctrl-c")?,
        () = server.died() => bail!("a part of the server died; the log says why, please report it"),
    }
    tracing::info!("stopping");
    server.stop().await;
    Ok(())
}

#[expect(
    clippy::print_stderr,
    reason = "the log may not have been started, or show no errors"
)]
fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("schemad: {error:#}");
    ExitCode::FAILURE
}
