//! `schemactl validate`: are these files valid schemas?
//!
//! Files may refer to those given with them, and to those beside them. A directory stands for its
//! schema files, `.proto` files among them as one tree.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use checker::report::Sources;
use checker::report::text::{Renderer, Styles};
use checker::{Format, Problem, Schema, SchemaInput, Source};
use serde::Serialize;

use super::check::siblings::{Beside, Siblings};
use super::check::{directory, each, is_directory, references};
use super::read::{Fault, Read, shown};
use crate::args::{ReportArgs, ReportFormat, SchemaArgs};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::files::{self, Snapshot, format_of};
use crate::git::Repository;
use crate::render::collect::Origin;
use crate::render::{self, Collector, Kind, Places, Printable};
use crate::roots::Roots;

/// The arguments of `schemactl validate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Files may refer to those given with them and to those in their directory. In a directory the same \
files are looked at as by `schemactl check`.

Exit codes: 0 valid, 1 invalid, 2 failed.

Examples:
  schemactl validate order.avsc customer.avsc
  schemactl validate .
  schemactl validate proto/orders/v1/order.proto -I proto
  schemactl validate order.schema.json --format json
  schemactl validate . --format github
  schemactl validate - --type AVRO < order.avsc")]
pub struct Args {
    /// The files and directories, or - for standard input (with --type)
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// How to read.
    #[command(flatten)]
    pub schema: SchemaArgs,
    /// How to print.
    #[command(flatten)]
    pub report: ReportArgs,
}

#[derive(Serialize)]
struct Document {
    files: Vec<Validated>,
}

#[derive(Serialize)]
struct Validated {
    file: String,
    valid: bool,
    errors: Vec<Problem>,
    /// What is legal and probably not meant.
    warnings: Vec<Problem>,
    /// Not even looked at: it cannot be read, or its name does not tell what it is.
    #[serde(skip)]
    failure: Option<Error>,
}

/// Runs `schemactl validate`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    args.report.refuse_nonsense(false)?;
    let mut files = Files {
        read: Read::new(&args.schema, context)?,
        found: Vec::new(),
        siblings: Siblings::default(),
        protos: BTreeMap::new(),
        sources: Sources::new(),
    };
    for path in &args.files {
        files.add(path, context);
    }
    let (document, sources) = files.validate(context);
    // The JSON has them among the errors of their files.
    if args.report.format != ReportFormat::Json {
        for failure in document.failures() {
            context.output.error(failure);
        }
    }
    let printed = Judged {
        document: &document,
        sources: &sources,
    };
    render::print(&printed, &args.report, context)?;
    let errors = document.files.iter().flat_map(|file| &file.errors);
    references::help_with_missing(errors, &args.schema, context);
    Ok(document.exit())
}

/// All files that were named, before any is judged.
struct Files<'a> {
    read: Read<'a>,
    found: Vec<(String, Found)>,
    siblings: Siblings,
    /// The `.proto` files, by path.
    protos: BTreeMap<String, Source>,
    sources: Sources,
}

/// What a name stands for.
enum Found {
    /// A schema, and where to look for what it refers to.
    Schema(Box<SchemaInput>, PathBuf),
    /// Nothing that could be judged.
    Fault(Fault),
    /// A file of a tree that has been judged.
    Judged(Vec<Problem>),
}

