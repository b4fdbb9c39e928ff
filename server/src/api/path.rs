//! Brings paths into the form that the routes are written in: no empty segments, and subjects with
//! raw slashes encoded where only one reading is possible.
//!
//! Some clients join URLs with one slash too many, or send subjects such as
//! `google/protobuf/any.proto` unencoded.

use std::borrow::Cow;

use axum::http::uri::PathAndQuery;
use axum::http::{Method, Uri};

/// The same request with a path that routes understand.
pub(super) fn normalize(method: &Method, uri: &mut Uri) {
    let Cow::Owned(path) = normalized(method, uri.path()) else {
        return;
    };
    let path = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    if let Ok(path) = PathAndQuery::try_from(path) {
        let mut parts = std::mem::take(uri).into_parts();
        parts.path_and_query = Some(path);
        *uri = Uri::from_parts(parts).unwrap_or_default();
    }
}

/// Borrowed if nothing has to change.
fn normalized<'a>(method: &Method, path: &'a str) -> Cow<'a, str> {
    let clean = !path.contains("//") && (path == "/" || !path.ends_with('/'));
    if clean && !may_have_raw_subject(path) {
        return Cow::Borrowed(path);
    }
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let joined = join(method, &segments);
    if joined == path {
        Cow::Borrowed(path)
    } else {
        Cow::Owned(joined)
    }
}

fn may_have_raw_subject(path: &str) -> bool {
    [
        "/subjects/",
        "/config/",
        "/mode/",
        "/compatibility/subjects/",
    ]
    .iter()
    .any(|prefix| path.starts_with(prefix))
}

fn join(method: &Method, segments: &[&str]) -> String {
    let (head, rest, shapes) = match segments {
        ["compatibility", "subjects", rest @ ..] => (&segments[..2], rest, COMPATIBILITY),
        ["subjects", rest @ ..] => (&segments[..1], rest, SUBJECTS),
        ["config" | "mode", rest @ ..] => (&segments[..1], rest, SETTINGS),
        _ => (segments, &[][..], SETTINGS),
    };
    let mut path = String::new();
    let mut push = |segment: &str| {
        path.push('/');
        path.push_str(segment);
    };
    for segment in head {
        push(segment);
    }
    let tail_length = tail_length(rest, shapes);
    let (subject, tail) = rest.split_at(rest.len().saturating_sub(tail_length));
    // A bare subject can be looked up and deleted, but not read: reading something below it is
    // more likely a route that there is not.
    let separator = if tail_length == 0 && head == ["subjects"] && method == Method::GET {
        "/"
    } else {
        "%2F"
    };
    if !subject.is_empty() {
        push(&subject.join(separator));
    }
    for segment in tail {
        push(segment);
    }
    if path.is_empty() {
        "/".to_owned()
    } else {
        path
    }
}

/// What may follow a subject; `*` stands for any segment.
type Shapes = &'static [&'static [&'static str]];

/// The longest first.
const SUBJECTS: Shapes = &[
    &["versions", "*", "schema"],
    &["versions", "*", "referencedby"],
    &["versions", "*", "tags"],
    &["versions", "*"],
    &["versions"],
    &["metadata"],
];
const COMPATIBILITY: Shapes = &[&["versions", "*"], &["versions"]];
const SETTINGS: Shapes = &[];

/// How many of the segments belong to what follows the subject, which has at least one itself.
fn tail_length(segments: &[&str], shapes: Shapes) -> usize {
    let fits = |shape: &[&str]| {
        let tail = segments
            .len()
            .checked_sub(shape.len())
            .filter(|subject| *subject > 0);
        tail.is_some_and(|subject| {
            let tail = segments.iter().skip(subject);
            tail.zip(shape)
                .all(|(segment, expected)| *expected == "*" || segment == expected)
        })
    };
    shapes
        .iter()
        .find(|shape| fits(shape))
        .map_or(0, |shape| shape.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_too_many_are_dropped() {
        for (path, expected) in [
            ("/", "/"),
            ("//", "/"),
            ("/subjects/", "/subjects"),
            ("//schemas//ids/1/", "/schemas/ids/1"),
            (
                "/compatibility/subjects/s/versions/",
                "/compatibility/subjects/s/versions",
            ),
        ] {
            assert_eq!(normalized(&Method::POST, path), expected, "{path}");
        }
    }

    #[test]
    fn raw_slashes_in_subjects_are_encoded() {
        for (path, expected) in [
            ("/subjects/a/b.proto", "/subjects/a%2Fb.proto"),
            (
                "/subjects/a/b.proto/versions",
                "/subjects/a%2Fb.proto/versions",
            ),
            ("/subjects/a/b/versions/3", "/subjects/a%2Fb/versions/3"),
            (
                "/subjects/a/b/versions/latest/schema",
                "/subjects/a%2Fb/versions/latest/schema",
            ),
            ("/config/a/b", "/config/a%2Fb"),
            (
                "/compatibility/subjects/a/b/versions/1",
                "/compatibility/subjects/a%2Fb/versions/1",
            ),
        ] {
            assert_eq!(normalized(&Method::POST, path), expected, "{path}");
        }
    }

    #[test]
    fn paths_that_routes_understand_stay() {
        for path in [
            "/subjects",
            "/subjects/versions",
            "/subjects/versions/versions",
            "/subjects/s/versions/x",
            "/subjects/a%2Fb/versions/1/schema",
            "/subjects/s/metadata",
            "/schemas/ids/1",
            "/unknown/a/b",
            "/config",
        ] {
            assert_eq!(normalized(&Method::POST, path), path);
        }
    }

    #[test]
    fn what_cannot_be_read_is_no_subject() {
        assert_eq!(normalized(&Method::GET, "/subjects/a/b"), "/subjects/a/b");
        assert_eq!(normalized(&Method::GET, "/config/a/b"), "/config/a%2Fb");
    }

    #[test]
    fn the_query_stays() {
        let mut uri: Uri = "/subjects/?deleted=true".parse().unwrap();
        normalize(&Method::GET, &mut uri);
        assert_eq!(uri, "/subjects?deleted=true");
    }
}
