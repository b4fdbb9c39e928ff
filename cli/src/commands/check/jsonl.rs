//! `schemactl check --jsonl`: many questions per process, one JSON object per line, each answered
//! by one line in the same order and flushed at once.
//!
//! A question is read with the reader of schema texts, so that a schema that is given as a JSON
//! value reaches the checker as it was written, numbers and key order included. A line that is no
//! question, an empty one too, is answered with `errors`; the run goes on and ends with exit code 0.

use std::io::{self, BufRead, Read};
use std::path::Path;

use checker::report::json::{Answer, Side, SidedProblem};
use checker::text::json::{self, Node, Value};
use checker::{
    Format, Level, Options, Policy, Problem, Profile, Reference, SchemaInput, Severities, Source,
    Stored,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::judge;
use super::references::in_order;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;

/// The longest line that is read. A longer one is answered with an error.
pub const MAX_LINE_BYTES: u64 = 64 << 20;

/// Answers all questions of a file; `-` is standard input. The severities are those of every
/// question.
pub fn run(
    questions: &Path,
    severities: &Severities,
    context: &mut Context,
) -> Result<Exit, Error> {
    if questions == Path::new("-") {
        let mut input = std::mem::replace(&mut context.input, Box::new(io::empty()));
        return answer_all(&mut input, severities, context);
    }
    let failed = |source| Error::Read {
        path: questions.to_owned(),
        source,
    };
    let file = std::fs::File::open(context.path(questions)).map_err(failed)?;
    answer_all(&mut io::BufReader::new(file), severities, context)
}

fn answer_all(
    input: &mut impl BufRead,
    severities: &Severities,
    context: &mut Context,
) -> Result<Exit, Error> {
    while let Some(line) = read_line(input, MAX_LINE_BYTES).map_err(Error::Input)? {
        context.output.result(&answer(line, severities))?;
        if context.output.is_closed() {
            break;
        }
    }
    Ok(Exit::Success)
}

/// The next line without its end; an error where it cannot be read as text.
fn read_line(input: &mut impl BufRead, limit: u64) -> io::Result<Option<Result<String, String>>> {
    let mut bytes = Vec::new();
    input
        .by_ref()
        .take(limit + 1)
        .read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    } else if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
        skip_line(input)?;
        return Ok(Some(Err(format!("the line is longer than {limit} bytes"))));
    }
    let text = String::from_utf8(bytes).map_err(|_| "the line is not UTF-8".to_owned());
    Ok(Some(text))
}

fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let available = input.fill_buf()?;
        let newline = available.iter().position(|byte| *byte == b'\n');
        let used = newline.map_or(available.len(), |at| at + 1);
        let done = newline.is_some() || available.is_empty();
        input.consume(used);
        if done {
            return Ok(());
        }
    }
}

/// One answer, with its line end.
fn answer(line: Result<String, String>, severities: &Severities) -> String {
    let request = line
        .map_err(Problem::whole)
        .and_then(|line| Request::read(&Source::new("request", line), severities));
    match request {
        Ok(request) => request.answer(),
        Err(problem) => errors("null", &SidedProblem::all(Side::Request, vec![problem])),
    }
}

#[derive(Serialize)]
struct Errors<'a> {
    errors: &'a [SidedProblem],
}

fn errors(id: &str, problems: &[SidedProblem]) -> String {
    object(id, &Errors { errors: problems })
}

/// `{"id": …, …}`. The id is a JSON text already.
fn object(id: &str, rest: &impl Serialize) -> String {
    match serde_json::to_string(rest) {
        Ok(rest) => format!("{{\"id\":{id},{}\n", rest.trim_start_matches('{')),
        Err(error) => {
            let problem = Problem::whole(format!("the answer cannot be written: {error}"));
            let problems = SidedProblem::all(Side::Request, vec![problem]);
            let errors = serde_json::json!({ "id": null, "errors": problems });
            format!("{errors}\n")
        }
    }
}

/// A question.
struct Request {
    /// As it was given, as a JSON text.
    id: String,
    new: SchemaInput,
    /// Oldest first.
    history: Vec<SchemaInput>,
    level: Level,
    options: Options,
}

impl Request {
    fn answer(&self) -> String {
        let (candidate, versions) = match judge::parse(&self.new, &self.history) {
            Ok(parsed) => parsed,
            Err(problems) => return errors(&self.id, &problems),
        };
        let versions: Vec<_> = versions.iter().collect();
        let report = checker::check(&candidate, &versions, self.level, &self.options);
        object(&self.id, &Answer::of(&report))
    }

