//! What is accepted, and what is wrong where.

use super::*;
use crate::{Format, Schema, SchemaInput};

fn link_texts(files: &[(&str, String)]) -> Result<Pool, Vec<String>> {
    let find = |path: &str| {
        let file = files.iter().find(|(name, _)| *name == path);
        file.map(|(name, text)| Source::new(*name, text.as_str()))
    };
    link(&[files[0].0], &find).map_err(|problems| problems.iter().map(Problem::to_string).collect())
}

fn refused(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(&str, String)> = files
        .iter()
        .map(|(path, text)| (*path, (*text).to_owned()))
        .collect();
    link_texts(&files).expect_err("does not compile")
}

#[test]
fn a_missing_import_has_a_place() {
    assert_eq!(
        refused(&[("a.proto", "syntax = \"proto3\";\nimport \"b.proto\";\n")]),
        ["a.proto:2:1: the import `b.proto` is not known; give it as a reference or add the file"]
    );
}

#[test]
fn only_a_missing_import_is_told_as_one() {
    let missing = |text: &str| -> Vec<Option<String>> {
        let find = |path: &str| (path == "a.proto").then(|| Source::new(path, text));
        let problems = link(&["a.proto"], &find).expect_err("does not compile");
        problems.into_iter().map(|it| it.missing_import).collect()
    };
    let start = "syntax = \"proto3\"; ";
    assert_eq!(
        missing(&format!("{start} import \"b.proto\";")),
        [Some("b.proto".to_owned())]
    );
    assert_eq!(missing(&format!("{start} import \"a.proto\";")), [None]);
    assert_eq!(
        missing(&format!("{start} message M {{ N n = 1; }}")),
        [None]
    );
}

#[test]
fn a_cycle_is_named_with_all_its_files() {
    let found = refused(&[
        ("a.proto", "syntax = \"proto3\"; import \"b.proto\";"),
        ("b.proto", "syntax = \"proto3\";\nimport \"a.proto\";"),
    ]);
    assert_eq!(
        found,
        [
            "a.proto:1:20: files import each other in a circle: a.proto -> b.proto -> a.proto; move what they share to a file of its own"
        ]
    );
    let found = refused(&[("a.proto", "syntax = \"proto3\"; import \"a.proto\";")]);
    assert!(
        found[0].contains("in a circle: a.proto -> a.proto;"),
        "{found:?}"
    );
}

#[test]
fn import_chains_are_bounded() {
    let chain = |length: usize| -> Result<Pool, Vec<Problem>> {
        let find = |path: &str| {
            let number: usize = path.parse().ok()?;
            let text = if number + 1 < length {
                format!(
                    "syntax = \"proto3\"; import \"{}\"; message M{number} {{}}",
                    number + 1
                )
            } else {
                "syntax = \"proto3\";".to_owned()
            };
            Some(Source::new(path, text))
        };
        link(&["0"], &find)
    };
    assert!(chain(MAX_IMPORT_CHAIN).is_ok());
    let problems = chain(MAX_IMPORT_CHAIN + 1).expect_err("is too long");
    assert_eq!(
        problems[0].to_string(),
        "9999:1:20: a chain of imports is longer than 10000 files"
    );
}

#[test]
fn link_errors_stand_at_the_offending_place() {
    let text =
        "syntax = \"proto3\";\nmessage M {\n  int32 a = 1;\n  Foo b = 2;\n  int32 c = 1;\n}\n";
    let found = refused(&[("a.proto", text)]);
    assert!(
        found
            .iter()
            .any(|problem| problem.starts_with("a.proto:5:13: ")),
        "{found:?}"
    );
}

#[test]
fn well_known_imports_need_no_text() {
    let text = "syntax = \"proto3\"; import \"google/protobuf/type.proto\"; \
                message M { google.protobuf.Type t = 1; }";
    assert!(link_texts(&[("a.proto", text.to_owned())]).is_ok());
}

#[test]
fn base64_of_something_else_is_refused() {
    let found = refused(&[("a.proto", "AAAA")]);
    assert!(
        found[0].contains("is base64 but not of a FileDescriptorProto"),
        "{found:?}"
    );
    assert!(link_texts(&[("a.proto", "//comment/ab".to_owned())]).is_ok());
}

#[track_caller]
fn refused_descriptor(proto: &FileDescriptorProto, expected: &str) {
    use base64::Engine as _;
    use prost::Message as _;
    let text = base64::engine::general_purpose::STANDARD.encode(proto.encode_to_vec());
    let found = refused(&[("a.proto", &text)]);
    assert!(found[0].contains(expected), "{found:?}");
}

