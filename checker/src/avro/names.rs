//! Names: how they are spelt, and how they are found from within a namespace.

use crate::text::json::Node;

use super::model::Primitive;

/// The full name of what is called `name` in a namespace. A dot in front leads to the null namespace,
/// as in Avro Java.
pub(crate) fn full(name: &str, space: &str) -> String {
    if let Some(bare) = name.strip_prefix('.') {
        bare.to_owned()
    } else if space.is_empty() || name.contains('.') {
        name.to_owned()
    } else {
        format!("{space}.{name}")
    }
}

/// The namespace of a full name.
pub(crate) fn namespace(full: &str) -> &str {
    full.rsplit_once('.').map_or("", |(space, _)| space)
}

/// Whether it is a name as the specification's section "Names" has it.
pub(crate) fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    let first = bytes.next();
    first.is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Why a type may not be called `written`, if so. A namespace around it is judged where it stands.
pub(crate) fn fault(written: &str, full: &str) -> Option<String> {
    if Primitive::named(full).is_some() {
        return Some(format!("`{full}` is a primitive type; choose another name"));
    }
    let written = written.strip_prefix('.').unwrap_or(written);
    let part = written.split('.').find(|part| !is_name(part))?;
    Some(not_a_name(part))
}

/// Whether a name that is none would be one with another namespace.
pub(crate) fn is_name_but_for_its_namespace(written: &str) -> bool {
    let written = written.strip_prefix('.').unwrap_or(written);
    let parts = written.rsplit_once('.');
    parts.is_some_and(|(space, name)| is_lax_namespace(space) && is_name(name))
}

/// Whether a text that is no namespace can be taken as one: then it may hold anything, only that a
/// dot in front means something else.
pub(crate) fn is_lax_namespace(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('.')
}

/// What is doubtful about a full name that is one.
pub(crate) fn doubt(full: &str) -> Option<String> {
    let (_, simple) = full.rsplit_once('.')?;
    Primitive::named(simple).map(|_| {
        format!(
            "`{simple}` is a primitive type, whose name the specification allows in no namespace; \
             some libraries refuse it"
        )
    })
}

/// Why a text is no namespace, if it is not. `null` says that there is none of its own.
pub(crate) fn namespace_fault(node: &Node) -> Option<String> {
    let valid = match node.as_str() {
        Some(text) => text.is_empty() || text.split('.').all(is_name),
        None => node.is_null(),
    };
    (!valid).then(|| {
        format!(
            "{} is no namespace: names joined by dots, or an empty string",
            node.to_compact()
        )
    })
}

pub(crate) fn not_a_name(text: &str) -> String {
    if text.is_empty() {
        return "a name, or a part of one between dots, is empty".to_owned();
    }
    format!("`{text}` is no name: letters, digits and `_` only, and no digit first")
}

pub(crate) fn unknown_type(text: &str, full: &str) -> String {
    match text {
        "record" | "enum" | "fixed" | "array" | "map" | "error" => format!(
            "`{text}` stands for a whole type: write an object, `\"type\": {{\"type\": \"{text}\", …}}`"
        ),
        _ => {
            let also = if full == text {
                String::new()
            } else {
                format!(", in full `{full}`,")
            };
            let instead =
                meant(text).map_or_else(String::new, |word| format!("is `{word}` meant? If not, "));
            format!(
                "type `{text}`{also} is not defined up to here; {instead}define it before its first \
                 use, or add a reference to the schema that does"
            )
        }
    }
}

/// The word for a type that is nearly spelt so: in other letters' case, or with one wrong letter.
fn meant(text: &str) -> Option<&'static str> {
    const WORDS: [&str; 13] = [
        "null", "boolean", "int", "long", "float", "double", "bytes", "string", "record", "enum",
        "fixed", "array", "map",
    ];
    nearly(text, WORDS.into_iter())
}

/// The longest text that is taken for a misspelt word.
const MAX_WORD_BYTES: usize = 32;

/// The word that a text nearly is: with other capitals, or with a letter too many, too few, wrong, or
/// exchanged with the next.
pub(crate) fn nearly(
    text: &str,
    words: impl Iterator<Item = &'static str>,
) -> Option<&'static str> {
    if text.len() > MAX_WORD_BYTES {
        return None;
    }
    let small = text.to_ascii_lowercase();
    let mut words = words.filter(|word| *word != text);
    words.find(|word| *word == small || is_one_off(small.as_bytes(), word.as_bytes()))
}

fn is_one_off(text: &[u8], word: &[u8]) -> bool {
    // Nearly every short text is a letter from `int` or `map`.
    if word.len() < 4 && text.len() != word.len() {
        return false;
    }
    let same = text.iter().zip(word).take_while(|(a, b)| a == b).count();
    let (text, word) = (&text[same..], &word[same..]);
    match (text, word) {
        ([a, b, text @ ..], [c, d, word @ ..]) if a == d && b == c && text == word => true,
        ([_, text @ ..], [_, rest @ ..]) if text.len() == rest.len() => {
            text == rest && word.len() + same >= 4
        }
        ([_, longer @ ..], shorter) | (shorter, [_, longer @ ..])
            if longer.len() == shorter.len() =>
        {
            longer == shorter
        }
        _ => false,
    }
}

/// Whether two JSON texts differ in white space at most. It stops at the first difference.
pub(crate) fn same_but_for_layout(a: &str, b: &str) -> bool {
    visible(a).eq(visible(b))
}

fn visible(text: &str) -> impl Iterator<Item = u8> {
    let (mut quoted, mut escaped) = (false, false);
    text.bytes().filter(move |byte| {
        if quoted {
            let ends = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            quoted = !ends;
            return true;
        }
        quoted = *byte == b'"';
        !byte.is_ascii_whitespace()
    })
}
