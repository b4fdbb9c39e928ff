//! The JSON reader, on any text.

use checker::Source;
use checker::text::json;

use crate::{Target, Worth, fixtures, laws};

pub(crate) const TARGET: Target = Target {
    name: "json_text",
    run,
    show: crate::show_text,
    seeds,
    words: &[
        "\\u00e9",
        "\\ud83d\\ude00",
        "\\udc00",
        "1e-400",
        "-0.0",
        "null",
        "true",
        "false",
        "\"\"",
        "{}",
        "[]",
    ],
};

fn run(input: &[u8]) -> Worth {
    let Ok(text) = std::str::from_utf8(input) else {
        return Worth::Drop;
    };
    let source = Source::new("t", text);
    match json::parse(&source) {
        Ok(node) => {
            check_ranges(&node, text);
            let compact = node.to_compact();
            let again = json::parse(&Source::new("t", compact.as_str()));
            let again = again.unwrap_or_else(|problem| panic!("{problem}: {compact}"));
            assert_eq!(again.to_compact(), compact);
        }
        Err(problem) => laws::problem_is_placed(&source, &problem),
    }
    Worth::Keep
}

/// Every value stands inside of the one around it, and its range is its text.
fn check_ranges(node: &json::Node, text: &str) {
    let own = text.get(node.range.clone());
    let own = own.unwrap_or_else(|| panic!("{:?} is no range of the text", node.range));
    assert_eq!(own.trim(), own);
    let children: Vec<&json::Node> = match &node.value {
        json::Value::Array(items) => items.iter().collect(),
        json::Value::Object(members) => members.iter().map(|member| &member.value).collect(),
        json::Value::Number(number) => {
            assert_eq!(&**number, own);
            Vec::new()
        }
        _ => Vec::new(),
    };
    let mut end = node.range.start;
    for child in children {
        assert!(end < child.range.start && child.range.end < node.range.end);
        end = child.range.end;
        check_ranges(child, text);
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let files = [
        fixtures::pairs("avro", "avsc"),
        fixtures::pairs("json", "json"),
    ]
    .concat();
    let odd = [
        "[1e400, -0.0, 12345678901234567890]",
        r#"{"a": 1, "a": "\ud83d\ude00\u0000"}"#,
        "[[[[]]]]",
    ];
    let texts = files.into_iter().flatten().chain(odd.map(str::to_owned));
    texts.map(String::into_bytes).collect()
}
