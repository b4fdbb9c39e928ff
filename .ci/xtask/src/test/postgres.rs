//! A PostgreSQL server for one run of the tests: a new cluster in a directory for temporary files, on
//! a free port of 127.0.0.1, durable as in production because tests kill what writes to it.
//!
//! Clusters that the system itself runs are neither used nor touched.

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::as_user;
use crate::shell;

/// Where Debian puts the programs, one directory per major version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// The user under whom Debian runs servers; the programs refuse to run as root.
const SERVER_USER: &str = "postgres";
/// How long a start may take.
const START_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a stop may take before the server is killed.
const STOP_GRACE_S: u32 = 20;
/// How often another port is tried, since a free port can be taken before the server has it.
const START_ATTEMPTS: u32 = 3;
/// Starts the server, waits until our end of the pipe closes, however we end, and cleans up. Its
/// process group is its own, so that Ctrl-C reaches us and not it.
const GUARD: &str = r#"
trap '' INT TERM HUP
dir=$1
grace_s=$2
shift 2
"$@" >"$dir/log" 2>&1 &
server=$!
cat >/dev/null
kill -INT "$server" 2>/dev/null
while [ "$grace_s" -gt 0 ] && kill -0 "$server" 2>/dev/null; do
    sleep 1
    grace_s=$((grace_s - 1))
done
kill -KILL "$server" 2>/dev/null
wait "$server"
rm -rf "$dir"
"#;

/// A running server. It is stopped and its data removed when this value goes.
#[derive(Debug)]
pub(super) struct Postgres {
    guard: Child,
    port: u16,
}

impl Postgres {
    /// Finds or installs the programs, makes a cluster and starts it.
    pub(super) fn start() -> Result<Self> {
        let bin =
            find_or_install().context("no PostgreSQL server (Debian's package `postgresql`)")?;
        let user = shell::is_root().then_some(SERVER_USER);
        let mut attempt = 1;
        loop {
            match Self::start_once(&bin, user) {
                Err(error) if attempt < START_ATTEMPTS => println!("{error:#}; trying again"),
                outcome => return outcome,
            }
            attempt += 1;
        }
    }

    /// The URL of the maintenance database, as a superuser of the cluster.
    pub(super) fn url(&self) -> String {
        format!("postgres://{SERVER_USER}@127.0.0.1:{}/postgres", self.port)
    }

    fn start_once(bin: &Path, user: Option<&str>) -> Result<Self> {
        let dir = shell::read(
            as_user(user, Path::new("mktemp"))
                .args(["-d", "/tmp/test-postgres.XXXXXX"])
                .current_dir("/"),
        )?;
        let dir = PathBuf::from(dir.trim());
        let data = dir.join("data");
        let port = free_port()?;
        println!(
            "starting a PostgreSQL server of {} on 127.0.0.1:{port}",
            bin.display()
        );
        let made = shell::read(
            as_user(user, &bin.join("initdb"))
                .args([
                    "--auth",
                    "trust",
                    "--encoding",
                    "UTF8",
                    "--locale",
                    "C",
                    "--no-sync",
                ])
                .args(["--username", SERVER_USER, "--pgdata"])
                .arg(&data)
                .current_dir("/"),
        );
        if let Err(error) = made {
            // The first error is the one to tell.
            let _ = fs::remove_dir_all(&dir);
            return Err(error);
        }
        let mut server = as_user(user, &bin.join("postgres"));
        server.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=on",
            "synchronous_commit=on",
            "max_connections=200",
        ] {
            server.args(["-c", setting]);
        }
        let guard = guard(&dir, &server, STOP_GRACE_S)?;
        let started = Self { guard, port };
        started.wait_until_ready(bin, &dir)?;
        Ok(started)
    }

    fn wait_until_ready(&self, bin: &Path, dir: &Path) -> Result<()> {
        let deadline = Instant::now() + START_TIMEOUT;
        while Instant::now() < deadline {
            let port = self.port.to_string();
            let ready = shell::read(Command::new(bin.join("pg_isready")).args([
                "-q",
                "-h",
                "127.0.0.1",
                "-p",
                &port,
            ]));
            if ready.is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(dir.join("log")).unwrap_or_default();
        bail!("the PostgreSQL server did not start; it said:\n{log}")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The closed pipe is the guard's sign.
        drop(self.guard.stdin.take());
        // It fails only where the guard has ended, which is what we wait for.
        let _ = self.guard.wait();
    }
}

