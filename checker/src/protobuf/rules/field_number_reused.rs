//! A number belongs to one field for ever: stored data and old code know fields by number only.

use super::{BOTH, Context, finding, names, reused, versions};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::witness;

/// `protobuf/field-number-reused`
pub static RULE: Rule = Rule {
    id: "protobuf/field-number-reused",
    format: Some(Format::Protobuf),
    summary: "A field number is used for another field than before.",
    directions: &BOTH,
    categories: &[Category::Wire, Category::WireJson],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Protocol Buffers, language guide: consequences of reusing field numbers",
    docs: include_str!("field_number_reused.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Some((message, old, new, retyped)) = versions(change) else {
        return Vec::new();
    };
    if !reused(cx, message, old, new, retyped) {
        return Vec::new();
    }
    let judge = |direction: Direction| Finding {
        new_label: Some(format!(
            "number {} now belongs to `{}`",
            new.number, new.name
        )),
        old_label: Some(format!(
            "stored data and old code know it as `{}`",
            old.name
        )),
        hint: Some(Hint {
            text: format!(
                "give `{}` a number that was never used, and `reserved {}; reserved \"{}\";`",
                new.name, old.number, old.name
            ),
            edits: Vec::new(),
        }),
        witness: witness::field(cx, direction, names(message), old.number),
        ..finding(
            &RULE,
            direction,
            message.old.path_of(old),
            (old.span.as_ref(), new.span.as_ref()),
            format!(
                "number {} was field `{}` ({}) and is now field `{}` ({})",
                old.number, old.name, old.kind, new.name, new.kind
            ),
        )
    };
    BOTH.into_iter().map(judge).collect()
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{message, only};

    #[test]
    fn a_number_that_goes_to_another_name_and_type_breaks_both_directions() {
        only(
            "protobuf/field-number-reused",
            &message("string name = 1;"),
            &message("int64 age = 1;"),
            &["backward p.M.name", "forward p.M.name"],
        );
    }

    #[test]
    fn swapped_numbers_are_seen_though_the_types_agree() {
        only(
            "protobuf/field-number-reused",
            &message("string first = 1; string last = 2;"),
            &message("string last = 1; string first = 2;"),
            &[
                "backward p.M.first",
                "forward p.M.first",
                "backward p.M.last",
                "forward p.M.last",
            ],
        );
    }

    #[test]
    fn a_name_that_moves_on_leaves_its_data_where_it_was() {
        only(
            "protobuf/field-number-reused",
            &message("string name = 1;"),
            &message("string old_name = 1; string name = 2;"),
            &[],
        );
    }

    #[test]
    fn a_field_that_moves_on_leaves_its_number_to_a_field_of_another_type() {
        only(
            "protobuf/field-number-reused",
            &message("string coupon = 13;"),
            &message("bytes voucher = 13; string coupon = 15;"),
            &["backward p.M.coupon", "forward p.M.coupon"],
        );
    }

    #[test]
    fn a_rename_that_keeps_the_type_is_no_reuse() {
        only(
            "protobuf/field-number-reused",
            &message("string name = 1;"),
            &message("string full_name = 1;"),
            &[],
        );
    }
}
