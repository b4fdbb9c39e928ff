//! Interprets options: what is written as a name and a value becomes a field of the `…Options` message.
//!
//! The file stands in the pool already, with its types linked and its extensions entered: a file may use
//! the options that it declares. As in `protoc`, options that are not in parentheses come first, since
//! features among them say how the custom ones are encoded. In the encoded options, the fields that the
//! message declares stand first, merged and by number; each custom option follows as it was written.

mod limits;
mod sites;
#[cfg(test)]
mod tests;
mod value;

use std::collections::HashMap;

use super::super::descriptor::{NamePart, Options, UNINTERPRETED, UninterpretedOption};
use super::super::dynamic::{Message, TextNames, Value, encode_field, options_type};
use super::super::pool::{FieldRef, File, MessageRef, Pool, TypeRef};
use super::super::tag;
use sites::{Site, Target};

/// Something wrong with an option.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// The path of its place, as the syntax tree has it (`…, 999, index, …`).
    pub path: Vec<i32>,
    /// What is wrong, with a remedy.
    pub message: String,
}

/// What came of the options of a file.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub mistakes: Vec<Mistake>,
    /// From the path of an option as it is written (`…, 999, index`) to that of the field which it sets.
    /// In source info the place gets the new path, and the places within it go. Empty unless asked for.
    pub paths: HashMap<Vec<i32>, Vec<i32>>,
}

/// Says which symbol a name means, given the full name of the element that it stands at: its full name,
/// or what is wrong (not declared, declared in a file that is not imported), with a remedy.
///
/// As everywhere, the search begins in the scope around the element.
pub(super) type Resolve<'a> = dyn Fn(&Pool, &str, &str) -> Result<String, String> + 'a;

/// Field numbers of `UninterpretedOption`.
const NAME: i32 = 2;
const VALUES: [i32; 6] = [3, 4, 5, 6, 7, 8];

/// Interprets all options of a file of the pool, and resolves the file's features. `with_paths`: whether it is
/// asked which fields the options set.
pub(super) fn interpret(
    pool: &mut Pool,
    file: usize,
    resolve: &Resolve,
    with_paths: bool,
) -> Outcome {
    let mut outcome = Outcome::default();
    let found = pool.files().get(file);
    if found.is_some_and(|file| file.encoded && !file.bundled) {
        outcome.mistakes = limits::of_encoded(pool, file);
    }
    let elements = written(pool, file);
    if elements.is_empty() {
        return outcome;
    }
    for custom in [false, true] {
        let mut encoded = Vec::with_capacity(elements.len());
        for element in &elements {
            let any = element
                .written
                .iter()
                .any(|option| is_custom(option) == custom);
            if any {
                let bytes = Interpreter::new(pool, file, element, resolve)
                    .map(|interpreter| interpreter.pass(custom, with_paths, &mut outcome))
                    .unwrap_or_default();
                encoded.push((element.ordinal, bytes));
            }
        }
        if !encoded.is_empty() {
            append(pool, file, encoded);
        }
    }
    outcome
}

/// The options of an element that are to be interpreted.
struct Element {
    target: Target,
    path: Vec<i32>,
    scope: String,
    written: Vec<UninterpretedOption>,
    /// Which of the file's options they are.
    ordinal: usize,
}

/// Takes what is not interpreted out of a file.
fn written(pool: &mut Pool, file: usize) -> Vec<Element> {
    let mut elements = Vec::new();
    let mut ordinal = 0;
    pool.amend(file, |proto| {
        sites::each(proto, &mut |site, options| {
            if !options.uninterpreted_option.is_empty() {
                elements.push(Element {
                    target: site.target,
                    path: site.path.to_vec(),
                    scope: site.scope.to_owned(),
                    written: std::mem::take(&mut options.uninterpreted_option),
                    ordinal,
                });
            }
            ordinal += 1;
        });
    });
    elements
}

/// Appends what was interpreted, in the order of the file.
fn append(pool: &mut Pool, file: usize, encoded: Vec<(usize, Vec<u8>)>) {
    let mut encoded = encoded.into_iter().peekable();
    let mut ordinal = 0;
    pool.amend(file, |proto| {
        sites::each(proto, &mut |_: Site, options: &mut Options| {
            if let Some((_, bytes)) = encoded.next_if(|(found, _)| *found == ordinal) {
                options.encoded.extend(bytes);
            }
            ordinal += 1;
        });
    });
}

fn is_custom(option: &UninterpretedOption) -> bool {
    option.name.first().is_some_and(|part| part.is_extension)
}

