//! What messages, enums and services have in common for the walker: a full name, a place, members.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use super::{Element, ElementKind, Walker};
use crate::protobuf::model::{Enum, FileId, Message, Model, Named, Service};
use crate::protobuf::places::Spot;

/// What can be called otherwise than before and be the same.
pub(crate) trait Similar {
    fn full_name(&self) -> &str;

    /// Number and name of each member; those of a service have no number.
    fn members(&self) -> Vec<(i32, &str)>;
}

/// A declaration that is known by its full name.
pub(super) trait Declared: Similar {
    const KIND: ElementKind;

    fn file(&self) -> FileId;

    fn name_span(&self) -> &Spot;
}

impl Similar for Message {
    fn full_name(&self) -> &str {
        &self.name
    }

    fn members(&self) -> Vec<(i32, &str)> {
        let fields = self.fields.iter();
        fields
            .map(|field| (field.number, field.name.as_str()))
            .collect()
    }
}

impl Declared for Message {
    const KIND: ElementKind = ElementKind::Message;

    fn file(&self) -> FileId {
        self.file
    }

    fn name_span(&self) -> &Spot {
        &self.name_span
    }
}

impl Similar for Enum {
    fn full_name(&self) -> &str {
        &self.name
    }

    fn members(&self) -> Vec<(i32, &str)> {
        let values = self.values.iter();
        values
            .map(|value| (value.number, value.name.as_str()))
            .collect()
    }
}

impl Declared for Enum {
    const KIND: ElementKind = ElementKind::Enum;

    fn file(&self) -> FileId {
        self.file
    }

    fn name_span(&self) -> &Spot {
        &self.name_span
    }
}

impl Similar for Service {
    fn full_name(&self) -> &str {
        &self.name
    }

    fn members(&self) -> Vec<(i32, &str)> {
        let methods = self.methods.iter();
        methods.map(|method| (0, method.name.as_str())).collect()
    }
}

impl Declared for Service {
    const KIND: ElementKind = ElementKind::Service;

    fn file(&self) -> FileId {
        self.file
    }

    fn name_span(&self) -> &Spot {
        &self.name_span
    }
}

/// All declarations of one kind on one side.
pub(super) type All<T> = Named<T>;

/// Those whose changes are reported.
pub(super) fn compared<'a, T: Declared>(
    all: &'a All<T>,
    model: &'a Model,
) -> impl Iterator<Item = &'a T> + use<'a, T> {
    all.values().filter(|found| model.compares(found.file()))
}

impl<'a> Element<'a> {
    /// A declaration with both its versions.
    pub(super) fn of<T: Declared>(old: &'a T, new: &'a T) -> Self {
        Self::new(
            T::KIND,
            old.full_name().to_owned(),
            (old.file(), new.file()),
            (old.name_span(), new.name_span()),
        )
    }
}

impl<'a> Walker<'a> {
    /// The new declaration that has the name of an old one, or the one that follows from the new
    /// package of its file.
    pub(super) fn kept<T: Declared>(&self, old: &T, all: &'a All<T>) -> Option<&'a T> {
        all.get(old.full_name()).or_else(|| {
            let name = self.repackaged(old.full_name(), old.file())?;
            all.get(&name)
        })
    }

    /// The new declarations whose names are neither old ones nor taken.
    pub(super) fn added<T: Declared>(
        &self,
        (old, new): (&All<T>, &'a All<T>),
        taken: impl Iterator<Item = &'a str>,
    ) -> Vec<&'a T> {
        let taken: HashSet<&str, RandomState> = taken.collect();
        let known = |name| taken.contains(name) || old.contains_key(name);
        let all = compared(new, self.new);
        all.filter(|found| !known(found.full_name())).collect()
    }

    /// Whether a pair is one declaration that has another full name now, and that does not follow from
    /// a package that changed in place: this is told of the package.
    pub(super) fn is_move<T: Declared>(
        &self,
        (old, new): (&T, &T),
        (before, now): (&All<T>, &All<T>),
    ) -> bool {
        let package = self.repackaged(old.full_name(), old.file());
        self.old.compares(old.file())
            && !now.contains_key(old.full_name())
            && !before.contains_key(new.full_name())
            && package.as_deref() != Some(new.full_name())
    }
}
