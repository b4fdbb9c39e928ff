//! Records, enums and fixed: definitions with a name.

use compact_str::CompactString;
use foldhash::fast::RandomState;

use crate::text::json::{Node, Value};

use super::super::aliases::Scope;
use super::super::model::{
    ByName, Enum, Field, Fixed, Kind, Name, Place, Record, Site, Slot, Symbol, Type, TypeId, Use,
};
use super::super::names;
use super::attributes::{FIELD_KEYS, attributes};
use super::{MAX_FIXED_SIZE, Parser};

impl Parser {
    pub(super) fn record(
        &mut self,
        node: &Node,
        space: &str,
        site: Site,
        error: bool,
    ) -> Option<Use> {
        let name = self.name(node, space, "record");
        let inner_space: CompactString = name.namespace().into();
        let fields_node = node.get("fields");
        let nodes = fields_node.and_then(Node::as_array);
        if nodes.is_none() {
            let range = fields_node.map_or(&name.place.range, |f| &f.range);
            let message = format!("record `{}` needs `fields`, an array", name.full);
            self.error(range, message);
        }
        let record = Record {
            name,
            error,
            doc: self.doc(node),
            fields: Vec::new(),
            by_name: ByName::default(),
        };
        let made = self.define(node, site, Kind::Record(Box::new(record)), nodes.is_some())?;
        self.fields(made.id, nodes.unwrap_or_default(), &inner_space);
        Some(made)
    }

    /// Adds a named type, so that it can be referred to from here on; `whole` unless it lacks
    /// something. `None` where it only repeats an earlier definition, of which all was said.
    fn define(&mut self, node: &Node, site: Site, kind: Kind, whole: bool) -> Option<Use> {
        let name = kind.name()?.clone();
        let first = self.names.get(&name.full).copied();
        if let Some(first) = first
            && self.redefined(first, &name, node)
        {
            return None;
        }
        let made = self.add(node, site, kind)?;
        if !whole {
            self.broken.insert(made.id);
        }
        if first.is_none() && !name.full.is_empty() {
            self.names.insert(name.full, made.id);
        }
        Some(made)
    }

    /// Whether two places hold the same but for layout.
    pub(super) fn same_text(&self, one: &Place, other: &Place) -> bool {
        let text = |place: &Place| {
            let index = self.sources.get(place.source)?;
            index.source().text().get(place.range.clone())
        };
        match (text(one), text(other)) {
            (Some(one), Some(other)) => names::same_but_for_layout(one, other),
            _ => false,
        }
    }

    /// Reports a second definition; whether it says the same as the first one.
    fn redefined(&mut self, first: TypeId, name: &Name, node: &Node) -> bool {
        let Some(first) = self.types.get(first.0 as usize) else {
            return false;
        };
        let place = first.place.clone();
        let same = self.same_text(&place, &self.place(&node.range));
        let remedy = if same {
            "with the same content; write only its name here"
        } else {
            "with other content; refer to it by its name, or choose another one"
        };
        let message = format!(
            "`{}` is already defined at {} {remedy}",
            name.full,
            self.shown(&place)
        );
        self.error(&name.place.range, message);
        same
    }

    fn fields(&mut self, owner: TypeId, nodes: &[Node], space: &str) {
        let mut fields: Vec<Field> = Vec::with_capacity(nodes.len());
        let mut by_name: ByName<usize> =
            ByName::with_capacity_and_hasher(nodes.len(), RandomState::default());
        for node in nodes {
            let Some(field) = self.field(owner, fields.len(), node, space) else {
                continue;
            };
            if by_name.contains_key(&field.name) {
                let message = format!("the record has a second field `{}`; rename one", field.name);
                self.notes.error(field.name_place.clone(), message);
            } else {
                by_name.insert(field.name.clone(), fields.len());
            }
            fields.push(field);
        }
        if let Some(Type {
            kind: Kind::Record(record),
            ..
        }) = self.types.get_mut(owner.0 as usize)
        {
            record.fields = fields;
            record.by_name = by_name;
        }
    }

