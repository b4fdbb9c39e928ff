//! What comparing whole trees of `.proto` files costs, beside the real `buf` in the same run: trees
//! as large as googleapis a year apart, real and made; a small one; and within this process the
//! grammar and the linking of a whole tree, beside `protox`. Then inputs that mean harm.
//!
//! `buf` gets its category `WIRE_JSON`, one way. Ours runs twice: with its defaults, which report
//! `WIRE_JSON` and gRPC both ways, with witnesses; and in buf mode, which is asked what `buf` is.
//! Verdicts are not compared here. The real trees and `buf` are what `cargo xtask corpus`
//! fetches; without them the figures that need them are skipped.

#![expect(clippy::print_stdout, reason = "a benchmark says what it skips")]

#[path = "support/figures.rs"]
mod figures;
#[path = "support/hostile.rs"]
mod hostile;
#[path = "support/process.rs"]
mod process;
#[path = "support/synthetic.rs"]
mod synthetic;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use checker::Source;
use checker::protobuf::{Tree, TreeFile};
use protox::Compiler;
use protox::file::{File, FileResolver, GoogleFileResolver};
use tempfile::TempDir;

use figures::{Figure, median, report};
use process::{Cost, costs};
use synthetic::Year;

/// How often our program runs on a large tree; the median counts. `buf` takes a minute: once.
const LARGE_ROUNDS: usize = 5;
/// How often both run on a small tree.
const SMALL_ROUNDS: usize = 9;
/// The files of the small tree.
const SMALL_FILES: usize = 58;
/// The service whose files the small tree has, with what they import.
const SMALL_SERVICE: &str = "google/monitoring/";
/// What `buf` is told.
const BUF_CONFIG: &str = r#"{"version": "v2", "breaking": {"use": ["WIRE_JSON"]}}"#;
/// How long an input that means harm may take.
const MAX_HOSTILE_SECONDS: f64 = 10.0;

fn main() -> Result<()> {
    if process::measure_if_asked()? {
        return Ok(());
    }
    let work = TempDir::new().context("making a directory")?;
    let programs = Programs::find()?;
    let mut figures = Vec::new();
    match corpus("googleapis-new") {
        Some(new) => figures.extend(real(&programs, &new, work.path())?),
        None => println!("skipped: googleapis, which `cargo xtask corpus` fetches"),
    }
    figures.extend(made(&programs, work.path())?);
    report("protos", "buf", &figures)?;
    report("protos: harm", "-", &harm(&programs, work.path())?)
}

/// What is compared with what.
struct Programs {
    ours: PathBuf,
    buf: Option<PathBuf>,
}

impl Programs {
    fn find() -> Result<Self> {
        let ours = std::env::var_os("TEST_SCHEMACTL");
        let ours = ours.context("`cargo xtask bench protos` builds and names `schemactl`")?;
        let buf = corpus("buf/bin/buf");
        if buf.is_none() {
            println!("skipped: all of `buf`, which `cargo xtask corpus` fetches");
        }
        Ok(Self {
            ours: ours.into(),
            buf,
        })
    }

    /// Both on the same pair of trees: ours as it is by default, and in buf mode.
    fn compare(&self, name: &str, trees: &Trees, rounds: (usize, usize)) -> Result<Vec<Figure>> {
        let (ours, theirs) = rounds;
        let theirs: Vec<Cost> = match &self.buf {
            Some(buf) => (0..theirs)
                .map(|_| cost_of_buf(buf, trees))
                .collect::<Result<_>>()?,
            None => Vec::new(),
        };
        let mut figures = Vec::new();
        for mode in [Mode::Default, Mode::Buf] {
            let ours: Vec<Cost> = (0..ours)
                .map(|_| self.cost(trees, mode))
                .collect::<Result<_>>()?;
            figures.extend(costs(&format!("{name}{}", mode.suffix()), &ours, &theirs));
        }
        Ok(figures)
    }

    /// What our program costs.
    fn cost(&self, trees: &Trees, mode: Mode) -> Result<Cost> {
        let mut command = Command::new(&self.ours);
        command.args(["protos", "check"]).arg(&trees.new);
        command.arg("--against").arg(&trees.old);
        command.args(mode.arguments());
        found(Cost::of(&command)?, mode.breaks()).context("`schemactl`")
    }
}

