//! Bytes and documents are well; code that names what is gone does not compile.

use super::{Context, finding, renumbered};
use crate::Format;
use crate::Span;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::Change;

/// `protobuf/generated-name-removed`
pub static RULE: Rule = Rule {
    id: "protobuf/generated-name-removed",
    format: Some(Format::Protobuf),
    summary: "Generated code loses a name: of a reserved field or enum value, a oneof, a descriptor accessor.",
    directions: &[Direction::Backward],
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "buf breaking rules: FIELD_NO_DELETE, ENUM_VALUE_NO_DELETE, ONEOF_NO_DELETE",
    docs: include_str!("generated_name_removed.md"),
};

pub(super) fn judge(change: &Change, _cx: &Context) -> Vec<Finding> {
    match change {
        // What is not reserved `field-removed` and `enum-value-removed` tell, and a name that goes on
        // under another number `field-renumbered`.
        Change::FieldRemoved { message, old }
            if message.new.reserved.has_number(old.number) && renumbered(change).is_none() =>
        {
            let spans = (old.span.as_ref(), message.new.name_span.as_ref());
            report(
                message.old.path_of(old),
                spans,
                &format!("field `{}`", old.name),
            )
        }
        Change::EnumValueRemoved { old, new, value }
            if !new.has_number(value.number) && new.reserved.has_number(value.number) =>
        {
            let spans = (value.span.as_ref(), new.name_span.as_ref());
            let path = format!("{}.{}", old.name, value.name);
            report(path, spans, &format!("enum value `{}`", value.name))
        }
        Change::OneofRemoved { message, oneof } => {
            let spans = (
                message.old.name_span.as_ref(),
                message.new.name_span.as_ref(),
            );
            let path = format!("{}.{oneof}", message.old.name);
            report(path, spans, &format!("oneof `{oneof}`"))
        }
        Change::Setting {
            element,
            option: "no_standard_descriptor_accessor",
            new: Some(new),
            ..
        } if new.text() == "true" => {
            let what = "the accessor `descriptor`";
            report(element.path.clone(), element.spans(), what)
        }
        _ => Vec::new(),
    }
}

fn report(path: String, spans: (Option<&Span>, Option<&Span>), what: &str) -> Vec<Finding> {
    let message = format!("{what} is gone; code that names it does not compile");
    vec![finding(&RULE, Direction::Backward, path, spans, message)]
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{message, only, proto};

    const ID: &str = "protobuf/generated-name-removed";

    #[test]
    fn what_is_reserved_is_gone_for_code_all_the_same() {
        let old = message("string a = 1; string b = 2;");
        only(
            ID,
            &old,
            &message("reserved 2; string a = 1;"),
            &["backward p.M.b"],
        );
        let renumbered = message("reserved 2; string a = 1; string b = 3;");
        only(ID, &old, &renumbered, &[]);
        let old = proto("enum E { A = 0; B = 1; }");
        only(
            ID,
            &old,
            &proto("enum E { reserved 1; A = 0; }"),
            &["backward p.E.B"],
        );
        only(ID, &old, &proto("enum E { A = 0; C = 1; }"), &[]);
    }

    #[test]
    fn a_oneof_that_is_gone_or_renamed_is_named() {
        let old = message("oneof x { string a = 1; }");
        only(ID, &old, &message("string a = 1;"), &["backward p.M.x"]);
        only(
            ID,
            &old,
            &message("oneof y { string a = 1; }"),
            &["backward p.M.x"],
        );
        only(
            ID,
            &message("optional string a = 1;"),
            &message("string a = 1;"),
            &[],
        );
    }

    #[test]
    fn the_descriptor_accessor_may_go_by_an_option() {
        let with = |value: &str| {
            message(&format!(
                "option no_standard_descriptor_accessor = {value};"
            ))
        };
        only(ID, &with("false"), &with("true"), &["backward p.M"]);
        only(ID, &with("true"), &with("false"), &[]);
    }
}
