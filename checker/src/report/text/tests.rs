//! The product page's own example and the places that are hard to draw.

use insta::assert_snapshot;

use super::*;
use crate::model::{Category, Hint, Path, Rule, Source, Undecided, Witness, WitnessKind};

static RULE: Rule = Rule {
    id: "avro/field-type-changed",
    format: None,
    summary: "For these tests.",
    directions: &[Direction::Backward, Direction::Forward],
    categories: &[],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "none",
    docs: "",
};

const OLD: &str = r#"{
  "type": "record",
  "name": "Order",
  "namespace": "shop",
  "fields": [
    {"name": "id", "type": "string"},
    {"name": "amount", "type": "long"}
  ]
}
"#;

const BOTH: [Direction; 2] = [Direction::Backward, Direction::Forward];

fn span_of(source: &Source, quoted: &str) -> Span {
    let start = source.text().rfind(quoted).expect("is quoted");
    source.span(start..start + quoted.len())
}

fn finding(direction: Direction, old: Option<Span>, new: Option<Span>) -> Finding {
    Finding {
        rule: &RULE,
        severity: Severity::Error,
        direction,
        path: Path::root().key("fields").index(1).key("type"),
        old,
        new,
        message: "field `amount` was long and is now string".to_owned(),
        new_label: Some("a reader with this schema expects a string".to_owned()),
        old_label: Some("stored data and old producers hold a long".to_owned()),
        hint: None,
        witness: None,
        wire_message: None,
        audience: Vec::new(),
    }
}

fn render(findings: Vec<Finding>, sources: &[&Source], directions: &[Direction]) -> String {
    let sources: Sources = sources.iter().copied().collect();
    let comparison = Comparison {
        findings,
        undecided: Vec::new(),
        ..Comparison::default()
    };
    Renderer {
        sources: &sources,
        styles: &Styles::default(),
        directions,
    }
    .comparison(&comparison)
}

/// The example of the product page: one changed word that breaks both directions.
fn order_changed() -> (Source, Source, Vec<Finding>) {
    let old = Source::new("git:main:order.avsc", OLD);
    let new = Source::new("order.avsc", OLD.replace("\"long\"", "\"string\""));
    let places = (
        Some(span_of(&old, "\"long\"")),
        Some(span_of(&new, "\"string\"")),
    );
    let mut findings: Vec<Finding> = BOTH
        .into_iter()
        .map(|direction| finding(direction, places.0.clone(), places.1.clone()))
        .collect();
    for finding in &mut findings {
        finding.hint = Some(Hint {
            text: "keep `long`; or add a new field with a default, write both, and retire \
                   `amount` when nobody reads it"
                .to_owned(),
            edits: Vec::new(),
        });
    }
    findings[0].witness = Some(Witness {
        kind: WitnessKind::AvroDatum,
        input: "{\"amount\": 1}".to_owned(),
        bytes_hex: Some("02".to_owned()),
        outcome: "reading it with the new schema fails, a long is no string".to_owned(),
        output: None,
    });
    (old, new, findings)
}

#[test]
fn a_change_that_breaks_both_directions_is_told_once() {
    let (old, new, findings) = order_changed();
    assert_snapshot!(render(findings, &[&old, &new], &BOTH));
}

#[test]
fn a_direction_that_was_not_asked_for_only_adds_to_what_breaks() {
    let (old, new, findings) = order_changed();
    let backward = render(findings.clone(), &[&old, &new], &[Direction::Backward]);
    assert!(
        backward.contains("BACKWARD (new code, old data) and FORWARD"),
        "{backward}"
    );
    let alone = render(
        vec![findings[1].clone()],
        &[&old, &new],
        &[Direction::Backward],
    );
    assert_eq!(alone, "");
}

#[test]
fn places_of_several_lines_missing_places_and_unknown_texts_are_told() {
    let new = Source::new("a.avsc", OLD);
    let several = new.span(OLD.find('[').expect("is there")..OLD.find(']').expect("is there") + 1);
    let mut two_lines = several.clone();
    two_lines.end_line = two_lines.line + 1;
    two_lines.end_column = 14;
    let mut unknown = finding(Direction::Backward, None, Some(several.clone()));
    unknown.new = Some(Source::new("gone.avsc", "x").span(0..1));
    let findings = vec![
        finding(Direction::Backward, None, Some(several)),
        finding(Direction::Forward, None, Some(two_lines)),
        finding(Direction::Backward, None, None),
        unknown,
    ];
    assert_snapshot!(render(findings, &[&new], &BOTH));
}

#[test]
fn text_from_a_schema_cannot_control_the_terminal() {
    let new = Source::new("evil\u{1b}[2J.avsc", "\t\"\u{1b}[31m\u{202e}name\"\r\n");
    let mut evil = finding(Direction::Backward, None, Some(span_of(&new, "name")));
    evil.message = "field `a\nerror: forged` is gone".to_owned();
    evil.new_label = Some("here\u{1b}[0m".to_owned());
    evil.severity = Severity::Warning;
    let text = render(vec![evil], &[&new], &BOTH);
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\r']));
    assert_snapshot!(text);
}

#[test]
fn what_is_open_in_both_directions_is_told_once() {
    let new = Source::new("a.json", "{\"not\": {}}\n");
    let open = |direction| Undecided {
        direction,
        path: Path::root().key("not"),
        span: Some(span_of(&new, "{}")),
        reason: "`not` is not compared yet; check this change by hand".to_owned(),
    };
    let comparison = Comparison {
        findings: Vec::new(),
        undecided: BOTH.into_iter().map(open).collect(),
        ..Comparison::default()
    };
    let sources = Sources::from_iter([&new]);
    let styles = Styles::default();
    let renderer = Renderer {
        sources: &sources,
        styles: &styles,
        directions: &BOTH,
    };
    assert_snapshot!(renderer.comparison(&comparison));
}

#[test]
fn a_problem_quotes_its_place() {
    let source = Source::new("a.avsc", "{\n  \"type\": \"recrod\"\n}\n");
    let span = span_of(&source, "\"recrod\"");
    let problem = Problem::at(span, "`recrod` is no type");
    let sources = Sources::from_iter([&source]);
    let styles = Styles::default();
    let renderer = Renderer {
        sources: &sources,
        styles: &styles,
        directions: &BOTH,
    };
    assert_snapshot!(renderer.problem(&problem));
}

#[test]
fn a_long_witness_is_shortened() {
    let mut long = finding(Direction::Backward, None, None);
    long.witness = Some(Witness {
        kind: WitnessKind::AvroDatum,
        input: "x".repeat(1000),
        bytes_hex: Some("00".repeat(1000)),
        outcome: "reading it with the new schema fails".to_owned(),
        output: None,
    });
    let text = render(vec![long], &[], &BOTH);
    assert!(
        text.contains("(600 more characters), which the old schema writes as 0000"),
        "{text}"
    );
    assert!(text.contains("(1904 more characters): reading"), "{text}");
}

#[test]
fn what_breaks_calls_is_told_in_terms_of_clients_and_servers() {
    static RPC: Rule = Rule {
        id: "protobuf/rpc-removed",
        categories: &[Category::Grpc, Category::File],
        ..RULE
    };
    let mut finding = finding(Direction::Backward, None, None);
    finding.rule = &RPC;
    let text = render(vec![finding], &[], &[Direction::Backward]);
    assert!(
        text.contains("= breaks   BACKWARD (old clients, new servers)\n"),
        "{text}"
    );
}