#[test]
fn descriptors_of_unknown_languages_and_imports_are_refused() {
    let syntax = |syntax: &str, edition| FileDescriptorProto {
        syntax: Some(syntax.to_owned()),
        edition,
        ..FileDescriptorProto::default()
    };
    refused_descriptor(&syntax("proto4", None), "the syntax `proto4`");
    refused_descriptor(&syntax("editions", None), "edition number 0,");
    refused_descriptor(&syntax("editions", Some(1002)), "edition number 1002,");
    refused_descriptor(
        &syntax("proto3", Some(1000)),
        "without the syntax `editions`",
    );
    for (public_dependency, weak_dependency) in [(vec![1], vec![]), (vec![], vec![-1])] {
        let proto = FileDescriptorProto {
            dependency: vec!["google/protobuf/any.proto".to_owned()],
            public_dependency,
            weak_dependency,
            ..FileDescriptorProto::default()
        };
        refused_descriptor(&proto, "but has 1 imports");
    }
}

#[test]
fn descriptors_name_the_messages_and_enums_of_fields() {
    use crate::protobuf::descriptor::{DescriptorProto, FieldDescriptorProto, Label, Type};
    for sort in [Type::Message, Type::Group, Type::Enum] {
        let mut field = FieldDescriptorProto {
            name: Some("a".to_owned()),
            number: Some(1),
            ..FieldDescriptorProto::default()
        };
        field.set_label(Label::Optional);
        field.set_type(sort);
        let message = DescriptorProto {
            name: Some("M".to_owned()),
            field: vec![field],
            ..DescriptorProto::default()
        };
        let proto = FileDescriptorProto {
            message_type: vec![message],
            ..FileDescriptorProto::default()
        };
        refused_descriptor(&proto, "add `type_name`");
    }
}

#[test]
fn descriptors_name_their_elements_with_identifiers() {
    use crate::protobuf::descriptor::{DescriptorProto, FieldDescriptorProto};
    let file = |package: &str, message: &str, field: Option<&str>| FileDescriptorProto {
        package: Some(package.to_owned()),
        message_type: vec![DescriptorProto {
            name: Some(message.to_owned()),
            field: vec![FieldDescriptorProto {
                name: field.map(str::to_owned),
                ..FieldDescriptorProto::default()
            }],
            ..DescriptorProto::default()
        }],
        ..FileDescriptorProto::default()
    };
    refused_descriptor(
        &file("p", "not a name", Some("a")),
        "a.proto: the name `not a name` of a message in `p` is no identifier",
    );
    refused_descriptor(
        &file("p", "M", None),
        "a field in `p.M` has no name, add it",
    );
    refused_descriptor(
        &file("p..q", "M", Some("a")),
        "the package `p..q` is no list",
    );
    let many = FileDescriptorProto {
        message_type: vec![DescriptorProto::default(); MAX_PROBLEMS + 1],
        ..FileDescriptorProto::default()
    };
    refused_descriptor(&many, "a message in the file has no name");
}

#[test]
fn groups_are_no_values_of_maps() {
    let message = "t.proto:2:24: a group cannot be in a map, declare a message and name it";
    proto2("message M { map<int32, group> a = 1; }", &[message]);
}

#[test]
fn unsigned_options_have_no_sign() {
    let text = |value: &str| {
        format!(
            "import \"google/protobuf/descriptor.proto\"; extend google.protobuf.FileOptions \
             {{ optional uint32 u = 50000; optional int32 i = 50001; }} {value}"
        )
    };
    proto2(&text("option (i) = -0;"), &[]);
    let input = format!("syntax = \"proto2\";\n{}", text("option (u) = -0;"));
    let found = refused(&[("t.proto", &input)]);
    assert!(found[0].contains("a whole number from 0"), "{found:?}");
}

/// Half a minute where the options of the file are read for each extension.
#[test]
fn thousands_of_extensions_and_options_are_read_once() {
    let numbers = 20_000..40_000;
    let fields = numbers
        .clone()
        .map(|at| format!("optional int32 r{at} = {at};"));
    let set = numbers.map(|at| format!("option (r{at}) = 1;"));
    let text = format!(
        "import \"google/protobuf/descriptor.proto\"; extend google.protobuf.FileOptions {{ {} }} {}",
        fields.collect::<String>(),
        set.collect::<String>()
    );
    let text = format!("syntax = \"proto2\";\n{text}");
    assert!(link_texts(&[("a.proto", text)]).is_ok());
}

