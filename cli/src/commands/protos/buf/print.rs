//! Prints lines: as buf does, and in the formats of all reports.

use std::fmt::Write as _;

use checker::protobuf::buf::{COMPILE, Line};
use checker::report::text::Styles;
use checker::{Problem, Span};
use serde::Serialize;

use crate::render::collect::Origin;
use crate::render::{Collector, Document, Kind, Places, Printable};

/// What stands for a file that is no more.
const NO_FILE: &str = "<input>";

/// What was found.
pub(super) struct Found<'l>(pub &'l [Line]);

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

impl Printable for Found<'_> {
    /// The lines of `--error-format text`.
    fn text(&self, _: &Styles) -> String {
        let mut text = String::new();
        for line in self.0 {
            let path = line.path.as_deref().unwrap_or(NO_FILE);
            let (number, column) = (line.line.max(1), line.column.max(1));
            // Writing to a string never fails.
            let _ = writeln!(text, "{path}:{number}:{column}:{}", line.message);
        }
        text
    }

    /// The objects of buf's lines, in one list.
    fn json(&self) -> serde_json::Result<String> {
        let all: Vec<Json<'_>> = self.0.iter().map(Json::of).collect();
        Ok(serde_json::to_string_pretty(&all)? + "\n")
    }

    fn document(&self, places: &Places) -> Document {
        let mut collector = Collector::new("schemactl protos check --buf", places);
        for line in self.0 {
            let message = format!("{}: {}", line.rule, line.message);
            let problem = match span(line) {
                Some(span) => Problem::at(span, message),
                None => Problem::whole(message),
            };
            let kind = if line.rule == COMPILE {
                Kind::Invalid
            } else {
                Kind::Error
            };
            collector.problem(Origin::of(NO_FILE), &problem, kind);
        }
        let count = self.0.len();
        let plural = if count == 1 { "" } else { "s" };
        collector.finish(format!("{count} finding{plural} of buf's rules"))
    }

    fn buf_json(&self) -> Option<serde_json::Result<String>> {
        let line = |line| Ok(serde_json::to_string(&Json::of(line))? + "\n");
        Some(self.0.iter().map(line).collect())
    }
}

impl<'l> Json<'l> {
    fn of(line: &'l Line) -> Self {
        Self {
            path: line.path.as_deref(),
            start_line: line.line.max(1),
            start_column: line.column.max(1),
            end_line: line.end_line.max(1),
            end_column: line.end_column.max(1),
            r#type: &line.rule,
            message: &line.message,
        }
    }
}

fn span(line: &Line) -> Option<Span> {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Some(Span {
        file: line.path.as_deref()?.into(),
        line: number(line.line),
        column: number(line.column),
        end_line: number(line.end_line),
        end_column: number(line.end_column),
    })
}
