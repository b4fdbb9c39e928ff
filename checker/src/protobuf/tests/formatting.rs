//! The layout for people: comments stay where they belong, the descriptor is the same, and formatting
//! again changes nothing. Held on the files of `fixtures/`, and on those that `PROTO_CORPUS` names.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::super::descriptor::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, Options,
};
use super::super::syntax::{self, Detail};
use super::super::{LINE_WIDTH, format};
use super::grown;
use super::printing::grown_texts;
use super::syntax::corpus;
use crate::Source;

#[track_caller]
fn formatted(text: &str) -> String {
    let out = format(&Source::new("t.proto", text)).expect("is a text");
    if let Some(difference) = difference(text, &out) {
        panic!("{difference}\n{out}");
    }
    out
}

/// What formatting did that it must not do.
fn difference(text: &str, formatted: &str) -> Option<String> {
    let again = match format(&Source::new("t.proto", formatted)) {
        Ok(again) => again,
        Err(problems) => return Some(problems[0].to_string()),
    };
    if again != formatted {
        let lines = formatted.lines().zip(again.lines());
        let changed = lines.filter(|(a, b)| a != b).take(1);
        return Some(format!("not settled: {:?}", changed.collect::<Vec<_>>()));
    }
    if let Some(line) = formatted
        .lines()
        .find(|line| line.ends_with(char::is_whitespace))
    {
        return Some(format!("{line:?} ends with space"));
    }
    let (before, after) = (read(text), read(formatted));
    if before.proto != after.proto {
        return Some("the descriptor changed".to_owned());
    }
    // What belonged to nothing may belong to something now.
    let kept = |(path, comments): &(&String, &Vec<String>)| {
        let mut now = after.comments.get(*path).into_iter().flatten();
        comments
            .iter()
            .all(|comment| now.any(|found| found == comment))
    };
    let lost = before.comments.iter().find(|entry| !kept(entry));
    lost.map(|(path, comments)| {
        format!("{path}: {comments:?} became {:?}", after.comments.get(path))
    })
}

/// A text as formatting must keep it.
struct Kept {
    proto: FileDescriptorProto,
    /// What is said of the elements, by path; imports go by their name.
    comments: BTreeMap<String, Vec<String>>,
}

fn read(text: &str) -> Kept {
    let source = Source::new("t.proto", text);
    let parsed = syntax::parse_with(&source, Detail::Comments).expect("is a text");
    let mut proto = parsed.proto;
    let mut comments = BTreeMap::new();
    for place in parsed.places.iter() {
        let key = match place.path {
            [3, index] => {
                let index = usize::try_from(*index).expect("is an index");
                format!("import {}", proto.dependency[index])
            }
            [15, index] => {
                let index = usize::try_from(*index).expect("is an index");
                format!("import option {}", proto.option_dependency[index])
            }
            path => format!("{path:?}"),
        };
        let Some(own) = place.comments else { continue };
        let found = own.leading.iter().chain(&own.trailing).chain(&own.detached);
        let found = found.map(|comment| without_margin(comment));
        let all: &mut Vec<String> = comments.entry(key).or_default();
        all.extend(found);
    }
    settle(&mut proto);
    Kept { proto, comments }
}

/// A comment without the space around its lines.
fn without_margin(comment: &str) -> String {
    let lines: Vec<&str> = comment.lines().map(str::trim).collect();
    lines.join("\n").trim().to_owned()
}

/// Imports in order, and values without what separates their parts.
fn settle(proto: &mut FileDescriptorProto) {
    let public: Vec<String> = named(&proto.public_dependency, &proto.dependency);
    let weak: Vec<String> = named(&proto.weak_dependency, &proto.dependency);
    proto.dependency.sort();
    proto.dependency.extend(public);
    proto.dependency.extend(weak);
    proto.option_dependency.sort();
    proto.public_dependency.clear();
    proto.weak_dependency.clear();
    options(&mut proto.options);
    proto.message_type.iter_mut().for_each(message);
    proto.enum_type.iter_mut().for_each(enumeration);
    fields(&mut proto.extension);
    for service in &mut proto.service {
        options(&mut service.options);
        let methods = service.method.iter_mut();
        methods.for_each(|method| options(&mut method.options));
    }
}

