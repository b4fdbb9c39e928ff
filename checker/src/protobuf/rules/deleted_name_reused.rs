//! JSON knows fields and enum values by name: a name that comes back with another number reads old
//! documents as something new.

use super::{BOTH, Context, finding, renumbered};
use crate::Format;
use crate::Span;
use crate::model::{Category, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::past::Past;

/// `protobuf/deleted-name-reused`
pub static RULE: Rule = Rule {
    id: "protobuf/deleted-name-reused",
    format: Some(Format::Protobuf),
    summary: "A name that an earlier version gave up is used again with another number.",
    directions: &BOTH,
    categories: &[Category::WireJson],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: reserved field names",
    docs: include_str!("deleted_name_reused.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Some(history) = cx.history else {
        return between(cx, change);
    };
    match change {
        // Where the old version has the name, the field only got another number.
        Change::FieldAdded { message, new } if message.old.fields.named(&new.name).is_none() => {
            let holders = [message.old.name.as_str(), message.new.name.as_str()];
            let past = history.find(holders, |member| member.name == new.name);
            let past = past.filter(|past| past.member.number != new.number);
            let report = |past| {
                report(
                    &past,
                    &message.new.path_of(new),
                    &new.name,
                    new.number,
                    new.span.as_ref(),
                )
            };
            past.map(report).unwrap_or_default()
        }
        Change::EnumValueAdded { old, new, value } => {
            let holders = [old.name.as_str(), new.name.as_str()];
            let past = history.find(holders, |member| member.name == value.name);
            let past = past.filter(|past| past.member.number != value.number);
            let path = format!("{}.{}", new.name, value.name);
            let report =
                |past| report(&past, &path, &value.name, value.number, value.span.as_ref());
            past.map(report).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Against an old version of a subject that has the name, where a version between the two has not.
fn between(cx: &Context, change: &Change) -> Vec<Finding> {
    let Some((message, old, new)) = renumbered(change) else {
        return Vec::new();
    };
    let holders = [message.new.name.as_str(), message.old.name.as_str()];
    let Some(gap) = cx.between.gap(holders, |member| member.name == old.name) else {
        return Vec::new();
    };
    let number = gap.member.map_or(old.number, |last| last.number);
    if number == new.number {
        return Vec::new();
    }
    let text = text(&old.name, (number, new.number), (gap.last, gap.gone_in));
    let path = message.new.path_of(new);
    both(&path, (old.span.as_ref(), new.span.as_ref()), &text)
}

fn report(past: &Past, path: &str, name: &str, number: i32, span: Option<&Span>) -> Vec<Finding> {
    let numbers = (past.member.number, number);
    let text = text(name, numbers, (&past.last, &past.gone_in));
    both(path, (None, span), &text)
}

fn text(name: &str, (before, now): (i32, i32), (last, gone_in): (&str, &str)) -> String {
    format!(
        "`{name}` had number {before} up to {last}, was given up in {gone_in}, and is used again \
         with number {now}"
    )
}

fn both(path: &str, spans: (Option<&Span>, Option<&Span>), text: &str) -> Vec<Finding> {
    let report = |direction| Finding {
        hint: Some(Hint {
            text: "take a name that was never used, and reserve the old one".to_owned(),
            edits: Vec::new(),
        }),
        ..finding(&RULE, direction, path, spans, text)
    };
    BOTH.into_iter().map(report).collect()
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::over;

    const ID: &str = "protobuf/deleted-name-reused";

    #[test]
    fn a_name_that_comes_back_with_another_number_is_remembered() {
        let message =
            |body: &str| format!("syntax = \"proto3\"; package p; message M {{ {body} }}");
        let (first, second) = (message("string note = 2;"), message(""));
        let third = message("int32 note = 3;");
        let expected = ["backward p.M.note", "forward p.M.note"];
        assert_eq!(over(ID, &[&first, &second, &third]), expected);
        assert_eq!(over(ID, &[&first, &second, &first]), [""; 0]);
        assert_eq!(
            over(ID, &[&first, &third]),
            [""; 0],
            "the old version has the name"
        );
    }

    #[test]
    fn names_of_enum_values_are_remembered_too() {
        let with =
            |values: &str| format!("syntax = \"proto3\"; package p; enum E {{ Z = 0; {values} }}");
        let (first, second, third) = (with("A = 1;"), with(""), with("A = 2;"));
        let expected = ["backward p.E.A", "forward p.E.A"];
        assert_eq!(over(ID, &[&first, &second, &third]), expected);
    }

    #[test]
    fn a_registry_sees_it_at_levels_that_ask_for_all_versions() {
        use crate::{Format, Level, Options, Schema, SchemaInput, Source, check};
        let parse = |body: &str| {
            let text = format!("syntax = \"proto3\"; package p; message M {{ {body} }}");
            let input = SchemaInput::new(Format::Protobuf, Source::new("t", text));
            Schema::parse(&input).expect("is valid")
        };
        let told = |history: [&str; 2], level| {
            let [first, second] = history.map(parse);
            let third = parse("string a = 1; int32 note = 3;");
            let report = check(&third, &[&first, &second], level, &Options::default());
            let found = report.findings().filter(|found| found.rule.id == ID);
            found.map(|found| found.message.clone()).collect::<Vec<_>>()
        };
        let (with, without) = ("string a = 1; string note = 2;", "string a = 1;");
        let level = Level::BackwardTransitive;
        assert_eq!(
            told([with, without], level),
            [
                "`note` had number 2 up to the latest version but 1, was given up in the latest \
              version, and is used again with number 3"
            ]
        );
        assert_eq!(told([with, with], level), [""; 0], "it was never gone");
        assert_eq!(told([with, without], Level::Backward), [""; 0]);
    }
}
