//! Where the profiles `proven` and `contract` differ: the rows of the table in `docs/DESIGN.md`, and a
//! search that finds no further kind of difference.

use crate::model::Direction;
use crate::protobuf::testing::{message, message2, proto, schema};
use crate::{Options, Profile, protobuf};

/// The verdict of both profiles, `BACKWARD` and then `FORWARD`, `+` for compatible.
fn verdicts(old: &str, new: &str) -> [String; 2] {
    let (old, new) = (schema(old), schema(new));
    [Profile::Proven, Profile::Contract].map(|profile| {
        let options = Options {
            profile,
            ..Options::default()
        };
        let verdict = |direction| {
            let compared = protobuf::compare(
                &old,
                &new,
                &[direction],
                &options,
                protobuf::Between::default(),
            );
            let broken = compared.errors().next().is_some();
            if broken { '-' } else { '+' }
        };
        [Direction::Backward, Direction::Forward]
            .map(verdict)
            .iter()
            .collect()
    })
}

/// One change, with the answers of `proven` and of `contract`.
type Row<'a> = (String, String, [&'a str; 2]);

/// The rows of the table, in its order.
fn table() -> Vec<Row<'static>> {
    let m = message;
    let m2 = message2;
    vec![
        (m("int64 a = 1;"), m("int32 a = 1;"), ["-+", "++"]),
        (m("int32 a = 1;"), m("bool a = 1;"), ["-+", "++"]),
        (m("uint32 a = 1;"), m("int32 a = 1;"), ["--", "++"]),
        (m("fixed32 a = 1;"), m("sfixed32 a = 1;"), ["--", "++"]),
        (m("bytes a = 1;"), m("string a = 1;"), ["-+", "++"]),
        (
            proto("message N { int32 z = 1; } message M { N a = 1; }"),
            proto("message N { int32 z = 1; } message M { bytes a = 1; }"),
            ["+-", "--"],
        ),
        (
            proto(
                "message N { int32 key = 1; int32 value = 2; } message M { map<int32, int32> a = 1; }",
            ),
            proto("message N { int32 key = 1; int32 value = 2; } message M { repeated N a = 1; }"),
            ["+-", "--"],
        ),
        (
            m("string a = 1; string b = 2;"),
            m("string b = 1; string a = 2;"),
            ["--", "++"],
        ),
        (
            m("repeated string a = 1;"),
            m("string a = 1;"),
            ["-+", "++"],
        ),
        (
            proto("enum E { Z = 0; A = 1; } message M { E e = 1; }"),
            proto("enum E { Z = 0; A = 2; } message M { E e = 1; }"),
            ["--", "++"],
        ),
        (
            "syntax = \"proto2\"; enum E { A = 1; B = 2; } message M { optional E e = 1; }"
                .to_owned(),
            "syntax = \"proto2\"; enum E { A = 1; } message M { optional E e = 1; }".to_owned(),
            ["-+", "++"],
        ),
        (
            m2("optional int32 a = 1 [default = 1];"),
            m2("optional int32 a = 1 [default = 2];"),
            ["--", "++"],
        ),
        (m2(""), m2("required int32 a = 1;"), ["-+", "--"]),
        (m2("required int32 a = 1;"), m2(""), ["+-", "--"]),
        (
            m2("required int32 a = 1;"),
            m2("optional int32 a = 1;"),
            ["+-", "++"],
        ),
        (
            "syntax = \"proto3\"; package p; message M { int32 a = 1; }".to_owned(),
            "syntax = \"proto3\"; package q; message M { int32 a = 1; }".to_owned(),
            ["++", "--"],
        ),
        (
            proto("message M { int32 a = 1; }"),
            proto("message N { int32 a = 1; }"),
            ["++", "--"],
        ),
    ]
}

#[test]
fn the_rows_of_the_table_are_what_the_profiles_say() {
    for (old, new, expected) in table() {
        assert_eq!(verdicts(&old, &new), expected, "{old} -> {new}");
    }
}

/// The kinds of differences between two types of a field that the table lists.
fn is_listed(old: &Written, new: &Written) -> bool {
    let varint = |kind: &str| {
        matches!(
            kind,
            "int32" | "int64" | "uint32" | "uint64" | "sint32" | "sint64" | "bool" | "E"
        )
    };
    let fixed = |kind: &str| kind.contains("fixed");
    let both = |test: fn(&str) -> bool| test(old.kind) && test(new.kind);
    old.repeated != new.repeated
        || (varint(old.kind) && varint(new.kind))
        || (fixed(old.kind) && fixed(new.kind))
        || both(|kind| matches!(kind, "string" | "bytes"))
        || both(|kind| matches!(kind, "bytes" | "N") || kind.starts_with("map"))
}

struct Written {
    kind: &'static str,
    repeated: bool,
}

impl Written {
    fn all() -> Vec<Self> {
        let kinds = [
            "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32",
            "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes", "E", "N",
        ];
        let all = kinds
            .iter()
            .flat_map(|kind| [false, true].map(|repeated| Self { kind, repeated }));
        let maps = ["map<string, int32>", "map<int32, N>"];
        let maps = maps.iter().map(|kind| Self {
            kind,
            repeated: true,
        });
        all.chain(maps).collect()
    }

    fn text(&self) -> String {
        let label = if self.repeated && !self.kind.starts_with("map") {
            "repeated "
        } else {
            ""
        };
        proto(&format!(
            "enum E {{ Z = 0; A = 1; }} message N {{ int32 z = 1; }} message M {{ {label}{} f = 1; }}",
            self.kind
        ))
    }
}

#[test]
fn types_of_fields_differ_in_no_other_way() {
    let mut differing = 0;
    for old in &Written::all() {
        for new in &Written::all() {
            let [proven, contract] = verdicts(&old.text(), &new.text());
            if proven != contract {
                differing += 1;
                assert!(
                    is_listed(old, new),
                    "{} -> {}: {proven} and {contract}",
                    old.text(),
                    new.text()
                );
            }
        }
    }
    assert!(differing > 100, "{differing} of them");
}
