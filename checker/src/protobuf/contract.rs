//! The wire contract's own verdict (`Profile::Contract`), right or wrong.
//!
//! It knows less than the rules of the profile `proven`: types of one wire type count as equal
//! whatever their range, a removed field is never a matter, and what it compares by name it loses by
//! a rename. Only what it counts as incompatible is found here.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Cardinality, Field, Kind, Message, Model, Scalar};
use super::rules::{self, BOTH, Side, finding};
use super::wire::packable;
use super::wording::{self, Kind as Difference, field_path, message_path};
use crate::model::{
    Comparison, Direction, Finding, Path, Reader, Rule, Severity, Span, Undecided, Writer,
};

/// Compares as the contract's registry does.
pub(crate) fn compare(old: Side, new: Side) -> Comparison {
    let walk = |direction: Direction| {
        let (Reader(reader), Writer(writer)) = direction.roles(old.model, new.model);
        let mut walker = Walker {
            direction,
            reader,
            writer,
            imported: BTreeMap::new(),
            depth: 0,
            too_deep: false,
            findings: Vec::new(),
        };
        walker.files();
        walker.comparison()
    };
    let [mut backward, forward] = BOTH.map(walk);
    backward.findings.extend(forward.findings);
    backward.undecided.extend(forward.undecided);
    backward
}

/// How far imported types are followed from one to the next.
pub const MAX_TYPE_CHAIN: usize = 100;

struct Walker<'a> {
    direction: Direction,
    reader: &'a Model,
    writer: &'a Model,
    /// Imported messages that were compared, with the answer whether they differ; those that are
    /// being compared do not yet.
    imported: BTreeMap<(&'a str, &'a str), bool>,
    depth: usize,
    too_deep: bool,
    findings: Vec<Finding>,
}

impl<'a> Walker<'a> {
    fn comparison(self) -> Comparison {
        let open = Undecided {
            direction: self.direction,
            path: Path::root(),
            span: None,
            reason: format!(
                "imported types refer to each other over more than {MAX_TYPE_CHAIN} steps"
            ),
        };
        Comparison {
            findings: self.findings,
            undecided: self.too_deep.then_some(open).into_iter().collect(),
            ..Comparison::default()
        }
    }

    fn files(&mut self) {
        let root = |model: &'a Model| model.files.iter().find(|file| file.compared);
        let (Some(reader), Some(writer)) = (root(self.reader), root(self.writer)) else {
            return;
        };
        if reader.package != writer.package {
            let spans = (reader.package_span.as_ref(), writer.package_span.as_ref());
            self.report(Difference::PackageChanged, "#/", &reader.package, spans);
        }
        let own = self.writer.messages.values();
        for message in
            own.filter(|message| self.writer.compares(message.file) && !message.map_entry)
        {
            if let Some(read) = self.counterpart(message, &writer.package, &reader.package) {
                self.message(read, message);
            } else {
                let path = message_path(self.writer, message);
                let spans = (None, message.name_span.as_ref());
                self.report(Difference::MessageRemoved, &path, &message.name, spans);
            }
        }
    }

