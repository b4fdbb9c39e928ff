//! A reserved number or name was in use once: old data may still hold it.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Rule, Severity, Span};
use crate::protobuf::diff::Change;
use crate::protobuf::model::Reserved;

/// `protobuf/reserved-removed`
pub static RULE: Rule = Rule {
    id: "protobuf/reserved-removed",
    format: Some(Format::Protobuf),
    summary: "A number or name is no longer reserved.",
    directions: &[Direction::Backward],
    categories: &[Category::Wire, Category::WireJson],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: reserved fields",
    docs: include_str!("reserved_removed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    match change {
        Change::Message { old, new } => compare(
            &old.name,
            (&old.reserved, &new.reserved),
            (old.name_span.as_ref(), new.name_span.as_ref()),
        ),
        Change::Enum { old, new } => compare(
            &old.name,
            (&old.reserved, &new.reserved),
            (old.name_span.as_ref(), new.name_span.as_ref()),
        ),
        _ => Vec::new(),
    }
}

fn compare(
    path: &str,
    (old, new): (&Reserved, &Reserved),
    spans: (Option<&Span>, Option<&Span>),
) -> Vec<Finding> {
    let missing = old.ranges.iter().flat_map(|range| new.missing_of(*range));
    let ranges = missing.map(|(first, last)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first} to {last}")
        }
    });
    let names = old.names.iter().filter(|name| !new.has_name(name));
    let names = names.map(|name| format!("\"{name}\""));
    ranges
        .chain(names)
        .map(|what| Finding {
            hint: Some(Hint {
                text: format!("put back `reserved {what};`"),
                edits: Vec::new(),
            }),
            ..finding(
                &RULE,
                Direction::Backward,
                path,
                spans,
                format!("{what} is no longer reserved in `{path}`"),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{message, only, proto};

    const ID: &str = "protobuf/reserved-removed";

    #[test]
    fn what_is_no_longer_reserved_is_named() {
        let old = message("reserved 2, 5 to 7; reserved \"a\", \"b\"; int32 x = 1;");
        let new = message("reserved 5; reserved \"b\"; int32 x = 1;");
        only(ID, &old, &new, &["backward p.M"; 3]);
        let old = proto("enum E { reserved 5; A = 0; }");
        only(ID, &old, &proto("enum E { A = 0; }"), &["backward p.E"]);
    }

    #[test]
    fn ranges_may_be_cut_and_joined() {
        only(
            ID,
            &message("reserved 2 to 5;"),
            &message("reserved 4 to 9; reserved 2, 3;"),
            &[],
        );
    }
}
