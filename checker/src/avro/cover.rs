//! Data that go through every place of a schema: each branch, each symbol, empty collections and full
//! ones, the ends of each range of numbers, text beyond ASCII, bytes that are no text.
//!
//! They are enumerated, not drawn: what a rare branch of a rare branch hides is found each time. They
//! do not combine: apart from the place that a datum is about it is the smallest.

use std::collections::VecDeque;

use super::datum::Datum;
use super::model::{Kind, Primitive, Schema, Slot, TypeId};
use super::sample::{Focus, along};

/// How often one type may stand on a route: recursion to depth 2.
const MAX_VISITS: usize = 3;

/// The most places of a schema that are covered.
const MAX_PLACES: usize = 2_000;

/// The most parts of one datum.
const MAX_PARTS: usize = 5_000;

/// Bytes that are not UTF-8.
const NO_TEXT: [u8; 1] = [0xff];

/// A datum that goes through a place.
#[derive(Clone, Debug)]
pub(crate) struct Covering {
    pub(crate) datum: Datum,
    /// Whether all bytes in it, which only its place may have, are UTF-8.
    pub(crate) is_text: bool,
}

/// What covers a schema.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cover {
    /// From the root outwards.
    pub(crate) data: Vec<Covering>,
    /// Whether a place has no datum within the limits, or there are more places than the limit.
    pub(crate) partial: bool,
}

/// A place that is still to be looked at.
struct Open {
    ty: TypeId,
    route: Vec<Slot>,
    /// The types on the way, `ty` included.
    passed: Vec<TypeId>,
}

/// Covers a schema. Places that no datum reaches, since a type on the way has none, are left out.
pub(crate) fn cover(schema: &Schema) -> Cover {
    let mut cover = Cover::default();
    let root = schema.root.id;
    let mut open = VecDeque::from([Open {
        ty: root,
        route: Vec::new(),
        passed: vec![root],
    }]);
    let mut places = 0;
    while let Some(place) = open.pop_front() {
        places += 1;
        if places > MAX_PLACES {
            cover.partial = true;
            break;
        }
        for focus in here(schema.kind(place.ty)) {
            let mut budget = MAX_PARTS;
            let is_text = focus != Datum::Bytes(NO_TEXT.to_vec());
            let exactly = Focus::Exactly(focus);
            match along(schema, &place.route, &exactly, None, &mut budget) {
                Some(datum) => cover.data.push(Covering { datum, is_text }),
                None => cover.partial = true,
            }
        }
        open.extend(parts(schema, &place));
    }
    cover
}

/// The places inside of a place.
fn parts(schema: &Schema, place: &Open) -> Vec<Open> {
    let steps: Vec<(Slot, TypeId)> = match schema.kind(place.ty) {
        Kind::Array(items) => vec![(Slot::Items, items.id)],
        Kind::Map(values) => vec![(Slot::Values, values.id)],
        Kind::Union(branches) => {
            let ids = branches.iter().map(|branch| branch.id).enumerate();
            ids.map(|(at, id)| (Slot::Branch(at), id)).collect()
        }
        Kind::Record(record) => {
            let ids = record.fields.iter().map(|field| field.ty.id).enumerate();
            ids.map(|(at, id)| (Slot::Field(at), id)).collect()
        }
        Kind::Primitive(_) | Kind::Enum(_) | Kind::Fixed(_) => Vec::new(),
    };
    let may_go_on =
        |id: TypeId| place.passed.iter().filter(|passed| **passed == id).count() < MAX_VISITS;
    let steps = steps.into_iter().filter(|(_, id)| may_go_on(*id));
    let inside = steps.map(|(slot, ty)| Open {
        ty,
        route: [&*place.route, &[slot]].concat(),
        passed: [&*place.passed, &[ty]].concat(),
    });
    inside.collect()
}

/// The data of a type that are not about a part of it.
fn here(kind: &Kind) -> Vec<Datum> {
    match kind {
        Kind::Primitive(primitive) => primitives(*primitive),
        Kind::Enum(content) => (0..content.symbols.len()).map(Datum::Enum).collect(),
        Kind::Fixed(fixed) if fixed.size > MAX_PARTS => Vec::new(),
        Kind::Fixed(fixed) => [0, 0x80, 0xff]
            .map(|byte| Datum::Fixed(vec![byte; fixed.size]))
            .into(),
        Kind::Array(_) => vec![Datum::Array(Vec::new())],
        Kind::Map(_) => vec![Datum::Map(Vec::new())],
        Kind::Record(record) if record.fields.is_empty() => vec![Datum::Record(Vec::new())],
        Kind::Union(_) | Kind::Record(_) => Vec::new(),
    }
}