    /// The reader's message of the same name within its package.
    fn counterpart(&self, message: &Message, from: &str, to: &str) -> Option<&'a Message> {
        let relative = super::diff::relative(&message.name, from)?;
        let name = if to.is_empty() {
            relative.to_owned()
        } else {
            format!("{to}.{relative}")
        };
        let found = self.reader.messages.get(&name)?;
        self.reader.compares(found.file).then_some(found)
    }

    fn message(&mut self, reader: &'a Message, writer: &'a Message) {
        self.oneofs(reader, writer);
        let kept = writer
            .fields
            .iter()
            .filter(|field| reader.field(field.number).is_some());
        let alive: BTreeSet<usize> = kept.filter_map(|field| field.oneof).collect();
        for written in &writer.fields {
            match reader.field(written.number) {
                Some(read) => self.field((reader, read), (writer, written)),
                None => self.missing(reader, writer, written, &alive),
            }
        }
        for read in &reader.fields {
            if writer.field(read.number).is_none() && read.cardinality == Cardinality::Required {
                let path = field_path(self.reader, reader, read);
                let spans = (read.span.as_ref(), None);
                self.report(
                    Difference::RequiredFieldAdded,
                    &path,
                    &reader.path_of(read),
                    spans,
                );
            }
        }
    }

    fn missing(
        &mut self,
        reader: &Message,
        writer: &Message,
        written: &Field,
        alive: &BTreeSet<usize>,
    ) {
        let element = writer.path_of(written);
        let spans = (reader.name_span.as_ref(), written.span.as_ref());
        if written.cardinality == Cardinality::Required {
            let path = field_path(self.writer, writer, written);
            self.report(Difference::RequiredFieldRemoved, &path, &element, spans);
        }
        let Some(oneof) = writer.oneof_of(written) else {
            return;
        };
        // A oneof that is gone as a whole is compatible.
        if written.oneof.is_some_and(|oneof| alive.contains(&oneof)) {
            let path = message_path(self.writer, writer);
            let path = format!("{path}/{}/{}", oneof.name, written.number);
            self.report(Difference::OneofFieldRemoved, &path, &element, spans);
        }
    }

    /// Fields that were apart, or in different oneofs, and are in one now.
    fn oneofs(&mut self, reader: &Message, writer: &Message) {
        let mut members: Vec<Vec<&Field>> = vec![Vec::new(); reader.oneofs.len()];
        for read in &reader.fields {
            let slot = read.oneof.and_then(|oneof| members.get_mut(oneof));
            if let (Some(slot), Some(written)) = (slot, writer.field(read.number)) {
                slot.push(written);
            }
        }
        for (oneof, written) in reader.oneofs.iter().zip(members) {
            let inside: BTreeSet<usize> = written.iter().filter_map(|field| field.oneof).collect();
            let outside = written.iter().filter(|field| field.oneof.is_none()).count();
            if inside.len() + outside < 2 {
                continue;
            }
            let difference = if inside.is_empty() {
                Difference::MultipleFieldsMovedToOneof
            } else {
                Difference::FieldMovedToExistingOneof
            };
            let path = format!("{}/{}", message_path(self.reader, reader), oneof.name);
            let spans = (reader.name_span.as_ref(), writer.name_span.as_ref());
            let element = format!("{}.{}", reader.name, oneof.name);
            self.report(difference, &path, &element, spans);
        }
    }

    fn field(
        &mut self,
        (holder, read): (&'a Message, &'a Field),
        (_, written): (&Message, &'a Field),
    ) {
        let path = field_path(self.reader, holder, read);
        let element = holder.path_of(read);
        let spans = (
            read.type_span.as_ref().or(read.span.as_ref()),
            written.type_span.as_ref().or(written.span.as_ref()),
        );
        let repeated = |field: &Field| field.cardinality == Cardinality::Repeated;
        if repeated(read) != repeated(written) && packable(&read.kind) && packable(&written.kind) {
            self.report(Difference::FieldNumericLabelChanged, &path, &element, spans);
        }
        if let Some(difference) = self.kinds(&read.kind, &written.kind) {
            self.report(difference, &path, &element, spans);
        }
    }

    fn kinds(&mut self, read: &'a Kind, written: &'a Kind) -> Option<Difference> {
        match (read, written) {
            (Kind::Scalar(_) | Kind::Enum(_), Kind::Scalar(_) | Kind::Enum(_)) => {
                (group(read) != group(written)).then_some(Difference::FieldScalarKindChanged)
            }
            (
                Kind::Message(read) | Kind::Group(read),
                Kind::Message(written) | Kind::Group(written),
            ) => self.named(read, written),
            (
                Kind::Map { key, value, .. },
                Kind::Map {
                    key: written_key,
                    value: written_value,
                    ..
                },
            ) => {
                if scalar_group(*key) == scalar_group(*written_key) {
                    self.kinds(value, written_value)
                } else {
                    Some(Difference::FieldScalarKindChanged)
                }
            }
            _ => Some(Difference::FieldKindChanged),
        }
    }

    /// Types of the schema itself are compared where they stand; imported ones here.
    fn named(&mut self, read: &'a str, written: &'a str) -> Option<Difference> {
        let (Some(reader), Some(writer)) = (
            self.reader.messages.get(read),
            self.writer.messages.get(written),
        ) else {
            return (read != written).then_some(Difference::FieldNamedTypeChanged);
        };
        if message_path(self.reader, reader) != message_path(self.writer, writer) {
            return Some(Difference::FieldNamedTypeChanged);
        }
        let own = self.reader.compares(reader.file) && self.writer.compares(writer.file);
        if own {
            return None;
        }
        let differs = match self.imported.get(&(read, written)) {
            Some(differs) => *differs,
            None => self.compare_imported((read, written), reader, writer),
        };
        differs.then_some(Difference::FieldNamedTypeChanged)
    }

    fn compare_imported(
        &mut self,
        names: (&'a str, &'a str),
        reader: &'a Message,
        writer: &'a Message,
    ) -> bool {
        if self.depth == MAX_TYPE_CHAIN {
            self.too_deep = true;
            return false;
        }
        self.imported.insert(names, false);
        let before = self.findings.len();
        self.depth += 1;
        self.message(reader, writer);
        self.depth -= 1;
        let differs = self.findings.len() > before;
        self.imported.insert(names, differs);
        differs
    }

    /// `spans`: reader's and writer's.
    fn report(
        &mut self,
        difference: Difference,
        path: &str,
        element: &str,
        (reader, writer): (Option<&Span>, Option<&Span>),
    ) {
        let spans = match self.direction {
            Direction::Backward => (writer, reader),
            Direction::Forward => (reader, writer),
        };
        let rule = rule(difference, self.direction);
        self.findings.push(Finding {
            severity: Severity::Error,
            wire_message: Some(difference.message(path, self.direction)),
            ..finding(
                rule,
                self.direction,
                element,
                spans,
                difference.description(path, self.direction),
            )
        });
    }
}

