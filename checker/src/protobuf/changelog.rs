//! Everything that changed, harmful or not: what a release note is made of.

use super::diff::{Change, Element, ElementKind};
use super::model::{Enum, Field, Message, Method, Model, Reserved};
use crate::model::{Comparison, Finding, Path, Rule, Severity, Span};

/// What happened to an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another name or stands in another file.
    Moved,
    /// Something of it is not as it was.
    Changed,
}

impl ChangeKind {
    /// The word in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Moved => "moved",
            Self::Changed => "changed",
        }
    }
}

/// One change of one element.
#[derive(Clone, Debug)]
pub struct LogEntry {
    /// What happened.
    pub kind: ChangeKind,
    /// To what.
    pub element: ElementKind,
    /// The element's full name: the old one, but for what is new. A file goes by its import path.
    pub path: Path,
    /// The new full name, or the new file, of what moved.
    pub moved_to: Option<Path>,
    /// What happened, in one line that is readable alone.
    pub text: String,
    /// The place in the old text.
    pub old: Option<Span>,
    /// The place in the new text.
    pub new: Option<Span>,
    /// What the worst finding about it weighs; `None` if it hurts nobody.
    pub severity: Option<Severity>,
    /// The rules of those findings, sorted.
    pub rules: Vec<&'static Rule>,
}

/// How the version number of what changed has to grow, by semantic versioning.
///
/// Major: something is an error in the categories that were asked for, accepted or not. Minor: no
/// error, and the interface is not the same: something was added, removed, moved or changed. Patch:
/// only texts changed, such as comments and layout, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// The same texts.
    None,
    /// The same interface.
    Patch,
    /// A compatible one.
    Minor,
    /// An incompatible one.
    Major,
}

impl Bump {
    /// The word in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }

    /// `same` says whether the texts are equal, byte for byte.
    pub(crate) fn of(comparison: &Comparison, log: &[LogEntry], same: bool) -> Self {
        if comparison.errors().next().is_some() {
            Self::Major
        } else if log.is_empty() && comparison.findings.is_empty() {
            if same { Self::None } else { Self::Patch }
        } else {
            Self::Minor
        }
    }
}

/// Where an entry is about.
struct About<'a> {
    kind: ChangeKind,
    element: ElementKind,
    path: String,
    moved_to: Option<String>,
    spans: (Option<&'a Span>, Option<&'a Span>),
    /// What happened; empty: nothing but what rules found.
    text: String,
}

/// The entry of a change, given what the rules say about it.
pub(crate) fn entry(change: &Change, findings: &[Finding], old: &Model) -> Option<LogEntry> {
    let about = about(change, old)?;
    let mut text = about.text;
    if text.is_empty() {
        let mut told: Vec<&str> = Vec::new();
        for finding in findings {
            if !told.contains(&finding.message.as_str()) {
                told.push(&finding.message);
            }
        }
        text = told.join("; ");
    }
    if text.is_empty() {
        return None;
    }
    let mut rules: Vec<&'static Rule> = findings.iter().map(|finding| finding.rule).collect();
    rules.sort_by_key(|rule| rule.id);
    rules.dedup();
    Some(LogEntry {
        kind: about.kind,
        element: about.element,
        path: Path::name(about.path),
        moved_to: about.moved_to.map(Path::name),
        text,
        old: about.spans.0.cloned(),
        new: about.spans.1.cloned(),
        severity: findings.iter().map(|finding| finding.severity).max(),
        rules,
    })
}

type Spans<'a> = (Option<&'a Span>, Option<&'a Span>);

impl<'a> About<'a> {
    fn added(element: ElementKind, path: String, new: Option<&'a Span>) -> Self {
        Self {
            kind: ChangeKind::Added,
            text: format!("{} `{path}` is added", element.name()),
            element,
            path,
            moved_to: None,
            spans: (None, new),
        }
    }

