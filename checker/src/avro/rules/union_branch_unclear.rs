//! Two branches of the reader's union that read what the writer wrote: the type itself, and before it
//! one of the same unqualified name, or one that it is promoted to.
//!
//! Most libraries take the type itself; the letter of the specification takes the first that matches.

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind};
use super::super::datum::branch_name;
use super::super::hint::advice;
use super::super::model::{Kind, Site, Slot};
use super::super::words::subject;

/// `avro/union-branch-unclear`
pub static RULE: Rule = Rule {
    id: "avro/union-branch-unclear",
    format: Some(Format::Avro),
    summary: "Libraries differ on which branch of a union reads what was written.",
    directions: &[Direction::Backward, Direction::Forward],
    categories: &[],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Schema Resolution: \"the first schema in the reader's union \
                that matches\"",
    docs: include_str!("union_branch_unclear.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    let (ChangeKind::BranchUnclear(index), Kind::Union(_)) = (&change.kind, change.reader.kind())
    else {
        return None;
    };
    let schema = change.reader.schema;
    let other = schema.at(Site::of(change.reader.id, Slot::Branch(*index)))?;
    let name = branch_name(change.writer.kind());
    let new = change.new_side();
    let message = format!(
        "{}: some libraries read `{name}` as `{}`, the first branch that matches",
        subject(new.schema, new.site),
        branch_name(schema.kind(other.id))
    );
    let mut finding = change.finding(&RULE, message);
    finding.hint = Some(advice(
        "put the branch that is meant first; types with equal unqualified names get different ones",
    ));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, witness};
    use crate::model::Direction;

    const OLD: &str =
        r#"{"type": "record", "name": "p.A", "fields": [{"name": "x", "type": "int"}]}"#;

    fn new() -> String {
        let other = OLD.replace("p.A", "q.A").replace("int", "string");
        format!("[{other}, {OLD}]")
    }

    #[test]
    fn a_namesake_before_the_branch_that_is_meant_is_a_warning() {
        check(
            OLD,
            &new(),
            &[
                "backward avro/union-branch-unclear ``: the schema: some libraries read `p.A` as `q.A`, the first branch that matches",
                "forward avro/field-type-changed `/0/fields/0/type`: field `x` was int and is now string",
            ],
        );
        assert_eq!(
            witness(OLD, &new(), Direction::Backward),
            r#"{"x": 0} = 00: reading it with the new schema fails if the first matching branch is taken, an int is no string"#
        );
    }

    #[test]
    fn a_promotion_before_the_type_itself_is_a_warning() {
        check(
            r#"["null", "string"]"#,
            r#"["null", "bytes", "string"]"#,
            &[
                "backward avro/union-branch-unclear ``: the schema: some libraries read `string` as `bytes`, the first branch that matches",
                "forward avro/bytes-read-as-string `/1`: branch `bytes` of the schema was string and is now bytes: bytes that are not UTF-8 are no string",
            ],
        );
        assert_eq!(
            witness(r#""int""#, r#"["long", "int"]"#, Direction::Backward),
            r#"1 = 02: reading it with the new schema gives {"long": 1} if the first matching branch is taken"#
        );
        check(
            r#"["long", "int"]"#,
            r#"["long", {"type": "int", "x": 1}]"#,
            &[],
        );
    }

    #[test]
    fn the_branch_that_is_meant_may_stand_first() {
        let other = OLD.replace("p.A", "q.A").replace("int", "string");
        check(
            &format!("[{OLD}]"),
            &format!("[{OLD}, {other}]"),
            &[
                "forward avro/field-type-changed `/1/fields/0/type`: field `x` was int and is now string",
            ],
        );
    }
}
