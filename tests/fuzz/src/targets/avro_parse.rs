//! Reading an Avro schema, on any text, and its text forms.

use checker::Format;

use crate::{Target, Worth, fixtures};

/// What Avro's texts are made of.
pub(super) const WORDS: &[&str] = &[
    "\"type\":",
    "\"name\":",
    "\"fields\":",
    "\"items\":",
    "\"values\":",
    "\"symbols\":",
    "\"size\":",
    "\"default\":",
    "\"aliases\":",
    "\"namespace\":",
    "\"doc\":",
    "\"order\":",
    "\"logicalType\":",
    "\"precision\":",
    "\"scale\":",
    "\"null\"",
    "\"boolean\"",
    "\"int\"",
    "\"long\"",
    "\"float\"",
    "\"double\"",
    "\"bytes\"",
    "\"string\"",
    "\"record\"",
    "\"error\"",
    "\"enum\"",
    "\"fixed\"",
    "\"array\"",
    "\"map\"",
    "\"decimal\"",
    "\"uuid\"",
    "\"date\"",
    "\"duration\"",
    "\"timestamp-millis\"",
    "\"timestamp-micros\"",
    "{\"type\":\"array\",\"items\":",
    "[\"null\",",
];

pub(crate) const TARGET: Target = Target {
    name: "avro_parse",
    run,
    show: crate::show_text,
    seeds,
    words: WORDS,
};

fn run(input: &[u8]) -> Worth {
    super::read(Format::Avro, "t", input)
}

fn seeds() -> Vec<Vec<u8>> {
    let texts = fixtures::pairs("avro", "avsc").into_iter().flatten();
    texts.map(String::into_bytes).collect()
}