/// Minutes where the options of a type are read for each of its fields, or for each that names it.
#[test]
fn types_with_thousands_of_options_are_named_by_thousands() {
    let options = |name: &str| -> String {
        let all = (0..20_000).map(|_| format!("option ({name}) = {{}};"));
        all.collect()
    };
    let fields =
        (1..=18_000).map(|at| format!("{} f{at} = {at};", if at % 2 == 0 { "T" } else { "E" }));
    let text = format!(
        "edition = \"2023\"; import \"google/protobuf/descriptor.proto\"; message O {{}} \
         extend google.protobuf.MessageOptions {{ repeated O m = 50000; }} \
         extend google.protobuf.EnumOptions {{ repeated O e = 50000; }} \
         enum E {{ X = 0; {} }} message T {{ {} {} }}",
        options("e"),
        options("m"),
        fields.collect::<String>()
    );
    let problems = link_texts(&[("a.proto", text)]).err().unwrap_or_default();
    assert_eq!(problems.first(), None);
}

#[test]
fn a_number_that_is_none_in_a_used_option_is_a_problem() {
    for number in ["0", "536870912", "2147483647"] {
        let text = format!(
            "syntax = \"proto2\"; import \"google/protobuf/descriptor.proto\"; \
             message O {{ optional int32 a = {number}; }} \
             extend google.protobuf.FileOptions {{ optional O o = 50000; }} option (o) = {{ a: 1 }};"
        );
        assert!(refused(&[("a.proto", &text)])[0].contains("the number of a field is"));
    }
}

#[track_caller]
fn problems(text: &str, expected: &[&str]) {
    let input = SchemaInput::new(Format::Protobuf, Source::new("t.proto", text));
    let problems = Schema::parse(&input).err().unwrap_or_default();
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems, expected);
}

#[track_caller]
fn proto3(text: &str, expected: &[&str]) {
    problems(&format!("syntax = \"proto3\";\n{text}"), expected);
}

#[track_caller]
fn proto2(text: &str, expected: &[&str]) {
    problems(&format!("syntax = \"proto2\";\n{text}"), expected);
}

#[test]
fn reserved_names_are_not_used() {
    let message = "the name `a` is reserved, choose another one";
    proto3(
        "message M { reserved \"a\"; int32 a = 1; }",
        &[&format!("t.proto:2:33: {message}")],
    );
    proto3("message M { reserved \"b\"; int32 a = 1; }", &[]);
    proto3(
        "enum E { reserved \"a\"; a = 0; }",
        &[&format!("t.proto:2:24: {message}")],
    );
}

#[test]
fn ranges_run_upwards_and_do_not_overlap() {
    let overlap = "overlap, take the numbers out of one";
    proto3(
        "message M { reserved 1 to 5, 5; }",
        &[&format!(
            "t.proto:2:22: the reserved ranges 1 to 5 and 5 {overlap}"
        )],
    );
    proto3("message M { reserved 1 to 4, 5; }", &[]);
    proto2(
        "message M { reserved 1 to 5; extensions 5 to 9; }",
        &[
            "t.proto:2:41: the extension range 5 to 9 overlaps the reserved range 1 to 5; take the \
             numbers out of one",
        ],
    );
    proto3(
        "enum E { A = 0; reserved 5 to 9, 7; }",
        &["t.proto:2:26: the reserved range overlaps another one, take the numbers out of one"],
    );
}

#[test]
fn enums_have_aliases_if_they_say_so_and_distinct_short_names() {
    proto3(
        "enum E { option allow_alias = true; A = 0; B = 1; }",
        &["t.proto:2:52: enum `E` has no aliases, remove `allow_alias`"],
    );
    proto3("enum E { option allow_alias = true; A = 0; B = 0; }", &[]);
    proto3(
        "enum Foo { FOO_BAR = 0; BAR = 1; }",
        &[
            "t.proto:2:25: `BAR` and `FOO_BAR` are the same name without the prefix of the enum \
           and in any case, rename one",
        ],
    );
    proto3(
        "enum Foo { FOO_1 = 0; BAR_1 = 1; FOO = 2; F_OO_x = 3; }",
        &[],
    );
    proto2(
        "enum Foo { option deprecated_legacy_json_field_conflicts = true; FOO_BAR = 0; BAR = 1; }",
        &[],
    );
}

#[test]
fn fields_say_only_what_they_may() {
    proto3(
        "message M { int32 a = 1 [default = 1]; }",
        &["t.proto:2:36: proto3 has no defaults, remove it"],
    );
    proto3(
        "message M { required int32 a = 1; }",
        &["t.proto:2:22: proto3 has no `required`, remove it"],
    );
    proto3(
        "message M { repeated group A = 1 {} }",
        &["t.proto:2:22: proto3 has no groups, declare a message and a field"],
    );
    proto2(
        "message M { repeated int32 a = 1 [default = 1]; }",
        &["t.proto:2:45: a repeated field has no default, remove it"],
    );
    proto2(
        "message M { extensions 5 to 9; } extend M { required int32 a = 5 [json_name = \"b\"]; }",
        &[
            "t.proto:2:54: an extension cannot be required, write `optional`",
            "t.proto:2:67: an extension has no `json_name`, remove it",
        ],
    );
    for key in ["float", "bytes", "M", "E"] {
        proto3(
            &format!("message M {{ map<{key}, int32> a = 1; }} enum E {{ A = 0; }}"),
            &["t.proto:2:13: the key of a map is a whole number, a bool or a string"],
        );
    }
}

