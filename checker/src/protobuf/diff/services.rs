//! Services: which old one became which new one, and what differs in their RPCs.

use std::collections::{BTreeMap, BTreeSet};

use super::declared::compared;
use super::{Change, Element, ElementKind, Types, Walker, pairs};
use crate::protobuf::model::{Method, Service};

impl<'a> Walker<'a> {
    /// Pairs services by name, by package, then by their RPCs.
    pub(super) fn services(&mut self) {
        let mut left = Vec::new();
        let mut taken = Vec::new();
        for old in compared(&self.old.services, self.old) {
            match self.kept(old, &self.new.services) {
                Some(new) if new.name == old.name => self.service(old, new),
                Some(new) => {
                    taken.push(new.name.as_str());
                    self.service_removed(old, Some(new));
                }
                None => left.push(old),
            }
        }
        let all = (&self.old.services, &self.new.services);
        let mut added = self.added(all, taken.into_iter());
        let alike = pairs::similar(&left, &added);
        let taken: BTreeSet<&str> = alike.iter().map(|(_, new)| new.name.as_str()).collect();
        added.retain(|new| !taken.contains(new.name.as_str()));
        let alike = alike.into_iter().map(|(old, new)| (old.name.as_str(), new));
        let alike: BTreeMap<&str, &Service> = alike.collect();
        for old in left {
            self.service_removed(old, alike.get(old.name.as_str()).copied());
        }
        let added = added.into_iter().map(|new| Change::ServiceAdded { new });
        self.changes.extend(added);
    }

    /// The RPCs of a service that moved are compared all the same: a new address hides no other
    /// change.
    fn service_removed(&mut self, old: &'a Service, moved_to: Option<&'a Service>) {
        self.changes.push(Change::ServiceRemoved { old, moved_to });
        if let Some(new) = moved_to {
            self.service(old, new);
        }
    }

    fn service(&mut self, old: &'a Service, new: &'a Service) {
        self.settings(&old.options, &new.options, || Element::of(old, new));
        for method in &old.methods {
            match new.methods.named(&method.name) {
                Some(kept) => self.method((old, new), method, kept),
                None => self
                    .changes
                    .push(Change::MethodRemoved { old, new, method }),
            }
        }
        for method in &new.methods {
            if old.methods.named(&method.name).is_none() {
                self.changes.push(Change::MethodAdded { new, method });
            }
        }
    }

    fn method(&mut self, service: (&'a Service, &'a Service), old: &'a Method, new: &'a Method) {
        let input = self.carried(&old.input, &new.input);
        let output = self.carried(&old.output, &new.output);
        self.settings(&old.options, &new.options, || {
            Element::new(
                ElementKind::Rpc,
                format!("{}.{}", service.0.name, old.name),
                (service.0.file, service.1.file),
                (&old.name_span, &new.name_span),
            )
        });
        self.changes.push(Change::Method {
            service: service.0,
            old,
            new,
            input,
            output,
        });
    }

    /// The types that an RPC carries one after the other, where the one is not what became of the other.
    fn carried(&mut self, old: &'a str, new: &'a str) -> Option<Types<'a>> {
        if old == new || self.moves.get(old) == Some(&new) {
            return None;
        }
        self.retyped.push((old, new));
        Some((old, new))
    }
}
