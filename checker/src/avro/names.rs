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
            format!(
                "type `{text}`{also} is not defined up to here; define it before its first use, or \
                 add a reference to the schema that does"
            )
        }
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
