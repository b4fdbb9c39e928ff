//! Changes, one kind at a time, in each syntax that has them. Every rule of buf is broken by some, and
//! the layout is odd on purpose: places are compared.

/// A directory before and after.
pub(super) struct Change {
    pub(super) name: String,
    pub(super) old: Vec<(String, String)>,
    pub(super) new: Vec<(String, String)>,
}

/// All rules at once.
const CONFIGURATION: &str =
    "version: v2\nbreaking:\n  use: [FILE, PACKAGE, WIRE_JSON, WIRE, CSR]\n";

/// The types of fields.
const TYPES: [&str; 18] = [
    "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32",
    "sfixed64", "bool", "string", "bytes", "float", "double", "E", "X", "Y",
];

/// How a file begins, and how a field does that may be missing.
struct Syntax {
    name: &'static str,
    head: &'static str,
    label: &'static str,
    /// What declares that absence counts, where the syntax has a word for it.
    optional: &'static str,
    quote: &'static str,
}

const SYNTAXES: [Syntax; 4] = [
    Syntax {
        name: "proto2",
        head: "syntax = \"proto2\";\n",
        label: "optional ",
        optional: "optional ",
        quote: "\"",
    },
    Syntax {
        name: "proto3",
        head: "syntax = \"proto3\";\n",
        label: "",
        optional: "optional ",
        quote: "\"",
    },
    Syntax {
        name: "2023",
        head: "edition = \"2023\";\n",
        label: "",
        optional: "",
        quote: "",
    },
    Syntax {
        name: "2024",
        head: "edition = \"2024\";\n",
        label: "",
        optional: "",
        quote: "",
    },
];

/// Changes in a file, by name: the lines behind the types that all have, before and after. `{L}`
/// stands for a label, `{O}` for `optional`, `{Q}` for the quotes of reserved names.
const EVERYWHERE: [(&str, &str, &str); 12] = [
    (
        "cardinality",
        "message M { repeated int32 a = 1; map<int32, string> b = 2; {L}int32 c = 3; {O}int32 d = 4; }",
        "message M {\n  {O}int32 a = 1;\n  repeated int32 b = 2;\n  oneof o { int32 c = 3; }\n\trepeated int32 d = 4; }",
    ),
    (
        "maps",
        "message M { map<string, int32> m = 1; map<string, X> x = 2; message I { map<int32, E> e = 3; } }",
        "message M {\n  map<string,string> m = 1;\n\tmap<string , Y> xx = 2; message I { } }",
    ),
    (
        "nested elements",
        "message M { message I { message J { enum Z { Z0 = 0; } message K {} } } } enum G { G0 = 0; }",
        "message M {\n message I { } }",
    ),
    (
        "reserved",
        "message M { reserved 1 to 10, 15, 100 to max; reserved {Q}a{Q}, {Q}b{Q}; }\nenum R { R0 = 0; reserved -5 to -1, 7; reserved {Q}A{Q}; }",
        "message M { reserved 2 to 3, 5 to 9, 200 to max; reserved {Q}b{Q}; }\nenum R {\n R0 = 0; reserved -5 to -3; }",
    ),
    (
        "fields that go",
        "message M { {L}int32 a = 1; {L}int32 b = 2; {L}int32 c = 10; }",
        "message M { reserved 1;\n reserved {Q}b{Q}; }",
    ),
    (
        "enum values",
        "enum V { option allow_alias = true; V0 = 0; A = 1; B = 1; C = 2; D = 3; Q = -7; }",
        "enum V { option allow_alias = true; V0 = 0;\n A = 1;\n/* x */ CC = 2; C2 = 2; QQ = - 7; reserved 3; }",
    ),
    (
        "names",
        "message M { {L}int32 foo_bar = 1; {L}int32 b = 2 [json_name = \"x\"]; }",
        "message M {\n {L}int32 foo_baz = 1;\n {L}int32 b = 2 [ deprecated = true, json_name /* = */ = \"y\" ]; }",
    ),
    (
        "oneofs",
        "message M { oneof a { int32 x = 1; int32 y = 2; } oneof gone { int32 z = 3; } {L}int32 w = 4; }",
        "message M {\n oneof b { int32 x = 1; } oneof a { int32 y = 2; int32 w = 4; }\n {L}int32 z = 3; }",
    ),
    (
        "jstype",
        "message M { {L}int64 a = 1 [jstype = JS_STRING]; {L}int64 b = 2; {L}int32 c = 3; }",
        "message M {\n {L}int64 a = 1; {L}int64 b = 2 [\n  jstype = JS_NUMBER, deprecated = true]; {L}int64 c = 3; }",
    ),
    (
        "file options",
        "option java_package = \"a\"; option go_package = \"g\"; option java_multiple_files = false; message M {}",
        "option java_package = \"b\"; option go_package=\"g\" \"h\";\n\toption optimize_for = CODE_SIZE; option cc_enable_arenas = false;\noption java_outer_classname = \"O\"; option csharp_namespace = \"C\"; option objc_class_prefix = \"P\"; option swift_prefix = \"S\"; option php_class_prefix = \"H\"; option php_namespace = \"N\"; option php_metadata_namespace = \"T\"; option ruby_package = \"R\"; option cc_generic_services = true; option java_generic_services = true; option py_generic_services = true;\nmessage M { option no_standard_descriptor_accessor = true; }",
    ),
    (
        "services",
        "service S { rpc A(X) returns (Y); rpc B(stream X) returns (Y) {} rpc C(X) returns (stream Y) { option idempotency_level = IDEMPOTENT; } rpc D(X) returns (Y); } service Gone { rpc A(X) returns (Y); }",
        "service S {\n  rpc A(Y)\n returns ( stream p.X );\n rpc B(X) returns (Y) {};\n rpc C(X) returns (stream Y); }",
    ),
    (
        "columns",
        "message M {\n\t {L}int32 a = 1; }",
        "message M {\n\t /* äö語😀 e\u{301} \u{200b}\u{a0} */\t{L}string a = 1;\t}",
    ),
];

