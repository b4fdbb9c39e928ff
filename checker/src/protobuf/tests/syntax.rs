//! The grammar, held against another parser: descriptors, places and comments.
//!
//! The files are those of `fixtures/`; `PROTO_CORPUS` may name a directory with more.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use prost::Message as _;

use super::super::descriptor::{
    DescriptorProto, Edition, FileDescriptorProto, Location, Options, SymbolVisibility,
};
use super::super::syntax::{self, Detail, Places};
use super::super::tag;
use crate::Source;

/// What the other parser does not read: editions, and options of extension ranges, as
/// `descriptor.proto` has them.
fn is_beyond_the_other(text: &str) -> bool {
    text.contains("edition = \"") || text.contains("extensions 536000000 [")
}

/// The files of `fixtures/`, and those that `PROTO_CORPUS` names.
pub(super) fn corpus() -> Vec<PathBuf> {
    let mut files = Vec::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures"),
        &mut files,
    );
    assert!(!files.is_empty());
    #[expect(
        clippy::disallowed_methods,
        reason = "more files are asked for by hand"
    )]
    if let Ok(dir) = std::env::var("PROTO_CORPUS") {
        collect(Path::new(&dir), &mut files);
    }
    files
}

#[test]
fn descriptors_and_places_are_those_of_another_parser() {
    let files = corpus();
    let mut differing = Vec::new();
    for path in &files {
        #[expect(clippy::disallowed_methods, reason = "fixtures are files")]
        let text = std::fs::read_to_string(path).expect("a text");
        if !is_beyond_the_other(&text)
            && let Some(difference) = difference(&text)
        {
            differing.push(format!("{}: {difference}", path.display()));
        }
    }
    assert_eq!(differing, [""; 0], "of {}", files.len());
}

#[test]
fn names_stand_where_they_do_with_all_places() {
    let groups = "syntax = \"proto2\"; package p.q; message A { optional group B = 1 { \
                  message C { enum D { X = 0; } } oneof o { group E = 2 { message F {} } } } \
                  extend A { optional group G = 100 { message H {} } } extensions 100 to 200; \
                  map<int32, A> m = 3; } extend A { repeated group I = 101 { enum J { Y = 0; } } } \
                  enum K { Z = 0; } service S { rpc R(A) returns (A) { option deprecated = true; } }";
    let mut texts = vec![groups.to_owned()];
    #[expect(clippy::disallowed_methods, reason = "fixtures are files")]
    let files = corpus().into_iter().map(std::fs::read_to_string);
    texts.extend(files.map(|text| text.expect("a text")));
    let places = |text: &str, detail| -> Vec<(Vec<i32>, std::ops::Range<usize>)> {
        let read = syntax::parse_with(&Source::new("t.proto", text), detail).expect("is valid");
        let places = read.places.iter();
        places.map(|it| (it.path.to_vec(), it.range)).collect()
    };
    for text in &texts {
        let (names, all) = (places(text, Detail::Names), places(text, Detail::Places));
        for name in &names {
            assert!(all.contains(name), "{name:?} of {text}");
        }
        let declared = |words: &[&str]| {
            let lines = text.split([';', '{', '}', '\n']);
            let begins = |line: &&str| words.iter().any(|word| line.trim().starts_with(word));
            lines.filter(begins).count()
        };
        let of_names = names
            .iter()
            .filter(|(path, _)| path.len() > 2 && path.last() == Some(&1));
        let least = declared(&["message ", "enum ", "service "]);
        assert!(of_names.count() >= least, "of {text}");
    }
}

/// Where the two parsers differ on a text.
fn difference(text: &str) -> Option<String> {
    let ours = syntax::parse(&Source::new("t.proto", text));
    let theirs = protox::file::File::from_source("t.proto", text);
    let bare_proto = syntax::parse_with(&Source::new("t.proto", text), Detail::Nothing);
    let (ours, theirs) = match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => (ours, theirs),
        (Err(_), Err(_)) => return None,
        (Ok(_), Err(theirs)) => return Some(format!("only the other one refuses it: {theirs}")),
        (Err(ours), Ok(_)) => return Some(format!("only we refuse it: {}", ours[0])),
    };
    let theirs = theirs.file_descriptor_proto().encode_to_vec();
    let theirs = FileDescriptorProto::decode(&*theirs).expect("is a descriptor");
    if !bare_proto.is_ok_and(|read| read.proto == ours.proto) {
        return Some("without places it is read as something else".to_owned());
    }
    let info = theirs.source_code_info.as_ref();
    let their_places = table(info.map_or(&[], |info| &info.location));
    let our_places = table(&locations(text, &ours.places));
    if let Some((place, own)) = our_places
        .iter()
        .find(|(key, own)| their_places.get(key) != Some(own))
    {
        return Some(format!(
            "{place:?}: {own:?}, theirs {:?}",
            their_places.get(place)
        ));
    }
    if let Some(place) = their_places
        .keys()
        .find(|key| !our_places.contains_key(*key))
    {
        return Some(format!("{place:?} is missing"));
    }
    let their_proto = bare(theirs.clone());
    let our_proto = bare(ours.proto);
    (our_proto != their_proto).then(|| format!("{our_proto:#?}\ntheirs {their_proto:#?}"))
}