/// Starts the server under the guard, which owns the directory from now on.
fn guard(dir: &Path, server: &Command, grace_s: u32) -> Result<Child> {
    Command::new("sh")
        .args(["-c", GUARD, "guard"])
        .arg(dir)
        .arg(grace_s.to_string())
        .arg(server.get_program())
        .args(server.get_args())
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .spawn()
        .context("starting the server")
}

fn find_or_install() -> Result<PathBuf> {
    if let Some(bin) = find(Path::new(DEBIAN)) {
        return Ok(bin);
    }
    println!("installing Debian's package `postgresql`");
    shell::apt_install(&["postgresql"])?;
    stop_new_clusters()?;
    find(Path::new(DEBIAN)).with_context(|| format!("{DEBIAN} has no server even now"))
}

/// The newest version that has what we need; the PATH where the system is not Debian.
fn find(debian: &Path) -> Option<PathBuf> {
    let has_programs = |bin: &PathBuf| {
        ["initdb", "postgres", "pg_isready"]
            .iter()
            .all(|program| bin.join(program).is_file())
    };
    let version = |bin: &PathBuf| {
        let name = bin.parent()?.file_name()?.to_str()?;
        name.parse::<u32>().ok()
    };
    let installed = fs::read_dir(debian).into_iter().flatten().flatten();
    installed
        .map(|entry| entry.path().join("bin"))
        .filter(has_programs)
        .max_by_key(version)
        .or_else(|| shell::find("initdb")?.parent().map(Path::to_path_buf))
        .filter(has_programs)
}

/// Debian's package may start a cluster when it is installed. Nobody asked for one.
fn stop_new_clusters() -> Result<()> {
    if shell::find("pg_lsclusters").is_none() {
        return Ok(());
    }
    let clusters = shell::read(Command::new("pg_lsclusters").arg("--no-header"))?;
    for cluster in clusters.lines() {
        let columns: Vec<&str> = cluster.split_whitespace().collect();
        if let [version, name, _, "online", ..] = columns[..]
            && let Some(mut command) = shell::as_root("pg_ctlcluster")
        {
            shell::run(command.args([version, name, "stop"]))?;
        }
    }
    Ok(())
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("finding a free port")?;
    Ok(listener.local_addr().context("finding a free port")?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_ends_even_a_server_that_ignores_it_and_removes_its_directory() {
        let dir = std::env::temp_dir().join(format!("xtask-guard-{}", std::process::id()));
        fs::create_dir(&dir).unwrap();
        // In the background of a shell it ignores SIGINT.
        let mut server = Command::new("sleep");
        let mut guard = guard(&dir, server.arg("600"), 1).unwrap();
        assert!(guard.try_wait().unwrap().is_none());
        drop(guard.stdin.take());
        guard.wait().unwrap();
        assert!(!dir.exists());
    }

    #[test]
    fn the_newest_version_by_number_is_taken_and_an_incomplete_one_is_not() {
        let dir = std::env::temp_dir().join(format!("xtask-find-{}", std::process::id()));
        for (version, programs) in [
            ("9", vec!["initdb", "postgres", "pg_isready"]),
            ("15", vec!["initdb", "postgres", "pg_isready"]),
            ("17", vec!["pg_isready"]),
        ] {
            let bin = dir.join(version).join("bin");
            fs::create_dir_all(&bin).unwrap();
            for program in programs {
                fs::write(bin.join(program), "").unwrap();
            }
        }
        let found = find(&dir);
        fs::remove_dir_all(&dir).unwrap();
        assert_eq!(found, Some(dir.join("15/bin")));
    }
}
