//! Pairs of `.proto` texts, valid by construction: one that is grown, and the same with some changes.
//!
//! They hold what the encoding depends on: types, labels, packing, groups, oneofs, maps, enums of both kinds,
//! required fields, and in editions the features that say the same.

use std::fmt::Write as _;

use crate::choices::Choices;

/// The most fields of a message.
const MAX_FIELDS: usize = 6;

const SCALARS: &[&str] = &[
    "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32",
    "sfixed64", "bool", "string", "bytes", "float", "double",
];

const KEYS: &[&str] = &["string", "int32", "sint64", "bool", "fixed32"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Syntax {
    Proto2,
    Proto3,
    Edition2023,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Scalar(&'static str),
    Enum,
    Message,
    Map(&'static str, &'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    Optional,
    /// In proto3 and editions: without presence.
    Implicit,
    /// In proto2 and editions.
    Required,
    Repeated,
    /// A member of the oneof.
    Oneof,
}

#[derive(Clone, Copy, Debug)]
struct Field {
    number: usize,
    ty: Type,
    label: Label,
    /// Packing, delimiting or no check of UTF-8, whatever the type has.
    other: bool,
}

#[derive(Clone, Debug)]
struct File {
    syntax: Syntax,
    fields: Vec<Field>,
    inner: Vec<Field>,
    /// How many values the enum has.
    values: usize,
    reserved: Vec<usize>,
}

/// An old and a new text.
pub fn pair(choices: &mut Choices<'_>) -> [String; 2] {
    let old = grow(choices);
    let mut new = old.clone();
    for _ in 0..=choices.below(3) {
        change(&mut new, choices);
    }
    [old.text(), new.text()]
}

fn grow(choices: &mut Choices<'_>) -> File {
    let syntax = choices.one(&[Syntax::Proto2, Syntax::Proto3, Syntax::Edition2023]);
    let fields = |choices: &mut Choices<'_>| {
        let count = 1 + choices.below(MAX_FIELDS);
        let fields = (1..=count).map(|number| field(number, choices));
        fields.collect::<Vec<_>>()
    };
    File {
        syntax,
        fields: fields(choices),
        inner: fields(choices),
        values: 1 + choices.below(4),
        reserved: Vec::new(),
    }
}

fn field(number: usize, choices: &mut Choices<'_>) -> Field {
    let label = [
        Label::Optional,
        Label::Repeated,
        Label::Implicit,
        Label::Oneof,
        Label::Required,
    ];
    Field {
        number,
        ty: ty(choices),
        label: choices.one(&label),
        other: choices.one_in(3),
    }
}

fn ty(choices: &mut Choices<'_>) -> Type {
    match choices.below(8) {
        0 => Type::Enum,
        1 => Type::Message,
        2 => Type::Map(choices.one(KEYS), choices.one(SCALARS)),
        _ => Type::Scalar(choices.one(SCALARS)),
    }
}

fn change(file: &mut File, choices: &mut Choices<'_>) {
    match choices.below(10) {
        6 if file.fields.len() > 1 => {
            let index = choices.below(file.fields.len());
            let removed = file.fields.remove(index);
            file.reserved.push(removed.number);
        }
        7 => file.values = 1 + choices.below(5),
        8 => file.syntax = choices.one(&[Syntax::Proto3, Syntax::Proto2, Syntax::Edition2023]),
        which if choices.one_in(3) => change_fields(&mut file.inner, which, choices),
        which => change_fields(&mut file.fields, which, choices),
    }
}

fn change_fields(fields: &mut Vec<Field>, which: usize, choices: &mut Choices<'_>) {
    let index = choices.below(fields.len());
    let changed = field(fields[index].number, choices);
    match which {
        0 | 1 => fields[index].ty = changed.ty,
        2 => fields[index].label = changed.label,
        3 => fields[index].other = !fields[index].other,
        4 => fields[index] = changed,
        5 if fields.len() > 1 => {
            fields.remove(index);
        }
        _ => {
            // Beyond the numbers that were used before.
            let numbers = fields.iter().map(|field| field.number);
            let number = numbers.max().unwrap_or(0).max(MAX_FIELDS) + 1;
            fields.push(field(number, choices));
        }
    }
}

impl File {
    fn text(&self) -> String {
        let mut text = match self.syntax {
            Syntax::Proto2 => "syntax = \"proto2\";\n",
            Syntax::Proto3 => "syntax = \"proto3\";\n",
            Syntax::Edition2023 => "edition = \"2023\";\n",
        }
        .to_owned();
        text.push_str("package p;\n");
        self.message("M", &self.fields, &mut text);
        self.message("P", &self.inner, &mut text);
        text.push_str("enum E {\n");
        for value in 0..self.values {
            let _ = writeln!(text, "  V{value} = {value};");
        }
        text.push_str("}\n");
        text
    }

    fn message(&self, name: &str, fields: &[Field], text: &mut String) {
        let _ = writeln!(text, "message {name} {{");
        let (members, others): (Vec<&Field>, Vec<&Field>) = fields
            .iter()
            .partition(|field| field.label == Label::Oneof && !matches!(field.ty, Type::Map(..)));
        for field in others {
            let _ = writeln!(text, "  {}", self.field(name, *field));
        }
        if !members.is_empty() {
            text.push_str("  oneof one {\n");
            for field in members {
                let _ = writeln!(text, "    {}", self.member(*field));
            }
            text.push_str("  }\n");
        }
        if name == "M" && !self.reserved.is_empty() {
            let numbers: Vec<String> = self.reserved.iter().map(usize::to_string).collect();
            let _ = writeln!(text, "  reserved {};", numbers.join(", "));
        }
        text.push_str("}\n");
    }

    /// A field with its label; messages within `P` are never required, so that they come to an end.
    fn field(&self, message: &str, field: Field) -> String {
        let label = match (field.ty, field.label) {
            (Type::Map(..), _) => return Self::declared("", field, &[]),
            (Type::Message, Label::Required) if message == "P" => Label::Optional,
            (_, Label::Oneof) => Label::Optional,
            (_, label) => label,
        };
        let mut options = self.options(field, label == Label::Repeated);
        let keyword = match (self.syntax, label) {
            (_, Label::Repeated) => "repeated ",
            (Syntax::Proto2, Label::Required) => "required ",
            (Syntax::Proto3, Label::Implicit | Label::Required) => "",
            (Syntax::Proto2 | Syntax::Proto3, _) => "optional ",
            (Syntax::Edition2023, Label::Required) => {
                options.push("features.field_presence = LEGACY_REQUIRED");
                ""
            }
            (Syntax::Edition2023, Label::Implicit) if field.ty != Type::Message => {
                options.push("features.field_presence = IMPLICIT");
                ""
            }
            (Syntax::Edition2023, _) => "",
        };
        Self::declared(keyword, field, &options)
    }

    fn member(&self, field: Field) -> String {
        let options = self.options(field, false);
        Self::declared("", field, &options)
    }

    fn options(&self, field: Field, repeated: bool) -> Vec<&'static str> {
        let option = match (self.syntax, field.ty) {
            (Syntax::Edition2023, Type::Message) => "features.message_encoding = DELIMITED",
            (Syntax::Edition2023, Type::Scalar("string")) => "features.utf8_validation = NONE",
            (_, Type::Message | Type::Map(..) | Type::Scalar("string" | "bytes")) => return vec![],
            _ if !repeated => return vec![],
            (Syntax::Edition2023, _) => "features.repeated_field_encoding = EXPANDED",
            (Syntax::Proto2, _) => "packed = true",
            (Syntax::Proto3, _) => "packed = false",
        };
        if field.other { vec![option] } else { vec![] }
    }

    fn declared(keyword: &str, field: Field, options: &[&str]) -> String {
        let ty = match field.ty {
            Type::Scalar(name) => name.to_owned(),
            Type::Enum => "E".to_owned(),
            Type::Message => "P".to_owned(),
            Type::Map(key, value) => format!("map<{key}, {value}>"),
        };
        let options = if options.is_empty() {
            String::new()
        } else {
            format!(" [{}]", options.join(", "))
        };
        format!(
            "{keyword}{ty} f{number} = {number}{options};",
            number = field.number
        )
    }
}

#[cfg(test)]
mod tests {
    use checker::Format;

    use super::*;
    use crate::laws;

    #[test]
    fn pairs_are_valid_and_of_every_syntax() {
        let mut seen = [0; 3];
        for seed in 0..300_usize {
            let bytes: Vec<u8> = (0..80_usize)
                .map(|index| (seed * 7919 + index * 104_729 + seed * index * 31).to_le_bytes()[1])
                .collect();
            for text in pair(&mut Choices::new(&bytes)) {
                assert!(
                    laws::parse(Format::Protobuf, "t.proto", &text).is_some(),
                    "{text}"
                );
                let syntaxes = ["\"proto2\"", "\"proto3\"", "\"2023\""];
                let of = syntaxes.iter().position(|syntax| text.contains(syntax));
                seen[of.unwrap()] += 1;
            }
        }
        assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
    }
}
