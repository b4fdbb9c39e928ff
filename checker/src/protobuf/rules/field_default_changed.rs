//! What is not written is read as the reader's default: another default is another value.

use super::{BOTH, Context, finding, kept, names};
use crate::Format;
use crate::model::{Category, Finding, Hint, Rule, Severity};
use crate::protobuf::diff::Change;
use crate::protobuf::model::{Cardinality, Field, Kind, Model, Scalar};
use crate::protobuf::witness;

/// `protobuf/field-default-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/field-default-changed",
    format: Some(Format::Protobuf),
    summary: "An absent field means another value than before.",
    directions: &BOTH,
    categories: &[Category::Wire, Category::WireJson],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "Protocol Buffers, proto2 guide: optional fields and default values",
    docs: include_str!("field_default_changed.md"),
};

pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Some((message, old, new, _)) = kept(change, cx) else {
        return Vec::new();
    };
    let meant = (default(old, cx.old.model), default(new, cx.new.model));
    let (Some(before), Some(after)) = meant else {
        return Vec::new();
    };
    let comparable = before.class == after.class && before.value != after.value;
    if !comparable {
        return Vec::new();
    }
    let (before, after) = (before.shown, after.shown);
    let report = |direction| Finding {
        hint: Some(Hint {
            text: format!("keep the default {before}"),
            edits: Vec::new(),
        }),
        witness: witness::absent(cx, direction, names(message), old.number),
        ..finding(
            &RULE,
            direction,
            message.old.path_of(old),
            (old.span.as_ref(), new.span.as_ref()),
            format!(
                "an absent field `{}` meant {before} and means {after} now",
                old.name
            ),
        )
    };
    BOTH.into_iter().map(report).collect()
}

/// What an absent field means.
struct Default {
    class: Class,
    /// Equal for equal values of a class.
    value: String,
    shown: String,
}

/// Values of other classes are not compared: a changed type is another rule's affair.
#[derive(PartialEq, Eq)]
enum Class {
    Bool,
    Enum,
    Number,
    Text,
}

/// The value of an absent field; `None` where absence has no value.
fn default(field: &Field, model: &Model) -> Option<Default> {
    // A required field is never absent.
    if field.cardinality != Cardinality::Optional {
        return None;
    }
    let text = field.default.clone();
    let plain = |class, text: String| {
        Some(Default {
            class,
            shown: format!("`{text}`"),
            value: text,
        })
    };
    match &field.kind {
        Kind::Enum(name) => {
            let values = &model.enums.get(name)?.values;
            let value = match &text {
                Some(name) => values.named(name)?,
                None => values.first()?,
            };
            Some(Default {
                class: Class::Enum,
                value: value.number.to_string(),
                shown: format!("`{}`", value.name),
            })
        }
        Kind::Scalar(Scalar::Bool) => {
            plain(Class::Bool, text.unwrap_or_else(|| "false".to_owned()))
        }
        Kind::Scalar(Scalar::String | Scalar::Bytes) => {
            plain(Class::Text, format!("\"{}\"", text.unwrap_or_default()))
        }
        Kind::Scalar(_) => plain(Class::Number, number(text.as_deref().unwrap_or("0"))),
        Kind::Message(_) | Kind::Group(_) | Kind::Map { .. } => None,
    }
}

/// A number in one spelling: a float's default is compared with an integer's.
fn number(text: &str) -> String {
    text.parse::<i128>()
        .map(|number| number.to_string())
        .or_else(|_| text.parse::<f64>().map(|number| number.to_string()))
        .unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, message, message2, only};

    const ID: &str = "protobuf/field-default-changed";

    #[test]
    fn another_default_is_another_value_and_was_read_so() {
        let old = message2("optional int32 a = 1 [default = 5];");
        let new = message2("optional int32 a = 1 [default = 7];");
        only(ID, &old, &new, &["backward p.M.a", "forward p.M.a"]);
        let found = findings(&old, &new);
        let witness = found[0].witness.as_ref().expect("was executed");
        assert_eq!(
            witness.outcome,
            "reading it with the new schema finds 7 where 5 was meant"
        );
    }

    #[test]
    fn what_is_required_is_never_absent() {
        let text = |value: u32| message2(&format!("required int32 a = 1 [default = {value}];"));
        only(ID, &text(5), &text(7), &[]);
        let edition = |value: u32| {
            let options = format!("default = {value}, features.field_presence = LEGACY_REQUIRED");
            format!("edition = \"2023\"; package p; message M {{ int32 a = 1 [{options}]; }}")
        };
        only(ID, &edition(5), &edition(7), &[]);
    }

    #[test]
    fn the_first_value_of_an_enum_is_a_default() {
        only(
            ID,
            &message2("optional E a = 1; enum E { A = 0; B = 1; }"),
            &message2("optional E a = 1; enum E { B = 1; A = 0; }"),
            &["backward p.M.a", "forward p.M.a"],
        );
    }

    #[test]
    fn zero_may_be_spelled_out() {
        only(
            ID,
            &message2("optional int32 a = 1; optional double b = 2 [default = 1];"),
            &message2("optional int32 a = 1 [default = 0]; optional double b = 2 [default = 1.0];"),
            &[],
        );
        only(
            ID,
            &message("int32 a = 1;"),
            &message("optional int32 a = 1;"),
            &[],
        );
    }
}
