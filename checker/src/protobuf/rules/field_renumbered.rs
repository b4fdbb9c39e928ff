//! A field that keeps its name and has another number: a new field to the bytes, the same one to JSON.

use super::{BOTH, Context, finding, names, renumbered};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::witness;

/// `protobuf/field-renumbered`
pub static RULE: Rule = Rule {
    id: "protobuf/field-renumbered",
    format: Some(Format::Protobuf),
    summary: "A field keeps its name and has another number: what was written under the old one is not found.",
    directions: &BOTH,
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: assigning field numbers",
    docs: include_str!("field_renumbered.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    // Where the old number has another field, `field-number-reused` and `field-renamed` speak.
    let removed = matches!(change, Change::FieldRemoved { .. });
    let Some((message, old, new)) = renumbered(change).filter(|_| removed) else {
        return Vec::new();
    };
    let report = |direction| {
        let (written, sought) = match direction {
            Direction::Backward => (old.number, new.number),
            Direction::Forward => (new.number, old.number),
        };
        Finding {
            old_label: Some(format!(
                "stored data and old code have it as {}",
                old.number
            )),
            hint: Some(Hint {
                text: format!(
                    "give it back the number {}; or keep both fields, and write both until nobody \
                     reads {0}",
                    old.number
                ),
                edits: Vec::new(),
            }),
            witness: witness::field(cx, direction, names(&message), written),
            ..finding(
                &RULE,
                direction,
                message.old.path_of(old),
                (old.span.as_ref(), new.span.as_ref()),
                format!(
                    "field `{}` is renumbered {} -> {}: what is written under {written} is not found \
                     under {sought}",
                    old.name, old.number, new.number
                ),
            )
        }
    };
    BOTH.into_iter().map(report).collect()
}

#[cfg(test)]
mod tests {
    use crate::model::{Audience, Category};
    use crate::protobuf::testing::{findings, message, only, proto, trees};

    const ID: &str = "protobuf/field-renumbered";

    #[test]
    fn a_name_under_another_number_is_named_reserved_or_not() {
        let old = message("string a = 1; string b = 2;");
        for new in [
            "reserved 2; string a = 1; string b = 3;",
            "string a = 1; string b = 3;",
        ] {
            only(
                ID,
                &old,
                &message(new),
                &["backward p.M.b", "forward p.M.b"],
            );
        }
        let new = message("reserved 2; string a = 1; string b = 3;");
        let found = findings(&old, &new);
        assert_eq!(found.len(), 2, "nothing else: {found:?}");
        for found in found {
            assert!(
                found.message.starts_with("field `b` is renumbered 2 -> 3"),
                "{}",
                found.message
            );
            assert!(found.witness.is_some());
            // Not source code: no name of it changed.
            assert_eq!(found.audience, [Audience::StoredData]);
        }
    }

    #[test]
    fn a_name_that_is_gone_or_changed_places_is_not_renumbered() {
        let old = message("string a = 1; string b = 2;");
        only(ID, &old, &message("string a = 1; string c = 3;"), &[]);
        only(ID, &old, &message("string b = 1; string a = 2;"), &[]);
    }

    #[test]
    fn a_reserved_old_number_breaks_no_byte_but_may_break_json() {
        let errors = |old: &str, new: &str, category| {
            let text = |body: &str| proto(&format!("message M {{ {body} }}"));
            trees(
                &[("t.proto", &text(old))],
                &[("t.proto", &text(new))],
                category,
            )
        };
        let json = "protobuf/field-json-type-changed p.M.a";
        for (old, new, expected) in [
            (
                "string a = 2;",
                "int32 a = 3; reserved 2;",
                &[json, json] as &[&str],
            ),
            (
                "optional string a = 4;",
                "repeated string a = 5; reserved 4;",
                &[json, json],
            ),
            ("int32 a = 2;", "int64 a = 3; reserved 2;", &[json]),
            ("string a = 2;", "string a = 3; reserved 2;", &[]),
        ] {
            assert_eq!(errors(old, new, Category::Wire), [""; 0], "{old} {new}");
            assert_eq!(
                errors(old, new, Category::WireJson),
                expected,
                "{old} {new}"
            );
            assert!(
                errors(old, new, Category::File).contains(&format!("{ID} p.M.a")),
                "{old} {new}"
            );
        }
    }
}
