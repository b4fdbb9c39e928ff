//! A running `schemad`: the real program, as a process of its own on a free port.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{Client, Database};

/// How long the server may take until it listens.
const START_TIMEOUT: Duration = Duration::from_mins(1);
/// How long it may take to end after it was asked to.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
/// What the server says before its address when it is ready.
const READY: &str = "listening on http://";

/// A server process. It is killed when this value goes, whatever became of the test.
#[derive(Debug)]
pub struct Schemad {
    process: Child,
    url: String,
    log: Arc<Mutex<String>>,
}

impl Schemad {
    /// Starts a server on that database and waits until it listens.
    pub fn start(database: &Database) -> Result<Self> {
        Self::start_with(&["--database-url", &database.url()])
    }

    /// Starts a server on a free port with these further options, and waits until it listens.
    pub fn start_with(options: &[&str]) -> Result<Self> {
        let mut command = Command::new(crate::schemad_path()?);
        command.args(["--listen", "127.0.0.1:0"]).args(options);
        Self::start_command(command)
    }

    /// Starts a program that logs, as `schemad` does, the address on which it listens.
    pub fn start_command(mut command: Command) -> Result<Self> {
        let settings = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        for name in settings.filter(|name| name.starts_with("SCHEMAD_")) {
            command.env_remove(name);
        }
        let mut process = command
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", command.get_program().display()))?;
        let log = Arc::new(Mutex::new(String::new()));
        let (sender, addresses) = mpsc::channel();
        if let Some(pipe) = process.stdout.take() {
            follow(pipe, Arc::clone(&log), sender.clone());
        }
        if let Some(pipe) = process.stderr.take() {
            follow(pipe, Arc::clone(&log), sender);
        }
        let mut server = Self {
            process,
            url: String::new(),
            log,
        };
        // Disconnects at once where the program ends without having listened.
        match addresses.recv_timeout(START_TIMEOUT) {
            Ok(address) => server.url = format!("http://{address}"),
            Err(_) => bail!(
                "the server did not come to listen; it said:\n{}",
                server.log()
            ),
        }
        Ok(server)
    }

    /// The base URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address, as `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// A client for this server.
    pub fn client(&self) -> Client {
        Client::new(&self.url)
    }

    /// All that the server has logged so far.
    pub fn log(&self) -> String {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Whether the process is still there.
    pub fn is_running(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// Ends the server as a power cut would (SIGKILL).
    pub fn kill(mut self) -> Result<()> {
        self.process.kill().context("killing the server")?;
        self.process.wait().context("waiting for the server")?;
        Ok(())
    }

    /// Asks the server to stop (SIGTERM) and gives how it ended.
    pub fn stop(mut self) -> Result<ExitStatus> {
        let status = Command::new("kill")
            .args(["-TERM", &self.process.id().to_string()])
            .status()
            .context("sending SIGTERM")?;
        if !status.success() {
            bail!("`kill -TERM` failed with {status}");
        }
        let deadline = Instant::now() + STOP_TIMEOUT;
        while Instant::now() < deadline {
            if let Some(status) = self.process.try_wait().context("waiting for the server")? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(10));
        }
        bail!(
            "the server did not stop on SIGTERM; it said:\n{}",
            self.log()
        )
    }
}

impl Drop for Schemad {
    fn drop(&mut self) {
        // Fails only where the process has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Collects what the program says, so that it never blocks on a full pipe, and reports the address.
fn follow(pipe: impl Read + Send + 'static, log: Arc<Mutex<String>>, addresses: Sender<String>) {
    thread::spawn(move || {
        let mut addresses = Some(addresses);
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let text = String::from_utf8_lossy(&line).into_owned();
            if let Some(address) = address_in(&text)
                && let Some(sender) = addresses.take()
            {
                // Nobody listens any more where the start has timed out.
                let _ = sender.send(address);
            }
            log.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push_str(&text);
            line.clear();
        }
    });
}

fn address_in(line: &str) -> Option<String> {
    let (_, rest) = line.split_once(READY)?;
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ':')))
        .unwrap_or(rest.len());
    Some(rest.get(..end)?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_from_the_middle_of_a_log_line() {
        let line = "2026-01-01 INFO listening on http://127.0.0.1:40123, data in schemad.db\n";
        assert_eq!(address_in(line).as_deref(), Some("127.0.0.1:40123"));
        assert_eq!(address_in("INFO database migrated\n"), None);
    }

    #[test]
    fn a_program_that_never_listens_is_reported_with_what_it_said() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo no such option >&2; exit 2"]);
        let error = Schemad::start_command(command).unwrap_err().to_string();
        assert!(error.contains("no such option"), "{error}");
    }
}
