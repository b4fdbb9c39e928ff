//! Comparing two `.proto` texts. An input is a stream of choices from which a pair is grown, or two texts with
//! a line `---` between them.

use checker::{Format, Schema};

use crate::choices::Choices;
use crate::targets::proto_parse::WORDS;
use crate::{Target, Worth, laws, proto_pairs};

pub(crate) const TARGET: Target = Target {
    name: "proto_diff",
    run,
    show,
    seeds,
    words: WORDS,
};

const SEPARATOR: &str = "\n---\n";

fn run(input: &[u8]) -> Worth {
    let [old, new] = texts(input);
    let schema = |text: &str| laws::parse(Format::Protobuf, "t.proto", text);
    match (schema(&old), schema(&new)) {
        (Some(old), Some(new)) => {
            laws::hold_for_pair(&old, &new);
            nothing_is_found_in(&old);
            Worth::Keep
        }
        _ => Worth::Drop,
    }
}

/// A schema beside itself breaks nothing.
fn nothing_is_found_in(schema: &Schema) {
    let options = checker::Options::default();
    let both = [checker::Direction::Backward, checker::Direction::Forward];
    let comparison = checker::compare(schema, schema, &both, &options);
    assert!(comparison.findings.is_empty(), "{:?}", comparison.findings);
}

fn show(input: &[u8]) -> String {
    texts(input).join(SEPARATOR)
}

fn texts(input: &[u8]) -> [String; 2] {
    let written = std::str::from_utf8(input).ok();
    match written.and_then(|text| text.split_once(SEPARATOR)) {
        Some((old, new)) => [old.to_owned(), new.to_owned()],
        None => proto_pairs::pair(&mut Choices::new(input)),
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let grown = (0..40).map(|seed| super::bytes(seed).to_vec());
    let written = (40..60).map(|seed| {
        let pair = proto_pairs::pair(&mut Choices::new(&super::bytes(seed)));
        pair.join(SEPARATOR).into_bytes()
    });
    grown.chain(written).collect()
}
