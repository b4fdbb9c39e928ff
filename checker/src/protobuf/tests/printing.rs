//! Canonical texts: printing and reading again gives an equal descriptor, whatever stands in it.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;

use super::super::descriptor::{DescriptorProto, FileDescriptorProto};
use super::super::pool::{File, Pool};
use super::super::{Schema, bundled, link};

use super::super::print::{self, Style, same};
use super::super::syntax::MAX_NESTING;
use super::super::testing::schema;
use super::grown;
use crate::model::Source;
use crate::{Format, SchemaInput};

/// Everything that a file can hold, with names that shadow each other.
const EVERYTHING: &str = r#"
// A comment.
syntax = "proto2"; /* another */
package shop.v1;
import "google/protobuf/timestamp.proto";
import public "google/protobuf/any.proto";
import "google/protobuf/descriptor.proto";
option java_package = "com.example's.\"shop\"";
option optimize_for = CODE_SIZE;
option (file_note) = { text: "a\nb\001\\" number: -3 number: [4, 5] inner { text: "deep" }
  [shop.v1.more]: 7 ratio: 1.5e10 far: inf data: "\377\000x" color: BLUE
  counts { key: "b" value: 2 } Part { size: 3 } };
message Note {
  optional string text = 1;
  repeated int32 number = 2;
  optional Note inner = 3;
  optional double ratio = 4;
  optional float far = 5;
  optional bytes data = 6;
  optional Color color = 7;
  map<string, int64> counts = 8;
  optional group Part = 9 { optional int32 size = 1; }
  extensions 100 to 199, 1000 to max;
}
extend Note { optional int32 more = 100; }
message Holder { option (big) = true; extend Note { repeated group Extra = 101 { required bool on = 1; } } }
extend google.protobuf.FileOptions { optional Note file_note = 50001; }
extend google.protobuf.FieldOptions { repeated string tag = 50002; optional Color paint = 50003; }
extend google.protobuf.MessageOptions { optional bool big = 50004; }
extend google.protobuf.EnumValueOptions { optional uint64 weight = 50005; }
extend google.protobuf.MethodOptions { optional Note call = 50006; }
extend google.protobuf.OneofOptions { optional string reason = 50007; }
enum Color { option allow_alias = true; RED = 0 [deprecated = true, (weight) = 18446744073709551615];
  BLUE = -1; AZURE = -1; reserved 5 to 7, 9, 20 to max; reserved "GREEN", "BLACK"; }
message Order {
  option message_set_wire_format = false;
  reserved 50, 60 to 62, 5000 to max; reserved "old";
  required int64 id = 1 [(tag) = "a", (tag) = "b", (paint) = BLUE];
  optional string name = 2 [default = "it's \"x\"\n\\", json_name = "title"];
  optional bytes raw = 3 [default = "\000\377'\""];
  optional Color color = 4 [default = AZURE];
  optional double d = 5 [default = -inf];
  optional float f = 6 [default = nan];
  repeated int32 packed = 7 [packed = true];
  map<int32, .shop.v1.Order.Line> lines = 8;
  oneof pay { option (reason) = "one"; string card = 9; group Cash = 10 { optional int32 cents = 1; } Line line = 16; }
  optional group Box = 11 { repeated group Item = 1 { optional string sku = 1; } }
  optional google.protobuf.Timestamp at = 12;
  optional Order.Line.Note note = 13;
  optional .shop.v1.Note other = 14;
  optional shop buying = 15;
  message Line { optional int32 x = 1; message Note { optional Color Color = 1; extend Order { optional string inside = 4000; } } }
  message shop { optional .google.protobuf.Any google = 1; }
  enum Color { NONE = 0; AZURE = 3; }
  extensions 4000 to 4999;
}
service Orders {
  option deprecated = true;
  rpc Get(.shop.v1.Note) returns (stream Order) { option (call) = { text: "g" }; option idempotency_level = IDEMPOTENT; }
  rpc Note(stream .shop.v1.Note) returns (Order.Line);
}
"#;

const PROTO3: &str = r#"
syntax = "proto3";
import "google/protobuf/descriptor.proto";
extend google.protobuf.FieldOptions { optional string a = 50001; repeated int32 b = 50002; M c = 50003; }
message M { optional int32 x = 1; string order_id_ = 2; map<string, E> e = 3 [deprecated = true];
  oneof o { M m = 4; bytes z = 5; } repeated E es = 6 [packed = false, (a) = "", (b) = 1, (b) = 2, (c) = {}]; }
message N {}
enum E { ZERO = 0; }
"#;

fn root(schema: &Schema) -> &File {
    schema.pool.file(&schema.root).expect("was linked")
}

