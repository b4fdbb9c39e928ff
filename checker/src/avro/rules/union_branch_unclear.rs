//! Two branches of the reader's union that read what the writer wrote: the type itself, and before it
//! one of the same unqualified name, or one that it is promoted to.
//!
//! Most libraries take the type itself; the letter of the specification takes the first that matches.
//! Where the type itself is no branch, all take the first promotion, though a later one may fit better.

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind};
use super::super::datum::branch_name;
use super::super::hint::advice;
use super::super::model::{Kind, Site, Slot};
use super::super::union::BranchIndex;
use super::super::words::{a_kind, subject};

/// `avro/union-branch-unclear`
pub static RULE: Rule = Rule {
    id: "avro/union-branch-unclear",
    format: Some(Format::Avro),
    summary: "Which branch of a union reads what was written depends on their order, or on the library.",
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
    match (&change.kind, change.reader.kind()) {
        (ChangeKind::BranchUnclear(first), Kind::Union(_)) => unclear(change, *first),
        (ChangeKind::BranchOrder(later), Kind::Union(_)) => out_of_order(change, *later),
        _ => None,
    }
}

/// What to do where the reader is old, and so cannot be changed.
const KEEP: &str =
    "old readers stay as they are: keep what is written, and the union with its order";

fn unclear(change: &Change<'_>, index: usize) -> Option<Finding> {
    let schema = change.reader.schema;
    let other = schema.at(Site::of(change.reader.id, Slot::Branch(index)))?;
    let name = branch_name(change.writer.kind());
    let new = change.new_side();
    let message = format!(
        "{}: some libraries read `{name}` as `{}`, the first branch that matches",
        subject(new.schema, new.site),
        branch_name(schema.kind(other.id))
    );
    let mut finding = change.finding(&RULE, message);
    finding.hint = Some(advice(match change.direction {
        Direction::Backward => {
            "put the branch that is meant first; types with equal unqualified names get different ones"
        }
        Direction::Forward => KEEP,
    }));
    Some(finding)
}

/// The branch that is taken, whatever the library, holds the number less well than a later one.
fn out_of_order(change: &Change<'_>, later: usize) -> Option<Finding> {
    let (schema, union) = (change.reader.schema, change.reader.id);
    let index = BranchIndex::new(schema, union);
    let taken = index.choose(change.writer.schema, change.writer.id)?;
    let word = |at| {
        Some(
            schema
                .kind(schema.at(Site::of(union, Slot::Branch(at)))?.id)
                .word(),
        )
    };
    let (taken, later) = (word(taken)?, word(later)?);
    let new = change.new_side();
    let message = format!(
        "{}: {} is read as `{taken}`, which stands before `{later}`",
        subject(new.schema, new.site),
        a_kind(change.writer.kind())
    );
    let mut finding = change.finding(&RULE, message);
    finding.hint = Some(advice(match change.direction {
        Direction::Backward => format!("put `{later}` before `{taken}`"),
        Direction::Forward => KEEP.to_owned(),
    }));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::avro::tests::{check, findings, witness};
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
    fn a_float_before_a_type_of_whole_numbers_is_a_warning() {
        let message = "the schema: an int is read as `double`, which stands before `long`";
        let (old, new) = (r#""int""#, r#"["null", "double", "long"]"#);
        let comparison = findings(old, new);
        let mut backward = comparison.findings.iter();
        let finding = backward.find(|it| it.direction == Direction::Backward);
        let finding = finding.expect("a finding");
        assert_eq!((finding.rule.id, &*finding.message), (RULE.id, message));
        let hint = finding.hint.as_ref().map(|hint| &*hint.text);
        assert_eq!(hint, Some("put `long` before `double`"));
        assert_eq!(
            witness(old, new, Direction::Backward),
            r#"1 = 02: reading it with the new schema gives {"double": 1.0}"#
        );
        let messages = |new: &str| -> Vec<String> {
            let comparison = findings(old, new);
            let backward = comparison.findings.iter();
            let backward = backward.filter(|it| it.direction == Direction::Backward);
            backward.map(|it| it.message.clone()).collect()
        };
        assert_eq!(messages(r#"["null", "long", "double"]"#), [""; 0]);
        assert_eq!(messages(r#"["null", "double", "float"]"#), [""; 0]);
        assert_eq!(
            messages(r#"["float", "double"]"#),
            [
                "the schema: an int is read as `float`, which stands before `double`",
                "the schema: an int is read as branch `float`: a float does not hold every int",
            ]
        );
    }

    #[test]
    fn old_readers_are_not_told_to_change() {
        let comparison = findings(r#"["long", "int"]"#, r#""int""#);
        let hint = |direction| {
            let mut findings = comparison.findings.iter();
            let finding = findings.find(|it| it.direction == direction && it.rule == &RULE)?;
            finding.hint.as_ref().map(|hint| &*hint.text)
        };
        assert_eq!(hint(Direction::Forward), Some(super::KEEP));
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
