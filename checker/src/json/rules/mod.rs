//! The rules of JSON Schema, one file each: what a change means to people.
//!
//! Every change stands on a document that was confirmed by execution, so a rule decides no verdict: it
//! names the invariant that broke, words it, and gives advice.

mod additional_items_forbidden;
mod additional_properties_forbidden;
mod conditional_tightened;
mod const_changed;
mod contains_tightened;
mod dependency_added;
mod enum_value_removed;
mod exclusion_added;
mod item_count_narrowed;
mod length_narrowed;
mod multiple_of_changed;
mod not_contained;
mod pattern_changed;
mod property_added_to_open_model;
mod property_count_narrowed;
mod property_names_restricted;
mod property_removed_from_closed_model;
mod property_required;
mod range_narrowed;
mod type_changed;
mod union_narrowed;
mod unique_items_required;
mod value_forbidden;

#[cfg(test)]
mod testing;

use super::change::{Change, Kind};
use super::view::{View, Words};
use crate::Format;
use crate::model::{Direction, Finding, Rule, Severity};

/// All rules of JSON Schema.
pub fn all() -> Vec<&'static Rule> {
    vec![
        &additional_items_forbidden::RULE,
        &additional_properties_forbidden::RULE,
        &conditional_tightened::RULE,
        &const_changed::RULE,
        &contains_tightened::RULE,
        &dependency_added::RULE,
        &enum_value_removed::RULE,
        &exclusion_added::RULE,
        &item_count_narrowed::RULE,
        &length_narrowed::RULE,
        &multiple_of_changed::RULE,
        &not_contained::RULE,
        &pattern_changed::RULE,
        &property_added_to_open_model::RULE,
        &property_count_narrowed::RULE,
        &property_names_restricted::RULE,
        &property_removed_from_closed_model::RULE,
        &property_required::RULE,
        &range_narrowed::RULE,
        &type_changed::RULE,
        &union_narrowed::RULE,
        &unique_items_required::RULE,
        &value_forbidden::RULE,
    ]
}

/// What all rules of JSON Schema have in common.
const fn rule(
    id: &'static str,
    summary: &'static str,
    reference: &'static str,
    docs: &'static str,
) -> Rule {
    Rule {
        id,
        format: Some(Format::Json),
        summary,
        directions: &[Direction::Backward, Direction::Forward],
        categories: &[],
        severity: Severity::Error,
        since: "0.1.0",
        reference,
        docs,
    }
}

/// Judges a change: the rule of its kind words it.
pub(crate) fn judge(change: &Change, view: &View<'_>) -> Finding {
    let (rule, words) = match &change.kind {
        Kind::AdditionalItems => (
            &additional_items_forbidden::RULE,
            additional_items_forbidden::words(change, view),
        ),
        Kind::AdditionalProperties => (
            &additional_properties_forbidden::RULE,
            additional_properties_forbidden::words(change, view),
        ),
        Kind::Conditional => (
            &conditional_tightened::RULE,
            conditional_tightened::words(change, view),
        ),
        Kind::Const => (&const_changed::RULE, const_changed::words(change, view)),
        Kind::Contains => (
            &contains_tightened::RULE,
            contains_tightened::words(change, view),
        ),
        Kind::Dependency => (
            &dependency_added::RULE,
            dependency_added::words(change, view),
        ),
        Kind::Enum => (
            &enum_value_removed::RULE,
            enum_value_removed::words(change, view),
        ),
        Kind::Exclusion => (&exclusion_added::RULE, exclusion_added::words(change, view)),
        Kind::ItemCount => (
            &item_count_narrowed::RULE,
            item_count_narrowed::words(change, view),
        ),
        Kind::Length => (&length_narrowed::RULE, length_narrowed::words(change, view)),
        Kind::MultipleOf => (
            &multiple_of_changed::RULE,
            multiple_of_changed::words(change, view),
        ),
        Kind::Unlocated => (&not_contained::RULE, not_contained::words(change, view)),
        Kind::Pattern => (&pattern_changed::RULE, pattern_changed::words(change, view)),
        Kind::AddedToOpen(key) => (
            &property_added_to_open_model::RULE,
            property_added_to_open_model::words(change, view, key),
        ),
        Kind::PropertyCount => (
            &property_count_narrowed::RULE,
            property_count_narrowed::words(change, view),
        ),
        Kind::PropertyNames => (
            &property_names_restricted::RULE,
            property_names_restricted::words(change, view),
        ),
        Kind::RemovedFromClosed(key) => (
            &property_removed_from_closed_model::RULE,
            property_removed_from_closed_model::words(change, view, key),
        ),
        Kind::Required(key) => (
            &property_required::RULE,
            property_required::words(change, view, key),
        ),
        Kind::Range => (&range_narrowed::RULE, range_narrowed::words(change, view)),
        Kind::Type => (&type_changed::RULE, type_changed::words(change, view)),
        Kind::Union => (&union_narrowed::RULE, union_narrowed::words(change, view)),
        Kind::UniqueItems => (
            &unique_items_required::RULE,
            unique_items_required::words(change, view),
        ),
        Kind::Forbidden => (&value_forbidden::RULE, value_forbidden::words(change, view)),
    };
    view.finding(rule, change, words)
}
