//! Comparing two Avro schemas. An input is a schema, a line `---`, and another schema; what comes
//! after the line and is none says how to edit the first one.

use checker::{Format, Schema};

use crate::choices::Choices;
use crate::targets::avro_parse::WORDS;
use crate::{Target, Worth, fixtures, json_edits, laws};

pub(crate) const TARGET: Target = Target {
    name: "avro_diff",
    run,
    show,
    seeds,
    words: WORDS,
};

const SEPARATOR: &[u8] = b"\n---\n";

fn run(input: &[u8]) -> Worth {
    match pair(input) {
        Some((old, new)) => {
            laws::hold_for_pair(&old, &new);
            Worth::Keep
        }
        None => Worth::Drop,
    }
}

fn show(input: &[u8]) -> String {
    let text = |schema: &Schema| match schema {
        Schema::Avro(schema) => schema.source().text().to_owned(),
        _ => String::new(),
    };
    let pair = pair(input).map(|(old, new)| format!("{}\n---\n{}", text(&old), text(&new)));
    pair.unwrap_or_else(|| "no pair of schemas".to_owned())
}

fn pair(input: &[u8]) -> Option<(Schema, Schema)> {
    let at = input
        .windows(SEPARATOR.len())
        .position(|window| window == SEPARATOR)?;
    let (old_text, rest) = (
        std::str::from_utf8(&input[..at]).ok()?,
        &input[at + SEPARATOR.len()..],
    );
    let old = laws::parse(Format::Avro, "old", old_text)?;
    let written = std::str::from_utf8(rest)
        .ok()
        .and_then(|text| laws::parse(Format::Avro, "new", text));
    let edited = || {
        let text = json_edits::edited(old_text, &mut Choices::new(rest), WORDS)?;
        laws::parse(Format::Avro, "new", &text)
    };
    let new = written.or_else(edited)?;
    Some((old, new))
}

fn seeds() -> Vec<Vec<u8>> {
    let pairs = fixtures::pairs("avro", "avsc");
    let joined = |old: &str, rest: &[u8]| [old.as_bytes(), SEPARATOR, rest].concat();
    let written = pairs.iter().map(|[old, new]| joined(old, new.as_bytes()));
    let edits = (0u8..)
        .zip(&pairs)
        .map(|(index, [old, _])| joined(old, &[index, index, index]));
    written.chain(edits).collect()
}
