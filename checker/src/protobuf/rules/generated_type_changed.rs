//! The same bytes and documents, another type in generated code.

use super::{Context, finding, reused};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::{Change, ElementKind};
use crate::protobuf::model::Kind;
use crate::protobuf::settings::Setting;
use crate::protobuf::wire::{Reading, reading};

/// `protobuf/generated-type-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/generated-type-changed",
    format: Some(Format::Protobuf),
    summary: "Generated code has another type for a field; what is sent stays the same.",
    directions: &[Direction::Backward],
    categories: &[Category::Package, Category::File],
    severity: Severity::Warning,
    since: "0.1.0",
    reference: "buf breaking rules: FIELD_SAME_TYPE, FIELD_SAME_JSTYPE, FIELD_SAME_CPP_STRING_TYPE",
    docs: include_str!("generated_type_changed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    match change {
        Change::Field {
            message,
            old,
            new,
            unrelated,
        } if is_other(cx, &old.kind, &new.kind) && !reused(cx, message, old, new, *unrelated) => {
            vec![finding(
                &RULE,
                Direction::Backward,
                message.old.path_of(old),
                (old.span.as_ref(), new.span.as_ref()),
                format!(
                    "field `{}` was {} and is now {}, which generated code tells apart",
                    old.name, old.kind, new.kind
                ),
            )]
        }
        Change::Setting {
            element,
            option,
            old,
            new,
        } if picks_type(element.kind, option, *old, *new) => vec![finding(
            &RULE,
            Direction::Backward,
            element.path.clone(),
            element.spans(),
            format!("option `{option}` changed, which picks types of generated code"),
        )],
        _ => Vec::new(),
    }
}

/// Whether both versions read each other and only code sees the difference. What is broken otherwise
/// and types that were renamed have rules of their own.
fn is_other(cx: &Context, old: &Kind, new: &Kind) -> bool {
    let (before, now) = (cx.old.model, cx.new.model);
    let named = |kind: &Kind| matches!(kind, Kind::Enum(_) | Kind::Message(_) | Kind::Group(_));
    old != new
        && !(named(old) && named(new))
        && old.to_string() != new.to_string()
        && (reading(old, new, before, now) == Reading::Same
            || reading(new, old, now, before) == Reading::Same)
}

fn picks_type(
    kind: ElementKind,
    option: &str,
    old: Option<&Setting>,
    new: Option<&Setting>,
) -> bool {
    match option {
        "jstype" | "ctype" => {
            let value = |set: Option<&Setting>| {
                let default = if option == "jstype" {
                    "JS_NORMAL"
                } else {
                    "STRING"
                };
                set.map_or(default, Setting::text).to_owned()
            };
            kind == ElementKind::Field && value(old) != value(new)
        }
        "features" => languages(old) != languages(new),
        _ => false,
    }
}

/// The features of single languages.
fn languages(features: Option<&Setting>) -> Vec<(&str, &Setting)> {
    let fields = features.into_iter().flat_map(Setting::fields);
    fields
        .filter(|(name, _)| name.starts_with("[pb."))
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{message, only};

    const ID: &str = "protobuf/generated-type-changed";

    #[test]
    fn a_wider_number_is_another_type_to_code() {
        only(
            ID,
            &message("int32 a = 1;"),
            &message("int64 a = 1;"),
            &["backward p.M.a"],
        );
        only(
            ID,
            &message("string a = 1;"),
            &message("bytes a = 1;"),
            &["backward p.M.a"],
        );
        only(ID, &message("int32 a = 1;"), &message("string a = 1;"), &[]);
    }

    #[test]
    fn options_pick_types_of_javascript_and_c() {
        let plain = message("int64 a = 1;");
        let js = |kind: &str| message(&format!("int64 a = 1 [jstype = {kind}];"));
        only(ID, &plain, &js("JS_STRING"), &["backward p.M.a"]);
        only(ID, &plain, &js("JS_NORMAL"), &[]);
        let cord = message("string a = 1 [ctype = CORD];");
        only(ID, &message("string a = 1;"), &cord, &["backward p.M.a"]);
    }
}
