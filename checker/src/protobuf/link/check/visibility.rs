//! Who may name a type (edition 2024): with `STRICT` visibility, nothing that is nested is exported.

use super::super::super::descriptor::{DescriptorProto, SymbolVisibility};
use super::super::super::features::{DefaultSymbolVisibility, of};
use super::super::super::tag;
use super::numbers::LARGEST;
use super::{Checker, Scope, at};

impl Checker<'_> {
    pub(super) fn visibility(&mut self, scopes: &[Scope]) {
        for scope in scopes {
            let strict =
                scope.features.default_symbol_visibility == DefaultSymbolVisibility::Strict;
            let exported = scope.message.visibility() == SymbolVisibility::Export;
            if strict && exported && scope.parent.is_some() {
                let message = format!(
                    "the nested message `{}` cannot be exported; move it to the top of the file",
                    scope.message.name()
                );
                self.report(tag::join(&scope.path, &[tag::NAME]), message);
            }
            self.nested_enums(scope);
        }
    }

    fn nested_enums(&mut self, scope: &Scope) {
        let default = self.file.features.default_symbol_visibility;
        if scope.parent.is_none() && is_namespace(scope.message, default) {
            return;
        }
        for (index, found) in scope.message.enum_type.iter().enumerate() {
            let features = scope.features.with(found.options.as_ref(), of::ENUM);
            let strict = features.default_symbol_visibility == DefaultSymbolVisibility::Strict;
            if strict && found.visibility() == SymbolVisibility::Export {
                let message = format!(
                    "the nested enum `{}` cannot be exported; move it to the top of the file, or let \
                     the message around it be `local` with `reserved 1 to max;`",
                    found.name()
                );
                let path = at(&scope.path, tag::MESSAGE_ENUM, index).path(tag::NAME);
                self.report(path, message);
            }
        }
    }
}

/// Whether a message is there only to hold an enum: it is local and can have no fields.
fn is_namespace(message: &DescriptorProto, default: DefaultSymbolVisibility) -> bool {
    use DefaultSymbolVisibility::{LocalAll, Strict};
    let local = match message.visibility() {
        SymbolVisibility::Local => true,
        SymbolVisibility::Unset => matches!(default, LocalAll | Strict),
        SymbolVisibility::Export => false,
    };
    let [range] = &*message.reserved_range else {
        return false;
    };
    local && range.start == Some(1) && range.end == Some(LARGEST + 1)
}
