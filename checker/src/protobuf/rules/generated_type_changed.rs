//! The same bytes and documents, another type in generated code.

use super::{BOTH, Context, finding, reused};
use crate::Format;
use crate::model::{Category, Direction, Finding, Rule, Severity};
use crate::protobuf::diff::{Change, ElementKind, Scope, Types};
use crate::protobuf::judges::inside::Harm;
use crate::protobuf::model::Kind;
use crate::protobuf::places::Spot;
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
            retyped,
        } if is_other(cx, &old.kind, &new.kind)
            && retyped.is_none_or(|types| are_read(cx, types))
            && !reused(cx, message, old, new, *retyped) =>
        {
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
        Change::Method { .. } => of_rpc(cx, change),
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
    match (old, new) {
        (Kind::Enum(old), Kind::Enum(new)) => {
            let known = before.enums.get(old);
            let own = known.is_some_and(|known| before.compares(known.file));
            old != new && stays(cx, own, now.enums.contains_key(old))
        }
        (Kind::Message(name) | Kind::Group(name), Kind::Message(other) | Kind::Group(other)) => {
            name != other && is_kept(cx, name)
        }
        (Kind::Map { value: old, .. }, Kind::Map { value: new, .. })
            if named(old) && named(new) =>
        {
            is_other(cx, old, new)
        }
        _ => {
            old.to_string() != new.to_string()
                && (reading(old, new, before, now) == Reading::Same
                    || reading(new, old, now, before) == Reading::Same)
        }
    }
}

fn named(kind: &Kind) -> bool {
    matches!(kind, Kind::Enum(_) | Kind::Message(_) | Kind::Group(_))
}

/// Whether the message is still what it was, rather than called otherwise now.
fn is_kept(cx: &Context, name: &str) -> bool {
    let known = cx.old.model.messages.get(name);
    let own = known.is_some_and(|known| cx.old.model.compares(known.file));
    stays(cx, own, cx.new.model.messages.contains_key(name))
}

/// What others bring, or files that did not change, stays though nobody here imports it any more. The
/// types of a registry's references are renamed as its own are.
fn stays(cx: &Context, own: bool, there: bool) -> bool {
    there || (!own && cx.scope == Scope::Tree)
}

/// The types of an RPC that read each other, while the old ones stay.
fn of_rpc(cx: &Context, change: &Change) -> Vec<Finding> {
    let Change::Method {
        service,
        old,
        new,
        input,
        output,
    } = change
    else {
        return Vec::new();
    };
    let parts = [
        ("request", input, (&old.input_span, &new.input_span)),
        ("response", output, (&old.output_span, &new.output_span)),
    ];
    let report = |(word, types, spans): (_, &Option<Types>, (&Spot, &Spot))| {
        let (before, now) = types.filter(|types| is_kept(cx, types.0) && are_read(cx, *types))?;
        Some(finding(
            &RULE,
            Direction::Backward,
            format!("{}.{}", service.name, old.name),
            (spans.0.as_ref(), spans.1.as_ref()),
            format!(
                "the {word} of RPC `{}` was `{before}` and is now `{now}`, which reads the same and \
                 which generated code tells apart",
                old.name
            ),
        ))
    };
    parts.into_iter().filter_map(report).collect()
}

/// Whether the bytes of the types read each other. What else tells them apart, code has to know, too.
fn are_read(cx: &Context, types: Types) -> bool {
    let harm = |direction| cx.causes.harm(Some(types), direction);
    BOTH.into_iter()
        .all(|direction| harm(direction) <= Some(Harm::Json))
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
    use crate::model::Category;
    use crate::protobuf::testing::{message, only, proto, trees};

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

    #[test]
    fn another_type_of_the_same_shape_is_another_type_to_code() {
        let text = |kind: &str| {
            proto(&format!(
                "message A {{ int32 x = 1; }} message B {{ int32 x = 1; }} enum E {{ E0 = 0; }} \
                 enum F {{ F0 = 0; }} message M {{ {kind} a = 1; }}"
            ))
        };
        only(ID, &text("A"), &text("B"), &["backward p.M.a"]);
        only(ID, &text("E"), &text("F"), &["backward p.M.a"]);
        let (old, new) = (text("map<string, A>"), text("map<string, B>"));
        only(ID, &old, &new, &["backward p.M.a"]);
        let renamed = text("B").replace("message A { int32 x = 1; }", "");
        let old = text("A").replace("message B { int32 x = 1; }", "");
        only(ID, &old, &renamed, &[]);
    }

    #[test]
    fn a_type_of_others_stays_though_its_import_goes() {
        let money = (
            "money.proto",
            "syntax = \"proto3\"; package m; message Money { int64 units = 1; }",
        );
        let old = "syntax = \"proto3\"; package p; import \"money.proto\"; \
                   message M { m.Money price = 3; m.Money tip = 4; }";
        let new = "syntax = \"proto3\"; package p; message Price { int64 units = 1; } \
                   message M { Price price = 3; Price tip = 4; }";
        let found = |category| {
            trees(
                &[money, ("p.proto", old)],
                &[money, ("p.proto", new)],
                category,
            )
        };
        for category in [Category::File, Category::Package] {
            let expected = [format!("{ID} p.M.price"), format!("{ID} p.M.tip")];
            assert_eq!(found(category), expected);
        }
        assert_eq!(found(Category::WireJson), [""; 0]);
    }

    #[test]
    fn an_rpc_of_the_same_message_by_another_name_breaks_code_only() {
        let text = |input: &str| {
            proto(&format!(
                "message A {{ int32 x = 1; }} message B {{ int32 x = 1; }} message C {{ string x = 1; }} \
                 service S {{ rpc R({input}) returns (A); }}"
            ))
        };
        only(ID, &text("A"), &text("B"), &["backward p.S.R"]);
        only(ID, &text("A"), &text("C"), &[]);
        only(
            "protobuf/rpc-request-type-changed",
            &text("A"),
            &text("B"),
            &[],
        );
    }
}
