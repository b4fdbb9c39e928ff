//! Every rule there is. A format's rules stand with the format, one file each; here they are listed,
//! for documentation, `explain` and tests.

pub mod format_changed;

use crate::model::Rule;
use crate::text::nearest::typing_errors;
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

/// The rule of that id, or why there is none and which is meant.
pub(crate) fn named(id: &str) -> Result<&'static Rule, String> {
    find(id).ok_or_else(|| match &*similar(id) {
        [] => format!("there is no rule `{id}`; `schemactl explain` lists all rules"),
        close => format!(
            "there is no rule `{id}`; is `{}` meant?",
            close.join("` or `")
        ),
    })
}

/// How many letters of a rule's name may be wrong for it still to be suggested.
const MAX_TYPING_ERRORS: usize = 3;

/// The longest name for which a rule is suggested.
const MAX_NAME_BYTES: usize = 64;

/// The ids that may have been meant by a name that is no id: those that begin with it, else the one
/// that nearly spells it, else those that end in the rule's part of it, else those that contain it.
pub fn similar(id: &str) -> Vec<&'static str> {
    let last = id.rsplit('/').next().unwrap_or(id);
    if last.is_empty() || id.len() > MAX_NAME_BYTES {
        return Vec::new();
    }
    let rules = all();
    let ids = |wanted: &dyn Fn(&str) -> bool| -> Vec<&'static str> {
        let ids = rules.iter().map(|rule| rule.id);
        ids.filter(|known| wanted(known)).collect()
    };
    let distances = rules.iter().map(|rule| typing_errors(id, rule.id));
    let nearest = distances
        .min()
        .filter(|errors| *errors <= MAX_TYPING_ERRORS);
    let found = [
        ids(&|known| known.starts_with(id)),
        ids(&|known| nearest == Some(typing_errors(id, known))),
        ids(&|known| known.ends_with(last)),
        ids(&|known| known.contains(last)),
    ];
    let mut found = found.into_iter();
    found.find(|found| !found.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Direction, Format, Options, Schema, SchemaInput, Source, compare};

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

    #[test]
    fn every_page_has_a_pair_what_happens_and_the_remedy() {
        for rule in all() {
            for part in ["\n**Old**", "\n**New**", "\n**Remedy:** "] {
                assert!(rule.docs.contains(part), "{}: {part}", rule.id);
            }
            let shown = ["\n**Witness:** ", "\n**What happens:** "];
            assert!(
                shown.iter().any(|part| rule.docs.contains(part)),
                "{}",
                rule.id
            );
        }
    }

    #[test]
    fn a_name_that_is_nearly_right_is_recognised() {
        assert_eq!(similar("avro/decimal"), ["avro/decimal-changed"]);
        assert_eq!(similar("fixed-size"), ["avro/fixed-size-changed"]);
        assert_eq!(
            similar("avro/feild-type-chaned"),
            ["avro/field-type-changed"]
        );
        assert_eq!(similar("avro/something-else"), [""; 0]);
        assert_eq!(similar("avro/"), [""; 0]);
        assert_eq!(similar(&"x".repeat(10_000)), [""; 0]);
        assert_eq!(typing_errors("abc", "abd"), 1);
        assert_eq!(typing_errors("", "abc"), 3);
        assert_eq!(typing_errors("kitten", "sitting"), 3);
    }

    fn json_schema(text: &str) -> Schema {
        let input = SchemaInput::new(Format::Json, Source::new("page", text));
        Schema::parse(&input).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
    }

    // The pages of Avro are held to the checker beside its rules. Those of Protobuf show parts of
    // files, which the rules' own tests complete.
    #[test]
    fn the_pair_on_a_page_of_json_breaks_the_rule_and_its_witness_shows_it() {
        for rule in json::rules::all() {
            let mut blocks = rule.docs.split("```json\n").skip(1);
            let [old, new] = [(); 2].map(|()| {
                let block = blocks.next().and_then(|rest| rest.split("```").next());
                json_schema(block.expect("the page has two schemas"))
            });
            let directions = [Direction::Backward];
            let comparison = compare(&old, &new, &directions, &Options::default());
            let mut found = comparison.findings.iter();
            assert!(found.any(|finding| finding.rule == rule), "{}", rule.id);

            let witness = rule.docs.split("**Witness:** `").nth(1);
            let document = witness.and_then(|rest| rest.split('`').next());
            let document = document.expect("the page has a witness");
            let (Schema::Json(old), Schema::Json(new)) = (&old, &new) else {
                panic!("these are JSON Schemas");
            };
            let admitted = (old.admits(document), new.admits(document));
            assert_eq!(admitted, (Some(true), Some(false)), "{}", rule.id);
        }
    }
}