/// Interprets the options of one element.
struct Interpreter<'p, 'a> {
    pool: &'p Pool,
    element: &'a Element,
    resolve: &'a Resolve<'a>,
    file: &'p File,
    edition: super::super::descriptor::Edition,
    ty: MessageRef<'p>,
    /// What is set so far.
    set: Message<'p>,
    /// Custom options, each as it was written.
    records: Vec<u8>,
    /// How often a repeated option was set.
    counts: HashMap<Vec<i32>, i32>,
}

/// A mistake, and the place within the option.
struct Wrong {
    within: Vec<i32>,
    message: String,
}

impl<'p, 'a> Interpreter<'p, 'a> {
    /// `None` where there is no such options message, which no complete pool lacks.
    fn new(
        pool: &'p Pool,
        file: usize,
        element: &'a Element,
        resolve: &'a Resolve<'a>,
    ) -> Option<Self> {
        let ty = options_type(pool, element.target.message())?;
        let file = pool.files().get(file)?;
        Some(Self {
            pool,
            element,
            resolve,
            file,
            edition: super::super::features::edition(&file.proto),
            ty,
            set: Message::new(ty),
            records: Vec::new(),
            counts: HashMap::new(),
        })
    }

    fn pass(mut self, custom: bool, with_paths: bool, outcome: &mut Outcome) -> Vec<u8> {
        for (index, option) in self.element.written.iter().enumerate() {
            if is_custom(option) != custom {
                continue;
            }
            let written = || {
                let steps = [UNINTERPRETED.cast_signed(), tag::index(index)];
                tag::join(&self.element.path, &steps)
            };
            match self.option(option) {
                Ok(fields) if with_paths => {
                    let path = self.target_path(&fields);
                    outcome.paths.insert(written(), path);
                }
                Ok(_) => {}
                Err(wrong) => outcome.mistakes.push(Mistake {
                    path: tag::join(&written(), &wrong.within),
                    message: wrong.message,
                }),
            }
        }
        let mut encoded = Vec::new();
        for (field, value) in self.set.fields() {
            if field.extension.is_none() {
                encode_field(field, value, &mut encoded);
            }
        }
        encoded.append(&mut self.records);
        encoded
    }

