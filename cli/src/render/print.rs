//! Prints what a command found, in the format that was asked for, and writes further reports to
//! files.

use checker::report::text::Styles;

use super::{Document, Places, github, gitlab, junit, markdown, sarif};
use crate::args::{ReportArgs, ReportFormat};
use crate::context::Context;
use crate::error::Error;

/// What can be printed in every format.
pub trait Printable {
    /// The form for people.
    fn text(&self, styles: &Styles) -> String;

    /// The JSON of the machine interface.
    fn json(&self) -> serde_json::Result<String>;

    /// What other programs are told.
    fn document(&self, places: &Places) -> Document;

    /// The JSON lines of `buf breaking`, where that is what was asked for.
    fn buf_json(&self) -> Option<serde_json::Result<String>> {
        None
    }
}

/// Prints to standard output, and writes the reports that are asked for beside it.
pub fn print(
    found: &impl Printable,
    args: &ReportArgs,
    context: &mut Context,
) -> Result<(), Error> {
    let reports = args.reports.iter().map(|report| report.format);
    let mut formats = std::iter::once(args.format).chain(reports);
    // Outside of these nobody asks git.
    let places = if formats.any(ReportFormat::has_places) {
        Places::find(context)
    } else {
        Places::default()
    };
    let styles = context.output.styles().clone();
    let text = render(found, args.format, &styles, &places)?;
    context.output.result(&text)?;
    for report in &args.reports {
        let text = render(found, report.format, &Styles::default(), &places)?;
        let path = context.path(&report.path);
        std::fs::write(path, text).map_err(|source| Error::Save {
            path: report.path.clone(),
            source,
        })?;
    }
    Ok(())
}

fn render(
    found: &impl Printable,
    format: ReportFormat,
    styles: &Styles,
    places: &Places,
) -> Result<String, Error> {
    let text = match format {
        ReportFormat::Text => Ok(found.text(styles)),
        ReportFormat::Json => found.json(),
        ReportFormat::Github => Ok(github::render(&found.document(places))),
        ReportFormat::Gitlab => gitlab::render(&found.document(places)),
        ReportFormat::Junit => Ok(junit::render(&found.document(places))),
        ReportFormat::Sarif => sarif::render(&found.document(places)),
        ReportFormat::Markdown => Ok(markdown::render(&found.document(places))),
        ReportFormat::BufJson => found.buf_json().ok_or_else(|| {
            Error::usage(
                "the format `buf-json` is for `schemactl protos check --buf` only",
                "take another format; `json` is for programs",
            )
        })?,
    };
    text.map_err(|error| Error::Write(error.into()))
}
