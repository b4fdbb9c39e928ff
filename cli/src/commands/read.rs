//! Reads a schema from a file for the commands that print something of it. What is wrong with it is
//! told on standard error, or in the JSON document, so that standard output has the result and
//! nothing else.

use std::path::{Path, PathBuf};

use checker::report::Sources;
use checker::{Problem, Reference, Schema, SchemaInput, Stored};

use super::check::references;
use crate::args::{OutputFormat, SchemaArgs};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::files::{self, require_format};
use crate::roots::{Layout, RootArgs};

/// How schemas are read: the references once, for all files.
#[derive(Debug)]
pub struct Read<'a> {
    args: &'a SchemaArgs,
    references: Result<Vec<Reference>, Vec<Problem>>,
}

/// Why a file gives no schema.
#[derive(Debug)]
pub enum Fault {
    /// It is not valid.
    Invalid(Vec<Problem>, Sources),
    /// It cannot be read, or does not have what was asked for.
    Failed(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Fault {
    /// The exit code of a command for which this is the worst.
    pub const fn exit(&self) -> Exit {
        match self {
            Self::Invalid(..) => Exit::Failure,
            Self::Failed(_) => Exit::Trouble,
        }
    }

    fn invalid(problems: Vec<Problem>) -> Self {
        Self::Invalid(problems, Sources::new())
    }

    fn problems(self) -> Vec<Problem> {
        match self {
            Self::Invalid(problems, _) => problems,
            Self::Failed(error) => vec![Problem::whole(error.chain())],
        }
    }
}

impl<'a> Read<'a> {
    /// Reads the references that are named on the command line.
    pub fn new(args: &'a SchemaArgs, context: &Context) -> Result<Self, Error> {
        let references = references::on_disk(&args.references, args, context)?;
        Ok(Self { args, references })
    }

    /// The schema of a file.
    pub fn schema(&self, file: &Path, context: &mut Context) -> Result<Schema, Fault> {
        let input = self.input(file, context)?;
        Schema::parse(&input).map_err(|problems| {
            let mut sources = Sources::new();
            sources.insert(&input.source);
            for reference in &input.references {
                sources.insert(&reference.source);
            }
            Fault::Invalid(problems, sources)
        })
    }

    /// What the checker reads.
    pub fn input(&self, file: &Path, context: &mut Context) -> Result<SchemaInput, Fault> {
        let format = require_format(file, self.args.schema_type)?;
        let source = files::read_given(file, context)?;
        let source = source.map_err(|problem| Fault::invalid(vec![problem]))?;
        let references = self.references.clone().map_err(Fault::invalid)?;
        Ok(references::in_order(SchemaInput {
            format,
            references: references::without_itself(references, &source, format, context),
            source,
            draft: self.args.draft,
            stored: Stored::Nothing,
        }))
    }

    /// Where the `.proto` files of a directory import from: those of its folders that are named are
    /// roots of its own, for all its files are looked at.
    pub fn layout(&self, directory: &Path, protos: &[String], context: &Context) -> Layout {
        let inside = |path: &&PathBuf| {
            let way = path.strip_prefix(directory).unwrap_or(path);
            let way = Path::new(".").join(way);
            protos.iter().any(|file| {
                let file = Path::new(".").join(file);
                way != Path::new(".") && file.starts_with(&way)
            })
        };
        let (own, others): (Vec<&PathBuf>, Vec<&PathBuf>) =
            self.args.proto_paths.iter().partition(inside);
        let own = own.into_iter().map(|path| {
            let way = path.strip_prefix(directory).unwrap_or(path);
            way.to_string_lossy().into_owned()
        });
        let roots = RootArgs {
            proto_roots: own.collect(),
            includes: others.into_iter().cloned().collect(),
        };
        roots.layout(directory, context)
    }

    /// Tells a fault to people; gives it back for the document that programs read.
    pub fn tell(&self, fault: Fault, format: OutputFormat, context: &mut Context) -> Vec<Problem> {
        match (&fault, format) {
            (Fault::Failed(error), OutputFormat::Text) => context.output.error(error),
            (Fault::Invalid(problems, sources), OutputFormat::Text) => {
                context.output.problems(problems, sources);
                references::help_with_missing(problems, self.args, context);
            }
            (_, OutputFormat::Json) => {}
        }
        fault.problems()
    }
}

/// A file as the user named it.
pub fn shown(file: &Path) -> String {
    file.to_string_lossy().into_owned()
}

/// What only Avro has.
pub fn avro_only(what: &str, help: &str) -> Error {
    Error::usage(format!("only Avro schemas have {what}"), help)
}

/// A text that would nest too deeply.
pub fn too_deep() -> Error {
    Error::Limit(
        "with all references written out the schema nests too deeply to be read again; let the \
         referenced types refer to fewer others in a row"
            .to_owned(),
    )
}
