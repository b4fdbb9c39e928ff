//! A tree of `.proto` files as large as a year of googleapis, made the same each time: proto2, proto3
//! and editions, nested messages, maps, oneofs, groups, extensions, custom options, services,
//! comments; and what became of it a year later.

use std::fmt::Write as _;

/// The files of the new tree, as many as googleapis had.
pub(crate) const FILES: usize = 7_292;
/// The files of the old one.
pub(crate) const OLD_FILES: usize = 5_546;
/// The files of a package.
const PACKAGE_FILES: usize = 20;
/// The messages of a file.
const MESSAGES: usize = 3;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Year {
    Old,
    New,
}

/// The language of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Proto2,
    Proto3,
    Edition,
}

/// Path and text of each file.
pub(crate) fn tree(year: Year) -> impl Iterator<Item = (String, String)> {
    let count = match year {
        Year::Old => OLD_FILES,
        Year::New => FILES,
    };
    let shared = [
        ("bench/options.proto".to_owned(), OPTIONS.to_owned()),
        ("bench/types.proto".to_owned(), TYPES.to_owned()),
    ];
    let made = (0..count - shared.len()).map(move |index| (path(index), file(index, year)));
    shared.into_iter().chain(made)
}

const OPTIONS: &str = "\
syntax = \"proto2\";
package bench;
import \"google/protobuf/descriptor.proto\";
message Rule {
  optional string get = 1;
  optional string post = 2;
  optional string body = 3;
  repeated Rule additional = 4;
  map<string, int32> limits = 5;
}
enum Behavior { UNSPECIFIED = 0; REQUIRED = 1; OUTPUT_ONLY = 2; IMMUTABLE = 3; }
extend google.protobuf.MethodOptions { optional Rule http = 51001; repeated string signature = 51002; }
extend google.protobuf.FieldOptions { repeated Behavior behavior = 51003; }
extend google.protobuf.MessageOptions { optional string resource = 51004; }
extend google.protobuf.ServiceOptions { optional string host = 51005; }
";

const TYPES: &str = "\
syntax = \"proto3\";
package bench;
message Money { string currency = 1; int64 units = 2; }
message Page { int32 size = 1; string token = 2; }
enum State { STATE_UNSPECIFIED = 0; ACTIVE = 1; DELETED = 2; }
";

fn path(index: usize) -> String {
    format!("bench/p{}/v1/file_{index}.proto", index / PACKAGE_FILES)
}

fn package(index: usize) -> String {
    format!("bench.p{}.v1", index / PACKAGE_FILES)
}

fn syntax(index: usize) -> Syntax {
    match index % 10 {
        2 | 7 => Syntax::Proto2,
        5 => Syntax::Edition,
        _ => Syntax::Proto3,
    }
}

/// The file whose messages another one refers to: the one before it in its package, else the first
/// of a package further in front.
fn imported(index: usize) -> Option<usize> {
    if !index.is_multiple_of(PACKAGE_FILES) {
        return Some(index - 1);
    }
    let package = index / PACKAGE_FILES;
    (package > 0).then_some(package / 2 * PACKAGE_FILES)
}

fn file(index: usize, year: Year) -> String {
    let mut text = String::with_capacity(10_000);
    text.push_str(LICENSE);
    // A year brings new words to a file in ten.
    if year == Year::New && index % 10 == 4 {
        text.push_str("//\n// Reviewed.\n\n");
    }
    header(&mut text, index);
    for number in 0..MESSAGES {
        message(&mut text, index, number, year);
    }
    enumeration(&mut text, index, year);
    if syntax(index) == Syntax::Proto2 {
        extensions(&mut text, index);
    }
    if index.is_multiple_of(3) {
        service(&mut text, index, year);
    }
    text
}

const LICENSE: &str = "\
// Copyright of nobody: this file is made by a program.
//
// It holds what files of its kind hold, so that reading it costs what reading such a file costs:
// a header that nobody reads, documentation of each element, and long names.

";

fn header(text: &mut String, index: usize) {
    let syntax = match syntax(index) {
        Syntax::Proto2 => "syntax = \"proto2\"",
        Syntax::Proto3 => "syntax = \"proto3\"",
        Syntax::Edition => "edition = \"2023\"",
    };
    let package = package(index);
    let _ = writeln!(
        text,
        "{syntax};\n\npackage {package};\n\nimport \"bench/options.proto\";"
    );
    let _ = writeln!(text, "import \"bench/types.proto\";");
    let _ = writeln!(text, "import \"google/protobuf/timestamp.proto\";");
    if let Some(imported) = imported(index) {
        let _ = writeln!(text, "import \"{}\";", path(imported));
    }
    let _ = writeln!(
        text,
        "\noption java_multiple_files = true;\noption java_package = \"com.{package}\";\n\
         option go_package = \"example.com/{package};v1\";\n"
    );
}

/// What stands before the type of a field that is no list.
fn label(index: usize) -> &'static str {
    match syntax(index) {
        Syntax::Proto2 => "optional ",
        Syntax::Proto3 | Syntax::Edition => "",
    }
}

