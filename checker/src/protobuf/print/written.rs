//! The elements of a text as it is written: names are not resolved and options not interpreted.
//!
//! Only the order of the sections is settled, and what is said twice of one key of a value is one list.

use std::collections::HashMap;

use super::super::syntax::lexer::Kind;
use super::super::syntax::literal::{self, Bracketed, Literal};
use super::super::syntax::strings;
use super::super::syntax::tree::{Body, End, Leaf, Statement, Tree};
use super::element::{
    EnumElement, EnumValueElement, ExtendElement, FieldElement, FileElement, MessageElement,
    MethodElement, OneofElement, OptionElement, RangesElement, ServiceElement, Value,
};
use super::layout::{quoted, quoted_bytes};

/// The tokens of a statement, or a part of them.
type Leaves<'a, 't> = &'a [Leaf<'t>];

/// The elements of a text.
pub(super) fn file(tree: &Tree) -> FileElement {
    let mut file = FileElement::default();
    for statement in &tree.statements {
        let head = &*statement.head;
        let rest = head.get(1..).unwrap_or_default();
        match head.first().map(Leaf::text) {
            Some(keyword @ ("syntax" | "edition")) => {
                let value = quoted_bytes(&string(rest.get(1..).unwrap_or_default()));
                file.syntax = Some(format!("{keyword} = {value}"));
            }
            Some("package") => file.package = Some(words(rest)),
            Some("import") => import(rest, &mut file),
            Some("option") => file.options.extend(option(rest)),
            Some("extend") => file.extends.push(extend(rest, block(statement))),
            Some("service") => file.services.push(service(rest, block(statement))),
            Some(_) => {
                types(statement, &mut file.messages, &mut file.enums);
            }
            None => {}
        }
    }
    file
}

fn import(rest: Leaves, file: &mut FileElement) {
    let path = |leaves: Leaves| quoted_bytes(&string(leaves));
    let kind = rest.first().filter(|leaf| leaf.token.kind == Kind::Word);
    let behind = rest.get(1..).unwrap_or_default();
    match kind.map(Leaf::text) {
        Some("public") => file
            .public_imports
            .push(format!("import public {}", path(behind))),
        Some(kind) => file.imports.push(format!("import {kind} {}", path(behind))),
        None => file.imports.push(format!("import {}", path(rest))),
    }
}

/// A message or an enum, with what is said of its visibility. Whether it was one.
fn types(
    statement: &Statement,
    messages: &mut Vec<MessageElement>,
    enums: &mut Vec<EnumElement>,
) -> bool {
    let head = &*statement.head;
    let (visibility, head) = match head.first().map(Leaf::text) {
        Some("export") => ("export ", head.get(1..).unwrap_or_default()),
        Some("local") => ("local ", head.get(1..).unwrap_or_default()),
        _ => ("", head),
    };
    if !is_block(statement) {
        return false;
    }
    let name = words(head.get(1..).unwrap_or_default());
    match head.first().map(Leaf::text) {
        Some("message") => messages.push(MessageElement {
            visibility,
            ..message(name, block(statement))
        }),
        Some("enum") => enums.push(EnumElement {
            visibility,
            ..enumeration(name, block(statement))
        }),
        _ => return false,
    }
    true
}

const fn is_block(statement: &Statement) -> bool {
    matches!(statement.end, End::Body(_))
}

/// The statements between the braces.
fn block<'a, 't>(statement: &'a Statement<'t>) -> &'a [Statement<'t>] {
    match &statement.end {
        End::Body(Body { statements, .. }) => statements,
        End::Semicolon(_) => &[],
    }
}

/// Recursion is bounded: texts nest to [`super::super::MAX_NESTING`].
fn message(name: String, body: &[Statement]) -> MessageElement {
    let mut message = MessageElement {
        name,
        ..MessageElement::default()
    };
    for statement in body {
        message_statement(statement, &mut message);
    }
    message
}

fn message_statement(statement: &Statement, message: &mut MessageElement) {
    let head = &*statement.head;
    let rest = head.get(1..).unwrap_or_default();
    match head.first().map(Leaf::text) {
        None => {}
        Some("option") => message.options.extend(option(rest)),
        Some("reserved") => message.reserved.push(list(rest)),
        Some("extensions") => {
            let (ranges, options) = with_options(rest);
            message.extensions.push(RangesElement {
                ranges: list(ranges),
                options,
            });
        }
        Some("extend") => message.extends.push(extend(rest, block(statement))),
        Some("oneof") => message.oneofs.push(oneof(rest, block(statement))),
        Some(_) if types(statement, &mut message.messages, &mut message.enums) => {}
        Some(_) => fields(statement, &mut message.fields, &mut message.groups),
    }
}