    fn removed(element: ElementKind, path: String, spans: Spans<'a>) -> Self {
        Self {
            kind: ChangeKind::Removed,
            text: format!("{} `{path}` is removed", element.name()),
            element,
            path,
            moved_to: None,
            spans,
        }
    }

    fn moved(element: ElementKind, path: String, to: String, spans: Spans<'a>) -> Self {
        Self {
            kind: ChangeKind::Moved,
            text: format!("{} `{path}` is moved to `{to}`", element.name()),
            element,
            path,
            moved_to: Some(to),
            spans,
        }
    }

    fn changed(element: ElementKind, path: String, spans: Spans<'a>, what: &[String]) -> Self {
        let text = if what.is_empty() {
            String::new()
        } else {
            format!("{} `{path}`: {}", element.name(), what.join("; "))
        };
        Self {
            kind: ChangeKind::Changed,
            text,
            element,
            path,
            moved_to: None,
            spans,
        }
    }
}

fn about<'a>(change: &Change<'a>, model: &Model) -> Option<About<'a>> {
    use ElementKind as Is;
    Some(match change {
        Change::FileRemoved { old } => About::removed(
            Is::File,
            old.path.clone(),
            (old.package_span.as_ref(), None),
        ),
        Change::FileAdded { new } => {
            About::added(Is::File, new.path.clone(), new.package_span.as_ref())
        }
        Change::File { old, new } => {
            let spans = (old.package_span.as_ref(), new.package_span.as_ref());
            About::changed(Is::File, old.path.clone(), spans, &[])
        }
        Change::PackageRemoved { old } => About::removed(
            Is::Package,
            old.package.clone(),
            (old.package_span.as_ref(), None),
        ),
        Change::Package { old, new } => {
            let spans = (old.package_span.as_ref(), new.package_span.as_ref());
            About::moved(Is::Package, old.package.clone(), new.package.clone(), spans)
        }
        Change::FileOf { element, new, .. } => {
            let spans = element.spans();
            About::moved(element.kind, element.path.clone(), new.path.clone(), spans)
        }
        Change::MessageRemoved { .. }
        | Change::MessageAdded { .. }
        | Change::MessageMoved { .. }
        | Change::Message { .. }
        | Change::OneofRemoved { .. }
        | Change::OneofAdded { .. } => return about_message(change),
        Change::FieldRemoved { .. }
        | Change::FieldAdded { .. }
        | Change::Field { .. }
        | Change::ExtensionRemoved { .. }
        | Change::ExtensionAdded { .. } => return about_field(change),
        Change::EnumRemoved { .. }
        | Change::EnumAdded { .. }
        | Change::EnumMoved { .. }
        | Change::Enum { .. }
        | Change::EnumValueRemoved { .. }
        | Change::EnumValueAdded { .. } => return about_enum(change),
        Change::ServiceRemoved { .. }
        | Change::ServiceAdded { .. }
        | Change::MethodRemoved { .. }
        | Change::MethodAdded { .. }
        | Change::Method { .. } => return about_service(change),
        Change::Setting {
            element,
            option,
            old,
            new,
        } => {
            let what = match (old, new) {
                (None, Some(new)) => format!("option `{option}` is set to {new}"),
                (Some(old), None) => format!("option `{option}` is no longer {old}"),
                (Some(old), Some(new)) => format!("option `{option}` was {old} and is now {new}"),
                (None, None) => return None,
            };
            let spans = element.spans();
            let path = path_of(element, model);
            About::changed(element.kind, path.to_owned(), spans, &[what])
        }
    })
}

/// Findings know a file by its package, the list of changes by its path.
fn path_of<'e>(element: &'e Element, model: &'e Model) -> &'e str {
    let file = model.files.get(element.files.0);
    let file = file.filter(|_| element.kind == ElementKind::File);
    file.map_or(&element.path, |file| &file.path)
}

