//! JSON knows fields and enum values by name: a name that comes back with another number reads old
//! documents as something new.

use super::{BOTH, Context, finding};
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
        return Vec::new();
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

fn report(past: &Past, path: &str, name: &str, number: i32, span: Option<&Span>) -> Vec<Finding> {
    let report = |direction| Finding {
        hint: Some(Hint {
            text: "take a name that was never used, and reserve the old one".to_owned(),
            edits: Vec::new(),
        }),
        ..finding(
            &RULE,
            direction,
            path,
            (None, span),
            format!(
                "`{name}` had number {} up to {}, was given up in {}, and is used again with \
                 number {number}",
                past.member.number, past.last, past.gone_in
            ),
        )
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
}
