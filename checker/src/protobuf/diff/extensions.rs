//! Extensions: fields that stand outside of the message that they extend, paired by it and their number.

use std::collections::BTreeSet;

use super::{Change, Pair, Walker};
use crate::protobuf::model::Extension;

impl<'a> Walker<'a> {
    pub(super) fn extensions(&mut self) {
        let mut kept: BTreeSet<&(String, i32)> = BTreeSet::new();
        for ((extendee, number), old) in &self.old.extensions {
            let name = self.moves.get(extendee.as_str()).copied();
            let key = (name.unwrap_or(extendee).to_owned(), *number);
            match self.new.extensions.get_key_value(&key) {
                Some((key, new)) => {
                    kept.insert(key);
                    self.extension((extendee, &key.0), old, new);
                }
                None if self.old.compares(old.file) => {
                    self.changes.push(Change::ExtensionRemoved { old });
                }
                None => {}
            }
        }
        for (key, new) in &self.new.extensions {
            if !kept.contains(key) && self.new.compares(new.file) {
                self.changes.push(Change::ExtensionAdded { new });
            }
        }
        self.pairs();
    }

    fn extension(&mut self, extendee: (&str, &str), old: &'a Extension, new: &'a Extension) {
        let (Some(old_message), Some(new_message)) = (
            self.old.messages.get(extendee.0),
            self.new.messages.get(extendee.1),
        ) else {
            return;
        };
        let message = Pair {
            old: old_message,
            new: new_message,
        };
        let (old, new) = (&old.field, &new.field);
        self.field(message, old, new);
    }
}