fn meaning(schema: &Schema) -> FileDescriptorProto {
    same::meaning(&schema.pool, &root(schema).proto)
}

/// The canonical text in the schema's own words and in the shortest, and the normalised one: each is read
/// back as the same descriptor, and printed again as the same text.
#[track_caller]
fn reads_back(schema: &Schema) {
    let described = print::described(&schema.pool, root(schema), Style::Canonical);
    let described = described.expect("can be printed");
    let again = super::super::testing::schema(&described);
    let (ours, theirs) = (meaning(&again), meaning(schema));
    let difference = || first_difference(&ours, &theirs);
    assert!(ours == theirs, "{}\n{described}", difference());
    assert_eq!(again.canonical_text(), described);
    let again = super::super::testing::schema(schema.canonical_text());
    assert!(
        meaning(schema) == meaning(&again),
        "{}",
        schema.canonical_text()
    );
    assert_eq!(again.canonical_text(), schema.canonical_text());
    let normalized = schema.normalized_text();
    let again = super::super::testing::schema(&normalized);
    assert_eq!(again.normalized_text(), normalized);
    let reduced = schema.text_without_extensions();
    let again = super::super::testing::schema(&reduced);
    assert_eq!(again.text_without_extensions(), reduced);
    assert_eq!(again.canonical_text(), reduced);
    assert_no_extensions(&root(&again).proto.message_type);
    assert!(root(&again).proto.extension.is_empty());
}

fn assert_no_extensions(messages: &[DescriptorProto]) {
    for message in messages {
        let name = message.name();
        assert!(message.extension.is_empty(), "{name}");
        assert!(message.extension_range.is_empty(), "{name}");
        assert_no_extensions(&message.nested_type);
    }
}

#[test]
fn every_construct_reads_back() {
    for text in [EVERYTHING, PROTO3, "", "syntax = \"proto3\";"] {
        reads_back(&schema(text));
    }
}

#[test]
fn a_text_and_its_descriptor_are_one_schema() {
    for text in [EVERYTHING, PROTO3, LAYOUT] {
        let from_text = schema(text);
        let from_descriptor = schema(&from_text.serialized());
        let shortest = print::described(&from_text.pool, root(&from_text), Style::Canonical);
        assert_eq!(Ok(from_descriptor.canonical_text()), shortest.as_deref());
        assert_eq!(
            from_descriptor.normalized_text(),
            from_text.normalized_text()
        );
        assert_eq!(from_descriptor.serialized(), from_text.serialized());
    }
}

#[test]
fn comments_and_layout_do_not_matter_and_options_do() {
    let canonical = |text: &str| schema(text).canonical_text().to_owned();
    let plain = "syntax = \"proto3\"; message M { int32 a = 1; }";
    let commented = "// c\nsyntax='proto3';\n/* d */message M{\n\n  // e\n  int32 a=0x1; // f\n};";
    let option = "syntax = \"proto3\"; message M { int32 a = 1 [deprecated = true]; }";
    assert_eq!(canonical(plain), canonical(commented));
    assert_ne!(canonical(plain), canonical(option));
}

/// Lines that look empty inside of a nested message hold its indentation, as the contract has it.
const LAYOUT: &str = "syntax = \"proto3\";
package a.b;

import \"google/protobuf/descriptor.proto\";
import \"google/protobuf/api.proto\";
import public \"google/protobuf/any.proto\";

message N {}
message M {
  reserved 9;

  N n = 3 [
    deprecated = true,
    (t) = {
      s: \"1\"
    }
  ];

  oneof o {
    int32 x = 4;
  }

  message I {
    reserved 1;
\u{20}\u{20}
    int32 q = 2;
  }
}
message T {
  repeated string s = 1;
}
enum E {
  Z = 0;
}

extend google.protobuf.FieldOptions {
  T t = 50000;
}

service S {
  rpc R (N) returns (stream M.I) {
    option deprecated = true;
  };
  rpc Q (N) returns (N);
}
";