fn message(proto: &mut DescriptorProto) {
    options(&mut proto.options);
    fields(&mut proto.field);
    fields(&mut proto.extension);
    proto.nested_type.iter_mut().for_each(message);
    proto.enum_type.iter_mut().for_each(enumeration);
    let oneofs = proto.oneof_decl.iter_mut();
    oneofs.for_each(|oneof| options(&mut oneof.options));
    let ranges = proto.extension_range.iter_mut();
    ranges.for_each(|range| options(&mut range.options));
}

fn fields(fields: &mut [FieldDescriptorProto]) {
    let fields = fields.iter_mut();
    fields.for_each(|field| options(&mut field.options));
}

fn enumeration(proto: &mut EnumDescriptorProto) {
    options(&mut proto.options);
    let values = proto.value.iter_mut();
    values.for_each(|value| options(&mut value.options));
}

fn options(options: &mut Option<Options>) {
    let all = options.iter_mut();
    for option in all.flat_map(|options| &mut options.uninterpreted_option) {
        if let Some(value) = &mut option.aggregate_value {
            *value = bare(value);
        }
    }
}

fn named(indexes: &[i32], names: &[String]) -> Vec<String> {
    let mut listed: Vec<String> = indexes
        .iter()
        .map(|index| names[usize::try_from(*index).expect("is an index")].clone())
        .collect();
    listed.sort();
    listed
}

fn bare(value: &str) -> String {
    let tokens = value.split(' ').map(|token| match token {
        "<" => "{",
        ">" => "}",
        token => token,
    });
    let tokens = tokens.filter(|token| !matches!(*token, "," | ";" | ":"));
    tokens.collect::<Vec<_>>().join(" ")
}

#[test]
fn files_keep_descriptor_and_comments_and_settle_at_once() {
    let files: Vec<PathBuf> = corpus();
    let mut differing = Vec::new();
    for path in &files {
        #[expect(clippy::disallowed_methods, reason = "fixtures are files")]
        let text = std::fs::read_to_string(path).expect("a text");
        let Ok(out) = format(&Source::new("t.proto", text.as_str())) else {
            continue;
        };
        if let Some(difference) = difference(&text, &out) {
            differing.push(format!("{}: {difference}", path.display()));
        }
    }
    assert_eq!(differing, [""; 0], "{} of {}", differing.len(), files.len());
}

