//! What a report tells of a comparison, and in which words: one item for each change, with what it
//! breaks, the witnesses and the remedy. How that is laid out is for each output format to say.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::group::{Group, LOOK_BACK, group};
use crate::model::{
    Audience, Category, Comparison, Direction, Finding, Severity, Undecided, Witness, WitnessKind,
};

/// The most hexadecimal digits of a witness that are shown; the JSON form has all.
const MAX_HEX_DIGITS: usize = 96;
/// The most characters of a witness's datum that are shown; the JSON form has all.
const MAX_DATUM_CHARS: usize = 400;

/// One change or open question, told once for both directions.
#[derive(Debug)]
pub struct Told<'a> {
    /// What it is about.
    pub subject: Subject<'a>,
    notes: Vec<(&'static str, String)>,
}

/// What is told of.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// A finding whose words stand for its twin in the other direction as well.
    Finding(&'a Finding),
    /// What could not be decided.
    Undecided(&'a Undecided),
}

impl Told<'_> {
    /// One line, readable alone. Foreign text in it is not escaped.
    pub fn message(&self) -> Cow<'_, str> {
        match self.subject {
            Subject::Finding(finding) => Cow::Borrowed(&finding.message),
            Subject::Undecided(open) if open.path.as_str().is_empty() => {
                Cow::Borrowed(&open.reason)
            }
            Subject::Undecided(open) => Cow::Owned(format!("`{}`: {}", open.path, open.reason)),
        }
    }

    /// What there is to add, each with a word for what it is: `breaks`, `affects` or `open` (the
    /// directions), `hits` (the parties), `note`, `witness`, `help`, `more`. Foreign text in it is not escaped.
    pub fn notes(&self) -> &[(&'static str, String)] {
        &self.notes
    }
}

/// What is told of a comparison: findings, then what stays open. A finding in a direction that was
/// not asked for only adds to `breaks` of its twin.
pub fn told<'a>(comparison: &'a Comparison, asked: &[Direction]) -> Vec<Told<'a>> {
    let groups = group(&comparison.findings).into_iter();
    let wanted = groups.filter(|group| asked.iter().any(|direction| group.breaks(*direction)));
    let told = |group: &Group<'a>| of_group(group, comparison, asked);
    let mut all: Vec<Told<'a>> = wanted.map(|group| told(&group)).collect();
    let open = merge(&comparison.undecided, asked).into_iter();
    all.extend(open.map(|(open, directions)| Told {
        subject: Subject::Undecided(open),
        notes: vec![("open", listed(&directions))],
    }));
    all
}

fn of_group<'a>(group: &Group<'a>, comparison: &Comparison, asked: &[Direction]) -> Told<'a> {
    let asked: Vec<&Finding> = group
        .findings()
        .filter(|finding| asked.contains(&finding.direction))
        .collect();
    let shown = asked.first().copied().unwrap_or(group.first);
    Told {
        subject: Subject::Finding(shown),
        notes: notes(group, shown, &asked, affected(comparison, shown)),
    }
}

fn affected(comparison: &Comparison, finding: &Finding) -> Option<String> {
    let key = (finding.rule.id, finding.path.clone());
    comparison.affected.get(&key).cloned()
}

fn notes(
    group: &Group<'_>,
    shown: &Finding,
    asked: &[&Finding],
    affected: Option<String>,
) -> Vec<(&'static str, String)> {
    let word = match shown.severity {
        Severity::Error => "breaks",
        Severity::Warning => "affects",
    };
    let mut notes = vec![(word, breaks(group))];
    notes.extend(hits(group).map(|whom| ("hits", whom)));
    notes.extend(affected.map(|whom| ("affects", whom)));
    for finding in asked {
        if finding.message != shown.message {
            let level = finding.direction.level_name();
            notes.push(("note", format!("{level}: {}", finding.message)));
        }
        if let Some(witness) = &finding.witness {
            notes.push(("witness", describe(witness, finding.direction)));
        }
    }
    if let Some(hint) = &shown.hint {
        notes.push(("help", hint.text.clone()));
    }
    notes.push(("more", format!("schemactl explain {}", shown.rule.id)));
    notes
}