impl Files<'_> {
    fn add(&mut self, path: &Path, context: &mut Context) {
        let directory = !files::is_input(path) && is_directory(path, context).unwrap_or(false);
        if !directory {
            self.add_file(path, context);
        } else if let Err(error) = self.add_directory(path, context) {
            self.found.push((shown(path), Found::Fault(error.into())));
        }
    }

    fn add_file(&mut self, path: &Path, context: &mut Context) {
        let found = match self.read.input(path, context) {
            Ok(input) => {
                if input.format == Format::Protobuf {
                    let name = key(&shown(path));
                    self.protos.insert(name, input.source.clone());
                }
                self.siblings
                    .add(&key(&shown(path)), input.format, &input.source);
                Found::Schema(Box::new(input), path.to_owned())
            }
            Err(fault) => Found::Fault(fault),
        };
        self.found.push((shown(path), found));
    }

    fn add_directory(&mut self, path: &Path, context: &mut Context) -> Result<(), Error> {
        let snapshot = Snapshot::Disk {
            root: context.path(path),
            shown: path.to_owned(),
            repository: Repository::discover(&context.path(path)).ok(),
        };
        let files = directory::files(&snapshot)?;
        let is_proto = |file: &&String| format_of(file) == Some(Format::Protobuf);
        let (protos, others): (Vec<&String>, Vec<&String>) = files.iter().partition(is_proto);
        for file in others {
            let text = snapshot.read(&[file])?.pop();
            if text.is_some_and(|text| each::is_schema(file, &text)) {
                self.add_file(Path::new(&snapshot.name(file)), context);
            } else {
                let file = snapshot.name(file);
                let note = format!("`{file}` is not looked at, since it has no `$schema`");
                context.output.note(&note);
            }
        }
        let protos: Vec<String> = protos.into_iter().cloned().collect();
        let layout = self.read.layout(path, &protos, context);
        self.add_tree(&snapshot, &protos, &layout.roots(&protos)?)
    }

    /// Judges the `.proto` files of a directory together.
    fn add_tree(
        &mut self,
        snapshot: &Snapshot,
        protos: &[String],
        roots: &Roots,
    ) -> Result<(), Error> {
        let problems = match directory::read_tree(snapshot, protos, roots, &mut self.sources)? {
            Ok(tree) => tree.problems(),
            Err(problems) => problems,
        };
        let first = protos.first().map(|file| snapshot.name(file));
        for file in protos {
            let name = snapshot.name(file);
            // What has no place in a file stands with the first one.
            let own = |problem: &&Problem| match &problem.span {
                Some(span) => *span.file == *name,
                None => first.as_ref() == Some(&name),
            };
            let problems = problems.iter().filter(own).cloned().collect();
            self.found.push((name, Found::Judged(problems)));
        }
        Ok(())
    }

    fn validate(mut self, context: &mut Context) -> (Document, Sources) {
        let found = std::mem::take(&mut self.found);
        let mut looked_at = BTreeSet::new();
        let files = found.into_iter().map(|(file, found)| match found {
            Found::Schema(input, path) => {
                let input = self.complete(*input, &path, &mut looked_at, context);
                self.sources.insert(&input.source);
                for reference in &input.references {
                    self.sources.insert(&reference.source);
                }
                let parsed = Schema::parse(&input);
                Validated::of(file, parsed.map(|schema| schema.warnings().to_vec()))
            }
            Found::Fault(fault) => Validated::fault(file, fault),
            Found::Judged(problems) if problems.is_empty() => Validated::of(file, Ok(Vec::new())),
            Found::Judged(problems) => Validated::of(file, Err(problems)),
        });
        let files = files.collect();
        (Document { files }, self.sources)
    }

    /// The schema with what it refers to: files that are given, else those beside it.
    fn complete(
        &mut self,
        input: SchemaInput,
        path: &Path,
        looked_at: &mut BTreeSet<PathBuf>,
        context: &mut Context,
    ) -> SchemaInput {
        let name = key(&shown(path));
        if input.format == Format::Protobuf {
            let beside = Beside::on_disk(path, true, context);
            return beside.with_imports(input, &self.protos);
        }
        let input = self.siblings.complete(&name, input);
        let directory = path.parent().unwrap_or(Path::new("")).to_owned();
        let known = input.format == Format::Avro && looked_at.contains(&directory);
        if Schema::parse(&input).is_ok() {
            return input;
        }
        if !known {
            let beside = Beside::on_disk(path, true, context);
            let added = beside.add_to(&mut self.siblings, input.format, &|file| {
                key(&beside.snapshot.name(file))
            });
            if let Err(error) = added {
                beside.tell(&error, context);
            }
            looked_at.insert(directory);
        }
        self.siblings.complete(&name, input)
    }
}

