//! `schemactl register`: puts a schema under a subject. The registry checks it first.

use std::path::PathBuf;
use std::str::FromStr;

use checker::report::Sources;
use checker::report::text::Renderer;
use checker::{Format, Schema, SchemaInput, Source};
use clap::builder::NonEmptyStringValueParser;

use super::check::references::in_order;
use super::check::registry;
use crate::args::{FormatArg, OutputFormat, RegistryArg};
use crate::client::Client;
use crate::client::wire::{Reference, RegisterBody, Registered};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::files::{self, require_format};

/// The arguments of `schemactl register`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Registering the same schema again gives the same id and no new version. A schema that is \
incompatible with earlier versions is refused, and nothing is stored.

Exit codes: 0 registered, 1 incompatible, 2 failed.

Examples:
  schemactl register order.avsc --subject orders-value
  schemactl register order.proto --subject orders-value --reference shop/money.proto=money:1")]
pub struct Args {
    /// The schema file
    pub file: PathBuf,
    /// The subject
    #[arg(long, value_name = "SUBJECT", value_parser = NonEmptyStringValueParser::new())]
    pub subject: String,
    /// Schema type (AVRO, PROTOBUF, JSON) where the file name does not tell it
    #[arg(long = "type", value_name = "TYPE")]
    pub schema_type: Option<Format>,
    /// A registered schema that this one refers to, under the name by which it does (repeatable)
    #[arg(long = "reference", value_name = "NAME=SUBJECT:VERSION")]
    pub references: Vec<RegisteredReference>,
    /// Which registry.
    #[command(flatten)]
    pub registry: RegistryArg,
    /// How to print.
    #[command(flatten)]
    pub format: FormatArg,
}

/// `NAME=SUBJECT:VERSION`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredReference(Reference);

impl FromStr for RegisteredReference {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (name, target) = text.split_once('=')?;
            let (subject, version) = target.rsplit_once(':')?;
            let version = version.parse().ok().filter(|version| *version > 0)?;
            let complete = !name.is_empty() && !subject.is_empty();
            complete.then(|| Reference {
                name: name.to_owned(),
                subject: subject.to_owned(),
                version,
            })
        };
        parse().map(Self).ok_or_else(|| {
            format!("`{text}` is not NAME=SUBJECT:VERSION, such as `shop.Money=money-value:1`")
        })
    }
}

/// Runs `schemactl register`.
pub fn run(args: &Args, context: &mut Context) -> Result<Exit, Error> {
    let format = require_format(&args.file, args.schema_type)?;
    let shown = args.file.to_string_lossy();
    let source = match files::read(&context.path(&args.file), &shown)? {
        Ok(source) => source,
        Err(problem) => return Err(Error::usage(problem.to_string(), "save it as UTF-8 text")),
    };
    let body = RegisterBody {
        schema: source.text().to_owned(),
        schema_type: format.name(),
        references: args
            .references
            .iter()
            .map(|reference| reference.0.clone())
            .collect(),
    };
    let client = Client::new(&args.registry.registry)?;
    match client.register(&args.subject, &body) {
        Ok(registered) => {
            print(&registered, args, context)?;
            warn(format, source, &body, &client, context);
            Ok(Exit::Success)
        }
        Err(error) if error.is_incompatible() => {
            let help = see_more(args, &client);
            context.output.error(&Error::Refused { error, help });
            Ok(Exit::Failure)
        }
        Err(error) => Err(error.into()),
    }
}

/// The check that shows the same findings with the texts quoted.
fn see_more(args: &Args, client: &Client) -> String {
    let (file, subject) = (quoted(&args.file.to_string_lossy()), quoted(&args.subject));
    let check = format!(
        "schemactl check {file} --against {} --subject {subject}",
        client.base()
    );
    if args.references.is_empty() {
        return format!("see all of it: {check}");
    }
    let references = args.references.iter();
    let references: Vec<String> = references
        .map(|reference| format!("--reference {}=FILE", quoted(&reference.0.name)))
        .collect();
    format!(
        "see all of it, with the files that the references stand for: {check} {}",
        references.join(" ")
    )
}

/// An argument as a shell takes it.
fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._/:@%+=-".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// Shows what is legal and probably not meant in what is registered now. The registry's answer does
/// not have it; what stops this from being found out here is no failure.
fn warn(
    format: Format,
    source: Source,
    body: &RegisterBody,
    client: &Client,
    context: &mut Context,
) {
    let Ok(references) = registry::references(client, &body.references) else {
        return;
    };
    let mut sources = Sources::new();
    sources.insert(&source);
    let input = in_order(SchemaInput {
        references,
        ..SchemaInput::new(format, source)
    });
    let Ok(schema) = Schema::parse(&input) else {
        return;
    };
    let renderer = Renderer {
        sources: &sources,
        styles: context.output.err_styles(),
        directions: &[],
    };
    let warnings = schema.warnings().iter();
    let text: String = warnings.map(|warning| renderer.warning(warning)).collect();
    context.output.say(&text);
}

fn print(registered: &Registered, args: &Args, context: &mut Context) -> Result<(), Error> {
    match args.format.format {
        OutputFormat::Json => context.output.json(registered),
        OutputFormat::Text => {
            let version = registered
                .version
                .map(|version| format!(" as version {version}"));
            let text = format!(
                "registered `{}` under `{}`{} with schema id {}\n",
                checker::report::escape(&args.file.to_string_lossy()),
                checker::report::escape(&args.subject),
                version.unwrap_or_default(),
                registered.id
            );
            context.output.result(&text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        assert_eq!(quoted("a/b-c.avsc"), "a/b-c.avsc");
        assert_eq!(quoted("it's $x"), "'it'\\''s $x'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn a_reference_names_a_version_of_a_subject() {
        let RegisteredReference(reference) = "a.proto=s:x:3".parse().expect("is good");
        assert_eq!(
            (&*reference.name, &*reference.subject, reference.version),
            ("a.proto", "s:x", 3)
        );
        for bad in ["a", "a=b", "a=b:x", "a=b:0", "=b:1", "a=:1"] {
            assert!(bad.parse::<RegisteredReference>().is_err(), "{bad}");
        }
    }
}
