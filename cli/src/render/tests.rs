//! What each format escapes, how much each tells, and what fingerprints withstand. That other
//! programs read it is shown by the end-to-end tests.

use checker::model::{Finding, Path};
use checker::{Comparison, Direction, Problem, Severity, Source};

use super::collect::Origin;
use super::*;

/// What a schema may hold to be taken for something else.
const HOSTILE: &str = "a|b`c\n::error::d%0Ae<f>&\"g\u{1}\u{fffe}@h]]>";

fn finding(file: &str, text: &str, path: &str, message: &str) -> Finding {
    let at = text.find("here").unwrap_or(0);
    let span = Source::new(file, text).span(at..at + "here".len());
    let mut finding = Finding::new(
        checker::rules::find("avro/field-type-changed").expect("exists"),
        Severity::Error,
        Direction::Backward,
        Path::name(path),
        message,
    );
    finding.new = Some(span);
    finding
}

fn document(findings: Vec<Finding>) -> Document {
    let places = Places::default();
    let mut collector = Collector::new("schemactl check", &places);
    collector.unit("a.avsc");
    let comparison = Comparison {
        findings,
        ..Comparison::default()
    };
    let origin = Origin::of("a.avsc");
    collector.comparison(origin, &comparison, &[Direction::Backward]);
    collector.finish("checked 1 schema: 1 incompatible".to_owned())
}

fn one(message: &str) -> Document {
    document(vec![finding("a.avsc", "\n here", "/x", message)])
}

#[test]
fn a_workflow_command_cannot_be_ended_by_what_it_quotes() {
    let text = github::render(&one(HOSTILE));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(
        lines[0].starts_with(
            "::error file=a.avsc,line=2,endLine=2,col=2,endColumn=6,\
             title=avro/field-type-changed::a|b`c\\n::error::d%250Ae<f>"
        ),
        "{text}"
    );
    assert_eq!(lines[1], "checked 1 schema: 1 incompatible");
}

#[test]
fn separators_in_file_names_are_escaped_in_properties() {
    let odd = finding("a,b:c%d.avsc", "here", "/x", "m");
    let text = github::render(&document(vec![odd]));
    assert!(
        text.starts_with("::error file=a%2Cb%3Ac%25d.avsc,line=1"),
        "{text}"
    );
}

#[test]
fn an_annotation_over_several_lines_has_no_columns() {
    let mut long = finding("a.avsc", "here", "/x", "m");
    if let Some(span) = &mut long.new {
        span.end_line = 3;
    }
    let text = github::render(&document(vec![long]));
    assert!(
        text.starts_with("::error file=a.avsc,line=1,endLine=3,title="),
        "{text}"
    );
}

#[test]
fn xml_has_no_character_that_it_forbids() {
    let text = junit::render(&one(HOSTILE));
    let forbidden = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(!text.contains(forbidden), "{text}");
    assert!(
        text.contains(
            "message=\"a|b`c\\n::error::d%0Ae&lt;f&gt;&amp;&quot;g\\u{1}\\u{fffe}@h]]&gt;\""
        ),
        "{text}"
    );
}

#[test]
fn a_markdown_row_has_three_cells_whatever_it_quotes() {
    let text = markdown::render(&one(HOSTILE));
    let row = text.lines().find(|line| line.starts_with("| **error**"));
    let row = row.expect("is there");
    assert_eq!(row.matches('|').count(), 4, "{row}");
    assert!(
        row.contains("&lt;f&gt;&amp;") && row.contains("&#64;h"),
        "{row}"
    );
    let named = markdown::render(&one("field `a_*b` is gone"));
    assert!(named.contains("| field `a_*b` is gone<br>"), "{named}");
}

#[test]
fn markdown_ends_before_a_comment_is_full() {
    let many = (0..2000).map(|at| {
        let message = format!("field `f{at}` {}", "long ".repeat(20));
        finding("a.avsc", "here", &format!("/{at}"), &message)
    });
    let text = markdown::render(&document(many.collect()));
    assert!(text.len() < 65_536, "{}", text.len());
    assert!(text.contains("\nand 1940 more\n"), "{text}");
    assert_eq!(text.matches("| **error** |").count(), 60);
}

#[test]
fn fingerprints_withstand_moved_lines_and_tell_findings_apart() {
    let prints = |findings: Vec<Finding>| -> Vec<String> {
        let document = document(findings);
        document
            .notes()
            .map(|note| note.fingerprint.clone())
            .collect()
    };
    let first = prints(vec![
        finding("a.avsc", "here", "/x", "m"),
        finding("a.avsc", "here", "/y", "m"),
    ]);
    let moved = prints(vec![
        finding("a.avsc", "\n\n  here", "/y", "m"),
        finding("a.avsc", "\n\n  here", "/x", "m"),
    ]);
    assert_eq!([&first[0], &first[1]], [&moved[1], &moved[0]]);
    assert_ne!(first[0], first[1]);
    let twice = prints(vec![
        finding("a.avsc", "here", "/x", "m"),
        finding("a.avsc", "\nhere", "/x", "n"),
    ]);
    assert_ne!(twice[0], twice[1]);
    assert!(first[0].len() == 40 && first[0].bytes().all(|byte| byte.is_ascii_hexdigit()));
}

#[test]
fn a_problem_without_a_place_stands_with_its_schema() {
    let places = Places::default();
    let mut collector = Collector::new("schemactl check", &places);
    let problem = Problem::whole("too large");
    collector.problem(Origin::of("a.avsc"), &problem, Kind::Invalid);
    let document = collector.finish(String::new());
    assert_eq!(
        github::render(&document),
        "::error file=a.avsc,title=not a valid schema::too large\n\n"
    );
    let gitlab = gitlab::render(&document).expect("is JSON");
    assert!(gitlab.contains("\"begin\": 1"), "{gitlab}");
}

#[test]
fn a_path_in_sarif_is_a_uri() {
    let odd = finding("a b%ä.avsc", "here", "/x", "m");
    let text = sarif::render(&document(vec![odd])).expect("is JSON");
    assert!(text.contains("\"uri\": \"a%20b%25%C3%A4.avsc\""), "{text}");
}
