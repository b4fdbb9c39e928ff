//! Extensions of others, which this repository does not see, stand on the numbers that a message opens.

use super::{Context, finding};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;

/// `protobuf/extension-range-removed`
pub static RULE: Rule = Rule {
    id: "protobuf/extension-range-removed",
    format: Some(Format::Protobuf),
    summary: "A message takes back numbers that it had opened for extensions.",
    directions: &[Direction::Backward],
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "buf breaking rules: EXTENSION_MESSAGE_NO_DELETE",
    docs: include_str!("extension_range_removed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    let Change::Message { old, new } = change else {
        return Vec::new();
    };
    let opened = old.extendable.ranges.iter();
    let missing: Vec<String> = opened
        .flat_map(|range| new.extendable.missing_of(*range))
        .map(|(first, last)| match last {
            last if last == first => first.to_string(),
            last => format!("{first} to {last}"),
        })
        .collect();
    if missing.is_empty() {
        return Vec::new();
    }
    vec![finding(
        &RULE,
        Direction::Backward,
        old.name.clone(),
        (old.name_span.as_ref(), new.name_span.as_ref()),
        format!(
            "message `{}` was open for extensions with the numbers {}",
            old.name,
            missing.join(", ")
        ),
    )]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{message2, only};

    #[test]
    fn numbers_that_are_closed_are_named_however_the_ranges_are_cut() {
        let id = "protobuf/extension-range-removed";
        let old = message2("extensions 10 to 20;");
        only(id, &old, &message2("extensions 10 to 15, 16 to 20;"), &[]);
        only(id, &old, &message2("extensions 10 to 30;"), &[]);
        only(
            id,
            &old,
            &message2("extensions 11 to 20;"),
            &["backward p.M"],
        );
        only(id, &old, &message2(""), &["backward p.M"]);
    }
}
