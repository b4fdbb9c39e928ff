//! The entries of `messages` and of a refusal's `details`: first the findings in the words of the
//! wire contract, then the same as we found them, then what the candidate was held against.

use checker::{Comparison, Finding, Format, Level, Problem, Span, Undecided};

use super::error::MAIN_FILE;

/// How many findings are told: what breaks everywhere need not be said a thousand times.
const FINDINGS_MAX: usize = 50;

/// How much of the old schema's text is told, in characters; the wire contract's number.
const OLD_SCHEMA_CHARS_MAX: usize = 10_240;

/// How much of a witness is told, in characters.
const WITNESS_CHARS_MAX: usize = 400;

/// What breaks: the contract's words, so far as it has any, then ours for each finding.
pub(super) fn findings(level: Level, comparison: &Comparison) -> Vec<String> {
    let mut errors: Vec<&Finding> = comparison.errors().collect();
    let order = |finding: &Finding| {
        level
            .directions()
            .iter()
            .position(|direction| *direction == finding.direction)
    };
    errors.sort_by_key(|finding| order(finding));
    let told = || errors.iter().take(FINDINGS_MAX);
    let mut messages: Vec<String> = Vec::new();
    for wire in comparison.wire_messages().into_iter().take(FINDINGS_MAX) {
        messages.push(wire.to_owned());
    }
    messages.extend(told().map(|finding| describe(finding)));
    if errors.len() > FINDINGS_MAX {
        messages.push(format!(
            "{{omitted: {} more findings}}",
            errors.len() - FINDINGS_MAX
        ));
    }
    messages
}

/// What could not be decided about one version.
pub(super) fn open(version: u32, comparison: &Comparison) -> Vec<String> {
    let told = comparison.undecided.iter().take(FINDINGS_MAX);
    told.map(|open| describe_open(version, open)).collect()
}

/// A stored version that the checker cannot read.
pub(super) fn unreadable(version: u32, problems: &[Problem]) -> String {
    let problem = problems
        .first()
        .map_or_else(String::new, ToString::to_string);
    format!("{{undecided:'version {version} cannot be read: {problem}'}}")
}

/// A candidate that is no schema, in the words in which registering it would be refused.
pub(super) fn invalid(format: Format, details: &str) -> String {
    format!("Invalid schema of type {format}, details: {details}")
}

/// `{oldSchema: '…'}`, shortened as the wire contract does it.
pub(super) fn old_schema(text: &str) -> String {
    match text.char_indices().nth(OLD_SCHEMA_CHARS_MAX) {
        Some((end, _)) => {
            let (shown, _) = text.split_at(end);
            format!("{{oldSchema: <truncated> '{shown}...'}}")
        }
        None => format!("{{oldSchema: '{text}'}}"),
    }
}

/// What was asked for.
pub(super) fn settings(level: Level) -> String {
    format!("{{validateFields: 'false', compatibility: '{level}'}}")
}

fn describe(finding: &Finding) -> String {
    let witness = finding.witness.as_ref();
    let witness = witness.map(|it| format!("{}: {}", shorten(&it.input), shorten(&it.outcome)));
    entry(&[
        ("rule", Some(finding.rule.id.to_owned())),
        ("breaks", Some(finding.direction.level_name().to_owned())),
        ("path", Some(finding.path.to_string())),
        ("place", finding.new.as_ref().map(place)),
        ("oldPlace", finding.old.as_ref().map(place)),
        ("message", Some(finding.message.clone())),
        ("witness", witness),
        ("help", finding.hint.as_ref().map(|hint| hint.text.clone())),
    ])
}

fn describe_open(version: u32, open: &Undecided) -> String {
    entry(&[
        ("undecided", Some(open.reason.clone())),
        ("direction", Some(open.direction.level_name().to_owned())),
        ("path", Some(open.path.to_string())),
        ("place", open.span.as_ref().map(place)),
        ("oldSchemaVersion", Some(version.to_string())),
    ])
}

/// `{name:'value', …}`, in the manner of the contract's own entries.
fn entry(members: &[(&str, Option<String>)]) -> String {
    let members = members.iter().filter_map(|(name, value)| {
        let value = value.as_ref()?;
        Some(format!("{name}:'{value}'"))
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

/// `7:32`, or with the name of the reference that it lies in.
fn place(span: &Span) -> String {
    if &*span.file == MAIN_FILE {
        format!("{}:{}", span.line, span.column)
    } else {
        span.to_string()
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(WITNESS_CHARS_MAX) {
        Some((end, _)) => format!("{}…", text.split_at(end).0),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_old_schemas_are_shortened_and_short_ones_are_not() {
        assert_eq!(old_schema("\"int\""), "{oldSchema: '\"int\"'}");
        let long = "ä".repeat(OLD_SCHEMA_CHARS_MAX + 1);
        let shown = old_schema(&long);
        assert!(
            shown.starts_with("{oldSchema: <truncated> 'ä"),
            "{}",
            &shown[..40]
        );
        assert!(shown.ends_with("ä...'}"));
        assert_eq!(shown.matches('ä').count(), OLD_SCHEMA_CHARS_MAX);
    }

    #[test]
    fn the_settings_entry_is_the_contracts() {
        assert_eq!(
            settings(Level::FullTransitive),
            "{validateFields: 'false', compatibility: 'FULL_TRANSITIVE'}"
        );
    }
}