/// What `buf` costs.
fn cost_of_buf(buf: &Path, trees: &Trees) -> Result<Cost> {
    let mut command = Command::new(buf);
    command.arg("breaking").arg(&trees.new);
    command.arg("--against").arg(&trees.old);
    command.args(["--error-format", "json", "--config", BUF_CONFIG]);
    found(Cost::of(&command)?, Mode::Buf.breaks()).context("`buf`")
}

/// What our program is asked.
#[derive(Clone, Copy)]
enum Mode {
    /// More than `buf` answers.
    Default,
    /// The same as `buf` is asked.
    Buf,
}

impl Mode {
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Default => &["--format", "json"],
            Self::Buf => &["--buf", "--use", "WIRE_JSON", "--format", "buf-json"],
        }
    }

    /// The exit code that tells of breaks.
    fn breaks(self) -> i32 {
        match self {
            Self::Default => 1,
            Self::Buf => 100,
        }
    }

    /// Tells the figures apart.
    fn suffix(self) -> &'static str {
        match self {
            Self::Default => "",
            Self::Buf => ", buf mode",
        }
    }
}

/// A run counts that compared the trees: that found breaks, or none.
fn found(cost: Cost, breaks: i32) -> Result<Cost> {
    match cost.code {
        Some(code) if code == 0 || code == breaks => Ok(cost),
        code => bail!("did not compare the trees: its exit code is {code:?}"),
    }
}

/// Two states of a tree on the disk.
struct Trees {
    old: PathBuf,
    new: PathBuf,
}

/// What `cargo xtask corpus` fetched.
fn corpus(part: &str) -> Option<PathBuf> {
    let path = PathBuf::from(std::env::var_os("BENCH_CORPUS")?).join(part);
    path.exists().then_some(path)
}

/// googleapis, a part of it, and the stages one by one.
fn real(programs: &Programs, new: &Path, work: &Path) -> Result<Vec<Figure>> {
    let trees = Trees {
        old: corpus("googleapis-old").context("the corpus has one tree of two")?,
        new: new.to_owned(),
    };
    let texts = texts(&trees.new)?;
    let mut figures = programs.compare("googleapis", &trees, (LARGE_ROUNDS, 1))?;
    let small = Trees {
        old: work.join("small-old"),
        new: work.join("small-new"),
    };
    let old = self::texts(&trees.old)?;
    write(&small.new, part(&texts))?;
    write(&small.old, part(&old))?;
    figures.extend(programs.compare(
        &format!("{SMALL_FILES} files"),
        &small,
        (SMALL_ROUNDS, SMALL_ROUNDS),
    )?);
    report("protos: stages", "protox", &stages(&texts)?)?;
    Ok(figures)
}

/// The made tree.
fn made(programs: &Programs, work: &Path) -> Result<Vec<Figure>> {
    let trees = Trees {
        old: work.join("made-old"),
        new: work.join("made-new"),
    };
    write(&trees.old, synthetic::tree(Year::Old))?;
    write(&trees.new, synthetic::tree(Year::New))?;
    programs.compare("made tree", &trees, (LARGE_ROUNDS, 1))
}

/// Texts by import path.
type Texts = BTreeMap<String, String>;

fn texts(root: &Path) -> Result<Texts> {
    let mut texts = Texts::new();
    let mut open = vec![root.to_owned()];
    while let Some(directory) = open.pop() {
        let reading = || format!("reading {}", directory.display());
        for entry in fs::read_dir(&directory).with_context(reading)? {
            let path = entry.with_context(reading)?.path();
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "proto")
            {
                let text = fs::read_to_string(&path).with_context(reading)?;
                let relative = path.strip_prefix(root).unwrap_or(&path);
                texts.insert(relative.to_string_lossy().into_owned(), text);
            }
        }
    }
    Ok(texts)
}

fn write(root: &Path, files: impl IntoIterator<Item = (String, String)>) -> Result<()> {
    for (path, text) in files {
        let path = root.join(path);
        let writing = || format!("writing {}", path.display());
        fs::create_dir_all(path.parent().unwrap_or(root)).with_context(writing)?;
        fs::write(&path, text).with_context(writing)?;
    }
    Ok(())
}

