//! Logical types: what a raw value means.
//!
//! They never change the encoding. One that is unknown, or stands on a type that it is not for,
//! is ignored, as the specification says; it stays an attribute, with a warning.

use std::ops::Range;

use crate::text::json::{Node, Value};

use super::model::{Kind, Logical, Primitive};
use super::words::a_kind;

/// Parts of a specified logical type: its name and whether a type may carry it, in words and code.
struct Base {
    words: &'static str,
    holds: fn(&Kind) -> bool,
}

const INT: Base = Base {
    words: "an int",
    holds: |kind| matches!(kind, Kind::Primitive(Primitive::Int)),
};
const LONG: Base = Base {
    words: "a long",
    holds: |kind| matches!(kind, Kind::Primitive(Primitive::Long)),
};
const BYTES: Base = Base {
    words: "bytes",
    holds: |kind| matches!(kind, Kind::Primitive(Primitive::Bytes)),
};
const UUID: Base = Base {
    words: "a string or a fixed of size 16",
    holds: |kind| match kind {
        Kind::Primitive(Primitive::String) => true,
        Kind::Fixed(fixed) => fixed.size == 16,
        _ => false,
    },
};
const DURATION: Base = Base {
    words: "a fixed of size 12",
    holds: |kind| matches!(kind, Kind::Fixed(fixed) if fixed.size == 12),
};

/// The logical types without parameters.
const SIMPLE: [(&str, Base); 12] = [
    ("big-decimal", BYTES),
    ("uuid", UUID),
    ("duration", DURATION),
    ("date", INT),
    ("time-millis", INT),
    ("time-micros", LONG),
    ("timestamp-millis", LONG),
    ("timestamp-micros", LONG),
    ("timestamp-nanos", LONG),
    ("local-timestamp-millis", LONG),
    ("local-timestamp-micros", LONG),
    ("local-timestamp-nanos", LONG),
];

/// The logical type that a type's attributes give it. `Err` with why it is ignored, where the name
/// is one of the specification's; others are legal and mean something to somebody.
pub(crate) fn of(node: &Node, kind: &Kind) -> Result<Option<Logical>, (Range<usize>, String)> {
    let Some(given) = node.get("logicalType") else {
        return Ok(None);
    };
    let Some(name) = given.as_str() else {
        let message = format!("`logicalType` is a string; {} is ignored", given.kind());
        return Err((given.range.clone(), message));
    };
    if name == "decimal" {
        return decimal(node, given, kind).map(Some);
    }
    let Some((name, base)) = SIMPLE.iter().find(|(known, _)| *known == name) else {
        return Ok(None);
    };
    if (base.holds)(kind) {
        Ok(Some(Logical::Other(name)))
    } else {
        Err(misplaced(given, name, base.words, kind))
    }
}

/// Whether the specification has a logical type of that name.
pub(crate) fn is_specified(name: &str) -> bool {
    name == "decimal" || SIMPLE.iter().any(|(known, _)| *known == name)
}

fn misplaced(given: &Node, name: &str, words: &str, kind: &Kind) -> (Range<usize>, String) {
    let found = match kind {
        Kind::Fixed(fixed) => format!("a fixed of size {}", fixed.size),
        _ => a_kind(kind),
    };
    let message = format!("`{name}` is ignored: it is for {words}, not for {found}");
    (given.range.clone(), message)
}

fn decimal(node: &Node, given: &Node, kind: &Kind) -> Result<Logical, (Range<usize>, String)> {
    let room = match kind {
        Kind::Primitive(Primitive::Bytes) => None,
        Kind::Fixed(fixed) => Some((fixed.size, digits(fixed.size))),
        _ => return Err(misplaced(given, "decimal", "bytes or a fixed", kind)),
    };
    let ignored =
        |at: &Node, why: String| Err((at.range.clone(), format!("`decimal` is ignored: {why}")));
    let Some(precision_node) = node.get("precision") else {
        return ignored(given, "it needs a `precision`".to_owned());
    };
    let Some(precision) = whole(precision_node).filter(|precision| *precision > 0) else {
        let why = "its `precision` is a whole number of at least 1";
        return ignored(precision_node, why.to_owned());
    };
    if let Some((size, digits)) = room.filter(|(_, digits)| precision > *digits) {
        let why = format!(
            "{size} bytes hold every number of {digits} digits, not of {precision}; enlarge the \
             fixed or lower the `precision`"
        );
        return ignored(precision_node, why);
    }
    let Some(scale_node) = node.get("scale") else {
        return Ok(Logical::Decimal {
            precision,
            scale: 0,
        });
    };
    match whole(scale_node) {
        Some(scale) if scale <= precision => Ok(Logical::Decimal { precision, scale }),
        _ => {
            let why =
                format!("its `scale` is a whole number from 0 to the `precision`, {precision}");
            ignored(scale_node, why)
        }
    }
}

fn whole(node: &Node) -> Option<usize> {
    match &node.value {
        Value::Number(text) => text
            .parse::<i32>()
            .ok()
            .and_then(|n| usize::try_from(n).ok()),
        _ => None,
    }
}

/// The most decimal digits that any number of `size` bytes in two's complement can have:
/// ⌊log₁₀(2⁸ⁿ⁻¹ − 1)⌋, with log₁₀ 2 as a fraction that is exact enough for every size.
fn digits(size: usize) -> usize {
    let bits = size.saturating_mul(8).saturating_sub(1);
    let digits = bits as u128 * 301_029_995_663_981_195 / 1_000_000_000_000_000_000;
    usize::try_from(digits).unwrap_or(usize::MAX)
}