fn about_message<'a>(change: &Change<'a>) -> Option<About<'a>> {
    use ElementKind::{Message as IsMessage, Oneof};
    Some(match change {
        Change::MessageRemoved { old, .. } => {
            About::removed(IsMessage, old.name.clone(), (old.name_span.as_ref(), None))
        }
        Change::MessageAdded { new, .. } => {
            About::added(IsMessage, new.name.clone(), new.name_span.as_ref())
        }
        Change::MessageMoved { old, new } => {
            let spans = (old.name_span.as_ref(), new.name_span.as_ref());
            About::moved(IsMessage, old.name.clone(), new.name.clone(), spans)
        }
        Change::Message { old, new } => {
            let spans = (old.name_span.as_ref(), new.name_span.as_ref());
            let mut what = reserved(&old.reserved, &new.reserved, "reserves");
            what.extend(reserved(
                &old.extendable,
                &new.extendable,
                "is open for extensions",
            ));
            what.extend(exported(old.exported, new.exported));
            About::changed(IsMessage, old.name.clone(), spans, &what)
        }
        Change::OneofRemoved { message, oneof } => {
            let spans = (
                message.old.name_span.as_ref(),
                message.new.name_span.as_ref(),
            );
            About::removed(Oneof, member(message.old, oneof), spans)
        }
        Change::OneofAdded { message, oneof } => About::added(
            Oneof,
            member(message.new, oneof),
            message.new.name_span.as_ref(),
        ),
        _ => return None,
    })
}

fn member(message: &Message, name: &str) -> String {
    format!("{}.{name}", message.name)
}

fn about_field<'a>(change: &Change<'a>) -> Option<About<'a>> {
    use ElementKind::{Extension, Field as IsField};
    Some(match change {
        Change::FieldRemoved { message, old } => {
            let spans = (old.span.as_ref(), message.new.name_span.as_ref());
            About::removed(IsField, message.old.path_of(old), spans)
        }
        Change::FieldAdded { message, new } => {
            About::added(IsField, message.new.path_of(new), new.span.as_ref())
        }
        Change::Field {
            message, old, new, ..
        } => {
            let spans = (old.span.as_ref(), new.span.as_ref());
            let what = field_parts((message.old, old), (message.new, new));
            About::changed(IsField, message.old.path_of(old), spans, &what)
        }
        Change::ExtensionRemoved { old } => {
            About::removed(Extension, old.name.clone(), (old.span.as_ref(), None))
        }
        Change::ExtensionAdded { new } => {
            About::added(Extension, new.name.clone(), new.span.as_ref())
        }
        _ => return None,
    })
}

/// What is not as it was of a field.
fn field_parts(old: (&Message, &Field), new: (&Message, &Field)) -> Vec<String> {
    let ((old_message, old), (new_message, new)) = (old, new);
    let label = |field: &Field| match (field.cardinality.word(), field.presence) {
        ("optional", false) => "without presence",
        (word, _) => word,
    };
    let oneof = |message: &Message, field: &Field| {
        let oneof = message.oneof_of(field);
        oneof.map_or("none".to_owned(), |oneof| format!("`{}`", oneof.name))
    };
    let default = |field: &Field| field.default.clone().unwrap_or("none".to_owned());
    let parts = [
        (
            "the name",
            format!("`{}`", old.name),
            format!("`{}`", new.name),
        ),
        ("the type", old.kind.to_string(), new.kind.to_string()),
        ("the label", label(old).to_owned(), label(new).to_owned()),
        (
            "the JSON name",
            format!("`{}`", old.json_name),
            format!("`{}`", new.json_name),
        ),
        (
            "the oneof",
            oneof(old_message, old),
            oneof(new_message, new),
        ),
        ("the default", default(old), default(new)),
    ];
    let parts = parts.into_iter().filter(|(_, old, new)| old != new);
    parts
        .map(|(part, old, new)| format!("{part} was {old} and is now {new}"))
        .collect()
}

