//! `cargo xtask test`: gets ready what the tests need, runs them, cleans up.

mod java;
mod postgres;
mod python;
mod summary;

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use self::postgres::Postgres;
use self::summary::Summary;
use crate::{corpus, shell, workspace};

/// A part of the tests that can be run alone.
#[derive(Debug)]
pub(crate) struct Part {
    /// What it is called on the command line.
    pub(crate) name: &'static str,
    /// What it tests.
    pub(crate) about: &'static str,
    /// What selects it in `cargo test`.
    select: &'static [&'static str],
    /// The prefix of its tests' names; `""` for all of the selected package.
    filter: &'static str,
    /// What it needs besides cargo.
    needs: &'static [Need],
}

/// What tests need besides cargo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Buf,
    Java,
    Postgres,
    Python,
    Programs,
}

// Of the whole workspace: cargo would build dependencies anew for one package's features alone.
const IT: &[&str] = &["--workspace", "--test", "it"];
const ALL_NEEDS: &[Need] = &[
    Need::Buf,
    Need::Java,
    Need::Postgres,
    Need::Python,
    Need::Programs,
];

/// Every part that has a name.
pub(crate) const PARTS: &[Part] = &[
    Part {
        name: "checker",
        about: "the library: parsing, comparing, rules, witnesses",
        select: &["-p", "checker"],
        filter: "",
        needs: &[],
    },
    Part {
        name: "server",
        about: "schemad from within: domain, both stores, HTTP",
        select: &["-p", "server"],
        filter: "",
        needs: &[Need::Postgres],
    },
    Part {
        name: "cli",
        about: "schemactl from within",
        select: &["-p", "cli"],
        filter: "",
        needs: &[Need::Programs],
    },
    Part {
        name: "xtask",
        about: "these chores, above all that the checks of tidy can fail",
        select: &["-p", "xtask"],
        filter: "",
        needs: &[],
    },
    Part {
        name: "e2e",
        about: "all end-to-end tests, those below among them",
        select: IT,
        filter: "",
        needs: ALL_NEEDS,
    },
    Part {
        name: "buf",
        about: "the mode that tells what the real buf tells",
        select: IT,
        filter: "buf::",
        needs: &[Need::Buf, Need::Programs],
    },
    Part {
        name: "clients",
        about: "unchanged clients of others against our server",
        select: IT,
        filter: "clients::",
        needs: &[Need::Python, Need::Programs],
    },
    Part {
        name: "faults",
        about: "the server killed while clients write, and races between clients",
        select: IT,
        filter: "faults::",
        needs: &[Need::Postgres, Need::Programs],
    },
    Part {
        name: "hostile",
        about: "malformed, huge and half requests",
        select: IT,
        filter: "hostile::",
        needs: &[Need::Programs],
    },
    Part {
        name: "oracle",
        about: "verdicts and witnesses, executed by libraries of others",
        select: IT,
        filter: "oracle::",
        needs: &[Need::Java, Need::Python, Need::Programs],
    },
    Part {
        name: "rest",
        about: "the REST contract",
        select: IT,
        filter: "rest::",
        needs: &[Need::Programs],
    },
    Part {
        name: "struct-repo",
        about: "a repository of shared protos with its own xtask",
        select: IT,
        filter: "struct_repo::",
        needs: &[Need::Programs],
    },
];

/// Runs the named parts, or everything.
pub(crate) fn run(names: &[&str]) -> Result<()> {
    if let Some(option) = names.iter().find(|name| name.starts_with('-')) {
        bail!("`test` knows no option `{option}`; `cargo xtask help test` says what it knows");
    }
    let started = Instant::now();
    let mut runs: Vec<(Vec<&str>, &[Need])> = names.iter().map(|name| plan(name)).collect();
    if runs.is_empty() {
        runs.push((vec!["--workspace"], ALL_NEEDS));
    }
    let environment = Environment::prepare(&runs)?;
    let mut summary = Summary::default();
    if names.is_empty() && std::env::var_os("CONFORMANCE_DIR").is_none() {
        summary.skip("conformance data of others: CONFORMANCE_DIR does not say where it is");
    }
    let mut all_passed = true;
    for (arguments, _) in &runs {
        all_passed &= environment.cargo_test(arguments, &mut summary)?;
    }
    drop(environment);
    println!("\nall of it took {} s", started.elapsed().as_secs());
    print!("{summary}");
    if !all_passed {
        bail!("not all tests passed");
    }
    if summary.is_empty() {
        bail!("no test ran: `{}` matches none", names.join(" "));
    }
    Ok(())
}

