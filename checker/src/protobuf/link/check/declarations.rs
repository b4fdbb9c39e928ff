//! Extension declarations: a message says who its extensions are.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use prost::Message as _;

use super::super::super::descriptor::{ExtensionRange, Label};
use super::super::super::model::Scalar;
use super::super::super::pool::MessageRef;
use super::super::super::tag;
use super::numbers::Ranges;
use super::{Checker, Field, Scope, at};

/// Field numbers of `ExtensionRangeOptions`.
const DECLARATION: u32 = 2;
const VERIFICATION: u32 = 3;

/// `ExtensionRangeOptions.UNVERIFIED`, which is also the default.
const UNVERIFIED: u64 = 1;

/// `ExtensionRangeOptions.Declaration`.
#[derive(Clone, PartialEq, prost::Message)]
struct Declaration {
    #[prost(int32, optional, tag = "1")]
    number: Option<i32>,
    #[prost(string, optional, tag = "2")]
    full_name: Option<String>,
    #[prost(string, optional, tag = "3")]
    r#type: Option<String>,
    #[prost(bool, optional, tag = "5")]
    reserved: Option<bool>,
    #[prost(bool, optional, tag = "6")]
    repeated: Option<bool>,
}

/// Types that are named without a dot in front.
const SCALARS: [&str; 16] = [
    "double", "float", "int64", "uint64", "int32", "fixed32", "fixed64", "bool", "string", "bytes",
    "uint32", "enum", "sfixed32", "sfixed64", "sint32", "sint64",
];

impl<'p> Checker<'p> {
    /// Declarations are within their range, complete, and there once.
    pub(super) fn declarations(&mut self, scope: &Scope) {
        let mut names = HashSet::new();
        for (index, range) in scope.message.extension_range.iter().enumerate() {
            let declarations = declarations(range);
            let path = at(&scope.path, tag::MESSAGE_RANGES, index).around();
            if declarations.is_empty() {
                continue;
            }
            if verification(range) == Some(UNVERIFIED) {
                let message =
                    "a range with declarations is not `UNVERIFIED`, remove one of the two";
                return self.report(path, message);
            }
            let mut numbers = HashSet::new();
            for declaration in declarations {
                let new = numbers.insert(declaration.number());
                for message in wrong(&declaration, range, new) {
                    self.report(path.clone(), message);
                }
                let name = declaration.full_name.clone();
                if let Some(name) = name.filter(|_| declaration.r#type.is_some())
                    && !names.insert(name.clone())
                {
                    let message = format!("the extension `{name}` is declared twice, remove one");
                    self.report(path.clone(), message);
                    break;
                }
            }
        }
    }

    /// An extension is as its message declares it. Options are declared by whoever wants one.
    pub(super) fn declared(&mut self, field: &Field<'p, '_>, extended: MessageRef<'p>) {
        if extended.file.path() == "google/protobuf/descriptor.proto" {
            return;
        }
        let number = field.proto.number();
        let known = self.declared.entry(extended.name);
        let known = Rc::clone(known.or_insert_with(|| Rc::new(Declared::of(extended))));
        let found = known.ranges.find(i64::from(number));
        let range = found.and_then(|found| extended.proto.extension_range.get(found.index));
        let Some(range) = range.filter(|range| range.options.is_some()) else {
            return;
        };
        let path = || field.at.path(tag::FIELD_EXTENDEE);
        let Some(declaration) = known.by_number.get(&number) else {
            let unverified = verification(range).is_none_or(|value| value == UNVERIFIED);
            let any = range
                .options
                .as_ref()
                .is_some_and(|options| !options.lengths(DECLARATION).is_empty());
            if any || !unverified {
                let message = format!(
                    "`{}` does not declare an extension under {number}, as it has to for all of that \
                     range; declare it there",
                    extended.name
                );
                self.report(path(), message);
            }
            return;
        };
        for message in self.differing(field, declaration, extended) {
            self.report(path(), message);
        }
    }

    fn differing(
        &self,
        field: &Field,
        declaration: &Declaration,
        extended: MessageRef,
    ) -> Vec<String> {
        let number = declaration.number();
        let by = format!("`{}` declares its extension {number}", extended.name);
        if declaration.reserved() {
            return vec![format!("{by} as reserved, use another number")];
        }
        let mut all = Vec::new();
        let scope = field
            .scope
            .map_or(self.file.proto.package(), |scope| &scope.full_name);
        let own_name = super::super::super::pool::join(scope, field.proto.name());
        let declared_name = declaration.full_name();
        if !declared_name.is_empty() && declared_name.strip_prefix('.') != Some(&own_name) {
            all.push(format!(
                "{by} under the name `{declared_name}`, not `.{own_name}`"
            ));
        }
        let own_type = match field.proto.type_name() {
            "" => field.sort.and_then(Scalar::of).map_or("", Scalar::name),
            name => name,
        };
        let declared_type = match declaration.r#type() {
            name if SCALARS.contains(&name) || name.starts_with('.') || name.is_empty() => {
                name.to_owned()
            }
            name => format!(".{name}"),
        };
        if !declared_type.is_empty() && declared_type != own_type && !own_type.is_empty() {
            all.push(format!(
                "{by} with the type `{declared_type}`, not `{own_type}`"
            ));
        }
        let repeated = field.proto.label() == Label::Repeated;
        if declaration.repeated() != repeated {
            let word = if declaration.repeated() {
                "repeated"
            } else {
                "optional"
            };
            all.push(format!("{by} as {word}"));
        }
        all
    }
}

