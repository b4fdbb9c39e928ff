//! The "parsing canonical form" of the specification: what a schema says about the encoding of data,
//! and nothing else.
//!
//! It keeps names (in full), fields, symbols, sizes and the structure; attributes, logical types,
//! defaults, aliases, documentation and sort order go. So it identifies what a *writer* encodes, not
//! how a reader reads: two schemas of one form can read the same bytes as different values. It is
//! therefore no identity of a registered schema; that is [`super::canonical`].
//!
//! A type that stands in a reference is written out where it is first used, so the form stands alone.
//! That can nest deeper than any text, and has a limit.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::text::json;

use super::canonical::MAX_INLINE_DEPTH;
use super::model::{Field, Kind, Schema, TypeId, Use};

/// The form; `None` if it would nest too deeply to be read.
pub(crate) fn text(schema: &Schema) -> Option<String> {
    let mut printer = Printer {
        schema,
        out: String::new(),
        defined: HashSet::new(),
        depth: 0,
        too_deep: false,
    };
    printer.type_use(&schema.root);
    (!printer.too_deep).then_some(printer.out)
}

struct Printer<'s> {
    schema: &'s Schema,
    out: String,
    defined: HashSet<TypeId>,
    depth: usize,
    too_deep: bool,
}

impl Printer<'_> {
    fn type_use(&mut self, ty: &Use) {
        let kind = self.schema.kind(ty.id);
        match kind.name() {
            Some(name) if !self.defined.insert(ty.id) => self.string(&name.full),
            _ if self.depth == MAX_INLINE_DEPTH => self.too_deep = true,
            _ => {
                self.depth += 1;
                self.definition(kind);
                self.depth -= 1;
            }
        }
    }

    fn definition(&mut self, kind: &Kind) {
        match kind {
            Kind::Primitive(primitive) => self.string(primitive.name()),
            Kind::Union(branches) => self.list(branches, Self::type_use),
            Kind::Array(content) => self.container("array", "items", content),
            Kind::Map(content) => self.container("map", "values", content),
            Kind::Record(record) => {
                self.head(&record.name.full, "record");
                self.out.push_str(",\"fields\":");
                self.list(&record.fields, Self::field);
                self.out.push('}');
            }
            Kind::Enum(content) => {
                self.head(&content.name.full, "enum");
                self.out.push_str(",\"symbols\":");
                self.list(&content.symbols, |this, symbol| this.string(&symbol.name));
                self.out.push('}');
            }
            Kind::Fixed(fixed) => {
                self.head(&fixed.name.full, "fixed");
                // Writing to a `String` cannot fail.
                let _ = write!(self.out, ",\"size\":{}}}", fixed.size);
            }
        }
    }

    fn container(&mut self, word: &str, key: &str, content: &Use) {
        let _ = write!(self.out, "{{\"type\":\"{word}\",\"{key}\":");
        self.type_use(content);
        self.out.push('}');
    }

    fn head(&mut self, name: &str, word: &str) {
        self.out.push_str("{\"name\":");
        self.string(name);
        let _ = write!(self.out, ",\"type\":\"{word}\"");
    }

    fn field(&mut self, field: &Field) {
        let _ = write!(self.out, "{{\"name\":\"{}\",\"type\":", field.name);
        self.type_use(&field.ty);
        self.out.push('}');
    }

    /// Names and symbols have no character that JSON would escape.
    fn string(&mut self, text: &str) {
        json::write_string(text, &mut self.out);
    }

    fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.out.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            write(self, item);
        }
        self.out.push(']');
    }
}
