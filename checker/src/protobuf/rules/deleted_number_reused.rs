//! A number that was given up and comes back means something else to whoever still has what was written
//! before. Two neighbouring versions do not show it: it takes the history.

use super::{BOTH, Context, finding, reused};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::{Change, Pair};
use crate::protobuf::model::Field;
use crate::protobuf::past::{Past, kind_of};

/// `protobuf/deleted-number-reused`
pub static RULE: Rule = Rule {
    id: "protobuf/deleted-number-reused",
    format: Some(Format::Protobuf),
    summary: "A number that an earlier version gave up is used again.",
    directions: &BOTH,
    categories: &[Category::Wire, Category::WireJson],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: consequences of reusing field numbers",
    docs: include_str!("deleted_number_reused.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    match change {
        Change::FieldAdded { message, new } => field_back(cx, message, new),
        Change::Field {
            message,
            old,
            new,
            retyped,
        } if !reused(cx, message, old, new, *retyped) => between(cx, message, old, new),
        Change::EnumValueAdded { old, new, value } if !old.has_number(value.number) => {
            let holders = [old.name.as_str(), new.name.as_str()];
            let past = cx
                .history
                .and_then(|history| history.find(holders, |member| member.number == value.number));
            let past = past.filter(|past| past.member.name != value.name);
            let report = |past: Past| {
                let text = format!(
                    "number {} was value `{}` up to {}, was given up in {}, and is used again for \
                     `{}`",
                    value.number, past.member.name, past.last, past.gone_in, value.name
                );
                let path = format!("{}.{}", new.name, value.name);
                both(&path, None, value.span.as_ref(), &text)
            };
            past.map(report).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Against an earlier version than the old one, which has no such number. A field that comes back as
/// it was reads what was written.
fn field_back(cx: &Context, message: &Pair, new: &Field) -> Vec<Finding> {
    let holders = [message.old.name.as_str(), message.new.name.as_str()];
    let past = cx
        .history
        .and_then(|history| history.find(holders, |member| member.number == new.number));
    let kind = kind_of(new);
    let Some(past) = past.filter(|past| past.member.name != new.name || past.member.kind != kind)
    else {
        return Vec::new();
    };
    let text = format!(
        "number {} was field `{}` ({}) up to {}, was given up in {}, and is used again for `{}` \
         ({kind})",
        new.number, past.member.name, past.member.kind, past.last, past.gone_in, new.name
    );
    both(&message.new.path_of(new), None, new.span.as_ref(), &text)
}

/// Against an old version that has the number, where a version between the two has not: what looks
/// like a rename is none.
fn between(cx: &Context, message: &Pair, old: &Field, new: &Field) -> Vec<Finding> {
    if old.name == new.name {
        return Vec::new();
    }
    let holders = [message.new.name.as_str(), message.old.name.as_str()];
    let Some(gap) = cx
        .between
        .gap(holders, |member| member.number == old.number)
    else {
        return Vec::new();
    };
    let (before, now) = (kind_of(old), kind_of(new));
    let (name, kind) = gap
        .member
        .map_or((&old.name, &before), |last| (&last.name, &last.kind));
    if (name, kind) == (&new.name, &now) {
        return Vec::new();
    }
    let text = format!(
        "number {} was field `{name}` ({kind}) up to {}, was given up in {}, and is used again for \
         `{}` ({now})",
        old.number, gap.last, gap.gone_in, new.name
    );
    both(
        &message.old.path_of(old),
        old.span.as_ref(),
        new.span.as_ref(),
        &text,
    )
}

fn both(
    path: &str,
    old: Option<&crate::Span>,
    new: Option<&crate::Span>,
    text: &str,
) -> Vec<Finding> {
    let report = |direction: Direction| Finding {
        hint: Some(Hint {
            text: "take a number that was never used, and reserve the old one for ever".to_owned(),
            edits: Vec::new(),
        }),
        ..finding(&RULE, direction, path, (old, new), text)
    };
    BOTH.into_iter().map(report).collect()
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{over, proto};

    const ID: &str = "protobuf/deleted-number-reused";

    fn message(body: &str) -> String {
        format!("syntax = \"proto3\"; package p; message M {{ {body} }} enum E {{ Z = 0; }}")
    }

    #[test]
    fn a_number_that_an_earlier_version_had_is_remembered() {
        let first = message("string a = 1; string note = 2;");
        let second = message("string a = 1;");
        let third = message("string a = 1; string comment = 2;");
        let expected = ["backward p.M.comment", "forward p.M.comment"];
        assert_eq!(over(ID, &[&first, &second, &third]), expected);
        assert_eq!(over(ID, &[&first, &second, &second, &third]), expected);
        assert_eq!(over(ID, &[&second, &third]), [""; 0]);
    }

    #[test]
    fn a_field_that_comes_back_as_it_was_is_well() {
        let first = message("string a = 1; repeated string note = 2;");
        let second = message("string a = 1;");
        assert_eq!(over(ID, &[&first, &second, &first]), [""; 0]);
        let other = message("string a = 1; string note = 2;");
        assert_eq!(over(ID, &[&first, &second, &other]).len(), 2);
    }

    #[test]
    fn numbers_of_enum_values_are_remembered_too() {
        let with =
            |values: &str| format!("syntax = \"proto3\"; package p; enum E {{ Z = 0; {values} }}");
        let (first, second, third) = (with("A = 1;"), with(""), with("B = 1;"));
        let expected = ["backward p.E.B", "forward p.E.B"];
        assert_eq!(over(ID, &[&first, &second, &third]), expected);
        assert_eq!(over(ID, &[&first, &second, &first]), [""; 0]);
    }

    #[test]
    fn a_registry_sees_it_at_levels_that_ask_for_all_versions() {
        use crate::{Format, Level, Options, Schema, SchemaInput, Source, check};
        let parse = |body: &str| {
            let input = SchemaInput::new(Format::Protobuf, Source::new("t", message(body)));
            Schema::parse(&input).expect("is valid")
        };
        let [first, second, third] = [
            "string a = 1; string note = 2;",
            "string a = 1;",
            "string a = 1; string comment = 2;",
        ]
        .map(parse);
        let found = |level| {
            let report = check(&third, &[&first, &second], level, &Options::default());
            report
                .findings()
                .filter(|found| found.rule.id == ID)
                .count()
        };
        assert_eq!(found(Level::BackwardTransitive), 1);
        assert_eq!(found(Level::FullTransitive), 2);
        assert_eq!(found(Level::Backward), 0);
        let told = |history: &[&Schema]| {
            let level = Level::BackwardTransitive;
            let report = check(&third, history, level, &Options::default());
            let found = report.findings().filter(|found| found.rule.id == ID);
            found.map(|found| found.message.clone()).collect::<Vec<_>>()
        };
        let text = |name: &str, last: &str, gone: &str| {
            format!(
                "number 2 was field `{name}` (string) up to {last}, was given up in {gone}, and is \
                 used again for `comment` (string)"
            )
        };
        let (latest, but) = ("the latest version", "the latest version but");
        assert_eq!(
            told(&[&first, &second]),
            [text("note", &format!("{but} 1"), latest)]
        );
        let renamed = parse("string a = 1; string remark = 2;");
        let last = text("remark", &format!("{but} 2"), &format!("{but} 1"));
        assert_eq!(
            told(&[&first, &renamed, &second, &second]),
            [last.clone(), last]
        );
    }

    #[test]
    fn a_registry_follows_a_message_that_was_renamed() {
        use crate::{Direction, Format, Options, Schema, SchemaInput, Source};
        let parse = |name: &str, more: &str| {
            let fields = "string a = 1; string b = 3; string c = 4;";
            let text = proto(&format!("message {name} {{ {fields} {more} }}"));
            let input = SchemaInput::new(Format::Protobuf, Source::new("t", text));
            Schema::parse(&input).expect("is valid")
        };
        let candidate = parse("C", "string comment = 2;");
        let options = Options::default();
        let mut comparer = crate::Comparer::newest_first(&candidate, &options);
        let mut told = |number, old: &Schema| {
            let found = comparer.compare_version(old, number, &[Direction::Backward]);
            let found = found.findings.into_iter();
            let found = found.filter(|found| found.rule.id == ID);
            found.map(|found| found.message).collect::<Vec<_>>()
        };
        let text = "number 2 was field `note` (string) up to version 3, was given up in version 5, \
                    and is used again for `comment` (string)";
        assert_eq!(told(7, &parse("C", "")), [""; 0]);
        assert_eq!(told(5, &parse("B", "")), [""; 0]);
        assert_eq!(told(3, &parse("A", "string note = 2;")), [text]);
        assert_eq!(told(2, &parse("A", "string note = 2;")), [text]);
    }

    #[test]
    fn a_message_that_was_renamed_twice_keeps_its_history() {
        let named = |name: &str, more: &str| {
            let fields = "string a = 1; string b = 3; string c = 4;";
            format!("syntax = \"proto3\"; package p; message {name} {{ {fields} {more} }}")
        };
        let first = named("A", "string note = 2;");
        let second = named("B", "");
        let third = named("C", "");
        let reused = "string comment = 2;";
        let expected =
            |name: &str| ["backward", "forward"].map(|way| format!("{way} p.{name}.comment"));
        let found = |texts: &[&str]| over(ID, texts);
        assert_eq!(
            found(&[&first, &second, &named("B", reused)]),
            expected("B")
        );
        assert_eq!(
            found(&[&first, &second, &third, &named("C", reused)]),
            expected("C")
        );
        assert_eq!(
            found(&[&first, &second, &third, &named("D", reused)]),
            expected("D")
        );
        // As it was it is no other field.
        let back = named("C", "string note = 2;");
        assert_eq!(found(&[&first, &second, &third, &back]), [""; 0]);
        // A message that has nothing to do with it has a history of its own.
        let other = proto("message B { string x = 1; }");
        let taken = proto("message B { string x = 1; string comment = 2; }");
        assert_eq!(found(&[&first, &other, &taken]), [""; 0]);
    }
}