fn about_enum<'a>(change: &Change<'a>) -> Option<About<'a>> {
    use ElementKind::{Enum as IsEnum, EnumValue};
    let value_of = |of: &Enum, name: &str| format!("{}.{name}", of.name);
    Some(match change {
        Change::EnumRemoved { old } => {
            About::removed(IsEnum, old.name.clone(), (old.name_span.as_ref(), None))
        }
        Change::EnumAdded { new } => About::added(IsEnum, new.name.clone(), new.name_span.as_ref()),
        Change::EnumMoved { old, new } => {
            let spans = (old.name_span.as_ref(), new.name_span.as_ref());
            About::moved(IsEnum, old.name.clone(), new.name.clone(), spans)
        }
        Change::Enum { old, new } => {
            let spans = (old.name_span.as_ref(), new.name_span.as_ref());
            let mut what = reserved(&old.reserved, &new.reserved, "reserves");
            what.extend(exported(old.exported, new.exported));
            About::changed(IsEnum, old.name.clone(), spans, &what)
        }
        Change::EnumValueRemoved { old, new, value } => {
            let spans = (value.span.as_ref(), new.name_span.as_ref());
            About::removed(EnumValue, value_of(old, &value.name), spans)
        }
        Change::EnumValueAdded { new, value, .. } => {
            About::added(EnumValue, value_of(new, &value.name), value.span.as_ref())
        }
        _ => return None,
    })
}

fn about_service<'a>(change: &Change<'a>) -> Option<About<'a>> {
    use ElementKind::{Rpc, Service};
    Some(match change {
        Change::ServiceRemoved { old, moved_to } => match moved_to {
            Some(new) => {
                let spans = (old.name_span.as_ref(), new.name_span.as_ref());
                About::moved(Service, old.name.clone(), new.name.clone(), spans)
            }
            None => About::removed(Service, old.name.clone(), (old.name_span.as_ref(), None)),
        },
        Change::ServiceAdded { new } => {
            About::added(Service, new.name.clone(), new.name_span.as_ref())
        }
        Change::MethodRemoved { old, new, method } => {
            let spans = (method.span.as_ref(), new.name_span.as_ref());
            About::removed(Rpc, format!("{}.{}", old.name, method.name), spans)
        }
        Change::MethodAdded { new, method } => {
            let path = format!("{}.{}", new.name, method.name);
            About::added(Rpc, path, method.span.as_ref())
        }
        Change::Method {
            service, old, new, ..
        } => {
            let path = format!("{}.{}", service.name, old.name);
            let spans = (old.span.as_ref(), new.span.as_ref());
            About::changed(Rpc, path, spans, &method_parts(old, new))
        }
        _ => return None,
    })
}

fn method_parts(old: &Method, new: &Method) -> Vec<String> {
    let stream = |streams: bool, name: &str| {
        let word = if streams { "stream of " } else { "" };
        format!("{word}`{name}`")
    };
    let parts = [
        (
            "the request",
            stream(old.client_streaming, &old.input),
            stream(new.client_streaming, &new.input),
        ),
        (
            "the response",
            stream(old.server_streaming, &old.output),
            stream(new.server_streaming, &new.output),
        ),
    ];
    let parts = parts.into_iter().filter(|(_, old, new)| old != new);
    parts
        .map(|(part, old, new)| format!("{part} was {old} and is now {new}"))
        .collect()
}

/// Whether other files may name it.
fn exported(old: bool, new: bool) -> Option<String> {
    let now = match (old, new) {
        (true, false) => "is local to its file now",
        (false, true) => "is exported now",
        _ => return None,
    };
    Some(now.to_owned())
}

/// What is newly reserved; what no longer is rules tell.
fn reserved(old: &Reserved, new: &Reserved, verb: &str) -> Vec<String> {
    let numbers = new.ranges.iter().flat_map(|range| old.missing_of(*range));
    let numbers = numbers.map(|(first, last)| match last {
        last if last == first => first.to_string(),
        last => format!("{first} to {last}"),
    });
    let names = new
        .names
        .difference(&old.names)
        .map(|name| format!("`{name}`"));
    let all: Vec<String> = numbers.chain(names).collect();
    if all.is_empty() {
        return Vec::new();
    }
    vec![format!("{verb} {} now", all.join(", "))]
}
