//! Prints lines as buf does.

use std::fmt::Write as _;

use checker::protobuf::buf::Line;
use serde::Serialize;

use crate::args::{ReportArgs, ReportFormat};
use crate::context::Context;
use crate::error::Error;

/// What stands for a file that is no more.
const NO_FILE: &str = "<input>";

pub(super) fn print(
    lines: &[Line],
    report: &ReportArgs,
    context: &mut Context,
) -> Result<(), Error> {
    let text = match report.format {
        ReportFormat::BufJson => json(lines)?,
        _ => text(lines),
    };
    context.output.result(&text)
}

/// The lines of `--error-format text`.
fn text(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        let path = line.path.as_deref().unwrap_or(NO_FILE);
        let (number, column) = (line.line.max(1), line.column.max(1));
        // Writing to a string never fails.
        let _ = writeln!(text, "{path}:{number}:{column}:{}", line.message);
    }
    text
}

/// A line of `--error-format json`.
#[derive(Serialize)]
struct Json<'l> {
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'l str>,
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
    r#type: &'l str,
    message: &'l str,
}

fn json(lines: &[Line]) -> Result<String, Error> {
    let mut text = String::new();
    for line in lines {
        let json = Json {
            path: line.path.as_deref(),
            start_line: line.line.max(1),
            start_column: line.column.max(1),
            end_line: line.end_line.max(1),
            end_column: line.end_column.max(1),
            r#type: &line.rule,
            message: &line.message,
        };
        let json = serde_json::to_string(&json).map_err(|error| Error::Write(error.into()))?;
        text.push_str(&json);
        text.push('\n');
    }
    Ok(text)
}