/// Types that the contract takes for each other.
fn group(kind: &Kind) -> u8 {
    match kind {
        Kind::Scalar(scalar) => scalar_group(*scalar),
        Kind::Enum(_) | Kind::Message(_) | Kind::Group(_) | Kind::Map { .. } => 0,
    }
}

const fn scalar_group(scalar: Scalar) -> u8 {
    match scalar {
        Scalar::Int32 | Scalar::Int64 | Scalar::Uint32 | Scalar::Uint64 | Scalar::Bool => 0,
        Scalar::Sint32 | Scalar::Sint64 => 1,
        Scalar::String | Scalar::Bytes => 2,
        Scalar::Fixed32 | Scalar::Sfixed32 => 3,
        Scalar::Fixed64 | Scalar::Sfixed64 => 4,
        Scalar::Float => 5,
        Scalar::Double => 6,
    }
}

/// The rule whose page explains a difference.
fn rule(difference: Difference, direction: Direction) -> &'static Rule {
    let backward = direction == Direction::Backward;
    match difference {
        wording::Kind::PackageChanged => &rules::package_changed::RULE,
        wording::Kind::MessageRemoved if backward => &rules::message_removed::RULE,
        wording::Kind::MessageRemoved => &rules::message_added::RULE,
        wording::Kind::FieldKindChanged
        | wording::Kind::FieldScalarKindChanged
        | wording::Kind::FieldNamedTypeChanged => &rules::field_type_changed::RULE,
        wording::Kind::FieldNumericLabelChanged => &rules::field_cardinality_changed::RULE,
        wording::Kind::RequiredFieldAdded if backward => &rules::required_field_added::RULE,
        wording::Kind::RequiredFieldRemoved if !backward => &rules::required_field_added::RULE,
        wording::Kind::RequiredFieldAdded | wording::Kind::RequiredFieldRemoved => {
            &rules::required_field_removed::RULE
        }
        wording::Kind::OneofFieldRemoved => &rules::field_removed::RULE,
        wording::Kind::MultipleFieldsMovedToOneof | wording::Kind::FieldMovedToExistingOneof => {
            &rules::field_moved_into_oneof::RULE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Schema;
    use super::super::testing::{message, message2, proto, schema};
    use super::*;
    use crate::model::Source;
    use crate::{Format, Reference, SchemaInput};

    #[track_caller]
    fn messages(old: &str, new: &str, direction: Direction) -> Vec<String> {
        let (old, new) = (schema(old), schema(new));
        compare(old.side(), new.side())
            .findings
            .into_iter()
            .filter(|finding| finding.direction == direction)
            .filter_map(|finding| finding.wire_message)
            .collect()
    }

    #[track_caller]
    fn backward(old: &str, new: &str, kinds: &[&str]) {
        let messages = messages(old, new, Direction::Backward);
        let found: Vec<&str> = messages
            .iter()
            .filter_map(|text| text.split('"').nth(1))
            .collect();
        assert_eq!(found, kinds, "{messages:?}");
    }

    #[test]
    fn types_of_a_group_are_equal_to_it() {
        backward(&message("int64 a = 1;"), &message("bool a = 1;"), &[]);
        backward(&message("bytes a = 1;"), &message("string a = 1;"), &[]);
        backward(
            &message("int32 a = 1;"),
            &message("sint32 a = 1;"),
            &["FIELD_SCALAR_KIND_CHANGED"],
        );
        backward(
            &message("M a = 1;"),
            &message("int32 a = 1;"),
            &["FIELD_KIND_CHANGED"],
        );
    }

    #[test]
    fn imported_types_are_followed_to_a_limit() {
        let chain = |length: usize, end: &str| {
            let mut text = "syntax = \"proto3\"; package i;".to_owned();
            for number in 0..length {
                let next = number + 1;
                text = format!("{text} message M{number} {{ M{next} a = 1; M{next} b = 2; }}");
            }
            format!("{text} message M{length} {{ {end} a = 1; }}")
        };
        let read = |imported: String| {
            let root = "syntax = \"proto3\"; import \"i.proto\"; message R { i.M0 m = 1; }";
            let mut input = SchemaInput::new(Format::Protobuf, Source::new("r.proto", root));
            input.references.push(Reference {
                name: "i.proto".to_owned(),
                source: Source::new("i.proto", imported),
            });
            Schema::parse(&input).expect("is valid")
        };
        let compare_chains = |length| {
            let (old, new) = (read(chain(length, "int32")), read(chain(length, "string")));
            compare(old.side(), new.side())
        };
        let near = compare_chains(MAX_TYPE_CHAIN - 1);
        assert!(near.findings.len() > MAX_TYPE_CHAIN && near.undecided.is_empty());
        let far = compare_chains(MAX_TYPE_CHAIN);
        assert!(far.findings.is_empty() && far.undecided.len() == 2);
    }

    #[test]
    fn labels_matter_for_numbers_only() {
        let labels = |kind: &str| {
            (
                message(&format!("{kind} a = 1;")),
                message(&format!("repeated {kind} a = 1;")),
            )
        };
        let (one, many) = labels("int32");
        backward(&one, &many, &["FIELD_NUMERIC_LABEL_CHANGED"]);
        let (one, many) = labels("string");
        backward(&one, &many, &[]);
    }

    #[test]
    fn required_fields_matter_when_added_and_when_removed() {
        let (with, without) = (message2("required int32 a = 1;"), message2(""));
        backward(&without, &with, &["REQUIRED_FIELD_ADDED"]);
        backward(&with, &without, &["REQUIRED_FIELD_REMOVED"]);
    }

    #[test]
    fn a_oneof_may_go_as_a_whole_but_not_lose_a_member() {
        let old = message("oneof x { int32 a = 1; int32 b = 2; }");
        backward(&old, &message(""), &[]);
        backward(&old, &message("int32 a = 1; int32 b = 2;"), &[]);
        backward(
            &old,
            &message("oneof y { int32 a = 1; }"),
            &["ONEOF_FIELD_REMOVED"],
        );
    }

    #[test]
    fn a_message_is_known_by_its_name_and_the_words_follow_the_direction() {
        let (old, new) = (
            proto("message A {} message B { message C {} }"),
            proto("message A {} message B {}"),
        );
        assert_eq!(
            messages(&old, &new, Direction::Backward),
            [
                "{errorType:\"MESSAGE_REMOVED\", description:\"The new schema is missing a MESSAGE type \
              at path '#/B/C' in the old schema\"}"
            ]
        );
        assert_eq!(
            messages(&new, &old, Direction::Forward),
            [
                "{errorType:\"MESSAGE_REMOVED\", description:\"The old schema is missing a MESSAGE type \
              at path '#/B/C' in the new schema\"}"
            ]
        );
    }
}