/// As source info has them: lines and bytes from zero.
fn locations(text: &str, places: &Places) -> Vec<Location> {
    let line_ends = text.match_indices('\n').map(|(at, _)| at + 1);
    let starts: Vec<usize> = std::iter::once(0).chain(line_ends).collect();
    let position = |offset: usize| {
        let line = starts.partition_point(|start| *start <= offset) - 1;
        [tag::index(line), tag::index(offset - starts[line])]
    };
    let locations = places.iter().map(|place| {
        let ([line, column], [end_line, end_column]) =
            (position(place.range.start), position(place.range.end));
        let comments = place.comments.cloned().unwrap_or_default();
        Location {
            path: place.path.to_vec(),
            span: if line == end_line {
                vec![line, column, end_column]
            } else {
                vec![line, column, end_line, end_column]
            },
            leading_comments: comments.leading,
            trailing_comments: comments.trailing,
            leading_detached_comments: comments.detached,
        }
    });
    locations.collect()
}

/// Path and span, with the comments: leading, trailing, detached.
type Table = BTreeMap<(Vec<i32>, Vec<i32>), (Option<String>, Option<String>, Vec<String>)>;

/// The other parser has no places within an option that is not interpreted.
fn table(locations: &[Location]) -> Table {
    let inner = |path: &[i32]| {
        let at = path.iter().position(|step| *step == 999);
        at.is_some_and(|at| path.len() > at + 2)
    };
    let rows = locations.iter().filter(|location| !inner(&location.path));
    let rows = rows.map(|location| {
        let comments = (
            location.leading_comments.clone(),
            location.trailing_comments.clone(),
            location.leading_detached_comments.clone(),
        );
        ((location.path.clone(), location.span.clone()), comments)
    });
    rows.collect()
}

/// Without what only the other parser fills in (the type of a map's values, its JSON names), and what
/// only we and `protoc` do (the empty options of `rpc … {}`).
fn bare(mut proto: FileDescriptorProto) -> FileDescriptorProto {
    proto.name = None;
    proto.source_code_info = None;
    proto.message_type.iter_mut().for_each(bare_message);
    let methods = proto
        .service
        .iter_mut()
        .flat_map(|service| &mut service.method);
    for method in methods {
        method.options = method
            .options
            .take()
            .filter(|options| *options != Options::default());
    }
    proto
}

fn bare_message(message: &mut DescriptorProto) {
    const MESSAGE: i32 = 11;
    const MAP_ENTRY: u32 = 7;
    let entry = message
        .options
        .as_ref()
        .is_some_and(|options| options.is_set(MAP_ENTRY));

    for field in &mut message.field {
        if field.type_name.is_some() && field.r#type == Some(MESSAGE) {
            field.r#type = None;
        }
        if entry {
            field.json_name = None;
        }
    }
    message.nested_type.iter_mut().for_each(bare_message);
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    #[expect(clippy::disallowed_methods, reason = "fixtures are files")]
    let entries = std::fs::read_dir(dir).expect("a directory");
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "proto")
        {
            files.push(path);
        }
    }
    files.sort();
}

#[track_caller]
fn refused(text: &str, expected: &[&str]) {
    let problems = syntax::parse(&Source::new("t.proto", text)).expect_err("is refused");
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(lines, expected);
}

#[test]
fn every_mistake_of_a_file_is_told() {
    refused(
        "syntax = \"proto3\";\nmessage A {\n  int32 a = ;\n  string b 2;\n  bool c = 3;\n}\nenum E { X 0; }\nservice { }\n",
        &[
            "t.proto:3:13: the number of the field is expected here",
            "t.proto:4:12: `=` is expected here, not `2`",
            "t.proto:7:12: `=` is expected here, not `0`",
            "t.proto:8:9: the name of the service is expected here",
        ],
    );
}

#[test]
fn the_mistakes_that_are_told_are_bounded() {
    let text = "message M { int32 a 1; }\n".repeat(syntax::MAX_MISTAKES);
    let problems = syntax::parse(&Source::new("t.proto", text)).expect_err("is refused");
    assert_eq!(problems.len(), syntax::MAX_MISTAKES);
}

#[test]
fn what_is_not_closed_is_told_once() {
    refused(
        "message A { optional int32 a = 1;",
        &["t.proto:1:34: the text ends within a message, a `}` is missing"],
    );
    refused(
        "message A {} }",
        &[
            "t.proto:1:14: a statement such as `message`, `enum`, `service` or `import` is expected here",
            "t.proto:1:14: this `}` closes nothing, remove it",
        ],
    );
    refused(
        "/* a",
        &["t.proto:1:1: the comment that starts here is not closed"],
    );
    refused(
        "import \"a;\n",
        &[
            "t.proto:1:11: the string is not closed on its line",
            "t.proto:2:1: `;` is expected here, not the end of the text",
        ],
    );
}

