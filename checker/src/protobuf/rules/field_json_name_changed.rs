//! `json_name` is the key in JSON documents.

use super::{BOTH, Context, finding, renumbered};
use crate::Format;
use crate::model::{Category, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;

/// `protobuf/field-json-name-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/field-json-name-changed",
    format: Some(Format::Protobuf),
    summary: "A field keeps its name but has another key in JSON.",
    directions: &BOTH,
    categories: &[Category::WireJson],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, ProtoJSON format: json_name",
    docs: include_str!("field_json_name_changed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    // To JSON a field is its name, whatever its number.
    let fields = renumbered(change).or(match change {
        Change::Field {
            message, old, new, ..
        } => Some((*message, *old, *new)),
        _ => None,
    });
    let Some((message, old, new)) = fields else {
        return Vec::new();
    };
    if old.name != new.name || old.json_name == new.json_name {
        return Vec::new();
    }
    let report = |direction| Finding {
        hint: Some(Hint {
            text: format!("keep `json_name = \"{}\"`", old.json_name),
            edits: Vec::new(),
        }),
        ..finding(
            &RULE,
            direction,
            message.old.path_of(old),
            (old.span.as_ref(), new.span.as_ref()),
            format!(
                "field `{}` was `{}` in JSON and is now `{}`",
                old.name, old.json_name, new.json_name
            ),
        )
    };
    BOTH.into_iter().map(report).collect()
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{message, only};

    const ID: &str = "protobuf/field-json-name-changed";

    #[test]
    fn another_key_breaks_json_both_ways() {
        only(
            ID,
            &message("int32 a = 1;"),
            &message("int32 a = 1 [json_name = \"x\"];"),
            &["backward p.M.a", "forward p.M.a"],
        );
        only(
            ID,
            &message("int32 a = 1;"),
            &message("reserved 1; int32 a = 2 [json_name = \"x\"];"),
            &["backward p.M.a", "forward p.M.a"],
        );
    }

    #[test]
    fn the_default_key_may_be_spelled_out() {
        only(
            ID,
            &message("int32 order_id = 1;"),
            &message("int32 order_id = 1 [json_name = \"orderId\"];"),
            &[],
        );
    }
}
