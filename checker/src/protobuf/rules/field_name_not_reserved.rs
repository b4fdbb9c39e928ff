//! In JSON a field is known by its name: a removed name that comes back means something else.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::rules::field_removed::insertion;

/// `protobuf/field-name-not-reserved`
pub static RULE: Rule = Rule {
    id: "protobuf/field-name-not-reserved",
    format: Some(Format::Protobuf),
    summary: "A field is removed and its name is not reserved.",
    directions: &[Direction::Backward],
    categories: &[Category::WireJson],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: reserved field names",
    docs: include_str!("field_name_not_reserved.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Change::FieldRemoved { message, old } = change else {
        return Vec::new();
    };
    let kept = message.new.fields.named(&old.name).is_some();
    // Where the number is free too, `field-removed` asks for both.
    if kept
        || message.new.reserved.has_name(&old.name)
        || !message.new.reserved.has_number(old.number)
    {
        return Vec::new();
    }
    let statement = format!("reserved \"{}\";", old.name);
    vec![Finding {
        hint: Some(Hint {
            text: format!("reserve the name: `{statement}`"),
            edits: insertion(message.new.name_span.as_ref(), &statement, cx, message),
        }),
        ..finding(
            &RULE,
            Direction::Backward,
            message.old.path_of(old),
            (old.span.as_ref(), message.new.name_span.as_ref()),
            format!(
                "field `{}` is removed and its name is not reserved",
                old.name
            ),
        )
    }]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{message, only};

    const ID: &str = "protobuf/field-name-not-reserved";

    #[test]
    fn number_and_name_are_reserved_apart() {
        let old = message("int32 a = 1; int32 b = 2;");
        only(
            ID,
            &old,
            &message("reserved 2; int32 a = 1;"),
            &["backward p.M.b"],
        );
        only(
            ID,
            &old,
            &message("reserved 2; reserved \"b\"; int32 a = 1;"),
            &[],
        );
    }

    #[test]
    fn a_name_that_moved_to_another_number_is_in_use() {
        only(
            ID,
            &message("int32 a = 1;"),
            &message("reserved 1; int32 a = 2;"),
            &[],
        );
    }
}
