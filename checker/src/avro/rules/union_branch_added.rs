//! A branch of the writer's union that the reader has no type for: old readers, newer data.

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind};
use super::super::hint::{take_out_branch, with_edit};
use super::super::words::{a_kind, describe, subject};

/// `avro/union-branch-added`
pub static RULE: Rule = Rule {
    id: "avro/union-branch-added",
    format: Some(Format::Avro),
    summary: "A type was added to a union, which older readers cannot read.",
    directions: &[Direction::Forward],
    categories: &[],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Schema Resolution: unions",
    docs: include_str!("union_branch_added.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    if change.kind != ChangeKind::Branch || change.direction != Direction::Forward {
        return None;
    }
    let union = change.writer.site.owner?;
    let union_schema = change.writer.schema;
    let branch = match change.writer.kind().name() {
        Some(name) => format!("`{}`", name.full),
        None => a_kind(change.writer.kind()),
    };
    let old = change.old_side();
    let message = format!(
        "{} was {} and may now hold {}",
        subject(union_schema, union_schema.get(union).site),
        describe(old.schema, old.id),
        branch
    );
    let mut finding = change.finding(&RULE, message);
    finding.new_label = Some(format!("new producers may write {branch}"));
    let text = format!(
        "leave {branch} out until all readers have adopted a version that takes it; or check only \
         BACKWARD if readers are always updated before writers"
    );
    finding.hint = Some(with_edit(text, take_out_branch(&change.writer)));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, witness};
    use crate::model::Direction;

    #[test]
    fn old_readers_break_on_the_new_branch() {
        let (old, new) = (r#"["null", "long"]"#, r#"["null", "long", "boolean"]"#);
        check(
            old,
            new,
            &[
                "forward avro/union-branch-added `/2`: the schema was a union of null and long and may now hold a boolean",
            ],
        );
        assert_eq!(
            witness(old, new, Direction::Forward),
            r#"{"boolean": true} = 0401: reading it with the old schema fails, a boolean is none of null and long"#
        );
    }

    #[test]
    fn a_branch_that_an_old_branch_reads_is_silent() {
        check(r#"["null", "long"]"#, r#"["null", "long", "int"]"#, &[]);
    }
}