fn primitives(primitive: Primitive) -> Vec<Datum> {
    let texts = ["", "a", "é€😀", "\0"];
    match primitive {
        Primitive::Null => vec![Datum::Null],
        Primitive::Boolean => [false, true].map(Datum::Boolean).into(),
        // The last two are the first that a float, then a double, cannot hold.
        Primitive::Int => [0, -1, i32::MAX, i32::MIN, (1 << 24) + 1]
            .map(Datum::Int)
            .into(),
        Primitive::Long => [0, -1, i64::MAX, i64::MIN, (1 << 24) + 1, (1 << 53) + 1]
            .map(Datum::Long)
            .into(),
        Primitive::Float => [0.0, -0.0, 0.1, f32::MAX, f32::NEG_INFINITY, f32::NAN]
            .map(Datum::Float)
            .into(),
        Primitive::Double => [0.0, -0.0, 0.1, 1e300, f64::INFINITY, f64::NAN]
            .map(Datum::Double)
            .into(),
        Primitive::Bytes => {
            let texts = texts.iter().map(|text| text.as_bytes().to_vec());
            texts.chain([NO_TEXT.to_vec()]).map(Datum::Bytes).collect()
        }
        Primitive::String => texts.map(|text| Datum::String(text.to_owned())).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::cover;
    use crate::avro::datum::to_json;
    use crate::avro::tests::parse_as;

    /// The data that cover a schema, as JSON.
    fn covering(text: &str) -> Vec<String> {
        let schema = parse_as("t.avsc", text);
        let cover = cover(&schema);
        assert!(!cover.partial);
        let data = cover.data.iter();
        data.map(|covering| to_json(&schema, schema.root.id, &covering.datum))
            .collect()
    }

    #[test]
    fn every_symbol_and_branch_has_its_datum() {
        let text = r#"{"type": "array", "items": ["null", {"type": "enum", "name": "E",
            "symbols": ["A", "B"]}, {"type": "map", "values": "boolean"}]}"#;
        let expected = [
            "[]",
            "[null]",
            r#"[{"E": "A"}]"#,
            r#"[{"E": "B"}]"#,
            r#"[{"map": {}}]"#,
            r#"[{"map": {"k": false}}]"#,
            r#"[{"map": {"k": true}}]"#,
        ];
        assert_eq!(covering(text), expected);
    }

    #[test]
    fn recursion_is_entered_twice() {
        let text = r#"{"type": "record", "name": "N", "fields": [
            {"name": "next", "type": ["null", "N"]}]}"#;
        let expected = [
            r#"{"next": null}"#,
            r#"{"next": {"N": {"next": null}}}"#,
            r#"{"next": {"N": {"next": {"N": {"next": null}}}}}"#,
        ];
        assert_eq!(covering(text), expected);
    }

    #[test]
    fn what_has_no_datum_is_left_out() {
        let schema = parse_as(
            "t.avsc",
            r#"["null", {"type": "enum", "name": "E", "symbols": []}]"#,
        );
        assert_eq!(cover(&schema).data.len(), 1);
    }

    #[test]
    fn the_places_of_a_schema_are_bounded() {
        let mut text = r#""int""#.to_owned();
        for level in 0..6 {
            let fields: Vec<String> = (0..6)
                .map(|at| match at {
                    0 => format!(r#"{{"name": "f0", "type": {text}}}"#),
                    _ if level == 0 => format!(r#"{{"name": "f{at}", "type": "int"}}"#),
                    _ => format!(r#"{{"name": "f{at}", "type": "R{}"}}"#, level - 1),
                })
                .collect();
            let fields = fields.join(", ");
            text = format!(r#"{{"type": "record", "name": "R{level}", "fields": [{fields}]}}"#);
        }
        let cover = cover(&parse_as("t.avsc", &text));
        assert!(cover.partial);
        assert!(cover.data.len() < super::MAX_PLACES * 6);
    }
}