/// Changes that only some syntaxes have.
const SOMEWHERE: [(&str, &str, &str, &str); 9] = [
    (
        "proto2",
        "required fields",
        "message M { required int32 a = 1; optional int32 b = 2; }",
        "message M {\n optional int32 a = 1;\n required int32 b = 2; required\n int32 c = 3; }",
    ),
    (
        "proto2",
        "groups",
        "message M { optional group G = 1 { optional int32 a = 1; } optional group H = 2 {} optional X x = 3; }",
        "message M {\n optional group G = 1 {\n optional string a = 1; } optional X h = 2;\n optional group K = 3 {} }",
    ),
    (
        "proto2",
        "strings of C++ and Java",
        "message M { optional string a = 1 [ctype = CORD]; optional bytes b = 2 [ctype = STRING_PIECE]; map<string, string> m = 3; }",
        "option java_string_check_utf8 = true; message M {\n optional string a = 1; optional bytes b = 2 [ctype = CORD]; map<string, string> m = 3; }",
    ),
    (
        "proto2",
        "defaults",
        "message M { optional int32 a = 1 [default = 5]; optional float b = 2 [default = 0.1]; optional bytes c = 3 [default = \"\\001\"]; optional E e = 4; optional double f = 5 [default = inf]; }",
        "message M {\n optional double a = 1 [ /* default = 6 */ default /* c */ = 5]; optional double b = 2 [default = 0.2];\n optional bytes c = 3; optional E e = 4 [default = E_ONE]; optional double f = 5 [default = -inf]; }",
    ),
    (
        "2023",
        "defaults",
        "message M { string a = 1 [default = \"x\"]; uint64 b = 2 [default = 18446744073709551615]; bool c = 3; }",
        "message M { string a = 1;\n uint64 b = 2 [default = 1]; bool c = 3 [deprecated = true, default = true]; }",
    ),
    (
        "2023",
        "features of fields",
        "message M { string a = 1; X x = 2; repeated X y = 3; int32 p = 4; int32 q = 5; }",
        "message M {\n string a = 1 [features.utf8_validation = NONE];\n X x = 2 [features.message_encoding = DELIMITED]; repeated X y = 3 [features = { message_encoding: DELIMITED }];\n int32 p = 4 [features.field_presence = IMPLICIT]; int32 q = 5 [features.field_presence = LEGACY_REQUIRED]; }",
    ),
    (
        "2023",
        "features of enums and messages",
        "enum V { V0 = 0; } enum W { W0 = 0; } message J {} message K {}",
        "enum V {\n option features.enum_type = CLOSED; V0 = 0; } enum W { option features = { enum_type: CLOSED, json_format: LEGACY_BEST_EFFORT }; W0 = 0; }\nmessage J { option features.json_format = LEGACY_BEST_EFFORT; } message K {\n option features = {\n json_format: LEGACY_BEST_EFFORT }; }",
    ),
    (
        "2023",
        "features of a file",
        "message M { string a = 1; X x = 2; map<string, X> m = 3; }",
        "option features.utf8_validation = NONE; option features.message_encoding = DELIMITED; message M {\n string a = 1; X x = 2; map<string, X> m = 3; }",
    ),
    (
        "2024",
        "features of languages",
        "import \"google/protobuf/java_features.proto\"; import \"google/protobuf/cpp_features.proto\"; message M { string a = 1 [features.utf8_validation = NONE]; string b = 2; string c = 3; bytes d = 4; }",
        "import \"google/protobuf/java_features.proto\"; import \"google/protobuf/cpp_features.proto\"; message M {\n string a = 1 [features.utf8_validation = NONE, features.(pb.java).utf8_validation = VERIFY]; string b = 2 [features.(pb.cpp).string_type = CORD];\n string c = 3 [features = { [pb.cpp] { string_type: CORD } }]; bytes d = 4 [features.(pb.cpp) = { string_type: STRING }]; }",
    ),
];