#[test]
fn the_look_is_the_fields() {
    let text = "syntax='proto3';package a.b;\n\n\nimport \"z.proto\";\nimport \"y.proto\"; // why\n\
        import public \"b.proto\";\noption java_package=\"x\";\noption (one)={get:\"/v1\"};\n\
        option (many)={get:\"/v1\",body:\"*\";more<post:\"x\"> list:[\"a\"] both:[1,2] all:[{a:1}]};\n\
        option (long)=\"a\" 'b';message A{reserved 1,2,5 to 9;;int32 a=1[deprecated=true];\n\
        int32 b=2[deprecated=true,(x).y=-1];map < string,.a.C > m=6;oneof o{string x=7;}\n\n\n\
        message B{}}\nservice S{rpc A(stream B)returns(.a.C);rpc B(B)returns(B){}}";
    let expected = "syntax = 'proto3';
package a.b;

import public \"b.proto\";
import \"y.proto\"; // why
import \"z.proto\";

option java_package = \"x\";
option (one) = {get: \"/v1\"};
option (many) = {
  get: \"/v1\"
  body: \"*\"
  more: {post: \"x\"}
  list: [\"a\"]
  both: [
    1,
    2
  ]
  all: [
    {a: 1}
  ]
};
option (long) =
  \"a\"
  'b';

message A {
  reserved 1, 2, 5 to 9;
  int32 a = 1 [deprecated = true];
  int32 b = 2 [
    deprecated = true,
    (x).y = -1
  ];
  map<string, .a.C> m = 6;
  oneof o {
    string x = 7;
  }

  message B {}
}
service S {
  rpc A(stream B) returns (.a.C);
  rpc B(B) returns (B) {}
}
";
    assert_eq!(formatted(text), expected);
}

#[test]
fn every_comment_stays_where_it_belongs() {
    let text = "// of the file

/* star
   * aligned
 */
syntax = \"proto2\"; // behind

// detached

// leads
message A { // of A

  // detached

    /* plain
         text
    */
  optional int32 a = 1; // behind a
  // further behind, of nothing

  optional /* in */ int32 b = 2 [ // opens
    (x) = 1, // one
    // before two
    (y) = 2 // two
    // last
  ] // before the end
  ;
  // ends A
}
option (o) = {
  a: 1 // c
  b: 2, /* d */
  // e
  c: /* f */ 3
  // g
};
// the end
";
    let out = formatted(text);
    for kept in [
        "/* star\n * aligned\n */\nsyntax = \"proto2\"; // behind\n\n// detached\n\n// leads\nmessage A { // of A\n\n  // detached\n\n",
        "  /* plain\n       text\n  */\n  optional int32 a = 1; // behind a\n  // further behind, of nothing\n\n",
        "  optional /* in */ int32 b = 2 [ // opens\n    (x) = 1, // one\n    // before two\n    (y) = 2 // two\n    // last\n  ] // before the end\n      ;\n  // ends A\n}\n",
        "\noption (o) = {\n  a: 1 // c\n  b: 2 /* d */\n  // e\n  c: /* f */ 3\n  // g\n};\n// the end\n",
    ] {
        assert!(out.contains(kept), "{kept}\n---\n{out}");
    }
}

#[test]
fn an_import_takes_its_comments_along_and_groups_stay() {
    let text = "import \"z.proto\"; // of z\n// of y\nimport \"y.proto\";\n\nimport \"b.proto\";\nimport \"a.proto\";\n";
    let expected = "// of y\nimport \"y.proto\";\nimport \"z.proto\"; // of z\n\nimport \"a.proto\";\nimport \"b.proto\";\n";
    assert_eq!(formatted(text), expected);
    // The last line belongs to `a`, so nothing moves.
    let fixed = "import \"b.proto\";\nimport \"a.proto\";\n// of a\n\nmessage M {}\n";
    assert_eq!(formatted(fixed), fixed);
}

#[test]
fn long_lines_are_broken_where_a_list_is() {
    let name = "a_name_that_is_so_long_that_nothing_fits_on_a_line_with_it_any_more_really";
    let text = format!(
        "message M {{\n  optional int32 {name} = 1 [(an_option) = \"value\"];\n  reserved {};\n}}\n\
         service S {{\n  rpc R(VeryLong{name}) returns (VeryLong{name});\n}}\n",
        (10..60)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
            .join(", ")
    );
    let out = formatted(&text);
    assert!(
        out.contains(" = 1 [\n    (an_option) = \"value\"\n  ];\n"),
        "{out}"
    );
    assert!(out.contains(")\n      returns (VeryLong"), "{out}");
    let long = out.lines().filter(|line| line.chars().count() > LINE_WIDTH);
    assert_eq!(long.count(), 0, "{out}");
}

#[test]
fn what_stands_on_odd_lines_is_kept() {
    for text in [
        "",
        "\u{feff}// only\n",
        "message A {} /* x */ message B {}",
        "message A { /* c */ }",
        "message A { // c\n}",
        "message A {\n\n\n  // c\n\n\n}",
        "message A {};// c\n;\n// d\nmessage B {}\n",
        "/* a */ /* b */ message A {}\r\n// c\r\n",
        "message A { optional int32 a = 1 // x\n = 2; }",
        "syntax = \"proto2\"; message A { optional .A a = 1; repeated .A.B b = 2; message B {} }",
    ] {
        let source = Source::new("t", text);
        if format(&source).is_ok() {
            formatted(text);
        }
    }
}

#[test]
fn made_up_texts_keep_descriptor_and_comments() {
    for seed in 0..grown_texts() {
        let text = grown::text(seed);
        let out = format(&Source::new("t.proto", text.as_str())).expect("is a text");
        if let Some(difference) = difference(&text, &out) {
            panic!("{seed}: {difference}\n{text}\n-----\n{out}");
        }
    }
}