#[test]
fn the_layout_is_the_contracts() {
    let text = "syntax = \"proto3\"; package a.b; import public \"google/protobuf/any.proto\"; \
        import \"google/protobuf/descriptor.proto\"; import \"google/protobuf/api.proto\"; \
        enum E { Z = 0; } message N {} message M { message I { int32 q = 2; reserved 1; } reserved 9; \
        oneof o { int32 x = 4; } N n = 3 [deprecated = true, (t) = { s: \"1\" }]; } \
        message T { repeated string s = 1; } extend google.protobuf.FieldOptions { T t = 50000; } \
        service S { rpc R(N) returns (stream M.I) { option deprecated = true; } rpc Q(N) returns (N); }";
    let schema = schema(text);
    assert_eq!(schema.canonical_text(), LAYOUT);
    let described = super::super::testing::schema(&schema.serialized());
    assert_eq!(described.canonical_text(), LAYOUT);
    let normalized = schema.normalized_text();
    for line in [
        "import \"google/protobuf/api.proto\";\nimport \"google/protobuf/descriptor.proto\";",
        "  .a.b.N n = 3 [\n    (a.b.t) = {\n      s: \"1\"\n    },\n    deprecated = true\n  ];",
        "extend .google.protobuf.FieldOptions {\n  .a.b.T t = 50000;\n}",
        "  rpc R (.a.b.N) returns (stream .a.b.M.I) {\n    option deprecated = true;\n  };",
    ] {
        assert!(normalized.contains(line), "{line}\n{normalized}");
    }
}