fn oneof(name: Leaves, body: &[Statement]) -> OneofElement {
    let mut oneof = OneofElement {
        name: words(name),
        ..OneofElement::default()
    };
    for statement in body {
        match statement.head.split_first() {
            Some((keyword, rest)) if keyword.is("option") => oneof.options.extend(option(rest)),
            Some(_) => fields(statement, &mut oneof.fields, &mut oneof.groups),
            None => {}
        }
    }
    oneof
}

fn fields(statement: &Statement, fields: &mut Vec<FieldElement>, groups: &mut Vec<FieldElement>) {
    let field = field(statement);
    if field.group.is_some() {
        groups.push(field);
    } else {
        fields.push(field);
    }
}

fn field(statement: &Statement) -> FieldElement {
    let (declaration, number) = split(&statement.head, "=");
    let (number, options) = with_options(number);
    let group = is_block(statement).then(|| {
        let name = declaration.last().map(Leaf::text).unwrap_or_default();
        Box::new(message(name.to_owned(), block(statement)))
    });
    FieldElement {
        declaration: declared(declaration),
        number: integer(number),
        options,
        group,
    }
}

/// Label, type and name of a field. What is a part of a name stands without spaces.
fn declared(leaves: Leaves) -> String {
    let (name, kind) = leaves
        .split_last()
        .map_or(("", leaves), |(name, kind)| (name.text(), kind));
    let labelled = kind.len() > 1
        && kind
            .first()
            .is_some_and(|leaf| matches!(leaf.text(), "optional" | "required" | "repeated"));
    let (label, kind) = kind.split_at(usize::from(labelled));
    let mut out = words(label);
    if labelled {
        out.push(' ');
    }
    for leaf in kind {
        out.push_str(leaf.text());
        if leaf.is(",") {
            out.push(' ');
        }
    }
    out.push(' ');
    out.push_str(name);
    out
}

fn extend(extendee: Leaves, body: &[Statement]) -> ExtendElement {
    let fields = body.iter().filter(|statement| !statement.head.is_empty());
    ExtendElement {
        extendee: words(extendee),
        fields: fields.map(field).collect(),
    }
}

fn enumeration(name: String, body: &[Statement]) -> EnumElement {
    let mut content = EnumElement {
        name,
        ..EnumElement::default()
    };
    for statement in body {
        let Some((keyword, rest)) = statement.head.split_first() else {
            continue;
        };
        match keyword.text() {
            "option" => content.options.extend(option(rest)),
            "reserved" => content.reserved.push(list(rest)),
            _ => {
                let (name, number) = split(&statement.head, "=");
                let (number, options) = with_options(number);
                content.values.push(EnumValueElement {
                    name: words(name),
                    number: integer(number),
                    options,
                });
            }
        }
    }
    content
}

fn service(name: Leaves, body: &[Statement]) -> ServiceElement {
    let mut service = ServiceElement {
        name: words(name),
        ..ServiceElement::default()
    };
    for statement in body {
        match statement.head.split_first() {
            Some((keyword, rest)) if keyword.is("option") => service.options.extend(option(rest)),
            Some((_, rest)) => service.methods.push(method(rest, block(statement))),
            None => {}
        }
    }
    service
}

fn method(head: Leaves, body: &[Statement]) -> MethodElement {
    let (name, input) = split(head, "(");
    let (input, output) = split(input, ")");
    let output = output.get(2..).unwrap_or_default();
    let (output, _) = split(output, ")");
    let ty = |leaves: Leaves| {
        let streams = leaves.len() > 1 && leaves.first().is_some_and(|leaf| leaf.is("stream"));
        let (stream, name) = leaves.split_at(usize::from(streams));
        let stream = if stream.is_empty() { "" } else { "stream " };
        format!("({stream}{})", words(name))
    };
    let options = body.iter().filter_map(|statement| {
        let (_, rest) = statement.head.split_first()?;
        option(rest)
    });
    MethodElement {
        declaration: format!("{} {} returns {}", words(name), ty(input), ty(output)),
        options: options.collect(),
    }
}

/// The parts before and behind the first such token.
fn split<'a, 't>(leaves: Leaves<'a, 't>, at: &str) -> (Leaves<'a, 't>, Leaves<'a, 't>) {
    let index = leaves.iter().position(|leaf| leaf.is(at));
    let (before, behind) = leaves.split_at(index.unwrap_or(leaves.len()));
    (before, behind.get(1..).unwrap_or_default())
}

