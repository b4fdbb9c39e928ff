//! Inputs that somebody sends to see what happens: what each may cost is a figure of its own.

/// A set of files, of which the first is the one that is validated.
pub(crate) struct Hostile {
    pub(crate) name: &'static str,
    pub(crate) files: Vec<(&'static str, String)>,
    /// Whether it is a schema after all.
    pub(crate) valid: bool,
}

/// All of them.
pub(crate) fn inputs() -> Vec<Hostile> {
    let one = |name, text, valid| Hostile {
        name,
        files: vec![("a.proto", text)],
        valid,
    };
    vec![
        Hostile {
            name: "two files that import each other",
            files: vec![
                (
                    "a.proto",
                    "syntax = \"proto3\"; import \"b.proto\";".to_owned(),
                ),
                (
                    "b.proto",
                    "syntax = \"proto3\"; import \"a.proto\";".to_owned(),
                ),
            ],
            valid: false,
        },
        one("100,000 nested messages", nested("message M {", "}"), false),
        one("100,000 brackets", option(&nested("[", "]")), false),
        one(
            "100,000 nested option values",
            option(&nested("a {", "}")),
            false,
        ),
        one("10 MB of messages", large(10_000_000), true),
        one("10 MB of one comment", comment(10_000_000), true),
        one("10 MB of mistakes", mistakes(10_000_000), false),
        one(
            "160,000 fields of one message",
            wide(160_000, 160_000),
            false,
        ),
        one(
            "160,000 fields of four messages",
            wide(160_000, 40_000),
            true,
        ),
        one("160,000 fields of one number", same_number(160_000), false),
        one("100,000 values of one enum", values(100_000), true),
        one("50,000 reserved ranges", reserved(50_000), true),
        one("1,000,000 NUL bytes", "\0".repeat(1_000_000), false),
        one("a BOM", "\u{feff}syntax = \"proto3\";\n".to_owned(), true),
    ]
}

const HEADER: &str = "syntax = \"proto3\";\n";

fn nested(open: &str, close: &str) -> String {
    format!("{}{}", open.repeat(100_000), close.repeat(100_000))
}

fn option(value: &str) -> String {
    format!("{HEADER}option (x) = {{ a: {value} }};")
}

/// What `of` says of each, one behind the other.
fn each(numbers: impl IntoIterator<Item = usize>, of: impl Fn(usize) -> String) -> String {
    numbers.into_iter().map(of).collect::<Vec<_>>().concat()
}

fn large(bytes: usize) -> String {
    let fields = each(1..20, |field| {
        format!("  // A field.\n  string field_{field} = {field};\n")
    });
    let messages = bytes / (fields.len() + 16);
    let messages = each(0..messages, |number| {
        format!("message M{number} {{\n{fields}}}\n")
    });
    format!("{HEADER}{messages}")
}

fn comment(bytes: usize) -> String {
    format!(
        "{HEADER}/* {} */\nmessage M {{}}\n",
        "words ".repeat(bytes / 6)
    )
}

fn mistakes(bytes: usize) -> String {
    format!(
        "{HEADER}message M {{ {} }}",
        "int32 a = ;\n".repeat(bytes / 12)
    )
}

fn wide(fields: usize, of_one_message: usize) -> String {
    // The numbers from 19000 are reserved for implementations.
    let numbers = || (1..19_000).chain(20_000..).take(of_one_message);
    let fields_of_one = each(numbers(), |number| {
        format!("  string f{number} = {number};\n")
    });
    let messages = each(0..fields / of_one_message, |message| {
        format!("message M{message} {{\n{fields_of_one}}}\n")
    });
    format!("{HEADER}{messages}")
}

fn same_number(fields: usize) -> String {
    let fields = each(0..fields, |field| format!("  string f{field} = 1;\n"));
    format!("{HEADER}message M {{\n{fields}}}\n")
}

fn values(count: usize) -> String {
    let values = each(0..count, |value| format!("  V{value} = {value};\n"));
    format!("{HEADER}enum E {{\n{values}}}\n")
}

fn reserved(count: usize) -> String {
    let ranges = each(0..count, |range| {
        format!("  reserved {} to {};\n", range * 10 + 1, range * 10 + 5)
    });
    format!("{HEADER}message M {{\n{ranges}}}\n")
}