    fn read(line: &Source, severities: &Severities) -> Result<Self, Problem> {
        let node = json::parse(line)?;
        if !node.is_object() {
            let message = format!("a question is an object, this is {}", node.kind());
            return Err(Problem::at(line.span(node.range), message));
        }
        let mut request = Reader { line, node: &node }.request()?;
        request.options.severities = severities.clone();
        Ok(request)
    }
}

struct Reader<'a> {
    line: &'a Source,
    node: &'a Node,
}

impl Reader<'_> {
    fn request(&self) -> Result<Request, Problem> {
        let format = self.word("format")?.ok_or_else(|| {
            self.problem(
                self.node,
                "`format` is missing: \"AVRO\", \"PROTOBUF\" or \"JSON\"",
            )
        })?;
        let draft = self.choice("draft")?.unwrap_or_default();
        let input = |source, references| SchemaInput {
            format,
            source,
            references,
            draft,
            // Whether an old text is one that a registry holds is not said, so all are judged alike.
            stored: Stored::Nothing,
        };
        let old_references = self.references("old_references")?;
        let new_references = self.references("new_references")?;
        let new = self
            .get("new")
            .ok_or_else(|| self.problem(self.node, "`new` is missing"))?;
        let new = input(self.schema(new, format, "new")?, new_references);
        let history = self.history(format)?.into_iter();
        let history = history.map(|source| in_order(input(source, old_references.clone())));
        Ok(Request {
            id: self.id(),
            new: in_order(new),
            history: history.collect(),
            level: self.word("level")?.unwrap_or_default(),
            options: Options {
                profile: self.choice::<Profile>("profile")?.unwrap_or_default(),
                policy: self.choice::<Policy>("policy")?.unwrap_or_default(),
                ..Options::default()
            },
        })
    }

    fn id(&self) -> String {
        self.node
            .get("id")
            .map_or_else(|| "null".to_owned(), |id| self.text(id).to_owned())
    }

    /// A member that is there and not `null`.
    fn get(&self, key: &str) -> Option<&Node> {
        self.node.get(key).filter(|node| node.value != Value::Null)
    }

    fn history(&self, format: Format) -> Result<Vec<Source>, Problem> {
        match (self.get("old"), self.get("history")) {
            (Some(old), None) => Ok(vec![self.schema(old, format, "old")?]),
            (None, Some(history)) => {
                let versions = history.as_array().ok_or_else(|| {
                    self.problem(history, "`history` is an array of schemas, oldest first")
                })?;
                let name = |index| format!("history[{index}]");
                let schemas = versions.iter().enumerate();
                schemas
                    .map(|(index, old)| self.schema(old, format, &name(index)))
                    .collect()
            }
            (None, None) => Err(self.problem(self.node, "`old` or `history` is missing")),
            (Some(_), Some(history)) => {
                Err(self.problem(history, "give either `old` or `history`, not both"))
            }
        }
    }

    /// A schema is its text, or for Avro and JSON the JSON value itself.
    fn schema(&self, node: &Node, format: Format, name: &str) -> Result<Source, Problem> {
        match (node.as_str(), format) {
            (Some(text), _) => Ok(Source::new(name, text)),
            (None, Format::Avro | Format::Json) => Ok(Source::new(name, self.text(node))),
            (None, Format::Protobuf) => {
                let message = format!("a Protobuf schema is a string, this is {}", node.kind());
                Err(self.problem(node, &message))
            }
        }
    }

    fn references(&self, key: &str) -> Result<Vec<Reference>, Problem> {
        let Some(node) = self.get(key) else {
            return Ok(Vec::new());
        };
        if !node.is_object() {
            return Err(self.problem(node, &format!("`{key}` is an object of names and texts")));
        }
        let reference = |member: &json::Member| {
            let name = member.key.to_string();
            let text = member
                .value
                .as_str()
                .unwrap_or_else(|| self.text(&member.value));
            Reference {
                source: Source::new(&*name, text),
                name,
            }
        };
        Ok(node.members().iter().map(reference).collect())
    }

    /// A member that is a string which `FromStr` reads.
    fn word<T: std::str::FromStr<Err: ToString>>(&self, key: &str) -> Result<Option<T>, Problem> {
        let Some(node) = self.get(key) else {
            return Ok(None);
        };
        let text = self.string(node, key)?;
        text.parse()
            .map(Some)
            .map_err(|error: T::Err| self.problem(node, &error.to_string()))
    }

    /// A member that is a string which serde reads.
    fn choice<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Problem> {
        let Some(node) = self.get(key) else {
            return Ok(None);
        };
        let text = serde_json::Value::String(self.string(node, key)?.to_owned());
        let read = serde_json::from_value(text);
        read.map(Some)
            .map_err(|error| self.problem(node, &format!("`{key}`: {error}")))
    }

    fn string<'n>(&self, node: &'n Node, key: &str) -> Result<&'n str, Problem> {
        let message = || format!("`{key}` is a string, this is {}", node.kind());
        node.as_str().ok_or_else(|| self.problem(node, &message()))
    }

    /// The text of a value as it stands in the line.
    fn text(&self, node: &Node) -> &str {
        self.line.text().get(node.range.clone()).unwrap_or_default()
    }

    fn problem(&self, node: &Node, message: &str) -> Problem {
        Problem::at(self.line.span(node.range.clone()), message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(line: &str) -> serde_json::Value {
        let text = answer(Ok(line.to_owned()), &Severities::default());
        assert_eq!(text.matches('\n').count(), 1, "one line: {text}");
        serde_json::from_str(&text).expect("is JSON")
    }

    #[track_caller]
    fn refused(line: &str, expected: &str) {
        let answer = ask(line);
        assert_eq!(answer["id"], serde_json::Value::Null, "{answer}");
        assert_eq!(answer["errors"][0]["in"], "request", "{answer}");
        assert_eq!(answer["errors"][0]["message"], expected);
    }

    #[test]
    fn the_id_comes_back_as_it_was_given() {
        for id in [
            "7",
            "\"a\\u0041\"",
            "{\"b\":1.50}",
            "123456789012345678901234567890",
            "null",
        ] {
            let line =
                format!(r#"{{"id": {id}, "format": "AVRO", "old": "\"int\"", "new": "\"int\""}}"#);
            let text = answer(Ok(line), &Severities::default());
            assert!(
                text.starts_with(&format!("{{\"id\":{id},\"verdict\":\"compatible\"")),
                "{text}"
            );
        }
    }

    #[test]
    fn a_line_that_is_no_question_is_answered_with_the_remedy() {
        refused("", "the text is empty, a JSON value is expected");
        refused("[]", "a question is an object, this is an array");
        refused(
            "{\"id\": 1}",
            "`format` is missing: \"AVRO\", \"PROTOBUF\" or \"JSON\"",
        );
        refused(
            r#"{"id": 1, "format": "AVRO", "old": "1"}"#,
            "`new` is missing",
        );
        refused(
            r#"{"format": "AVRO", "new": "1"}"#,
            "`old` or `history` is missing",
        );
        refused(
            r#"{"format": "AVRO", "new": "1", "old": "1", "history": []}"#,
            "give either `old` or `history`, not both",
        );
        refused(
            r#"{"format": "PROTOBUF", "new": {}, "old": ""}"#,
            "a Protobuf schema is a string, this is an object",
        );
        refused(
            r#"{"format": "XSD", "new": "", "old": ""}"#,
            "`XSD` is no schema type; they are AVRO, PROTOBUF and JSON",
        );
        refused(
            r#"{"format": "AVRO", "new": "", "old": "", "policy": "loose"}"#,
            "`policy`: unknown variant `loose`, expected `strict` or `lenient`",
        );
    }

    #[test]
    fn a_schema_given_as_a_value_keeps_its_text() {
        let line =
            r#"{"format": "JSON", "old": true, "new": {"maximum": 1.50e400, "a": 1, "a": 2}}"#;
        let request = Request::read(&Source::new("request", line), &Severities::default())
            .expect("is a question");
        assert_eq!(
            request.new.source.text(),
            r#"{"maximum": 1.50e400, "a": 1, "a": 2}"#
        );
        assert_eq!(request.history[0].source.text(), "true");
    }

    #[test]
    fn a_line_that_is_too_long_or_not_utf_8_is_skipped_and_the_next_one_read() {
        let mut input = io::BufReader::with_capacity(4, &b"aaaaaaaaaaaa\n\xff\nccc\n\nlast"[..]);
        let mut next = || read_line(&mut input, 5).expect("is readable");
        assert_eq!(
            next(),
            Some(Err("the line is longer than 5 bytes".to_owned()))
        );
        assert_eq!(next(), Some(Err("the line is not UTF-8".to_owned())));
        assert_eq!(next(), Some(Ok("ccc".to_owned())));
        assert_eq!(next(), Some(Ok(String::new())));
        assert_eq!(next(), Some(Ok("last".to_owned())));
        assert_eq!(next(), None);
    }

    #[test]
    fn a_line_of_exactly_the_limit_is_read() {
        let mut input = &b"aaaaa\nb"[..];
        assert_eq!(
            read_line(&mut input, 5).expect("is readable"),
            Some(Ok("aaaaa".to_owned()))
        );
        assert_eq!(
            read_line(&mut input, 5).expect("is readable"),
            Some(Ok("b".to_owned()))
        );
    }
}
