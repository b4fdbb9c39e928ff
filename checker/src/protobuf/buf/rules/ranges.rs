//! Ranges of numbers, compared as the sets that they are.

/// Both ends are included.
pub(super) type Range = (i64, i64);

/// What of a range no other range has, in order.
fn missing(range: Range, others: &[Range]) -> Vec<Range> {
    let mut others = others.to_vec();
    others.sort_unstable();
    let (mut start, end) = range;
    let mut missing = Vec::new();
    for (from, to) in others {
        if from > end || start > end {
            break;
        }
        if from > start {
            missing.push((start, from - 1));
        }
        start = start.max(to + 1);
    }
    if start <= end {
        missing.push((start, end));
    }
    missing
}

/// A message for each old range that the new ones do not cover. `what` is as in `reserved range`,
/// `owner` as in `message "M"`.
pub(super) fn lost(what: &str, owner: &str, old: &[Range], new: &[Range], max: i64) -> Vec<String> {
    let mut messages = Vec::new();
    for range in old {
        let missing = missing(*range, new);
        if missing.is_empty() {
            continue;
        }
        let parts: Vec<String> = missing.iter().map(|part| show(*part, max)).collect();
        messages.push(format!(
            "Previously present {what} \"{}\" on {owner} lacks values: {} were removed.",
            show(*range, max),
            parts.join(", "),
        ));
    }
    messages
}

/// As in `[1,5]`; `max` is the greatest number there is.
fn show((start, end): Range, max: i64) -> String {
    if start == end {
        format!("[{start}]")
    } else if end == max {
        format!("[{start},max]")
    } else {
        format!("[{start},{end}]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_no_range_is_missing() {
        assert_eq!(missing((1, 10), &[(1, 4), (5, 10)]), []);
        assert_eq!(
            missing((1, 10), &[(3, 4), (2, 6), (9, 20)]),
            [(1, 1), (7, 8)]
        );
        assert_eq!(missing((5, 6), &[(1, 4), (7, 9)]), [(5, 6)]);
        assert_eq!(missing((5, 6), &[]), [(5, 6)]);
    }
}
