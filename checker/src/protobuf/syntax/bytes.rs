//! Makes a text of a `.proto` file whose bytes are not all UTF-8, as `protoc` reads them.
//!
//! `protoc` looks at bytes: in a comment any will do, and in a string they are the value. A text of
//! ours is UTF-8; so a byte in a string becomes the escape that means it, and one elsewhere the
//! replacement character, which only comments may hold.

use std::fmt::Write as _;

/// The text of a file's bytes.
pub fn text_of(bytes: Vec<u8>) -> String {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return text,
        Err(error) => error.into_bytes(),
    };
    let mut text = String::with_capacity(bytes.len());
    let mut state = State::Code;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.valid().bytes() {
            state = state.after(byte);
        }
        for byte in chunk.invalid() {
            if matches!(state, State::Text { .. }) {
                // Writing to a string does not fail.
                let _ = write!(text, "\\x{byte:02x}");
            } else {
                text.push(char::REPLACEMENT_CHARACTER);
            }
            state = state.after(*byte);
        }
    }
    text
}

/// What a byte stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Code,
    /// Behind a `/` that may begin a comment.
    Slash,
    Line,
    Block {
        /// Behind a `*` that may end it.
        star: bool,
    },
    Text {
        quote: u8,
        /// Behind a backslash.
        escaped: bool,
    },
}

impl State {
    fn after(self, byte: u8) -> Self {
        match self {
            Self::Slash if byte == b'/' => Self::Line,
            Self::Slash if byte == b'*' => Self::Block { star: false },
            Self::Code | Self::Slash => match byte {
                b'/' => Self::Slash,
                quote @ (b'"' | b'\'') => Self::Text {
                    quote,
                    escaped: false,
                },
                _ => Self::Code,
            },
            // A string ends with its line, closed or not.
            Self::Line | Self::Text { .. } if byte == b'\n' => Self::Code,
            Self::Line => Self::Line,
            Self::Block { star: true } if byte == b'/' => Self::Code,
            Self::Block { .. } => Self::Block { star: byte == b'*' },
            Self::Text {
                quote,
                escaped: false,
            } if byte == quote => Self::Code,
            Self::Text { quote, escaped } => Self::Text {
                quote,
                escaped: !escaped && byte == b'\\',
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_in_a_string_are_its_value_and_those_in_a_comment_do_not_matter() {
        let text = |bytes: &[u8]| text_of(bytes.to_vec());
        assert_eq!(
            text(b"a // \xff\nb = \"\xfe\\\"\xfd\";"),
            "a // \u{fffd}\nb = \"\\xfe\\\"\\xfd\";"
        );
        assert_eq!(text(b"/* \" \xff */ '\xff'"), "/* \" \u{fffd} */ '\\xff'");
        assert_eq!(text(b"\" /\xff/ \" /\xff"), "\" /\\xff/ \" /\u{fffd}");
        assert_eq!(text("\u{fffd} all UTF-8".as_bytes()), "\u{fffd} all UTF-8");
    }

    #[test]
    fn a_default_keeps_its_bytes() {
        let file =
            b"syntax = \"proto2\"; message M { optional bytes b = 1 [default = \"\xffa\"]; }";
        let source = crate::Source::new("t.proto", text_of(file.to_vec()));
        let parsed = super::super::parse(&source);
        let field = parsed.expect("is well formed").proto.message_type[0].field[0].clone();
        assert_eq!(field.default_value(), b"\\377a");
    }
}
