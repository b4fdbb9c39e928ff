//! Which elements differ between two states in any way, compatible or not. Places, comments and
//! order do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::protobuf::model::{Enum, Field, Message, Method, Model, Reserved};

/// How an element differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum How {
    Added,
    Changed,
    Removed,
}

impl How {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

/// The elements that differ, by full name.
pub(super) fn changed(old: &Model, new: &Model) -> BTreeMap<String, How> {
    let (old, new) = (signatures(old), signatures(new));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changed = names.into_iter().filter_map(|name| {
        let how = match (old.get(name), new.get(name)) {
            (Some(old), Some(new)) if old == new => return None,
            (Some(_), Some(_)) => How::Changed,
            (Some(_), None) => How::Removed,
            (None, _) => How::Added,
        };
        Some((name.clone(), how))
    });
    changed.collect()
}

/// What an element says, as a text that is equal for equal elements.
fn signatures(model: &Model) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for message in model.messages.values() {
        all.insert(message.name.clone(), message_text(message));
    }
    for ((extendee, _), field) in &model.extensions {
        if let Some(text) = all.get_mut(extendee) {
            write_field(field, "", text);
        }
    }
    for found in model.enums.values() {
        all.insert(found.name.clone(), enum_text(found));
    }
    for service in model.services.values() {
        all.insert(service.name.clone(), format!("{:?}", service.options));
        for method in &service.methods {
            let name = format!("{}.{}", service.name, method.name);
            all.insert(name, method_text(method));
        }
    }
    all
}

fn message_text(message: &Message) -> String {
    // Written out, so that what a message gets one day is not forgotten here.
    let Message {
        fields,
        reserved,
        extendable,
        set_format,
        json,
        exported,
        options,
        name: _,
        file: _,
        name_span: _,
        oneofs: _,
        map_entry: _,
    } = message;
    let mut text = format!("{set_format} {json} {exported} {options:?} ");
    write_reserved(reserved, &mut text);
    write_reserved(extendable, &mut text);
    let mut fields: Vec<&Field> = fields.iter().collect();
    fields.sort_by_key(|field| field.number);
    for field in fields {
        let oneof = message.oneof_of(field);
        write_field(field, oneof.map_or("", |oneof| &oneof.name), &mut text);
    }
    text
}

fn write_field(field: &Field, oneof: &str, text: &mut String) {
    let Field {
        name,
        number,
        json_name,
        cardinality,
        kind,
        default,
        presence,
        utf8,
        options,
        oneof: _,
        span: _,
        name_span: _,
        type_span: _,
    } = field;
    let _ = write!(
        text,
        "{number} {name} {json_name} {cardinality:?} {kind:?} {oneof} {default:?} {presence} \
         {utf8} {options:?} "
    );
}

fn enum_text(found: &Enum) -> String {
    let Enum {
        closed,
        values,
        reserved,
        json,
        exported,
        options,
        name: _,
        file: _,
        name_span: _,
    } = found;
    let mut text = format!("{closed} {json} {exported} {options:?} ");
    write_reserved(reserved, &mut text);
    let mut values: Vec<_> = values.iter().collect();
    values.sort_by_key(|value| (value.number, &value.name));
    for value in values {
        let _ = write!(text, "{} {} {:?} ", value.number, value.name, value.options);
    }
    text
}

fn write_reserved(reserved: &Reserved, text: &mut String) {
    let mut ranges = reserved.ranges.clone();
    ranges.sort_unstable();
    let _ = write!(text, "{ranges:?} {:?} ", reserved.names);
}

fn method_text(method: &Method) -> String {
    let Method {
        input,
        output,
        client_streaming,
        server_streaming,
        options,
        name: _,
        span: _,
        name_span: _,
        input_span: _,
        output_span: _,
    } = method;
    format!("{input} {output} {client_streaming} {server_streaming} {options:?}")
}
