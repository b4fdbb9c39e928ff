//! Printing and formatting a schema that came as a `.proto` text or as the bytes of a descriptor: what is
//! printed is read again, means the same, and is printed the same again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use checker::protobuf::{format, imports};
use checker::{Format, Schema, Source};

use crate::targets::proto_parse::{self, WORDS};
use crate::{Target, Worth, laws};

pub(crate) const TARGET: Target = Target {
    name: "proto_print",
    run,
    show,
    seeds,
    words: WORDS,
};

fn run(input: &[u8]) -> Worth {
    let text = std::str::from_utf8(input).ok();
    if let Some((text, schema)) = text.and_then(|text| Some((text, parse(text)?))) {
        formatting_keeps_the_meaning(text, &schema);
        printing_keeps_the_descriptor(&schema);
        return Worth::Keep;
    }
    let Some(schema) = parse(&STANDARD.encode(input)) else {
        return Worth::Drop;
    };
    printing_keeps_the_descriptor(&schema);
    Worth::Keep
}

fn formatting_keeps_the_meaning(text: &str, schema: &Schema) {
    // Base64 of a descriptor has no layout.
    let Ok(formatted) = format(&Source::new("t.proto", text)) else {
        return;
    };
    let after = parse(&formatted).unwrap_or_else(|| panic!("no schema: {formatted}"));
    assert_eq!(after.normalized_text(), schema.normalized_text());
    // Only the imports are sorted.
    if imports(text).is_some_and(|imports| imports.len() < 2) {
        assert_eq!(serialized(&after), serialized(schema), "{formatted}");
    }
    let again = format(&Source::new("t.proto", &*formatted));
    assert_eq!(again.ok().as_deref(), Some(&*formatted));
}

fn printing_keeps_the_descriptor(schema: &Schema) {
    laws::texts_are_fixed_points(schema);
    let descriptor = serialized(schema);
    let again = parse(&descriptor).unwrap_or_else(|| panic!("no schema: {descriptor}"));
    assert_eq!(serialized(&again), descriptor);
    laws::texts_are_fixed_points(&again);
    assert_eq!(again.normalized_text(), schema.normalized_text());
}

fn parse(text: &str) -> Option<Schema> {
    laws::parse(Format::Protobuf, "t.proto", text)
}

fn serialized(schema: &Schema) -> String {
    match schema {
        Schema::Protobuf(schema) => schema.serialized(),
        Schema::Avro(_) | Schema::Json(_) => String::new(),
    }
}

fn show(input: &[u8]) -> String {
    match std::str::from_utf8(input) {
        Ok(text) if parse(text).is_some() => text.to_owned(),
        _ => STANDARD.encode(input),
    }
}

/// Texts, and the descriptors of those that are valid.
fn seeds() -> Vec<Vec<u8>> {
    let mut all = proto_parse::seeds();
    let texts = all
        .iter()
        .filter_map(|seed| parse(std::str::from_utf8(seed).ok()?));
    let descriptors = texts.filter_map(|schema| STANDARD.decode(serialized(&schema)).ok());
    let descriptors: Vec<Vec<u8>> = descriptors.collect();
    all.extend(descriptors);
    all
}