/// The arguments for `cargo test`, and what that run needs.
fn plan(name: &str) -> (Vec<&str>, &'static [Need]) {
    let Some(part) = PARTS.iter().find(|part| part.name == name) else {
        return (vec!["--workspace", name], ALL_NEEDS);
    };
    let mut arguments = part.select.to_vec();
    if !part.filter.is_empty() {
        arguments.push(part.filter);
    }
    (arguments, part.needs)
}

/// What was set up for the tests; it is taken down when this value goes.
struct Environment {
    _postgres: Option<Postgres>,
    variables: Vec<(&'static str, String)>,
}

impl Environment {
    fn prepare(runs: &[(Vec<&str>, &[Need])]) -> Result<Self> {
        let needs = |need| runs.iter().any(|(_, needs)| needs.contains(&need));
        let target = workspace::target_dir();
        let mut variables = vec![("CARGO_TARGET_DIR", target.display().to_string())];
        if needs(Need::Python)
            && let Some(python) = or_skip(given("TEST_PYTHON", python::prepare))?
        {
            variables.push(("TEST_PYTHON", python));
        }
        if needs(Need::Buf)
            && let Some(program) = or_skip(given("TEST_BUF", corpus::program))?
        {
            variables.push(("TEST_BUF", program));
        }
        if needs(Need::Java)
            && let Some(libraries) = or_skip(given("TEST_JAVA_LIBRARIES", java::prepare))?
        {
            variables.push(("TEST_JAVA_LIBRARIES", libraries));
        }
        if needs(Need::Programs) {
            // Tests and programs in one go: cargo would else build what both use twice.
            let build = ["build", "--workspace", "--bins", "--tests"];
            shell::run(&mut shell::cargo(&build))?;
            for (variable, name) in [("TEST_SCHEMAD", "schemad"), ("TEST_SCHEMACTL", "schemactl")] {
                let program = target.join("debug").join(name);
                variables.push((variable, program.display().to_string()));
            }
        }
        let mut server = None;
        if needs(Need::Postgres) {
            let url = or_skip(given("TEST_POSTGRES_URL", || {
                let started = Postgres::start()?;
                Ok(server.insert(started).url())
            }))?;
            variables.extend(url.map(|url| ("TEST_POSTGRES_URL", url)));
        }
        Ok(Self {
            _postgres: server,
            variables,
        })
    }

    /// Runs `cargo test`, shows and counts what it says; gives whether all passed.
    fn cargo_test(&self, arguments: &[&str], summary: &mut Summary) -> Result<bool> {
        let mut command = shell::cargo(&["test", "--no-fail-fast"]);
        command
            .args(arguments)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        println!("$ cargo test --no-fail-fast {}", arguments.join(" "));
        let mut child = command.spawn().context("starting `cargo test`")?;
        if let Some(output) = child.stdout.take() {
            summary
                .follow(output)
                .context("reading from `cargo test`")?;
        }
        let status = child.wait().context("waiting for `cargo test`")?;
        Ok(status.success())
    }
}

/// What the environment already names, else what `prepare` gives.
fn given(variable: &str, prepare: impl FnOnce() -> Result<String>) -> Result<String> {
    match std::env::var(variable) {
        Ok(value) => {
            // Not its value, which may hold a password.
            println!("{variable} is set: nothing is set up in its place");
            Ok(value)
        }
        Err(_) => prepare(),
    }
}

/// In CI a need that cannot be met ends the run; elsewhere it is said and the tests skip.
fn or_skip(outcome: Result<String>) -> Result<Option<String>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if workspace::is_ci() => Err(error),
        Err(error) => {
            eprintln!("\nSKIPPED what needs it: {error:#}\n");
            Ok(None)
        }
    }
}

/// Runs a command quietly as the user who may run database servers: the superuser may not.
fn as_user(user: Option<&str>, program: &std::path::Path) -> Command {
    let Some(user) = user else {
        return Command::new(program);
    };
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", user, "--regid", user, "--clear-groups", "--"])
        .arg(program);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_selects_its_package_and_any_other_word_is_a_filter() {
        assert_eq!(plan("checker"), (vec!["-p", "checker"], &[][..]));
        let faults = ["--workspace", "--test", "it", "faults::"];
        assert_eq!(plan("faults").0, faults);
        assert_eq!(plan("enum_symbol").0, ["--workspace", "enum_symbol"]);
    }

    #[test]
    fn an_option_is_refused_and_not_taken_for_a_filter() {
        assert!(
            run(&["--nocapture"])
                .unwrap_err()
                .to_string()
                .contains("--nocapture")
        );
    }
}
