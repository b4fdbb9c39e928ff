//! References between schemas as RFC 3986 §5 resolves them, without ever fetching anything.
//!
//! Texts that are no legal URI references, such as definition names with spaces, pass through
//! unharmed: they are compared, not interpreted.

/// The base of a document that names none.
pub(crate) const DEFAULT_BASE: &str = "json-schema:///";

/// A reference without its fragment, and the fragment (empty where there is none).
pub(crate) fn split_fragment(reference: &str) -> (&str, &str) {
    reference.split_once('#').unwrap_or((reference, ""))
}

/// Resolves a reference without fragment against a base.
pub(crate) fn resolve(base: &str, reference: &str) -> String {
    if reference.is_empty() {
        return base.to_owned();
    }
    if scheme_len(reference).is_some() {
        return reference.to_owned();
    }
    let scheme = scheme_len(base).unwrap_or(0);
    let authority = authority_len(base, scheme);
    if reference.starts_with("//") {
        return format!("{}{reference}", &base[..scheme]);
    }
    let path_end = base.find(['?', '#']).unwrap_or(base.len()).max(authority);
    if reference.starts_with('?') {
        return format!("{}{reference}", &base[..path_end]);
    }
    if reference.starts_with('/') {
        return format!("{}{}", &base[..authority], without_dots(reference));
    }
    let directory = base[authority..path_end]
        .rfind('/')
        .map_or("", |at| &base[authority..=authority + at]);
    let merged = if directory.is_empty() && authority > scheme {
        format!("/{reference}")
    } else {
        format!("{directory}{reference}")
    };
    format!("{}{}", &base[..authority], without_dots(&merged))
}

/// The length of `scheme:`.
fn scheme_len(uri: &str) -> Option<usize> {
    let end = uri
        .find([':', '/', '?', '#'])
        .filter(|at| uri[*at..].starts_with(':'))?;
    let name = &uri[..end];
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    (name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(legal))
        .then_some(end + 1)
}

/// The length of `scheme://authority`.
fn authority_len(base: &str, scheme: usize) -> usize {
    match base[scheme..].strip_prefix("//") {
        Some(rest) => {
            let start = scheme + "//".len();
            start + rest.find(['/', '?', '#']).unwrap_or(rest.len())
        }
        None => scheme,
    }
}

/// RFC 3986 §5.2.4.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let rooted = path.starts_with('/');
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let last = segments.len().saturating_sub(1);
    for (index, segment) in segments.iter().enumerate() {
        match *segment {
            "." if index == last => kept.push(""),
            "." => {}
            ".." => {
                kept.pop();
                if index == last {
                    kept.push("");
                }
            }
            segment => kept.push(segment),
        }
    }
    format!("{}{}", if rooted { "/" } else { "" }, kept.join("/"))
}

/// Undoes `%41`; what is no such escape stays.
pub(crate) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() {
            &after[2..]
        } else {
            after
        };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve_as_the_rfc_says() {
        for (base, reference, expected) in [
            ("http://a/b/c/d?q", "g", "http://a/b/c/g"),
            ("http://a/b/c/d", "../g", "http://a/b/g"),
            ("http://a/b/c/d", "./", "http://a/b/c/"),
            ("http://a/b/c/d", "/g", "http://a/g"),
            ("http://a/b/c/d", "//g", "http://g"),
            ("http://a/b/c/d", "", "http://a/b/c/d"),
            ("http://a/b/c/d", "urn:x:y", "urn:x:y"),
            ("http://a", "g", "http://a/g"),
            (DEFAULT_BASE, "other.json", "json-schema:///other.json"),
            (DEFAULT_BASE, "../../x", "json-schema:///x"),
            (DEFAULT_BASE, "a b<c>", "json-schema:///a b<c>"),
        ] {
            assert_eq!(resolve(base, reference), expected, "{base} + {reference}");
        }
    }

    #[test]
    fn escapes_are_undone_and_anything_else_stays() {
        assert_eq!(percent_decoded("a%25b%zz%"), "a%b%zz%");
        assert_eq!(percent_decoded("%é"), "%é");
    }
}
