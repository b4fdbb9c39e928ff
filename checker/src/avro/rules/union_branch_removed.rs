//! A branch of the writer's union that the reader has no type for: new readers, older data.

use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind, Side};
use super::super::hint::{insert_after, nameless_text, quoted, restore, with_edit};
use super::super::model::Kind;
use super::super::words::{a_kind, describe, subject};

/// `avro/union-branch-removed`
pub static RULE: Rule = Rule {
    id: "avro/union-branch-removed",
    format: Some(Format::Avro),
    summary: "A type was removed from a union, so that data that hold it cannot be read.",
    directions: &[Direction::Backward],
    categories: &[],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Schema Resolution: unions",
    docs: include_str!("union_branch_removed.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    if change.kind != ChangeKind::Branch || change.direction != Direction::Backward {
        return None;
    }
    let union = change.writer.site.owner?;
    let union_schema = change.writer.schema;
    let branch = match change.writer.kind().name() {
        Some(name) => format!("`{}`", name.full),
        None => a_kind(change.writer.kind()),
    };
    let new = change.new_side();
    let message = format!(
        "{} was {} and no longer takes {}",
        subject(new.schema, new.site),
        describe(union_schema, union),
        branch
    );
    let mut finding = change.finding(&RULE, message);
    finding.old_label = Some(format!("stored data and old producers may hold {branch}"));
    let edit = if let Kind::Union(branches) = new.kind() {
        branches.last().and_then(|last| {
            let text = nameless_text(&change.writer)?;
            insert_after(new.schema, &last.place, format!(", {text}"))
        })
    } else {
        let old = Side {
            schema: union_schema,
            site: union_schema.get(union).site,
            id: union,
        };
        restore(&old, &new)
    };
    finding.hint = Some(with_edit(
        format!("keep {} in the union", quoted(&change.writer)),
        edit,
    ));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, witness};
    use crate::model::Direction;

    #[test]
    fn data_that_hold_the_branch_break() {
        let (old, new) = (r#"["null", "long", "string"]"#, r#"["null", "long"]"#);
        check(
            old,
            new,
            &[
                "backward avro/union-branch-removed ``: the schema was a union of null, long and string and no longer takes a string",
            ],
        );
        assert_eq!(
            witness(old, new, Direction::Backward),
            r#"{"string": "a"} = 040261: reading it with the new schema fails, a string is none of null and long"#
        );
    }

    #[test]
    fn a_union_that_becomes_its_only_other_branch_breaks_on_null() {
        check(
            r#"["null", "int"]"#,
            r#""int""#,
            &[
                "backward avro/union-branch-removed ``: the schema was a union of null and int and no longer takes null",
            ],
        );
    }

    #[test]
    fn look_alikes_are_silent() {
        check(r#"["int", "string"]"#, r#"["string", "int"]"#, &[]);
        // Every branch can be read: as a promotion, or by a reader without a union.
        check(r#"["int", "long"]"#, r#""long""#, &[]);
    }

    #[test]
    fn a_union_whose_branches_share_an_unqualified_name_reads_itself() {
        let both = r#"[{"type": "record", "name": "q.A", "fields": [{"name": "x", "type": "string"}]},
            {"type": "record", "name": "p.A", "fields": [{"name": "x", "type": "int"}]}]"#;
        check(both, both, &[]);
    }
}
