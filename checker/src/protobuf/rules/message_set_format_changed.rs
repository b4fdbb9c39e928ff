//! `message_set_wire_format`: extensions are items of a set, rather than fields.

use super::{BOTH, Context, finding, names};
use crate::Format;
use crate::model::{Category, Direction, Finding, Hint, Reader, Rule, Severity, Writer};
use crate::protobuf::diff::{Change, Pair};
use crate::protobuf::witness;

/// `protobuf/message-set-format-changed`
pub static RULE: Rule = Rule {
    id: "protobuf/message-set-format-changed",
    format: Some(Format::Protobuf),
    summary: "A message whose extensions were items of a message set has them as fields, or the reverse.",
    directions: &BOTH,
    categories: &[Category::Wire, Category::WireJson],
    severity: Severity::Error,
    since: "0.1.0",
    reference: "google/protobuf/descriptor.proto: MessageOptions.message_set_wire_format; buf breaking \
                rules: MESSAGE_SAME_MESSAGE_SET_WIRE_FORMAT",
    docs: include_str!("message_set_format_changed.md"),
};

/// Parsers of message sets read extensions that are written as fields, too, so one direction breaks. A
/// set that no number is open for holds nothing.
pub(super) fn judge(change: &Change, cx: &Context) -> Vec<Finding> {
    let Change::Message { old, new } = change else {
        return Vec::new();
    };
    let breaks = |direction: &Direction| {
        let (Reader(reader), Writer(writer)) = direction.roles(*old, *new);
        writer.set_format && !reader.set_format && !writer.extendable.ranges.is_empty()
    };
    let pair = Pair { old, new };
    let (now, hint) = if old.set_format {
        (
            "is none any more",
            "keep `option message_set_wire_format = true;`",
        )
    } else {
        (
            "is one now",
            "remove `option message_set_wire_format = true;`",
        )
    };
    let report = |direction| Finding {
        hint: Some(Hint {
            text: hint.to_owned(),
            edits: Vec::new(),
        }),
        witness: witness::extension(cx, direction, names(&pair)),
        ..finding(
            &RULE,
            direction,
            old.name.clone(),
            (old.name_span.as_ref(), new.name_span.as_ref()),
            format!(
                "message `{}` {} a message set and {now}: extensions that are written as items of the \
                 set are not found among the fields",
                old.name,
                if old.set_format { "was" } else { "was not" },
            ),
        )
    };
    BOTH.into_iter().filter(breaks).map(report).collect()
}

#[cfg(test)]
mod tests {
    use crate::protobuf::testing::{findings, only};

    const ID: &str = "protobuf/message-set-format-changed";

    fn text(option: &str) -> String {
        format!(
            "syntax = \"proto2\"; package p; message M {{ {option} extensions 4 to max; }} \
             message P {{ optional int32 x = 1; extend M {{ optional P e = 100; }} }}"
        )
    }

    #[test]
    fn who_knows_no_sets_loses_what_is_in_one() {
        let (set, plain) = (text("option message_set_wire_format = true;"), text(""));
        only(ID, &set, &plain, &["backward p.M"]);
        only(ID, &plain, &set, &["forward p.M"]);
    }

    /// The bytes are those that Google's library writes (Python, 7.36, by upb and without), and it finds
    /// no extension in them where the message is no set; the other way it does.
    #[test]
    fn the_witness_is_an_item_of_a_set() {
        let (set, plain) = (text("option message_set_wire_format = true;"), text(""));
        for (old, new) in [(&set, &plain), (&plain, &set)] {
            let found = findings(old, new);
            let shown = found.iter().filter_map(|found| found.witness.as_ref());
            let shown: Vec<_> = shown
                .map(|witness| (&*witness.input, witness.bytes_hex.as_deref()))
                .collect();
            let item = ("[p.P.e] { x: 1 }", Some("0b10641a0208010c"));
            assert_eq!(shown, [item], "{found:?}");
        }
    }

    #[test]
    fn a_set_that_nothing_is_open_for_holds_nothing() {
        let text =
            |option: &str| format!("syntax = \"proto2\"; package p; message M {{ {option} }}");
        let set = text("option message_set_wire_format = true;");
        only(ID, &set, &text(""), &[]);
    }
}