    /// Interprets an option and gives the fields on the way to the one that it sets.
    fn option(&mut self, option: &UninterpretedOption) -> Result<Vec<FieldRef<'p>>, Wrong> {
        let name = written_name(&option.name);
        let path = self.fields(option, &name)?;
        let Some((field, around)) = path.split_last() else {
            return Err(in_name("the name of an option is missing"));
        };
        self.check_not_set(&path, &name)?;
        self.check_feature(&path, &name)?;
        let value = self.value(option, &name, *field)?;
        let used = limits::Use {
            target: self.element.target,
            edition: self.edition,
        };
        used.check(&path, &value).map_err(in_name)?;
        if path.first().is_some_and(|first| first.extension.is_some()) {
            self.records.extend(wrapped(around, *field, &value));
        }
        self.set.force(&path, value);
        Ok(path)
    }

    /// The fields that the parts of a name mean.
    fn fields(&self, option: &UninterpretedOption, name: &str) -> Result<Vec<FieldRef<'p>>, Wrong> {
        let mut fields: Vec<FieldRef<'p>> = Vec::with_capacity(option.name.len());
        let mut ty = self.ty;
        for (index, part) in option.name.iter().enumerate() {
            if let Some(field) = fields.last() {
                let before = option.name.get(..index).unwrap_or_default();
                ty = within(*field, &written_name(before), name).map_err(in_name)?;
            }
            fields.push(self.field(ty, part, name).map_err(in_name)?);
        }
        Ok(fields)
    }

    fn field(
        &self,
        ty: MessageRef<'p>,
        part: &NamePart,
        name: &str,
    ) -> Result<FieldRef<'p>, String> {
        if part.is_extension {
            return self.extension(ty, &part.name_part, &self.element.scope);
        }
        let reserved = part.name_part == "uninterpreted_option" && ty.name == self.ty.name;
        let field = ty.field_named(&part.name_part).filter(|_| !reserved);
        field.ok_or_else(|| {
            let custom = if ty.name == self.ty.name {
                "; custom options are written in parentheses"
            } else {
                ""
            };
            format!(
                "option `{name}` is not known: `{}` has no field `{}`{custom}",
                ty.name, part.name_part
            )
        })
    }

    fn extension(
        &self,
        ty: MessageRef<'p>,
        name: &str,
        scope: &str,
    ) -> Result<FieldRef<'p>, String> {
        let full_name = (self.resolve)(self.pool, name, scope)?;
        // A field of the message itself can be named in full too.
        let own = full_name.strip_prefix(ty.name);
        let own = own.and_then(|name| ty.field_named(name.strip_prefix('.')?));
        let extension = || self.pool.extension_named(&full_name);
        let Some(field) = own.or_else(extension) else {
            return Err(format!(
                "`{name}` is `{full_name}`, which is no extension; name one of `{}`",
                ty.name
            ));
        };
        let extendee = field.proto.extendee().trim_start_matches('.');
        if field.extension.is_none() || extendee == ty.name {
            return Ok(field);
        }
        Err(format!(
            "`{name}` extends `{extendee}` and not `{}`, to which it would belong here",
            ty.name
        ))
    }

    fn value(
        &self,
        option: &UninterpretedOption,
        name: &str,
        field: FieldRef<'p>,
    ) -> Result<Value<'p>, Wrong> {
        // What is in brackets is searched from the message in which it stands.
        let extension = |ty: MessageRef<'p>, name: &str| self.extension(ty, name, ty.name);
        let any = |name: &str| {
            let full_name = (self.resolve)(self.pool, &format!(".{name}"), "").ok()?;
            self.pool.message(&full_name)
        };
        let names = TextNames {
            extension: &extension,
            any: &any,
        };
        value::read(option, name, field, names).map_err(|message| Wrong {
            within: value_number(option).into_iter().collect(),
            message,
        })
    }

    /// What is not repeated is set once, in one piece or field by field.
    fn check_not_set(&self, path: &[FieldRef<'p>], name: &str) -> Result<(), Wrong> {
        let repeated = path.last().is_some_and(|field| field.is_repeated());
        if repeated || !self.set.has_at(path) {
            return Ok(());
        }
        Err(in_name(format!(
            "option `{name}` is set twice, remove one of them"
        )))
    }

    /// What a feature is by default is known only when the file that declares it is complete.
    fn check_feature(&self, path: &[FieldRef<'p>], name: &str) -> Result<(), Wrong> {
        let is_own =
            |field: &FieldRef| field.extension.is_some() && field.file.path() == self.file.path();
        match path {
            [first, feature, ..] if first.proto.name() == "features" && is_own(feature) => {
                Err(in_name(format!(
                    "`{name}` is of a feature that this file declares, declare it in another file"
                )))
            }
            _ => Ok(()),
        }
    }

    fn target_path(&mut self, path: &[FieldRef<'p>]) -> Vec<i32> {
        let mut numbers = self.element.path.clone();
        numbers.extend(path.iter().map(|field| field.proto.number()));
        if path.last().is_some_and(|field| field.is_repeated()) {
            let count = self.counts.entry(numbers.clone()).or_default();
            numbers.push(*count);
            *count = count.saturating_add(1);
        }
        numbers
    }
}

/// The message in which the next part of a name is searched.
fn within<'p>(field: FieldRef<'p>, part: &str, name: &str) -> Result<MessageRef<'p>, String> {
    let (Some(TypeRef::Message(ty) | TypeRef::Group(ty)), false) =
        (field.kind(), field.is_repeated())
    else {
        return Err(if field.is_repeated() {
            format!("option `{part}` is repeated: set a whole element by `{part} = {{ … }}`")
        } else {
            format!("option `{part}` is no message, so there is no `{name}`")
        });
    };
    Ok(ty)
}

/// An option's value in the messages around it.
fn wrapped(around: &[FieldRef], field: FieldRef, value: &Value) -> Vec<u8> {
    let mut encoded = Vec::new();
    encode_field(field, value, &mut encoded);
    for field in around.iter().rev() {
        let Some(TypeRef::Message(ty) | TypeRef::Group(ty)) = field.kind() else {
            continue;
        };
        let message = Value::Message(Box::new(Message::of_encoded(ty, encoded)));
        encoded = Vec::new();
        encode_field(*field, &message, &mut encoded);
    }
    encoded
}

fn in_name(message: impl Into<String>) -> Wrong {
    Wrong {
        within: vec![NAME],
        message: message.into(),
    }
}

/// The field of `UninterpretedOption` that holds the value.
fn value_number(option: &UninterpretedOption) -> Option<i32> {
    let set = [
        option.identifier_value.is_some(),
        option.positive_int_value.is_some(),
        option.negative_int_value.is_some(),
        option.double_value.is_some(),
        option.string_value.is_some(),
        option.aggregate_value.is_some(),
    ];
    let set = VALUES.into_iter().zip(set).find(|(_, set)| *set);
    set.map(|(number, _)| number)
}

/// A name as it is written: `(my.option).field`.
fn written_name(parts: &[NamePart]) -> String {
    let parts = parts.iter().map(|part| {
        if part.is_extension {
            format!("({})", part.name_part)
        } else {
            part.name_part.clone()
        }
    });
    parts.collect::<Vec<_>>().join(".")
}
