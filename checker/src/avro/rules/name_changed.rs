//! Names of records, enums and fixed that do not match, neither unqualified nor by alias.

use crate::Format;
use crate::model::{Direction, Edit, Finding, Rule, Severity};

use super::super::change::{Change, ChangeKind, Side};
use super::super::hint::{add_alias, rename, with_edit};
use super::super::model::Name;

/// `avro/name-changed`
pub static RULE: Rule = Rule {
    id: "avro/name-changed",
    format: Some(Format::Avro),
    summary: "A record, enum or fixed has another name, and the reader has no alias for the old one.",
    directions: &[Direction::Backward, Direction::Forward],
    categories: &[],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Avro 1.12 specification, Schema Resolution and Aliases",
    docs: include_str!("name_changed.md"),
};

/// Judges a change.
pub(crate) fn judge(change: &Change<'_>) -> Option<Finding> {
    if change.kind != ChangeKind::Name {
        return None;
    }
    let (old, new) = (change.old_side(), change.new_side());
    let (old_name, new_name) = (old.kind().name()?, new.kind().name()?);
    let message = format!(
        "{} `{}` is now called `{}`",
        new.kind().word(),
        old_name.full,
        new_name.full
    );
    let mut finding = change.finding(&RULE, message);
    finding.path = new.definition_path().key("name");
    [finding.old, finding.new] = change.spans(|kind| kind.name().map(|name| &name.place));
    finding.hint = Some(match change.direction {
        Direction::Backward => with_edit(
            format!(
                "add `\"aliases\": [\"{}\"]`; or keep the name",
                alias_text(old_name, new_name)
            ),
            alias(&new, old_name, new_name),
        ),
        Direction::Forward => with_edit(
            format!(
                "keep the name `{}`: old readers know no alias",
                old_name.simple()
            ),
            rename(&new, old_name.simple()),
        ),
    });
    Some(finding)
}

/// A name of the null namespace gets a dot in front where it would be read as one of another namespace.
fn alias_text(old_name: &Name, new_name: &Name) -> String {
    let bare = old_name.namespace().is_empty() && !new_name.namespace().is_empty();
    format!("{}{}", if bare { "." } else { "" }, old_name.full)
}

/// No two types have the same alias.
fn alias(new: &Side<'_>, old_name: &Name, new_name: &Name) -> Option<Edit> {
    let mut others = new.schema.types.iter().filter_map(|ty| ty.kind.name());
    if others.any(|other| other.aliases.contains(&old_name.full)) {
        return None;
    }
    add_alias(
        new.schema,
        new_name.aliases_place.as_deref(),
        new_name.aliases.is_empty(),
        &new_name.place,
        &alias_text(old_name, new_name),
    )
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::{check, witness};
    use crate::model::Direction;

    fn fixed(name: &str) -> String {
        format!(r#"{{"type": "fixed", "name": "{name}", "size": 1}}"#)
    }

    #[test]
    fn no_type_is_given_the_name_of_a_primitive_one() {
        let forward = |old: &str, new: &str| {
            let comparison = crate::avro::tests::findings(&fixed(old), &fixed(new));
            let mut findings = comparison.findings.into_iter();
            let found = findings.find(|finding| finding.direction == Direction::Forward);
            found
                .and_then(|finding| finding.hint)
                .map(|hint| hint.edits.len())
        };
        assert_eq!(forward("x.int", "B"), Some(0));
        assert_eq!(forward("x.A", "B"), Some(1));
    }

    #[test]
    fn another_name_breaks_both_directions() {
        check(
            &fixed("a.Key"),
            &fixed("a.Code"),
            &[
                "backward avro/name-changed `/name`: fixed `a.Key` is now called `a.Code`",
                "forward avro/name-changed `/name`: fixed `a.Key` is now called `a.Code`",
            ],
        );
        assert_eq!(
            witness(&fixed("a.Key"), &fixed("a.Code"), Direction::Backward),
            r#""\u0000" = 00: reading it with the new schema fails, `a.Key` is no `a.Code`"#
        );
    }

    #[test]
    fn an_alias_of_the_reader_helps_one_direction() {
        let new = fixed("a.Code").replace(r#""size""#, r#""aliases": ["Key"], "size""#);
        check(
            &fixed("a.Key"),
            &new,
            &["forward avro/name-changed `/name`: fixed `a.Key` is now called `a.Code`"],
        );
    }

    #[test]
    fn the_namespace_does_not_count() {
        check(&fixed("a.Key"), &fixed("b.c.Key"), &[]);
    }
}