#[test]
fn a_text_keeps_its_words() {
    let text = "package p;
import 'a.proto';
option (a.b).c.(.d) = -1.50;
message M {
  reserved 1, 5 to 5;
  reserved 2, 0x10 to max;
  reserved \"a\", 'b';
  repeated .p.M m = 0x14 [json_name = 'j', (o) = { k: 1 k: 2.0, l: [3], [x.y] { } m: 'a' \"b'\" }];
  extensions 30, 40 to 40 [verification = UNVERIFIED];
}
extend M { optional int32 x = 30; }
extend M { optional int32 y = 40 [default = 0x1]; }
";
    let expected = "package p;

import \"a.proto\";

option (a.b).c.(.d) = -1.50;

message M {
  reserved 1, 5 to 5;
  reserved 2, 16 to max;
  reserved \"a\", \"b\";

  repeated .p.M m = 20 [
    (o) = {
      k: [
        1,
        2.0
      ],
      l: [
        3
      ],
      [x.y]: {
      },
      m: \"ab\\'\"
    },
    json_name = \"j\"
  ];

  extensions 30, 40 to 40 [verification = UNVERIFIED];
}

extend M {
  optional int32 x = 30;
}
extend M {
  optional int32 y = 40 [default = 0x1];
}
";
    assert_eq!(print::written_text(&Source::new("t", text)), expected);
}

#[test]
fn a_group_that_extends_at_the_top_stays_a_descriptor() {
    let text = "message A { extensions 5; } extend A { optional group B = 5 {} } message C {}";
    let schema = schema(text);
    assert_eq!(schema.canonical_text(), schema.serialized());
}

#[test]
fn what_no_text_says_stays_a_descriptor() {
    // `protoc` takes a name that starts with a digit, but the grammar does not.
    let proto = prost_types::FileDescriptorProto {
        name: Some("x".to_owned()),
        syntax: Some("proto3".to_owned()),
        message_type: vec![prost_types::DescriptorProto {
            name: Some("1st".to_owned()),
            ..Default::default()
        }],
        ..Default::default()
    };
    let text = STANDARD.encode(proto.encode_to_vec());
    let odd = schema(&text);
    assert_eq!(odd.canonical_text(), odd.serialized());
}

#[test]
fn a_descriptor_nested_to_the_limit_is_read_and_a_deeper_one_refused() {
    let nested = |depth: usize| {
        let mut message = prost_types::DescriptorProto {
            name: Some("M".to_owned()),
            ..Default::default()
        };
        for _ in 1..depth {
            message = prost_types::DescriptorProto {
                name: Some("M".to_owned()),
                nested_type: vec![message],
                ..Default::default()
            };
        }
        let proto = prost_types::FileDescriptorProto {
            message_type: vec![message],
            ..Default::default()
        };
        let text = STANDARD.encode(proto.encode_to_vec());
        let input = SchemaInput::new(Format::Protobuf, Source::new("t", text));
        Schema::parse(&input)
    };
    assert!(nested(MAX_NESTING).is_ok());
    for depth in [MAX_NESTING + 1, 99, 110] {
        assert!(nested(depth).is_err(), "{depth}");
    }
}

/// How many texts are made. More by hand, with `GROWN_TEXTS`.
const GROWN: u64 = 60;

#[test]
fn made_up_texts_of_every_construct_read_back() {
    for seed in 0..grown_texts() {
        let text = grown::text(seed);
        let input = SchemaInput::new(Format::Protobuf, Source::new("t.proto", text.as_str()));
        let schema = Schema::parse(&input)
            .unwrap_or_else(|problems| panic!("{seed}: {}\n{text}", problems[0]));
        reads_back(&schema);
        let described = super::super::testing::schema(&schema.serialized());
        let shortest = print::described(&schema.pool, root(&schema), Style::Canonical);
        assert_eq!(
            Ok(described.canonical_text()),
            shortest.as_deref(),
            "{seed}"
        );
        assert_eq!(
            described.normalized_text(),
            schema.normalized_text(),
            "{seed}"
        );
        assert_eq!(described.serialized(), schema.serialized(), "{seed}");
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "more texts are asked for by hand"
)]
pub(super) fn grown_texts() -> u64 {
    let asked = std::env::var("GROWN_TEXTS").ok();
    asked.and_then(|count| count.parse().ok()).unwrap_or(GROWN)
}

/// Where two descriptors differ, as far as that can be shown.
fn first_difference(ours: &FileDescriptorProto, theirs: &FileDescriptorProto) -> String {
    let (ours, theirs) = (format!("{ours:#?}"), format!("{theirs:#?}"));
    let mut lines = ours.lines().zip(theirs.lines()).enumerate();
    let found = lines.find(|(_, (ours, theirs))| ours != theirs);
    let at = found.map_or(0, |(at, _)| at);
    let around = |text: &str| {
        let lines = text.lines().skip(at.saturating_sub(30)).take(60);
        lines.map(str::trim).collect::<Vec<_>>().join(" ")
    };
    format!("{}\n--- theirs\n{}", around(&ours), around(&theirs))
}

/// A whole tree, by hand: `PROTO_CORPUS` names it.
#[test]
fn a_tree_of_files_reads_back() {
    #[expect(clippy::disallowed_methods, reason = "a tree is asked for by hand")]
    let Ok(dir) = std::env::var("PROTO_CORPUS") else {
        return;
    };
    let files = super::syntax::corpus();
    let paths: Vec<String> = files
        .iter()
        .filter_map(|path| Some(path.strip_prefix(&dir).ok()?.to_string_lossy().into_owned()))
        .collect();
    let text = |path: &str| {
        #[expect(clippy::disallowed_methods, reason = "the tree is files")]
        let text = std::fs::read_to_string(Path::new(&dir).join(path)).ok()?;
        Some(Source::new(path, text))
    };
    // Each by itself: not all of a tree is valid together.
    let (mut counted, mut unprintable, mut refused) = (0, 0, 0);
    let mut differing = Vec::new();
    for path in &paths {
        let Ok(pool) = link::link(&[path], &text) else {
            refused += 1;
            continue;
        };
        let file = pool.file(path).expect("was linked");
        counted += 1;
        let described = print::described(&pool, file, Style::Canonical);
        for printed in [described, print::written(file)] {
            let Ok(printed) = printed else {
                unprintable += 1;
                continue;
            };
            let changed = |wanted: &str| {
                if wanted == path {
                    Some(Source::new(wanted, printed.as_str()))
                } else {
                    text(wanted)
                }
            };
            let again = match link::link(&[path], &changed) {
                Ok(again) => again,
                Err(problems) => {
                    differing.push(format!("{path}: {}", problems[0]));
                    continue;
                }
            };
            let found = again.file(path).expect("was linked");
            let ours = same::meaning(&again, &found.proto);
            let theirs = same::meaning(&pool, &file.proto);
            if ours != theirs {
                differing.push(format!("{path}: {}", first_difference(&ours, &theirs)));
            }
        }
    }
    println!("{counted} read back, {unprintable} texts unprintable, {refused} files refused");
    let shown: Vec<&String> = differing.iter().take(5).collect();
    assert!(
        differing.is_empty(),
        "{} of {counted}: {shown:#?}",
        differing.len()
    );
}

/// The bundled files are descriptors that `protoc` made: their printed texts are linked to the same.
#[test]
fn the_bundled_files_read_back() {
    let paths: Vec<&str> = bundled::paths().collect();
    let encoded = |path: &str| {
        let text = STANDARD.encode(bundled::file(path)?.encode_to_vec());
        Some(Source::new(path, text))
    };
    let all = link::link(&paths, &encoded).expect("is valid");
    let printed = |pool: &Pool, path: &str, style| {
        let text = print::described(pool, pool.file(path)?, style);
        Some(text.expect("can be printed"))
    };
    for style in [Style::Canonical, Style::Normalized] {
        let text = |path: &str| Some(Source::new(path, printed(&all, path, style)?));
        let again = link::link(&paths, &text).expect("is valid");
        for path in &paths {
            let text = printed(&again, path, style);
            assert_eq!(text, printed(&all, path, style), "{path}");
            let meaning =
                |pool: &'_ Pool| same::meaning(pool, &pool.file(path).expect("is there").proto);
            let (ours, theirs) = (meaning(&again), meaning(&all));
            let same = style == Style::Normalized || ours == theirs;
            assert!(same, "{path}: {}", first_difference(&ours, &theirs));
        }
    }
}