fn message(text: &mut String, index: usize, number: usize, year: Year) {
    let label = label(index);
    let name = format!("Resource{index}Part{number}");
    let _ = writeln!(
        text,
        "// The part of that number of a resource.\n//\n// It is read by clients of all versions, so \
         what it says stays.\nmessage {name} {{\n  option (bench.resource) = \"projects/{{project}}/{name}\";\n"
    );
    nested(text, label);
    fields(text, index, number, year);
    let _ = writeln!(
        text,
        "  // What it is about, one of these.\n  oneof subject {{\n    // A person by name.\n    \
         string person = 40;\n    // A group by number.\n    int64 group_number = 41;\n    \
         // Something nested.\n    Detail other = 42;\n  }}"
    );
    match syntax(index) {
        Syntax::Proto2 => {
            let _ = writeln!(
                text,
                "  // A group, as people wrote them.\n  optional group Legacy = 50 {{\n    optional int32 \
                 old = 1 [default = 7];\n  }}\n  extensions 100 to 199;"
            );
        }
        Syntax::Proto3 => {
            let _ = writeln!(text, "  // Known or not.\n  optional string nickname = 50;");
        }
        Syntax::Edition => {
            let _ = writeln!(
                text,
                "  // Never absent.\n  string nickname = 50 [features.field_presence = IMPLICIT];"
            );
        }
    }
    let _ = writeln!(text, "  reserved 60 to 69, 75;\n}}\n");
}

fn nested(text: &mut String, label: &str) {
    let _ = writeln!(
        text,
        "  // What belongs to it alone.\n  message Detail {{\n    // Levels of detail.\n    enum Level \
         {{\n      LEVEL_UNSPECIFIED = 0;\n      // Little.\n      LOW = 1;\n      // Much.\n      \
         HIGH = 2;\n    }}\n\n    // Which one.\n    {label}Level level = 1;\n\n    // When it was \
         seen.\n    {label}google.protobuf.Timestamp seen = 2;\n\n    // Further ones.\n    repeated \
         Detail details = 3;\n  }}\n"
    );
}

fn fields(text: &mut String, index: usize, number: usize, year: Year) {
    let label = label(index);
    // One field of a file in forty is gone a year later, in another its type is another one.
    let gone = year == Year::New && number == 2 && index % 40 == 11;
    let changed = year == Year::New && number == 2 && index % 40 == 21;
    for field in 1..=8 {
        let (before, ty, after) = match field {
            1 => (label, "string", " [(bench.behavior) = REQUIRED]"),
            2 => (label, "bench.State", ""),
            3 if gone => continue,
            3 if changed => (label, "string", ""),
            3 => (label, "int64", ""),
            4 => ("repeated ", "string", " [deprecated = true]"),
            5 => ("", "map<string, bench.Money>", ""),
            6 => (
                label,
                "google.protobuf.Timestamp",
                " [\n    (bench.behavior) = OUTPUT_ONLY,\n    (bench.behavior) = IMMUTABLE\n  ]",
            ),
            7 => (label, "Detail", ""),
            _ => (label, "double", " [json_name = \"ratioOfAll\"]"),
        };
        let _ = writeln!(
            text,
            "  // The field of number {field}, which says what its name says.\n  // It may be absent.\n  \
             {before}{ty} attribute_{field} = {field}{after};\n"
        );
    }
    if let Some(imported) = imported(index) {
        let _ = writeln!(
            text,
            "  // The same part of the resource before.\n  {label}{}.Resource{imported}Part{number} \
             previous = 20;\n",
            package(imported)
        );
    }
}

fn enumeration(text: &mut String, index: usize, year: Year) {
    let _ = writeln!(
        text,
        "// Kinds of resources.\nenum Kind{index} {{\n  // Not said.\n  KIND_{index}_UNSPECIFIED = 0;"
    );
    // A value in a file of forty has another number a year later.
    let moved = year == Year::New && index % 40 == 31;
    for value in 1..=6 {
        let number = if moved && value == 6 { 9 } else { value };
        let _ = writeln!(
            text,
            "\n  // The kind of number {value}.\n  KIND_{index}_NUMBER_{value} = {number};"
        );
    }
    text.push_str("}\n\n");
}

fn extensions(text: &mut String, index: usize) {
    let _ = writeln!(
        text,
        "extend Resource{index}Part0 {{\n  // An extension of a number.\n  optional int32 \
         extra_number_{index} = 100;\n  // An extension of a message.\n  repeated bench.Page \
         extra_page_{index} = 101;\n}}\n"
    );
}

fn service(text: &mut String, index: usize, year: Year) {
    let _ = writeln!(
        text,
        "// Manages resources.\nservice Resources{index} {{\n  option (bench.host) = \"r{index}.example.com\";\n"
    );
    // A file in sixty has lost a method.
    let lost = year == Year::New && index % 60 == 9;
    let methods = ["Get", "List", "Create", "Update", "Watch"];
    for (number, method) in methods.iter().enumerate().skip(usize::from(lost)) {
        let stream = if *method == "Watch" { "stream " } else { "" };
        let _ = writeln!(
            text,
            "  // {method}s resources, or fails where the caller may not.\n  rpc {method}Resource\
             (Resource{index}Part{part}) returns ({stream}Resource{index}Part{}) {{\n    option \
             (bench.http) = {{\n      get: \"/v1/{{name=projects/*/resources/*}}:{method}\"\n      \
             body: \"*\"\n      additional {{ post: \"/v1/{{name=folders/*}}\" }}\n      limits {{ key: \
             \"minute\" value: 60 }}\n    }};\n    option (bench.signature) = \"name\";\n    option \
             (bench.signature) = \"name,parent\";\n  }}\n",
            (number + 1) % MESSAGES,
            part = number % MESSAGES
        );
    }
    text.push_str("}\n");
}
