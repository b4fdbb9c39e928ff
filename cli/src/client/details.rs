//! A refusal's message as its parts: what happened, and the details that the registry joined to one
//! line. Entries are found by how they begin, since their texts may hold any separator.

/// What stands before the details.
const DETAILS: &str = ", details: ";

/// The most characters of one detail that are shown; an old schema may have thousands.
pub const MAX_DETAIL_CHARS: usize = 1_000;

/// The message without its details, and the details.
pub fn split(message: &str) -> (String, Vec<String>) {
    let Some((head, details)) = message.split_once(DETAILS) else {
        return (message.to_owned(), Vec::new());
    };
    let list = details.strip_prefix('[');
    let list = list.and_then(|details| details.strip_suffix(']'));
    let parts = match list {
        Some(list) => parts(list, ", ", is_entry),
        None => parts(details, "; ", is_problem),
    };
    (head.to_owned(), parts.into_iter().map(shorten).collect())
}

/// Cuts a text at the separators after which something begins.
fn parts<'a>(text: &'a str, separator: &str, begins: fn(&str) -> bool) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, found) in text.match_indices(separator) {
        let next = at + found.len();
        if text.get(next..).is_some_and(begins) {
            parts.extend(text.get(start..at));
            start = next;
        }
    }
    parts.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    parts
}

/// `{errorType:'…`, `{oldSchemaVersion: …`: a name without quotes, which JSON does not have.
fn is_entry(text: &str) -> bool {
    let Some((name, _)) = text.strip_prefix('{').and_then(|text| text.split_once(':')) else {
        return false;
    };
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// `line 2, column 7: …`, `shop.Money:2:7: …`, `and 3 more problems`.
fn is_problem(text: &str) -> bool {
    let Some((place, _)) = text.split_once(": ") else {
        return text.starts_with("and ") && text.ends_with(" more problems");
    };
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let in_text = place
        .strip_prefix("line ")
        .and_then(|place| place.split_once(", column "));
    let mut from_right = place.rsplitn(3, ':');
    let in_file = (from_right.next(), from_right.next(), from_right.next());
    match (in_text, in_file) {
        (Some((line, column)), _) => number(line) && number(column),
        (None, (Some(column), Some(line), Some(file))) => {
            number(line) && number(column) && !file.contains("; ")
        }
        (None, _) => false,
    }
}

fn shorten(detail: &str) -> String {
    match detail.char_indices().nth(MAX_DETAIL_CHARS) {
        Some((end, _)) => format!("{}…", detail.split_at(end).0),
        None => detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, head: &str, details: &[&str]) {
        let (found, parts) = split(message);
        assert_eq!(
            (&*found, &*parts),
            (
                head,
                &*details.iter().map(|&it| it.to_owned()).collect::<Vec<_>>()
            )
        );
    }

    #[test]
    fn a_message_without_details_is_left_as_it_is() {
        check("Subject 'a' not found.", "Subject 'a' not found.", &[]);
    }

    #[test]
    fn entries_are_told_apart_whatever_their_texts_hold() {
        check(
            "Incompatible, details: [{errorType:'X', description:'a, b'}, \
             {rule:'r', witness:'[{\"a\": 1}, {\"b\": 2}]: reads, {badly}'}, {oldSchemaVersion: 1}]",
            "Incompatible",
            &[
                "{errorType:'X', description:'a, b'}",
                "{rule:'r', witness:'[{\"a\": 1}, {\"b\": 2}]: reads, {badly}'}",
                "{oldSchemaVersion: 1}",
            ],
        );
    }

    #[test]
    fn problems_are_told_apart_at_their_places() {
        check(
            "Invalid schema of type AVRO, details: line 1, column 2: `a` is gone; write it; \
             shop.Money:3:4: other; more; and 3 more problems",
            "Invalid schema of type AVRO",
            &[
                "line 1, column 2: `a` is gone; write it",
                "shop.Money:3:4: other; more",
                "and 3 more problems",
            ],
        );
    }

    #[test]
    fn a_long_detail_is_cut_at_the_limit() {
        let long = "ä".repeat(MAX_DETAIL_CHARS);
        let (_, parts) = split(&format!("x, details: [{long}]"));
        assert_eq!(parts.concat(), long);
        let (_, parts) = split(&format!("x, details: [{long}ä]"));
        assert_eq!(parts, [format!("{long}…")]);
    }
}
