//! A load generator over keep-alive connections: prebuilt requests, answers read no further than
//! needed to find their end. What it costs is the same for everyone that it measures.

use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use harness::Schemad;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::figures::{Figure, median};

/// How long one measurement takes.
const DURATION: Duration = Duration::from_secs(2);
/// The longest answer that is read.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Makes the request with that number.
type MakeRequest = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

/// A load to put on a server.
#[derive(Clone)]
pub(crate) struct Load {
    address: String,
    /// The process whose CPU time is counted.
    pid: u32,
    connections: u64,
    request: MakeRequest,
}

/// What a server did under a load.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    /// Answers per second.
    pub(crate) requests_per_s: f64,
    /// CPU time of the server per answer, in microseconds; `None` where the system does not tell.
    pub(crate) cpu_us: Option<f64>,
}

impl Load {
    /// A load on that server: so many connections, each one request at a time.
    pub(crate) fn new(
        server: &Schemad,
        connections: u64,
        request: impl Fn(u64) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        Self {
            address: server.address().to_owned(),
            pid: server.pid(),
            connections,
            request: Arc::new(request),
        }
    }

    /// Puts the load on. Every answer must have status 200.
    pub(crate) async fn run(&self) -> Result<Measured> {
        let cpu_before = cpu_seconds(self.pid);
        let start = Instant::now();
        let end = start + DURATION;
        let mut connections = JoinSet::new();
        for number in 0..self.connections {
            let load = self.clone();
            connections.spawn(async move { load.run_connection(number, end).await });
        }
        let mut answers = 0_u32;
        while let Some(done) = connections.join_next().await {
            answers += done.context("a connection panicked")??;
        }
        let seconds = start.elapsed().as_secs_f64();
        let cpu = cpu_before.zip(cpu_seconds(self.pid));
        Ok(Measured {
            requests_per_s: f64::from(answers) / seconds,
            cpu_us: cpu.map(|(before, after)| (after - before) * 1e6 / f64::from(answers)),
        })
    }

    async fn run_connection(&self, number: u64, end: Instant) -> Result<u32> {
        let mut stream = TcpStream::connect(&self.address)
            .await
            .context("connecting")?;
        stream.set_nodelay(true).context("setting TCP_NODELAY")?;
        let mut buffer = vec![0; ANSWER_BYTES_MAX];
        let mut answers = 0;
        let mut sequence = number;
        while Instant::now() < end {
            let request = (self.request)(sequence);
            sequence += self.connections;
            stream.write_all(&request).await.context("sending")?;
            read_answer(&mut stream, &mut buffer).await?;
            answers += 1;
        }
        Ok(answers)
    }
}

/// Throughput and CPU time of ours, held against the baseline's.
pub(crate) fn compared(name: &str, ours: &[Measured], baseline: &[Measured]) -> Vec<Figure> {
    let throughput = |rounds: &[Measured]| median(rounds.iter().map(|one| one.requests_per_s));
    let cpu = |rounds: &[Measured]| median(rounds.iter().filter_map(|one| one.cpu_us));
    let figure = |what: &str, unit, of: &dyn Fn(&[Measured]) -> Option<f64>| {
        Some(Figure {
            metric: format!("{name} {what}"),
            value: of(ours)?,
            unit,
            baseline: of(baseline),
        })
    };
    let figures = [
        figure("throughput", "requests/s", &throughput),
        figure("CPU time", "us/request", &cpu),
    ];
    figures.into_iter().flatten().collect()
}

async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<()> {
    let mut filled = 0;
    loop {
        let room = buffer.get_mut(filled..).unwrap_or_default();
        let count = stream.read(room).await.context("reading")?;
        if count == 0 {
            bail!("the server closed the connection, or the answer is too long");
        }
        filled += count;
        let answer = buffer.get(..filled).unwrap_or_default();
        if let Some(length) = answer_length(answer)
            && filled >= length
        {
            if !answer.starts_with(b"HTTP/1.1 200") {
                bail!("not status 200: {}", String::from_utf8_lossy(answer));
            }
            return Ok(());
        }
    }
}

/// Head and body; `None` while the head is not whole.
fn answer_length(answer: &[u8]) -> Option<usize> {
    let head = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(answer.get(..head)?).ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().ok())?
    });
    Some(head + length.unwrap_or(0))
}

/// The CPU time that the process has used, where the system tells (Linux).
fn cpu_seconds(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program stands in parentheses and may hold anything.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(11).take(2);
    let user: f64 = times.next()?.parse().ok()?;
    let system: f64 = times.next()?.parse().ok()?;
    let output = Command::new("getconf").arg("CLK_TCK").output().ok()?;
    let per_second: f64 = String::from_utf8(output.stdout).ok()?.trim().parse().ok()?;
    Some((user + system) / per_second)
}
