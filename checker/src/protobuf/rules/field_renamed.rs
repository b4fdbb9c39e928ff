//! The bytes know no names; JSON, field masks, text format and generated code do.

use super::{BOTH, Context, finding, reused};
use crate::Format;
use crate::model::{Category, Edit, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;

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
    let Change::Field {
        message,
        old,
        new,
        retyped,
    } = change
    else {
        return Vec::new();
    };
    if old.name == new.name || reused(cx, message, old, new, *retyped) {
        return Vec::new();
    }
    let edits = new.name_span.as_ref().cloned().map(|span| Edit {
        span,
        replacement: old.name.clone(),
    });
    let report = |direction| Finding {
        hint: Some(Hint {
            text: format!(
                "keep the name `{}`; the number is what the bytes know",
                old.name
            ),
            edits: edits.clone().into_iter().collect(),
        }),
        ..finding(
            &RULE,
            direction,
            message.old.path_of(old),
            (old.name_span.as_ref(), new.name_span.as_ref()),
            format!("field `{}` is now called `{}`", old.name, new.name),
        )
    };
    BOTH.into_iter().map(report).collect()
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{message, only};

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
}
