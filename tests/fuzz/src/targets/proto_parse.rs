//! Reading a `.proto` text, on any text: parsing, linking, options, and printing. What was printed is read
//! again and means the same.

use checker::Format;

use crate::choices::Choices;
use crate::{Target, Worth, proto_pairs};

/// What `.proto` texts are made of.
pub(super) const WORDS: &[&str] = &[
    "syntax = \"proto2\";",
    "syntax = \"proto3\";",
    "edition = \"2023\";",
    "edition = \"2024\";",
    "package p;",
    "import \"google/protobuf/descriptor.proto\";",
    "import \"google/protobuf/any.proto\";",
    "message M {",
    "enum E {",
    "oneof o {",
    "service S {",
    "rpc R(M) returns (stream M);",
    "extend M {",
    "extend google.protobuf.MessageOptions {",
    "extensions 100 to max;",
    "reserved 2 to 5;",
    "reserved \"a\";",
    "optional ",
    "required ",
    "repeated ",
    "group G = 4 {",
    "map<string, int32>",
    "int32 a = 1;",
    "string b = 2 [default = \"x\"];",
    "[deprecated = true]",
    "[packed = true]",
    "[json_name = \"c\"]",
    "option (o) = { a: 1 };",
    "option (o).a = -inf;",
    "option features.field_presence = IMPLICIT;",
    "option map_entry = true;",
    "[type.googleapis.com/p.M] {",
    "declaration = { number: 100 full_name: \".p.x\" type: \"int32\" }",
    "536870911",
    "0x7fffffff",
    "\"\\xff\\u00e9\"",
    "// comment",
    "/* comment */",
    "}",
];

pub(crate) const TARGET: Target = Target {
    name: "proto_parse",
    run,
    show: crate::show_text,
    seeds,
    words: WORDS,
};

fn run(input: &[u8]) -> Worth {
    super::read(Format::Protobuf, "t.proto", input)
}

/// Options of every kind, and a few dozen grown texts.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    const OPTIONS: &str = include_str!("../../../../checker/src/protobuf/link/options/cases.txt");
    let options = OPTIONS
        .split("--- ")
        .filter_map(|case| case.split_once('\n'));
    let grown = (0..30).flat_map(|seed| proto_pairs::pair(&mut Choices::new(&super::bytes(seed))));
    let texts = options.map(|(_, text)| text.to_owned()).chain(grown);
    texts.map(String::into_bytes).collect()
}
