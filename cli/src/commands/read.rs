//! Reads a schema from a file for the commands that print something of it: what is wrong with it is
//! told on standard error, so that standard output has the result and nothing else.

use std::path::Path;

use checker::report::Sources;
use checker::report::text::Renderer;
use checker::{Problem, Reference, Schema, SchemaInput};

use super::check::references;
use crate::args::SchemaArgs;
use crate::context::Context;
use crate::error::Error;
use crate::files::{self, require_format};

/// How schemas are read: the references once, for all files.
#[derive(Debug)]
pub struct Read<'a> {
    args: &'a SchemaArgs,
    references: Result<Vec<Reference>, Vec<Problem>>,
}

impl<'a> Read<'a> {
    /// Reads the references that are named on the command line.
    pub fn new(args: &'a SchemaArgs, context: &Context) -> Result<Self, Error> {
        let references = references::on_disk(&args.references, args, context)?;
        Ok(Self { args, references })
    }

    /// The schema of a file; `None` where it is not valid, after saying why.
    pub fn schema(&mut self, file: &Path, context: &mut Context) -> Result<Option<Schema>, Error> {
        let format = require_format(file, self.args.schema_type)?;
        let text = files::read(&context.path(file), &shown(file))?;
        let (source, references) = match (text, &self.references) {
            (Ok(source), Ok(references)) => (source, references.clone()),
            (Err(problem), _) => return Ok(self.tell(&[problem], &Sources::new(), context)),
            (Ok(_), Err(problems)) => return Ok(self.tell(problems, &Sources::new(), context)),
        };
        let input = references::in_order(SchemaInput {
            format,
            source,
            references,
            draft: self.args.draft,
        });
        match Schema::parse(&input) {
            Ok(schema) => Ok(Some(schema)),
            Err(problems) => {
                let mut sources = Sources::new();
                sources.insert(&input.source);
                for reference in &input.references {
                    sources.insert(&reference.source);
                }
                Ok(self.tell(&problems, &sources, context))
            }
        }
    }

    fn tell(
        &self,
        problems: &[Problem],
        sources: &Sources,
        context: &mut Context,
    ) -> Option<Schema> {
        let renderer = Renderer {
            sources,
            styles: context.output.err_styles(),
            directions: &[],
        };
        let text: String = problems
            .iter()
            .map(|problem| renderer.problem(problem))
            .collect();
        context.output.say(&text);
        references::help_with_imports(problems, self.args, context);
        None
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
