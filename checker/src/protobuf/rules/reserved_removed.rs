//! A reserved number or name was in use once: old data may still hold it.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Rule, Severity, Span};
use crate::protobuf::diff::Change;
use crate::protobuf::model::{EnumValue, Field, Member, Members, Reserved};

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
            &new.fields,
        ),
        Change::Enum { old, new } => compare(
            &old.name,
            (&old.reserved, &new.reserved),
            (old.name_span.as_ref(), new.name_span.as_ref()),
            &new.values,
        ),
        _ => Vec::new(),
    }
}

fn compare<T: Taker>(
    path: &str,
    (old, new): (&Reserved, &Reserved),
    (old_span, new_span): (Option<&Span>, Option<&Span>),
    members: &Members<T>,
) -> Vec<Finding> {
    let missing = old.ranges.iter().flat_map(|range| new.missing_of(*range));
    let ranges = missing.map(|(first, last)| {
        let what = if first == last {
            first.to_string()
        } else {
            format!("{first} to {last}")
        };
        let taker = members.within((first, last));
        let hint = taker.map(|taker| {
            format!(
                "`{}` uses {}; take another number for it, and put back `reserved {what};`",
                taker.name(),
                taker.number()
            )
        });
        (what, taker, hint)
    });
    let names = old.names.iter().filter(|name| !new.has_name(name));
    let names = names.map(|name| {
        let taker = members.named(name);
        let hint =
            taker.map(|_| format!("call `{name}` otherwise, and put back `reserved \"{name}\";`"));
        (format!("\"{name}\""), taker, hint)
    });
    let report = |(what, taker, hint): (String, Option<&T>, Option<String>)| Finding {
        hint: Some(Hint {
            text: hint.unwrap_or_else(|| format!("put back `reserved {what};`")),
            edits: Vec::new(),
        }),
        ..finding(
            &RULE,
            Direction::Backward,
            path,
            (old_span, taker.map_or(new_span, Taker::place)),
            format!("{what} is no longer reserved in `{path}`"),
        )
    };
    ranges.chain(names).map(report).collect()
}

/// What can take a number or a name.
trait Taker: Member {
    fn place(&self) -> Option<&Span>;
}

impl Taker for Field {
    fn place(&self) -> Option<&Span> {
        self.span.as_ref()
    }
}

impl Taker for EnumValue {
    fn place(&self) -> Option<&Span> {
        self.span.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, message, only, proto};

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

    #[test]
    fn what_took_the_number_or_the_name_has_to_give_it_back() {
        let old = message("reserved 9; reserved \"a\"; int32 x = 1;");
        let new = message("string neu = 9; string a = 3; int32 x = 1;");
        let found = findings(&old, &new);
        let found = found.iter().filter(|found| found.rule.id == ID);
        let hints = found.map(|found| {
            let place = found.new.as_ref().map(|span| span.column);
            (found.hint.as_ref().map(|hint| &*hint.text), place)
        });
        let at = |text: &str| {
            let at = new.find(text).and_then(|at| u32::try_from(at).ok());
            at.map(|at| at + 1)
        };
        assert_eq!(
            hints.collect::<Vec<_>>(),
            [
                (
                    Some("`neu` uses 9; take another number for it, and put back `reserved 9;`"),
                    at("string neu")
                ),
                (
                    Some("call `a` otherwise, and put back `reserved \"a\";`"),
                    at("string a")
                ),
            ]
        );
    }
}