/// What stands in front of options in brackets, and those.
fn with_options<'a, 't>(leaves: Leaves<'a, 't>) -> (Leaves<'a, 't>, Vec<OptionElement>) {
    let index = leaves.iter().position(|leaf| leaf.is("["));
    let (before, brackets) = leaves.split_at(index.unwrap_or(leaves.len()));
    let read = literal::options(brackets);
    let options = read.iter().flat_map(|options| &options.items);
    let mut options: Vec<OptionElement> = options
        .map(|field| OptionElement {
            name: words(field.name),
            value: value(&field.value),
        })
        .collect();
    settle_pseudo_options(&mut options);
    (before, options)
}

/// The default and the JSON name come last.
fn settle_pseudo_options(options: &mut [OptionElement]) {
    options.sort_by_key(|option| match &*option.name {
        "default" => 1,
        "json_name" => 2,
        _ => 0,
    });
}

/// `name = value`, as it stands behind `option`.
fn option(leaves: Leaves) -> Option<OptionElement> {
    let (name, written) = split(leaves, "=");
    Some(OptionElement {
        name: words(name),
        value: value(&literal::value(written)?),
    })
}

/// Recursion is bounded by [`super::super::MAX_VALUE_NESTING`].
fn value(literal: &Literal) -> Value {
    match literal {
        Literal::Scalar(leaves) if leaves.iter().all(|leaf| leaf.token.kind == Kind::Text) => {
            Value::Text(string(leaves))
        }
        Literal::Scalar(leaves) => Value::Word(words(leaves)),
        Literal::List(list) => {
            Value::List(list.items.iter().map(|item| value(&item.value)).collect())
        }
        Literal::Message(message) => map(message),
    }
}

fn map(message: &Bracketed<literal::Field>) -> Value {
    let mut members: Vec<(String, Value)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for field in &message.items {
        let (key, value) = (words(field.name), value(&field.value));
        let index = *known.entry(key.clone()).or_insert(members.len());
        match members.get_mut(index) {
            Some((_, known)) => join(known, value),
            None => members.push((key, value)),
        }
    }
    Value::Map(members)
}

/// Adds what is said again of a key.
fn join(known: &mut Value, more: Value) {
    let more = match more {
        Value::List(values) => values,
        value => vec![value],
    };
    if let Value::List(values) = known {
        values.extend(more);
        return;
    }
    let first = std::mem::replace(known, Value::List(Vec::new()));
    *known = Value::List(std::iter::once(first).chain(more).collect());
}

/// The tokens without anything between.
fn words(leaves: Leaves) -> String {
    leaves.iter().map(Leaf::text).collect()
}

/// Numbers, ranges and names, with commas between.
fn list(leaves: Leaves) -> String {
    let parts = leaves.split(|leaf| leaf.is(","));
    let parts: Vec<String> = parts.map(range).collect();
    parts.join(", ")
}

/// `4`, `4 to 7`, `-1`, or a name.
fn range(leaves: Leaves) -> String {
    if leaves
        .first()
        .is_some_and(|leaf| leaf.token.kind == Kind::Text)
    {
        return quoted(&String::from_utf8_lossy(&string(leaves)));
    }
    let (first, last) = match leaves {
        [only] => return number(std::slice::from_ref(only)),
        _ => split(leaves, "to"),
    };
    match last {
        [] => number(first),
        last => format!("{} to {}", number(first), number(last)),
    }
}

/// A number in decimal, or a word as it is.
fn number(leaves: Leaves) -> String {
    let is_number = leaves
        .last()
        .is_some_and(|leaf| leaf.token.kind == Kind::Integer);
    if is_number {
        integer(leaves).to_string()
    } else {
        words(leaves)
    }
}

fn integer(leaves: Leaves) -> i32 {
    let negative = leaves.first().is_some_and(|leaf| leaf.is("-"));
    let digits = leaves.last().map(Leaf::text).unwrap_or_default();
    // The text was parsed, so the number is one of 32 bits.
    let value = strings::integer(digits, u64::MAX).and_then(|value| i64::try_from(value).ok());
    let value = value.map(|value| if negative { -value } else { value });
    value
        .and_then(|value| i32::try_from(value).ok())
        .unwrap_or_default()
}

/// Strings that follow each other are one.
fn string(leaves: Leaves) -> Vec<u8> {
    let texts = leaves.iter().filter(|leaf| leaf.token.kind == Kind::Text);
    texts
        .flat_map(|leaf| strings::unescape(leaf.text()).unwrap_or_default())
        .collect()
}
