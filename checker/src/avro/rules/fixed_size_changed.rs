//! Fixed types of different sizes.

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind};
use super::super::hint::{replace, with_edit};
use super::super::model::Kind;

/// `avro/fixed-size-changed`
pub static RULE: Rule = Rule {
    id: "avro/fixed-size-changed",
    format: Some(Format::Avro),
    summary: "A fixed has another size.",
    directions: &[Direction::Backward, Direction::Forward],
    categories: &[],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Schema Resolution: fixed",
    docs: include_str!("fixed_size_changed.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    let (old, new) = (change.old_side(), change.new_side());
    let (ChangeKind::FixedSize, Kind::Fixed(old_fixed), Kind::Fixed(new_fixed)) =
        (&change.kind, old.kind(), new.kind())
    else {
        return None;
    };
    let message = format!(
        "fixed `{}` had {} bytes and has now {}",
        new_fixed.name.full, old_fixed.size, new_fixed.size
    );
    let mut finding = change.finding(&RULE, message);
    finding.path = new.definition_path().key("size");
    [finding.old, finding.new] = change.spans(|kind| match kind {
        Kind::Fixed(fixed) => Some(&fixed.size_place),
        _ => None,
    });
    // A default is as long as the fixed.
    let edit = if new.schema.held_by_defaults().may_hold(new.id) {
        None
    } else {
        let size = old_fixed.size.to_string();
        replace(new.schema, &new_fixed.size_place, size)
    };
    finding.hint = Some(with_edit(
        format!(
            "keep the size {}; or add a field of a new fixed type",
            old_fixed.size
        ),
        edit,
    ));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, witness};
    use crate::model::Direction;

    #[test]
    fn another_size_breaks_both_directions() {
        let fixed = |size: u8| format!(r#"{{"type": "fixed", "name": "K", "size": {size}}}"#);
        check(
            &fixed(1),
            &fixed(2),
            &[
                "backward avro/fixed-size-changed `/size`: fixed `K` had 1 bytes and has now 2",
                "forward avro/fixed-size-changed `/size`: fixed `K` had 1 bytes and has now 2",
            ],
        );
        assert_eq!(
            witness(&fixed(1), &fixed(2), Direction::Backward),
            r#""\u0000" = 00: reading it with the new schema fails, 1 bytes are not 2 bytes"#
        );
        check(&fixed(1), &fixed(1), &[]);
    }
}