/// What a message declares of its extensions.
#[derive(Debug)]
pub(super) struct Declared {
    ranges: Ranges,
    by_number: HashMap<i32, Declaration>,
}

impl Declared {
    fn of(message: MessageRef) -> Self {
        let ranges = message.proto.extension_range.iter();
        let all = ranges.clone().flat_map(declarations);
        let mut by_number = HashMap::new();
        for declaration in all {
            by_number.entry(declaration.number()).or_insert(declaration);
        }
        Self {
            ranges: Ranges::new(ranges.map(|range| {
                let start = i64::from(range.start.unwrap_or_default());
                (start, i64::from(range.end.unwrap_or_default()))
            })),
            by_number,
        }
    }
}

fn declarations(range: &ExtensionRange) -> Vec<Declaration> {
    let options = range.options.iter();
    let all = options.flat_map(|options| options.lengths(DECLARATION));
    all.filter_map(|bytes| Declaration::decode(bytes).ok())
        .collect()
}

fn verification(range: &ExtensionRange) -> Option<u64> {
    range.options.as_ref()?.varint(VERIFICATION)
}

/// What is wrong with a declaration by itself.
fn wrong(declaration: &Declaration, range: &ExtensionRange, new: bool) -> Vec<String> {
    let number = declaration.number();
    let mut all = Vec::new();
    let (start, end) = (
        range.start.unwrap_or_default(),
        range.end.unwrap_or_default(),
    );
    if !(start..end).contains(&number) {
        all.push(format!(
            "the declared extension {number} is not in the range"
        ));
    }
    if !new {
        all.push(format!(
            "the extension {number} is declared twice, remove one"
        ));
    }
    match (&declaration.full_name, &declaration.r#type) {
        (Some(name), Some(sort)) => {
            all.extend(wrong_name(name));
            if !SCALARS.contains(&&**sort) {
                all.extend(wrong_name(sort));
            }
        }
        (None, None) if declaration.reserved() => {}
        _ => all.push(format!(
            "the declaration of extension {number} needs both `full_name` and `type`"
        )),
    }
    all
}

/// Names are full ones with a dot in front.
fn wrong_name(name: &str) -> Option<String> {
    let Some(full_name) = name.strip_prefix('.') else {
        return Some(format!(
            "`{name}` has to be a full name with a dot in front: `.{name}`"
        ));
    };
    let word = |word: &str| {
        let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        plain && !word.is_empty()
    };
    let valid = full_name.split('.').all(word);
    (!valid).then(|| format!("`{name}` is no name"))
}
