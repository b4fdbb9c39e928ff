//! The rules that judge Avro changes: a file and a page each, listed here.

pub mod bytes_read_as_string;
pub mod data_ignored;
pub mod decimal_changed;
pub mod default_changed;
pub mod default_removed;
pub mod enum_symbol_added;
pub mod enum_symbol_removed;
pub mod enum_symbol_swallowed;
pub mod field_added_without_default;
pub mod field_alias_unclear;
pub mod field_removed_without_default;
pub mod field_type_changed;
pub mod fixed_size_changed;
pub mod logical_type_changed;
pub mod name_changed;
pub mod number_rounded;
pub mod type_changed;
pub mod union_branch_added;
pub mod union_branch_removed;
pub mod union_branch_unclear;

use crate::model::{Finding, Rule};

use super::change::{Change, Side};
use super::model::Slot;

/// What a rule does.
type Judge = fn(&Change<'_>) -> Option<Finding>;

/// Every rule with its judgement, by id.
static RULES: &[(&Rule, Judge)] = &[
    (&bytes_read_as_string::RULE, bytes_read_as_string::judge),
    (&data_ignored::RULE, data_ignored::judge),
    (&decimal_changed::RULE, decimal_changed::judge),
    (&default_changed::RULE, default_changed::judge),
    (&default_removed::RULE, default_removed::judge),
    (&enum_symbol_added::RULE, enum_symbol_added::judge),
    (&enum_symbol_removed::RULE, enum_symbol_removed::judge),
    (&enum_symbol_swallowed::RULE, enum_symbol_swallowed::judge),
    (
        &field_added_without_default::RULE,
        field_added_without_default::judge,
    ),
    (&field_alias_unclear::RULE, field_alias_unclear::judge),
    (
        &field_removed_without_default::RULE,
        field_removed_without_default::judge,
    ),
    (&field_type_changed::RULE, field_type_changed::judge),
    (&fixed_size_changed::RULE, fixed_size_changed::judge),
    (&logical_type_changed::RULE, logical_type_changed::judge),
    (&name_changed::RULE, name_changed::judge),
    (&number_rounded::RULE, number_rounded::judge),
    (&type_changed::RULE, type_changed::judge),
    (&union_branch_added::RULE, union_branch_added::judge),
    (&union_branch_removed::RULE, union_branch_removed::judge),
    (&union_branch_unclear::RULE, union_branch_unclear::judge),
];

/// All Avro rules.
pub fn all() -> Vec<&'static Rule> {
    RULES.iter().map(|(rule, _)| *rule).collect()
}

/// The rules' judgement of a change.
pub(super) fn judge(change: &Change<'_>) -> impl Iterator<Item = Finding> {
    RULES.iter().filter_map(|(_, judge)| judge(change))
}

/// Whether a type stands within a field.
fn in_field(side: &Side<'_>) -> bool {
    let mut at = side.site;
    while let Some(owner) = at.owner {
        if matches!(at.slot, Slot::Field(_)) {
            return true;
        }
        at = side.schema.get(owner).site;
    }
    false
}

/// The most names that a message lists.
const MAX_LISTED: usize = 8;

/// Names as code: `` `A`, `B` ``; long lists are cut.
fn code(names: &[&str]) -> String {
    let shown = names.iter().take(MAX_LISTED);
    let mut quoted: Vec<String> = shown.map(|name| format!("`{name}`")).collect();
    if let Some(more @ 1..) = names.len().checked_sub(MAX_LISTED) {
        quoted.push(format!("{more} more"));
    }
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::avro::tests::findings;

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<&str> = vec!["A"; MAX_LISTED + 2];
        assert!(code(&names).ends_with("`A`, 2 more"), "{}", code(&names));
        assert_eq!(code(&["A", "B"]), "`A`, `B`");
    }

    /// The old and the new schema of a page.
    fn pair(docs: &str) -> [&str; 2] {
        let blocks: Vec<&str> = docs.split("```json\n").skip(1).collect();
        let [old, new] = *blocks else {
            panic!("a page has two schemas: {docs}");
        };
        [old, new].map(|block| block.split("\n```").next().unwrap_or_default())
    }

    #[test]
    fn the_pair_on_a_rule_s_page_breaks_the_rule_as_the_page_says() {
        for rule in all() {
            let [old, new] = pair(rule.docs);
            let comparison = findings(old, new);
            let found = comparison
                .findings
                .iter()
                .find(|finding| finding.rule == rule);
            let found = found.unwrap_or_else(|| panic!("{} does not fire", rule.id));
            assert_eq!(found.severity, rule.severity);
            let witness = found.witness.as_ref();
            let witness = witness.unwrap_or_else(|| panic!("{} shows nothing", rule.id));
            {
                let hex = witness.bytes_hex.as_deref().unwrap_or_default();
                let input = format!("`{}`", witness.input);
                assert!(
                    rule.docs.contains(&format!("`{hex}`")),
                    "{}: {hex}",
                    rule.id
                );
                assert!(rule.docs.contains(&input), "{}: {input}", rule.id);
                let plain = |text: &str| text.replace('`', "");
                let outcome = plain(&witness.outcome);
                assert!(
                    plain(rule.docs).contains(&outcome),
                    "{}: {outcome}",
                    rule.id
                );
            }
        }
    }
}