/// The files of one service with what they import, up to [`SMALL_FILES`].
fn part(texts: &Texts) -> Vec<(String, String)> {
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    for path in texts.keys().filter(|path| path.starts_with(SMALL_SERVICE)) {
        let mut with: BTreeSet<&str> = BTreeSet::from([path.as_str()]);
        let mut open = vec![path.as_str()];
        while let Some(path) = open.pop() {
            let imports = texts.get(path).map_or("", String::as_str).lines();
            for import in imports.filter_map(imported) {
                let known = texts.get_key_value(import);
                if let Some((import, _)) = known.filter(|(import, _)| with.insert(import)) {
                    open.push(import);
                }
            }
        }
        if taken.union(&with).count() <= SMALL_FILES {
            taken.extend(with);
        }
    }
    let files = taken.into_iter();
    files
        .filter_map(|path| Some((path.to_owned(), texts.get(path)?.clone())))
        .collect()
}

/// The path in a line that imports, as googleapis has them.
fn imported(line: &str) -> Option<&str> {
    let path = line.strip_prefix("import \"")?;
    path.split('"').next()
}

/// Grammar and linking of all the files, on one thread, in this process.
fn stages(texts: &Texts) -> Result<Vec<Figure>> {
    let files = texts.iter().map(|(path, text)| TreeFile {
        import_path: path.clone(),
        source: Source::new(path.as_str(), text.as_str()),
        import_only: false,
    });
    let tree = Tree::new(files);
    let seconds = |work: &dyn Fn() -> usize| -> Result<f64> {
        let start = Instant::now();
        ensure!(work() == 0, "the tree does not compile");
        Ok(start.elapsed().as_secs_f64())
    };
    let rounds = |work: &dyn Fn() -> usize, count: usize| -> Result<f64> {
        let rounds: Vec<f64> = (0..count).map(|_| seconds(work)).collect::<Result<_>>()?;
        median(rounds.into_iter()).context("there is a round")
    };
    let syntax = rounds(&|| tree.mistakes().len(), LARGE_ROUNDS)?;
    let link = rounds(&|| tree.problems().len(), LARGE_ROUNDS)?;
    let their_syntax = rounds(&|| their_mistakes(texts), 1)?;
    let their_link = rounds(&|| their_problems(texts), 1)?;
    let bytes: u32 = texts.values().map(String::len).sum::<usize>().try_into()?;
    let megabytes = f64::from(bytes) / 1e6;
    let figure = |metric: &str, unit, value, baseline| Figure {
        metric: metric.to_owned(),
        value,
        unit,
        baseline: Some(baseline),
    };
    Ok(vec![
        figure(
            "syntax",
            "MB/s",
            megabytes / syntax,
            megabytes / their_syntax,
        ),
        figure("syntax", "ms", syntax * 1e3, their_syntax * 1e3),
        figure("syntax and linking", "ms", link * 1e3, their_link * 1e3),
    ])
}

fn their_mistakes(texts: &Texts) -> usize {
    let failed = |(path, text): (&String, &String)| File::from_source(path, text).is_err();
    texts.iter().filter(|file| failed(*file)).count()
}

fn their_problems(texts: &Texts) -> usize {
    let mut compiler = Compiler::with_file_resolver(Memory(texts.clone()));
    let failed = texts
        .keys()
        .filter(|path| compiler.open_file(path).is_err());
    failed.count()
}

/// Texts as the other compiler asks for them.
struct Memory(Texts);

impl FileResolver for Memory {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match self.0.get(name) {
            Some(text) => File::from_source(name, text),
            None => GoogleFileResolver::new().open_file(name),
        }
    }
}

/// What inputs that mean harm cost our program.
fn harm(programs: &Programs, work: &Path) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (number, input) in hostile::inputs().into_iter().enumerate() {
        let root = work.join(format!("harm-{number}"));
        let files = input.files.into_iter();
        write(&root, files.map(|(path, text)| (path.to_owned(), text)))?;
        let mut command = Command::new(&programs.ours);
        command.arg("validate").arg(root.join("a.proto"));
        command.arg("-I").arg(&root);
        let cost = Cost::of(&command)?;
        let expected = i32::from(!input.valid);
        ensure!(
            cost.code == Some(expected) && cost.wall_s <= MAX_HOSTILE_SECONDS,
            "{}: {cost:?}",
            input.name
        );
        let figure = |unit, value| Figure {
            metric: input.name.to_owned(),
            value,
            unit,
            baseline: None,
        };
        figures.push(figure("ms", cost.wall_s * 1e3));
        figures.push(figure("MB", cost.peak_mb));
    }
    Ok(figures)
}