/// The same path for `a.avsc` and `./a.avsc`.
fn key(path: &str) -> String {
    path.trim_start_matches("./").to_owned()
}

impl Validated {
    /// The warnings of a valid file, or its errors.
    fn of(file: String, found: Result<Vec<Problem>, Vec<Problem>>) -> Self {
        let valid = found.is_ok();
        let (warnings, errors) = match found {
            Ok(warnings) => (warnings, Vec::new()),
            Err(errors) => (Vec::new(), errors),
        };
        Self {
            file,
            valid,
            errors,
            warnings,
            failure: None,
        }
    }

    fn fault(file: String, fault: Fault) -> Self {
        match fault {
            Fault::Invalid(problems, _) => Self::of(file, Err(problems)),
            Fault::Failed(error) => {
                let told = Err(vec![Problem::whole(error.chain())]);
                Self {
                    failure: Some(error),
                    ..Self::of(file, told)
                }
            }
        }
    }
}

impl Document {
    fn failures(&self) -> impl Iterator<Item = &Error> {
        self.files.iter().filter_map(|file| file.failure.as_ref())
    }

    fn exit(&self) -> Exit {
        let exit = |file: &Validated| match (&file.failure, file.valid) {
            (Some(_), _) => Exit::Trouble,
            (None, false) => Exit::Failure,
            (None, true) => Exit::Success,
        };
        self.files.iter().map(exit).max().unwrap_or(Exit::Success)
    }
}

/// A document with the texts to quote.
struct Judged<'a> {
    document: &'a Document,
    sources: &'a Sources,
}

impl Printable for Judged<'_> {
    fn text(&self, styles: &Styles) -> String {
        let renderer = Renderer {
            sources: self.sources,
            styles,
            directions: &[],
        };
        let mut text = String::new();
        let files = self.document.files.iter();
        for file in files.filter(|file| file.failure.is_none()) {
            for problem in &file.errors {
                text.push_str(&renderer.problem(problem));
            }
            for problem in &file.warnings {
                text.push_str(&renderer.warning(problem));
            }
        }
        text.push_str(&closing(self.document));
        text.push('\n');
        text
    }

    fn json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self.document)? + "\n")
    }

    fn document(&self, places: &Places) -> render::Document {
        let mut collector = Collector::new("schemactl validate", places);
        for file in &self.document.files {
            collector.unit(&file.file);
            let origin = Origin::of(&file.file);
            for problem in &file.errors {
                collector.problem(origin, problem, Kind::Invalid);
            }
            for problem in &file.warnings {
                collector.problem(origin, problem, Kind::Doubtful);
            }
        }
        collector.finish(closing(self.document))
    }
}

/// `checked 3 files: 1 invalid, 1 failed (exit code 2)`
fn closing(document: &Document) -> String {
    let count = document.files.len();
    let failed = document.files.iter().filter(|file| file.failure.is_some());
    let failed = failed.count();
    let invalid = document.files.iter().filter(|file| !file.valid).count() - failed;
    let warnings: usize = document.files.iter().map(|file| file.warnings.len()).sum();
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let mut counts: Vec<String> = Vec::new();
    for (count, word) in [(invalid, "invalid"), (failed, "failed")] {
        if count > 0 {
            counts.push(format!("{count} {word}"));
        }
    }
    let warned = match warnings {
        0 => String::new(),
        count => format!(" ({count} warning{})", plural(count)),
    };
    let files = plural(count);
    match &*counts {
        [] => format!("checked {count} file{files}: all valid{warned}"),
        counts => format!(
            "checked {count} file{files}: {} (exit code {})",
            counts.join(", "),
            document.exit().code()
        ),
    }
}