/// `BACKWARD (new code, old data) and FORWARD (old code, new data)`, for what breaks calls
/// `BACKWARD (old clients, new servers)`.
fn breaks(group: &Group<'_>) -> String {
    let directions: Vec<Direction> = [Direction::Backward, Direction::Forward]
        .into_iter()
        .filter(|direction| group.breaks(*direction))
        .collect();
    let categories = group.first.rule.categories;
    let data = categories.contains(&Category::Wire) || categories.contains(&Category::WireJson);
    if categories.contains(&Category::Grpc) && !data {
        return callers(&directions);
    }
    listed(&directions)
}

/// Who is hit; data that are stored go without saying.
fn hits(group: &Group<'_>) -> Option<String> {
    let named = |audience: Audience| {
        let mut findings = group.findings();
        findings.any(|finding| finding.audience.contains(&audience))
    };
    let parties: Vec<Audience> = Audience::ALL.into_iter().filter(|of| named(*of)).collect();
    let said = matches!(&*parties, [] | [Audience::StoredData]);
    let words: Vec<&str> = parties.into_iter().map(Audience::words).collect();
    (!said).then(|| words.join(", "))
}

fn callers(directions: &[Direction]) -> String {
    let words: Vec<&str> = directions
        .iter()
        .map(|direction| match direction {
            Direction::Backward => "BACKWARD (old clients, new servers)",
            Direction::Forward => "FORWARD (new clients, old servers)",
        })
        .collect();
    words.join(" and ")
}

fn listed(directions: &[Direction]) -> String {
    let words: Vec<&str> = directions
        .iter()
        .map(|direction| match direction {
            Direction::Backward => "BACKWARD (new code, old data)",
            Direction::Forward => "FORWARD (old code, new data)",
        })
        .collect();
    words.join(" and ")
}

/// `{"amount": 1}, which the old schema writes as 02: reading it with the new schema fails, …`
fn describe(witness: &Witness, direction: Direction) -> String {
    let writer = match direction {
        Direction::Backward => "old",
        Direction::Forward => "new",
    };
    let without = match witness.kind {
        WitnessKind::AvroDatumWithoutField => " before the field existed",
        WitnessKind::AvroDatum
        | WitnessKind::JsonDocument
        | WitnessKind::ProtobufMessage
        | WitnessKind::GrpcCall => "",
    };
    let mut text = if witness.input.trim().is_empty() {
        "an empty message".to_owned()
    } else {
        shortened(&witness.input, MAX_DATUM_CHARS)
    };
    match &witness.bytes_hex {
        Some(hex) if hex.is_empty() => {
            let _ = write!(
                text,
                ", which the {writer} schema{without} writes as no bytes at all"
            );
        }
        Some(hex) => {
            let hex = shortened(hex, MAX_HEX_DIGITS);
            let _ = write!(text, ", which the {writer} schema{without} writes as {hex}");
        }
        // The outcome of a document or a call says who allows it.
        None => {}
    }
    let _ = write!(text, ": {}", witness.outcome);
    let output = witness.output.as_ref();
    if let Some(output) = output.filter(|output| !witness.outcome.contains(*output)) {
        let _ = write!(text, ", read as {}", shortened(output, MAX_DATUM_CHARS));
    }
    text
}

fn shortened(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some((end, _)) => {
            let rest = text[end..].chars().count();
            format!("{}… ({rest} more characters)", &text[..end])
        }
    }
}

/// What is open in both directions is told once.
fn merge<'a>(
    undecided: &'a [Undecided],
    asked: &[Direction],
) -> Vec<(&'a Undecided, Vec<Direction>)> {
    let mut merged: Vec<(&Undecided, Vec<Direction>)> = Vec::new();
    for open in undecided
        .iter()
        .filter(|open| asked.contains(&open.direction))
    {
        let same = |other: &Undecided| {
            (&other.path, &other.span, &other.reason) == (&open.path, &open.span, &open.reason)
        };
        match merged
            .iter_mut()
            .rev()
            .take(LOOK_BACK)
            .find(|(other, _)| same(other))
        {
            Some((_, directions)) => directions.push(open.direction),
            None => merged.push((open, vec![open.direction])),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_witness_tells_what_is_read_instead_once() {
        let witness = |outcome: &str| Witness {
            kind: WitnessKind::JsonDocument,
            input: "[1]".to_owned(),
            bytes_hex: None,
            outcome: outcome.to_owned(),
            output: Some("[2]".to_owned()),
        };
        let told = |outcome| describe(&witness(outcome), Direction::Backward);
        assert_eq!(told("it is read"), "[1]: it is read, read as [2]");
        assert_eq!(told("reading it gives [2]"), "[1]: reading it gives [2]");
    }
}
