//! What `cargo xtask help` prints.

use anyhow::{Result, bail};

use crate::{bench, fuzz, test};

const OVERVIEW: &str = "\
The project's own chores.

usage: cargo xtask CHORE [ARGUMENT…]

  test [NAME…]   all the tests, or a part of them, with all that they need
  bench [NAME…]  the benchmark programs
  corpus         real .proto trees and the real buf, for benchmarks and tests
  fuzz [NAME…]   the fuzz targets
  tidy           checks of structure that the compiler cannot make
  ci             test, formatting, lints, documentation and tidy
  help [CHORE]   what a chore does in detail
";

const TEST: &str = "\
Runs all the tests, or a part of them, with all that they need.

usage: cargo xtask test [NAME…]

A NAME is one of the parts below; any other word runs the tests of the whole workspace whose name
contains it. Before it runs them it gets ready what they need, and says so:

  * a PostgreSQL server of its own, in a directory for temporary files, on a free port of
    127.0.0.1. The programs come from /usr/lib/postgresql or the PATH, or are installed by apt-get
    where this is root or `sudo -n` works. Other PostgreSQL servers are left alone.
  * a Python environment with the clients pinned in tests/clients/requirements.txt, under the
    target directory. It is made anew only when that file has changed.
  * Avro's Java libraries, pinned in tests/clients/java/pom.xml, fetched by Maven to the target
    directory. A JDK and Maven are installed by apt-get where there are none.
  * `schemad` and `schemactl`, built.

Whatever it started is stopped and removed when it ends, also by Ctrl-C or a failure. A tool that
cannot be had skips the tests that need it, with a loud line for each; where the environment variable
CI is set, it fails the run.

environment:
  CI               set: nothing may be skipped
  CONFORMANCE_DIR  a directory of conformance data; tests of it are skipped where this is unset
  PYTHON           the Python to make the environment with (python3)
  TEST_JAVA_LIBRARIES, TEST_POSTGRES_URL, TEST_PYTHON
                   set: this directory, server, interpreter is used and nothing is set up
  ORACLE_PAIRS, ORACLE_SEED
                   how many pairs of schemas Java is asked about, and which (1500, 1)

parts:
";

const BENCH: &str = "\
Builds the programs for release, runs the benchmark programs, prints a table.

usage: cargo xtask bench [NAME…] [--json FILE]

  --json FILE  append one JSON object per figure to FILE:
               {\"bench\", \"metric\", \"value\", \"unit\", \"baseline\", \"ratio\"}

Each program compares side by side in one run, since machines are noisy: trust the ratios before the
absolute figures. `protos` compares with the real buf on real trees, which `cargo xtask corpus`
fetches; without them it measures what it can and says what it skips. The programs are
tests/bench/*.rs:

";

const CORPUS: &str = "\
Fetches real .proto trees and the real buf to target/corpus, unless they are there.

usage: cargo xtask corpus

  googleapis-old, googleapis-new  googleapis, a year apart: some 5,500 and 7,200 files
  buf                             bin/buf

They come from npm, pinned by version and integrity, and need `npm` and `tar`. Tests of the checker
read any tree that the environment variable PROTO_CORPUS names.
";

const FUZZ: &str = "\
Builds the fuzz targets with instrumentation and runs them under libFuzzer.

usage: cargo xtask fuzz [NAME…] [--seconds N] [--jobs N] [--seed N]

  --seconds N  how long each target runs (60)
  --jobs N     how many targets run at the same time (1)
  --seed N     the same choices each time, and nothing of earlier runs; without it every run differs

It needs a C++ compiler, and no other toolchain than the project's. An input fails that panics,
breaks a law of its target, takes more than a second, 1 GB of memory or 2 MB of stack; it is printed
in base64 with the command that runs it again. What was found worth keeping stays in
target/fuzz/NAME/corpus for the next run, what it printed in target/fuzz/NAME/log.

A target is a file of tests/fuzz/src/targets:

";

const TIDY: &str = "\
Checks what the compiler cannot: it fails with one line per violation.

usage: cargo xtask tidy

  * dependencies between the crates go one way, and the checker pulls in nothing that does I/O
  * inside the server, store knows neither registry nor api, registry knows no api and no HTTP, and
    api knows no store
  * the checker's code names nothing that reads files, the clock, the environment or the network
  * every source file opens with `//!`
  * no file has more than 700 lines of production code and no function more than 70 lines, unless it
    holds a comment `// tidy: long because …`
  * no test is ignored, no lint is silenced by a bare `allow`
  * every rule of the checker has its page, and every page its rule
  * the lock file of fixtures/struct-repo fits its manifests
  * the top level of the repository has the agreed entries and no others
";

const CI: &str = "\
Holds the working tree to everything that CI does.

usage: cargo xtask ci [--no-test]

  cargo xtask test        (not with --no-test)
  cargo fmt --check       also of fixtures/struct-repo
  cargo clippy            every warning is an error
  cargo doc               with private items; every warning is an error
  cargo xtask tidy
";

/// The list of chores.
pub(crate) fn overview() -> &'static str {
    OVERVIEW
}

/// Prints the help of one chore, or the list for `""`.
pub(crate) fn print(chore: &str) -> Result<()> {
    match chore {
        "" | "help" | "-h" | "--help" => print!("{OVERVIEW}"),
        "test" => {
            print!("{TEST}");
            for part in test::PARTS {
                println!("  {:12} {}", part.name, part.about);
            }
        }
        "bench" => {
            print!("{BENCH}");
            for name in bench::names()? {
                println!("  {name}");
            }
        }
        "fuzz" => {
            print!("{FUZZ}");
            for name in fuzz::names()? {
                println!("  {name}");
            }
        }
        "tidy" => print!("{TIDY}"),
        "ci" => print!("{CI}"),
        "corpus" => print!("{CORPUS}"),
        other => bail!("there is no chore `{other}`; `cargo xtask help` lists them"),
    }
    Ok(())
}
