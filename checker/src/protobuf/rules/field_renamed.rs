//! The bytes know no names; JSON, field masks, text format and generated code do.

use super::{BOTH, Context, finding, kept};
use crate::Format;
use crate::model::{Category, Edit, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::{Change, Types, renamed_groups};
use crate::protobuf::model::{Field, short_name};

/// `protobuf/field-renamed`
pub static RULE: Rule = Rule {
    id: "protobuf/field-renamed",
    format: Some(Format::Protobuf),
    summary: "A field has another name under the same number.",
    directions: &BOTH,
    categories: &[Category::WireJson],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, ProtoJSON format: field names",
    docs: include_str!("field_renamed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Some((message, old, new, _)) = kept(change, cx) else {
        return Vec::new();
    };
    if old.name == new.name {
        return Vec::new();
    }
    let groups = renamed_groups((cx.old.model, cx.new.model), old, new);
    let (kept, text) = told(old, new, groups);
    let edits = new.name_span.as_ref().cloned().map(|span| Edit {
        span,
        replacement: kept.to_owned(),
    });
    let report = |direction| Finding {
        hint: Some(Hint {
            text: format!("keep the name `{kept}`; the number is what the bytes know"),
            edits: edits.clone().into_iter().collect(),
        }),
        ..finding(
            &RULE,
            direction,
            message.old.path_of(old),
            (old.name_span.as_ref(), new.name_span.as_ref()),
            text.clone(),
        )
    };
    BOTH.into_iter().map(report).collect()
}

/// The name to keep, and what became of it.
fn told<'a>(old: &'a Field, new: &Field, groups: Option<Types<'a>>) -> (&'a str, String) {
    let (old, new) = (old.name.as_str(), new.name.as_str());
    let Some((before, now)) = groups else {
        return (old, format!("field `{old}` is now called `{new}`"));
    };
    let (before, now) = (short_name(before), short_name(now));
    let text =
        format!("group `{before}` is now called `{now}`, and its field `{old}` with it `{new}`");
    (before, text)
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, message, message2, only};

    #[test]
    fn another_name_breaks_json_both_ways() {
        only(
            "protobuf/field-renamed",
            &message("int32 a = 1;"),
            &message("int32 b = 1;"),
            &["backward p.M.a", "forward p.M.a"],
        );
    }

    #[test]
    fn another_number_is_no_rename() {
        only(
            "protobuf/field-renamed",
            &message("int32 a = 1;"),
            &message("int32 b = 2;"),
            &[],
        );
    }

    /// What changes with the name of a group is what `protoc` makes of it: the name of its field, the
    /// key in JSON, the name in the text format and two names in generated code. Its bytes stay.
    #[test]
    fn a_renamed_group_is_told_once_and_at_its_field() {
        let group = |name: &str, fields: &str| {
            message2(&format!("optional group {name} = 1 {{ {fields} }}"))
        };
        let fields = "optional int32 x = 1; optional int32 y = 2;";
        let old = group("Note", fields);
        for fields in [fields, "optional int32 x = 1; optional int32 k = 3;"] {
            let found = findings(&old, &group("Remark", fields));
            let named = found
                .iter()
                .filter(|found| found.path.to_string() != "p.M.Note.y");
            let named: Vec<_> = named
                .map(|found| (found.rule.id, &*found.message))
                .collect();
            let text = "group `Note` is now called `Remark`, and its field `note` with it `remark`";
            assert_eq!(named, [("protobuf/field-renamed", text); 2]);
            let edits = found.iter().filter_map(|found| found.hint.as_ref());
            let edit = edits.flat_map(|hint| &hint.edits).next();
            assert_eq!(edit.map(|edit| &*edit.replacement), Some("Note"));
        }
        // The field is called the same, the class is not.
        let renamed = "protobuf/message-renamed";
        only(
            renamed,
            &old,
            &group("NOTE", fields),
            &["backward p.M.Note"],
        );
        only("protobuf/field-renamed", &old, &group("NOTE", fields), &[]);
    }

    #[test]
    fn a_message_that_an_edition_encodes_as_a_group_has_a_name_of_its_own() {
        let text = |kind: &str, field: &str| {
            format!(
                "edition = \"2023\"; package p; message {kind} {{ int32 x = 1; }} \
                 message M {{ {kind} {field} = 1 [features.message_encoding = DELIMITED]; }}"
            )
        };
        let (old, new) = (text("Note", "note"), text("Remark", "remark"));
        only("protobuf/message-renamed", &old, &new, &["backward p.Note"]);
        let expected = ["backward p.M.note", "forward p.M.note"];
        only("protobuf/field-renamed", &old, &new, &expected);
    }
}
