//! Messages as Google's library reads and writes them: `golden.jsonl`, which `tests/clients/messages.py` writes
//! for the type `p.M` of `golden.proto`.

use serde::Deserialize;

use super::tests::{linked, ty};
use super::*;

#[derive(Deserialize)]
struct Case {
    name: String,
    bytes: String,
    #[serde(flatten)]
    expected: Expected,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expected {
    Read {
        text: Option<String>,
        missing: bool,
        again: String,
    },
    Refused {
        #[expect(dead_code, reason = "it tells the two kinds apart")]
        error: bool,
    },
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |pair: &[u8]| {
        let text = std::str::from_utf8(pair).expect("is ASCII");
        u8::from_str_radix(text, 16).expect("is hexadecimal")
    };
    hex.as_bytes().chunks(2).map(byte).collect()
}

#[test]
fn messages_are_read_and_written_as_googles_library_does() {
    let linked = linked(include_str!("golden.proto"));
    let ty = ty(&linked, "p.M");
    let mut differing = Vec::new();
    let mut refused = 0;
    for line in include_str!("golden.jsonl").lines() {
        let case: Case = serde_json::from_str(line).expect("is a case");
        let read = Message::decode(ty, &bytes(&case.bytes));
        match (read, case.expected) {
            (Err(_), Expected::Refused { .. }) => refused += 1,
            (Err(error), Expected::Read { .. }) => {
                differing.push(format!("{}: {error}", case.name));
            }
            (Ok(read), Expected::Refused { .. }) => {
                differing.push(format!("{}: read as {read}", case.name));
            }
            (
                Ok(read),
                Expected::Read {
                    text,
                    missing,
                    again,
                },
            ) => {
                let found = read.known_text();
                let text = text.unwrap_or_else(|| found.clone());
                if same_text(&linked, &found) != same_text(&linked, &text) {
                    differing.push(format!("{}: {found} instead of {text}", case.name));
                }
                if read.missing().is_empty() == missing {
                    differing.push(format!("{}: missing are {:?}", case.name, read.missing()));
                }
                if read.encode() != bytes(&again) {
                    differing.push(format!(
                        "{}: {:02x?} instead of {again}",
                        case.name,
                        read.encode()
                    ));
                }
            }
        }
    }
    assert!(refused > 30, "{refused}");
    assert_eq!(differing, [""; 0], "{}", differing.join("\n"));
}

/// A text in one spelling: Google's library escapes what is not ASCII.
fn same_text(pool: &crate::protobuf::pool::Pool, text: &str) -> Vec<u8> {
    let extension = |_: MessageRef, name: &str| {
        let found = pool.extension_named(name);
        found.ok_or_else(|| name.to_owned())
    };
    let names = TextNames {
        extension: &extension,
        any: &|name| pool.message(name),
    };
    let message = Message::from_text(ty(pool, "p.M"), text, names).expect("is text format");
    let read = Message::decode(ty(pool, "p.M"), &message.encode());
    read.unwrap_or_else(|error| panic!("{text}: {error}"))
        .encode()
}