    fn field(&mut self, owner: TypeId, index: usize, node: &Node, space: &str) -> Option<Field> {
        if !node.is_object() {
            let message = format!(
                "a field is an object with `name` and `type`, not {}",
                node.kind()
            );
            self.error(&node.range, message);
            return None;
        }
        let name = self.required_text(node, "name", "a field");
        if let Some(name) = name {
            self.check_name(name);
        }
        let text = name.and_then(Node::as_str).unwrap_or_default();
        let site = Site::of(owner, Slot::Field(index));
        let ty = if let Some(type_node) = node.get("type") {
            self.type_use(type_node, space, site)
        } else {
            self.error(&node.range, format!("field `{text}` needs a `type`"));
            self.broken(node, site)
        };
        let aliases = self.aliases(node, Scope::Fields(owner), text, "");
        let order = self.order(node);
        let ty = ty?;
        self.check_logical(node, &ty);
        Some(Field {
            name: text.into(),
            name_place: self.place(&name?.range),
            place: self.place(&node.range),
            ty,
            default: node.get("default").cloned(),
            usable: true,
            aliases,
            aliases_place: self.aliases_place(node),
            order,
            doc: self.doc(node),
            attributes: attributes(node, &[&FIELD_KEYS]),
        })
    }

    fn order(&mut self, node: &Node) -> Option<CompactString> {
        let order = node.get("order")?;
        if let Some(word @ ("ascending" | "descending" | "ignore")) = order.as_str() {
            return Some(word.into());
        }
        self.error(
            &order.range,
            "`order` is `ascending`, `descending` or `ignore`",
        );
        None
    }

    pub(super) fn enumeration(&mut self, node: &Node, space: &str, site: Site) -> Option<Use> {
        let name = self.name(node, space, "enum");
        let symbols_node = node.get("symbols");
        let nodes = symbols_node.and_then(Node::as_array);
        let place = self.place(symbols_node.map_or(&name.place.range, |s| &s.range));
        let (symbols, by_name) = self.symbols(nodes.unwrap_or_default());
        let default = if nodes.is_some() {
            self.enum_default(node, &by_name)
        } else {
            let message = format!("enum `{}` needs `symbols`, an array of strings", name.full);
            self.notes.error(place.clone(), message);
            None
        };
        let content = Enum {
            name,
            doc: self.doc(node),
            symbols,
            by_name,
            default,
            symbols_place: place,
        };
        self.define(node, site, Kind::Enum(Box::new(content)), nodes.is_some())
    }

    fn symbols(&mut self, nodes: &[Node]) -> (Vec<Symbol>, ByName<usize>) {
        let mut symbols = Vec::with_capacity(nodes.len());
        let mut by_name = ByName::with_capacity_and_hasher(nodes.len(), RandomState::default());
        for node in nodes {
            self.check_name(node);
            let Some(text) = node.as_str() else {
                continue;
            };
            if by_name.insert(text.into(), symbols.len()).is_some() {
                let message = format!("the enum has symbol `{text}` twice; remove one");
                self.error(&node.range, message);
            }
            symbols.push(Symbol {
                name: text.into(),
                place: self.place(&node.range),
            });
        }
        (symbols, by_name)
    }

    fn enum_default(&mut self, node: &Node, by_name: &ByName<usize>) -> Option<usize> {
        let default = node.get("default")?;
        let found = default.as_str().and_then(|text| by_name.get(text)).copied();
        if found.is_none() {
            let message = format!(
                "the default {} of the enum is none of its symbols",
                default.to_compact()
            );
            self.error(&default.range, message);
        }
        found
    }

    pub(super) fn fixed(&mut self, node: &Node, space: &str, site: Site) -> Option<Use> {
        let name = self.name(node, space, "fixed");
        let given = node.get("size");
        let place = self.place(given.map_or(&name.place.range, |given| &given.range));
        let bytes = given.and_then(|given| match &given.value {
            Value::Number(text) => text.parse().ok().filter(|bytes| *bytes <= MAX_FIXED_SIZE),
            _ => None,
        });
        if bytes.is_none() {
            let message = format!(
                "fixed `{}` needs a `size`, a whole number from 0 to {MAX_FIXED_SIZE}",
                name.full
            );
            self.notes.error(place.clone(), message);
        }
        let content = Fixed {
            name,
            doc: self.doc(node),
            size: bytes.unwrap_or_default(),
            size_place: place,
        };
        self.define(node, site, Kind::Fixed(Box::new(content)), bytes.is_some())
    }
}