#[test]
fn proto3_keeps_to_open_enums_and_options() {
    proto3(
        "message M { extensions 5; }",
        &["t.proto:2:24: proto3 has no extension ranges, use `google.protobuf.Any` or proto2"],
    );
    proto2(
        "message M { map<int32, E> a = 1; } enum E { A = 1; }",
        &["t.proto:2:13: the first value of enum `E` must be 0 in a map"],
    );
}

#[test]
fn extension_numbers_and_json_names_are_free_to_use() {
    proto2(
        "message M { extensions 5 to 9; } extend M { optional int32 a = 5; optional int32 b = 5; }",
        &["t.proto:2:86: the number 5 of `M` is taken by the extension `a`, use another one"],
    );
    proto3(
        "message M { int32 a = 1 [json_name = \"[x]\"]; }",
        &["t.proto:2:19: `[x]` is no JSON name: brackets mark extensions"],
    );
}

#[test]
fn only_repeated_numbers_are_packed() {
    let message = "only repeated numbers, bools and enums can be packed, remove `packed`";
    for (field, column) in [
        ("string a", 13),
        ("int32 a", 13),
        ("repeated string a", 22),
        ("repeated M a", 22),
    ] {
        proto3(
            &format!("message M {{ {field} = 1 [packed = true]; }}"),
            &[&format!("t.proto:2:{column}: {message}")],
        );
    }
    proto3("message M { repeated bool a = 1 [packed = true]; }", &[]);
}

#[test]
fn fields_are_counted() {
    let message = |count: usize| {
        let mut text = String::from("syntax = \"proto3\"; message M {");
        for number in 1..=count {
            let number = if number < 19_000 {
                number
            } else {
                number + 1_000
            };
            text.extend(["bool f", &number.to_string(), "=", &number.to_string(), ";"]);
        }
        text + "}"
    };
    problems(&message(super::MAX_FIELDS), &[]);
    problems(
        &message(super::MAX_FIELDS + 1),
        &["t.proto:1:28: message `M` has more than 65535 fields, the limit; split it"],
    );
}

#[test]
fn the_names_of_packages_are_bounded() {
    let text = |package: &str| format!("package {package};");
    proto3(&text(&"p".repeat(MAX_PACKAGE_BYTES)), &[]);
    proto3(
        &text(&"p".repeat(MAX_PACKAGE_BYTES + 1)),
        &["t.proto:2:1: the package's name is longer than 511 bytes"],
    );
    proto3(&text(&vec!["p"; MAX_PACKAGE_PARTS].join(".")), &[]);
    proto3(
        &text(&vec!["p"; MAX_PACKAGE_PARTS + 1].join(".")),
        &["t.proto:2:1: the package's name has more than 101 parts"],
    );
}

#[test]
fn the_problems_of_a_file_are_bounded() {
    let fields = |count: usize| {
        let names = (0..count).map(|at| at.to_string());
        let fields = names.map(|name| ["int32 a", &name, " = 1;"].concat());
        let text = fields.collect::<String>();
        [(
            "a.proto",
            format!("syntax = \"proto3\"; message M {{{text} }}"),
        )]
    };
    let all = link_texts(&fields(MAX_PROBLEMS + 1)).expect_err("one number for all");
    assert_eq!(all.len(), MAX_PROBLEMS);
    let more = link_texts(&fields(MAX_PROBLEMS + 6)).expect_err("one number for all");
    assert_eq!(more.len(), MAX_PROBLEMS + 1);
    assert_eq!(
        more[MAX_PROBLEMS],
        "a.proto: 5 more problems, which are shown when the first are mended"
    );
}

#[test]
fn declarations_of_thousands_of_extensions_are_read_once() {
    let numbers = 1..=3_000;
    let declared = numbers.clone().map(|number| {
        format!("declaration = {{ number: {number} full_name: \".a{number}\" type: \"int32\" }}")
    });
    let declared = declared.collect::<Vec<_>>().join(",");
    let fields = numbers.map(|number| format!("optional int32 a{number} = {number};"));
    let text = format!(
        "message M {{ extensions 1 to 3000 [{declared}]; }} extend M {{ {} }}",
        fields.collect::<String>()
    );
    proto2(&text, &[]);
}
