//! Every rule there is. A format's rules stand with the format, one file each; here they are listed,
//! for documentation, `explain` and tests.

pub mod format_changed;

use crate::model::Rule;
use crate::{avro, json, protobuf};

/// All rules, sorted by id.
pub fn all() -> Vec<&'static Rule> {
    let mut rules: Vec<&'static Rule> = vec![&format_changed::RULE];
    rules.extend(avro::rules::all());
    rules.extend(json::rules::all());
    rules.extend(protobuf::rules::all());
    rules.sort_by_key(|rule| rule.id);
    rules
}

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().into_iter().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_name_their_format() {
        let rules = all();
        for pair in rules.windows(2) {
            assert_ne!(pair[0].id, pair[1].id);
        }
        for rule in rules {
            let prefix = rule
                .format
                .map_or("schema".to_owned(), |format| format.name().to_lowercase());
            assert!(rule.id.starts_with(&format!("{prefix}/")), "{}", rule.id);
        }
    }

    #[test]
    fn every_rule_has_a_page_that_names_it() {
        for rule in all() {
            assert!(
                rule.docs.starts_with(&format!("# {}\n", rule.id)),
                "{}",
                rule.id
            );
            assert!(rule.summary.ends_with('.'), "{}", rule.id);
        }
    }
}
