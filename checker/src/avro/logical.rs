//! Logical types: what a raw value means.
//!
//! They never change the encoding. One that is unknown, or stands on a type that it is not for,
//! is ignored, as the specification says; it stays an attribute.

use crate::text::json::{Node, Value};

use super::model::{Kind, Logical, Primitive};

/// The logical type that a type's attributes give it.
pub(crate) fn of(node: &Node, kind: &Kind) -> Option<Logical> {
    let name = node.get("logicalType")?.as_str()?;
    let other = match (name, kind) {
        ("decimal", Kind::Primitive(Primitive::Bytes)) => return decimal(node, None),
        ("decimal", Kind::Fixed(fixed)) => return decimal(node, Some(fixed.size)),
        ("uuid", Kind::Primitive(Primitive::String)) => "uuid",
        ("uuid", Kind::Fixed(fixed)) if fixed.size == 16 => "uuid",
        ("duration", Kind::Fixed(fixed)) if fixed.size == 12 => "duration",
        ("date", Kind::Primitive(Primitive::Int)) => "date",
        ("time-millis", Kind::Primitive(Primitive::Int)) => "time-millis",
        ("time-micros", Kind::Primitive(Primitive::Long)) => "time-micros",
        ("timestamp-millis", Kind::Primitive(Primitive::Long)) => "timestamp-millis",
        ("timestamp-micros", Kind::Primitive(Primitive::Long)) => "timestamp-micros",
        ("timestamp-nanos", Kind::Primitive(Primitive::Long)) => "timestamp-nanos",
        ("local-timestamp-millis", Kind::Primitive(Primitive::Long)) => "local-timestamp-millis",
        ("local-timestamp-micros", Kind::Primitive(Primitive::Long)) => "local-timestamp-micros",
        ("local-timestamp-nanos", Kind::Primitive(Primitive::Long)) => "local-timestamp-nanos",
        _ => return None,
    };
    Some(Logical::Other(other))
}

fn decimal(node: &Node, fixed_size: Option<usize>) -> Option<Logical> {
    let precision = whole(node.get("precision")?)?;
    let scale = node.get("scale").map_or(Some(0), whole)?;
    let fits = fixed_size.is_none_or(|size| precision <= digits(size));
    (precision > 0 && scale <= precision && fits).then_some(Logical::Decimal { precision, scale })
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