pub(super) fn all() -> Vec<Change> {
    let mut all = Vec::new();
    for syntax in &SYNTAXES {
        all.extend(TYPES.iter().map(|old| types(syntax, old)));
        for (name, old, new) in EVERYWHERE {
            all.push(syntax.change(name, old, new));
        }
        let mine = SOMEWHERE.iter().filter(|(of, ..)| *of == syntax.name);
        all.extend(mine.map(|(_, name, old, new)| syntax.change(name, old, new)));
        all.extend(extensions(syntax));
        all.extend([moves(syntax), package(syntax)]);
    }
    all.push(syntaxes());
    all
}

/// Fields of one type that become fields of all types.
fn types(syntax: &Syntax, old: &str) -> Change {
    let fields = |kind: &dyn Fn(usize) -> &'static str| -> String {
        let field = |index| {
            let kind = kind(index);
            format!("  {{L}}{kind} f{index} = {};\n", index + 1)
        };
        (0..TYPES.len()).map(field).collect()
    };
    let before = TYPES.iter().copied().find(|kind| *kind == old).unwrap();
    let old_text = format!("message M {{\n{}}}", fields(&|_| before));
    let new_text = format!("message M {{\n{}}}", fields(&|index| TYPES[index]));
    syntax.change(&format!("types from {old}"), &old_text, &new_text)
}

fn extensions(syntax: &Syntax) -> Option<Change> {
    if syntax.name == "proto3" {
        return None;
    }
    Some(syntax.change(
        "extensions",
        "message M { extensions 100 to 200, 300, 1000 to max; message S { extend M { {L}int32 x = 100; } } }
         extend M { {L}int32 y = 101; {L}string z = 102; {L}int32 gone = 103; {L}int32 moved = 104; }",
        "message M { extensions 100 to 150, 160 to 200, 2000 to max; message S { extend M {\n {L}string x = 100; } } }
         extend M {\n {L}int64 yy = 101;\n repeated string z = 102; }\n message T { extend M { {L}int32 moved = 104; } }",
    ))
}

/// Elements that leave a file which stays, and one that goes.
fn moves(syntax: &Syntax) -> Change {
    let other = |body: &str| syntax.file(body);
    let rest =
        "message Q { message R {} } enum QE { QE0 = 0; } service QS { rpc A(Q) returns (Q); }";
    let mut change = syntax.change("moves", "message A {}", "message Q { } message A {}");
    change.old.push(("b.proto".to_owned(), other(rest)));
    change
        .old
        .push(("c.proto".to_owned(), other("message C { message D {} }")));
    change
        .new
        .push(("b.proto".to_owned(), other("message QQ { }")));
    change
}

/// Another package for one file, an enum that is found elsewhere, an import that goes.
fn package(syntax: &Syntax) -> Change {
    let import = "import \"b.proto\"; import \"google/protobuf/any.proto\"; message M { {L}q.F e = 1; {L}google.protobuf.Any a = 2; }";
    let mut change = syntax.change(
        "packages",
        import,
        "import \"b.proto\"; message M {\n {L}q.O.F e = 1; }",
    );
    let other = |package: &str, body: &str| format!("{}package {package};\n{body}\n", syntax.head);
    let old = other("q", "enum F { Z = 0; B = 1; } message O {}");
    let new = other("q", "message O { enum F { Z = 0; B = 1; C = 2; } }");
    change.old.push(("b.proto".to_owned(), old));
    change.new.push(("b.proto".to_owned(), new));
    change
        .old
        .push(("c.proto".to_owned(), other("r.v1", "message C {}")));
    change
        .new
        .push(("c.proto".to_owned(), other("r.v2", "message C {}")));
    change
}

/// From proto3 to an edition that means the same, and to one that does not.
fn syntaxes() -> Change {
    let body =
        "message M { string a = 1; repeated int32 b = 2; E e = 3; map<string, string> m = 4; }";
    let mut change = SYNTAXES[2].change("another syntax", "", body);
    let [_, old] = &mut change.old[..] else {
        unreachable!("there is a configuration and a file");
    };
    *old = SYNTAXES[1].change("", body, "").old.remove(1);
    change
}

impl Syntax {
    fn change(&self, name: &str, old: &str, new: &str) -> Change {
        let files = |body: &str| {
            let types = "enum E { E_ZERO = 0; E_ONE = 1; }\nmessage X { {L}int32 a = 1; }\nmessage Y { {L}int32 a = 1; }\n";
            // Options and imports stand in front of what is declared or behind it, as one likes.
            let text = self.file(&format!("{types}{body}"));
            let configuration = ("buf.yaml".to_owned(), CONFIGURATION.to_owned());
            vec![configuration, ("a.proto".to_owned(), text)]
        };
        Change {
            name: format!("{} {name}", self.name),
            old: files(old),
            new: files(new),
        }
    }

    fn file(&self, body: &str) -> String {
        let body = body
            .replace("{L}", self.label)
            .replace("{O}", self.optional)
            .replace("{Q}", self.quote);
        format!("{}package p;\n{body}\n", self.head)
    }
}
