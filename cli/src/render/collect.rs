//! From what a command found to the [`Document`] that the formats print: paths from the top of the
//! repository, each change told once, each file named once.

use std::collections::BTreeMap;

use checker::model::Edit;
use checker::report::{Subject, Told, told};
use checker::{Comparison, Direction, Finding, Problem, Severity, Span, Undecided};

use super::{Document, Kind, Note, Place, Places, Unit, fingerprint};

/// Builds a document.
#[derive(Debug)]
pub struct Collector<'a> {
    places: &'a Places,
    document: Document,
    by_name: BTreeMap<String, usize>,
}

/// Where a note stands that has no place of its own.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The name of the file or schema as reports print it.
    pub name: &'a str,
    /// The earlier version, where several are told apart.
    pub against: Option<&'a str>,
}

impl<'a> Origin<'a> {
    /// A file or schema by the name that reports print.
    pub const fn of(name: &'a str) -> Self {
        Self {
            name,
            against: None,
        }
    }
}

impl<'a> Collector<'a> {
    /// An empty document of a command, such as `schemactl check`.
    pub fn new(command: &'static str, places: &'a Places) -> Self {
        Self {
            places,
            document: Document {
                command,
                ..Document::default()
            },
            by_name: BTreeMap::new(),
        }
    }

    /// Names a file or a schema that was looked at.
    pub fn unit(&mut self, name: &str) {
        let path = self.places.path(name);
        self.unit_at(&path);
    }

    /// Adds what a comparison found in the directions that were asked for. Notes stand with
    /// their file, those without one with their origin.
    pub fn comparison(
        &mut self,
        origin: Origin<'_>,
        comparison: &Comparison,
        directions: &[Direction],
    ) {
        for told in told(comparison, directions) {
            let mut note = match told.subject {
                Subject::Finding(finding) => self.finding(finding, origin),
                Subject::Undecided(open) => self.undecided(open, origin),
            };
            note.message = told.message().into_owned();
            note.details.extend(details(&told, origin));
            self.add(note);
        }
    }

    /// Adds findings that are accepted for a reason: they are told apart, and weigh nothing.
    pub fn accepted(&mut self, origin: Origin<'_>, findings: Vec<Finding>, reason: &str) {
        let comparison = Comparison {
            findings,
            ..Comparison::default()
        };
        let both = [Direction::Backward, Direction::Forward];
        for told in told(&comparison, &both) {
            if let Subject::Finding(finding) = told.subject {
                let mut note = self.finding(finding, origin);
                note.message = told.message().into_owned();
                note.details.extend(details(&told, origin));
                self.document.accepted.push((note, reason.to_owned()));
            }
        }
    }

    /// Adds a problem of a text.
    pub fn problem(&mut self, origin: Origin<'_>, problem: &Problem, kind: Kind) {
        let place = self.place(problem.span.as_ref(), origin);
        let details = problem.span.as_ref().and_then(|span| old_place(span));
        self.add(Note {
            message: problem.message.clone(),
            details: details.into_iter().collect(),
            ..note(kind, place)
        });
    }

    /// The document, with its closing line.
    pub fn finish(mut self, summary: String) -> Document {
        self.document.summary = summary;
        fingerprint::assign(&mut self.document);
        self.document
    }

    fn finding(&self, finding: &Finding, origin: Origin<'_>) -> Note {
        let kind = match finding.severity {
            Severity::Error => Kind::Error,
            Severity::Warning => Kind::Warning,
        };
        let span = finding.new.as_ref().or(finding.old.as_ref());
        let was = finding.old.as_ref();
        Note {
            rule: Some(finding.rule),
            element: finding.path.to_string(),
            details: was
                .map(|span| ("was", span.to_string()))
                .into_iter()
                .collect(),
            edits: self.edits(finding),
            ..note(kind, self.place(span, origin))
        }
    }

    fn undecided(&self, open: &Undecided, origin: Origin<'_>) -> Note {
        Note {
            element: open.path.to_string(),
            ..note(Kind::Undecided, self.place(open.span.as_ref(), origin))
        }
    }

    fn edits(&self, finding: &Finding) -> Vec<Edit> {
        let edits = finding.hint.iter().flat_map(|hint| &hint.edits);
        let here = edits.map(|edit| Edit {
            span: Span {
                file: self.places.path(&edit.span.file).into(),
                ..edit.span.clone()
            },
            replacement: edit.replacement.clone(),
        });
        here.collect()
    }

    /// A registry's texts are nowhere in the repository: what is found there is shown with the
    /// schema that was held against it.
    fn place(&self, span: Option<&Span>, origin: Origin<'_>) -> Place {
        match span {
            Some(span) if !span.file.contains("://") => self.places.place(span),
            _ => Place {
                file: self.places.path(origin.name),
                region: None,
            },
        }
    }

    fn add(&mut self, note: Note) {
        let at = self.unit_at(&note.place.file);
        if let Some(unit) = self.document.units.get_mut(at) {
            unit.notes.push(note);
        }
    }

    fn unit_at(&mut self, path: &str) -> usize {
        if let Some(at) = self.by_name.get(path) {
            return *at;
        }
        let at = self.document.units.len();
        self.by_name.insert(path.to_owned(), at);
        self.document.units.push(Unit {
            name: path.to_owned(),
            notes: Vec::new(),
        });
        at
    }
}

fn note(kind: Kind, place: Place) -> Note {
    Note {
        kind,
        rule: None,
        element: String::new(),
        message: String::new(),
        place,
        details: Vec::new(),
        edits: Vec::new(),
        fingerprint: String::new(),
    }
}

fn details(told: &Told<'_>, origin: Origin<'_>) -> Vec<(&'static str, String)> {
    let against = origin.against.map(|name| ("against", name.to_owned()));
    against.into_iter().chain(told.notes().to_vec()).collect()
}

/// What a place without lines leaves out.
fn old_place(span: &Span) -> Option<(&'static str, String)> {
    let elsewhere = span.file.starts_with("git:") || span.file.contains("://");
    elsewhere.then(|| ("in", span.to_string()))
}
