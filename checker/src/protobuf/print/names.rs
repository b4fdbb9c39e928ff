//! The shortest name by which a type is found from where it is used.
//!
//! A name is looked up from the innermost scope outwards by its first part, whatever that part
//! names there. So a short name is only taken if the first hit is the right one; else the full name
//! with a leading dot says it without a search.

use std::collections::HashSet;

use prost_reflect::{DescriptorPool, MessageDescriptor};

use super::Style;

/// Everything that has a name.
pub(super) struct Names {
    symbols: HashSet<String>,
    style: Style,
}

impl Names {
    pub(super) fn new(pool: &DescriptorPool, style: Style) -> Self {
        let mut names = Self {
            symbols: HashSet::new(),
            style,
        };
        names.collect(pool);
        names
    }

    fn collect(&mut self, pool: &DescriptorPool) {
        for file in pool.files() {
            let mut package = file.package_name();
            while !package.is_empty() {
                self.symbols.insert(package.to_owned());
                package = package.rsplit_once('.').map_or("", |(outer, _)| outer);
            }
        }
        for message in pool.all_messages() {
            self.message(&message);
        }
        for found in pool.all_enums() {
            self.symbols.insert(found.full_name().to_owned());
            // Values are siblings of their enum.
            let scope = found
                .full_name()
                .rsplit_once('.')
                .map_or("", |(scope, _)| scope);
            let values = found.values();
            self.symbols
                .extend(values.map(|value| join(scope, value.name())));
        }
        for extension in pool.all_extensions() {
            self.symbols.insert(extension.full_name().to_owned());
        }
        for service in pool.services() {
            self.symbols.insert(service.full_name().to_owned());
            let methods = service.methods();
            self.symbols
                .extend(methods.map(|method| method.full_name().to_owned()));
        }
    }

    fn message(&mut self, message: &MessageDescriptor) {
        self.symbols.insert(message.full_name().to_owned());
        let fields = message.fields();
        self.symbols
            .extend(fields.map(|field| field.full_name().to_owned()));
        let oneofs = message.oneofs();
        self.symbols
            .extend(oneofs.map(|oneof| oneof.full_name().to_owned()));
    }

    /// The name of a type as it is written in `scope`.
    pub(super) fn of(&self, full_name: &str, scope: &str) -> String {
        match self.style {
            Style::Canonical => self.short(full_name, scope),
            Style::Normalized => None,
        }
        .unwrap_or_else(|| format!(".{full_name}"))
    }

    /// The name of an extension as it is written in an option in `scope`.
    pub(super) fn of_extension(&self, full_name: &str, scope: &str) -> String {
        match self.style {
            Style::Canonical => self.short(full_name, scope),
            Style::Normalized => {
                Some(full_name.to_owned()).filter(|name| self.finds(name, scope, full_name))
            }
        }
        .unwrap_or_else(|| format!(".{full_name}"))
    }

    fn short(&self, full_name: &str, scope: &str) -> Option<String> {
        let starts = full_name.rmatch_indices('.').map(|(at, _)| at + 1);
        starts
            .chain(std::iter::once(0))
            .filter_map(|start| full_name.get(start..))
            .find(|name| self.finds(name, scope, full_name))
            .map(str::to_owned)
    }

    fn finds(&self, name: &str, scope: &str, full_name: &str) -> bool {
        let first = name.split('.').next().unwrap_or(name);
        let mut scope = scope;
        loop {
            if self.symbols.contains(&join(scope, first)) {
                return join(scope, name) == full_name;
            }
            if scope.is_empty() {
                return false;
            }
            scope = scope.rsplit_once('.').map_or("", |(outer, _)| outer);
        }
    }
}

fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() {
        name.to_owned()
    } else {
        format!("{scope}.{name}")
    }
}
