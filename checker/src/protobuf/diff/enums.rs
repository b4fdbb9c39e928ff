//! Enums: which old one became which new one, and what differs in a pair.

use super::declared::compared;
use super::{Change, Element, ElementKind, Walker};
use crate::protobuf::model::Enum;

impl<'a> Walker<'a> {
    /// Pairs enums by name and by package.
    pub(super) fn enums(&mut self) {
        for old in compared(&self.old.enums, self.old) {
            if let Some(new) = self.kept(old, &self.new.enums) {
                self.enum_pair(old, new);
            }
        }
    }

    /// The old enums that nothing was paired with.
    pub(super) fn gone_enums(&self) -> Vec<&'a Enum> {
        let all = compared(&self.old.enums, self.old);
        all.filter(|old| !self.enum_moves.contains_key(old.name.as_str()))
            .collect()
    }

    /// The new enums that nothing was paired with.
    pub(super) fn added_enums(&self) -> Vec<&'a Enum> {
        let all = (&self.old.enums, &self.new.enums);
        self.added(all, self.enum_moves.values().copied())
    }

    pub(super) fn enum_pair(&mut self, old: &'a Enum, new: &'a Enum) {
        self.enum_moves.entry(&old.name).or_insert(&new.name);
        if self.enums_seen.insert((&old.name, &new.name)) {
            self.enumeration(old, new);
        }
    }

    pub(super) fn enumeration(&mut self, old: &'a Enum, new: &'a Enum) {
        self.changes.push(Change::Enum { old, new });
        self.settings(&old.options, &new.options, || Element::of(old, new));
        for value in &old.values {
            let Some(kept) = new.values.named(&value.name) else {
                self.changes
                    .push(Change::EnumValueRemoved { old, new, value });
                continue;
            };
            self.settings(&value.options, &kept.options, || Element {
                holder: Some((&old.name, &new.name)),
                ..Element::new(
                    ElementKind::EnumValue,
                    format!("{}.{}", old.name, value.name),
                    (old.file, new.file),
                    (&value.span, &kept.span),
                )
            });
        }
        for value in &new.values {
            if old.values.named(&value.name).is_none() {
                self.changes
                    .push(Change::EnumValueAdded { old, new, value });
            }
        }
    }
}