#[test]
fn nesting_costs_no_stack() {
    let messages = |count: usize| format!("{}{}", "message M {".repeat(count), "}".repeat(count));
    assert!(syntax::parse(&Source::new("t.proto", messages(syntax::MAX_NESTING))).is_ok());
    let problems = syntax::parse(&Source::new("t.proto", messages(100_000)));
    let problems = problems.expect_err("nests too deep");
    assert_eq!(
        problems[0].message,
        "messages nest deeper than 31 levels, the limit"
    );
    let value = |count: usize| {
        format!(
            "option (a) = {}{};",
            "{ b ".repeat(count),
            "}".repeat(count)
        )
    };
    assert!(syntax::parse(&Source::new("t.proto", value(syntax::MAX_VALUE_NESTING))).is_ok());
    let problems = syntax::parse(&Source::new("t.proto", value(1_000_000)));
    let problems = problems.expect_err("nests too deep");
    assert_eq!(
        problems[0].message,
        "the value nests deeper than 100 levels"
    );
}

#[test]
fn words_and_texts_have_a_limit() {
    let word = |length: usize| format!("package {};", "a".repeat(length));
    assert!(syntax::parse(&Source::new("t.proto", word(syntax::MAX_WORD_BYTES))).is_ok());
    refused(
        &word(syntax::MAX_WORD_BYTES + 1),
        &["t.proto:1:9: the name is longer than 65535 bytes"],
    );
    let long = " ".repeat(syntax::MAX_TEXT_BYTES + 1);
    refused(
        &long,
        &["`t.proto` is longer than 33554432 bytes, split it into several files"],
    );
    refused(
        "// \0",
        &["t.proto:1:4: a NUL byte cannot stand in a schema, remove it"],
    );
    assert!(syntax::parse(&Source::new("t.proto", "\u{feff}message M {}")).is_ok());
}

#[test]
fn an_edition_is_read() {
    let text = "edition = \"2023\"; message M { int32 a = 1 [features.field_presence = IMPLICIT]; reserved b; }";
    let parsed = syntax::parse(&Source::new("t.proto", text)).expect("is valid");
    assert_eq!(parsed.proto.edition(), Edition::Edition2023);
    assert_eq!(parsed.proto.message_type[0].reserved_name, ["b"]);
    refused(
        "edition = \"2023\"; message M { optional int32 a = 1; reserved \"b\"; }",
        &[
            "t.proto:1:31: editions have no `optional`: fields have presence unless `features.field_presence` says otherwise; remove it",
            "t.proto:1:62: editions reserve names without quotes, remove them",
        ],
    );
}

#[test]
fn options_of_many_ranges_are_bounded() {
    let text = |ranges: usize| {
        let ranges: Vec<String> = (1..=ranges).map(|range| range.to_string()).collect();
        let options = vec!["a = 1"; 1_000].join(", ");
        format!(
            "message M {{ extensions {} [{options}]; }}",
            ranges.join(", ")
        )
    };
    let ranges = syntax::MAX_RANGE_OPTIONS / 1_000;
    assert!(syntax::parse(&Source::new("t.proto", text(ranges))).is_ok());
    let problems =
        syntax::parse(&Source::new("t.proto", text(ranges + 1))).expect_err("is refused");
    let message = "the options count for each of 101 ranges, more than 100000 options in all; give \
                   fewer ranges options";
    assert_eq!(problems[0].message, message);
}

#[test]
fn mistakes_of_every_byte_are_counted_out() {
    let text = "\u{1} ".repeat(500_000);
    let problems = syntax::parse(&Source::new("t.proto", text)).expect_err("is refused");
    assert_eq!(problems.len(), syntax::MAX_MISTAKES);
}

#[test]
fn words_of_visibility_are_names_before_edition_2024() {
    let parse = |text: &str| syntax::parse(&Source::new("t.proto", text));
    let text =
        "edition = \"2024\"; export message A { local enum B { X = 0; } } local enum C { Y = 0; }";
    let proto = parse(text).expect("is valid").proto;
    let message = &proto.message_type[0];
    assert_eq!(message.visibility(), SymbolVisibility::Export);
    assert_eq!(message.enum_type[0].visibility(), SymbolVisibility::Local);
    assert_eq!(proto.enum_type[0].visibility(), SymbolVisibility::Local);
    let older = "syntax = \"proto3\"; message A { export x = 1; message export {} }";
    let proto = parse(older).expect("is valid").proto;
    assert_eq!(proto.message_type[0].field[0].type_name(), "export");
    refused(
        "edition = \"2024\"; export service S {}",
        &[
            "t.proto:1:26: `export` and `local` stand in front of `message` and `enum` only, remove it",
        ],
    );
}

#[test]
fn imports_of_options_are_there_since_edition_2024_and_come_last() {
    refused(
        "edition = \"2023\"; import option \"a.proto\";",
        &["t.proto:1:26: `import option` is there since edition 2024, write `import`"],
    );
    refused(
        "edition = \"2024\"; import option \"a.proto\"; import \"b.proto\";",
        &["t.proto:1:51: imports come before those of options, move it up"],
    );
    refused(
        "edition = \"2024\"; import weak \"a.proto\";",
        &["t.proto:1:26: edition 2024 has no weak imports, write `import` or `import option`"],
    );
}
