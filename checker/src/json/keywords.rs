//! What each keyword means in each draft.

use super::compile::Here;
use super::draft::Draft;
use super::model::{Assertion, Keys, NodeId, Positions};
use super::numbers::{self, Rational};
use super::types::Types;
use super::value::Json;
use crate::model::Path;
use crate::text::json::{Node, Value};

/// Why a number is not understood.
const TOO_LARGE: &str = "a number with more than 1000 digits or an exponent beyond 400";

/// Reads all keywords of a schema object.
pub(crate) fn read(here: &mut Here<'_, '_>) {
    if let Some(target) = here.get("$ref").filter(|target| target.as_str().is_some()) {
        here.reference("$ref", target);
        if here.draft.ref_hides_siblings() {
            return;
        }
    }
    types_and_values(here);
    bounds(here);
    strings(here);
    arrays(here);
    objects(here);
    dependencies(here);
    combinations(here);
    if here.draft == Draft::Draft201909
        && let Some(target) = here.get("$recursiveRef")
    {
        here.dynamic_reference("$recursiveRef", target);
    }
    if here.draft == Draft::Draft202012
        && let Some(target) = here.get("$dynamicRef")
    {
        here.dynamic_reference("$dynamicRef", target);
    }
    if here.draft >= Draft::Draft201909 {
        here.unevaluated("unevaluatedProperties");
        here.unevaluated("unevaluatedItems");
    }
}

fn types_and_values(here: &mut Here<'_, '_>) {
    if let Some(node) = here.get("type") {
        let names = node.as_array().unwrap_or(std::slice::from_ref(node));
        let types = names
            .iter()
            .filter_map(Node::as_str)
            .filter_map(Types::named);
        let types = types.fold(Types::NONE, |all, one| all | one);
        let assertion = Assertion::Type {
            types,
            integer_as_written: here.draft == Draft::Draft4
                && types & Types::NUMBER == Types::INTEGER,
        };
        if types != Types::ALL {
            here.add("type", assertion);
        }
    }
    if let Some(items) = here.get("enum").and_then(Node::as_array) {
        values(here, "enum", items);
    }
    if here.draft >= Draft::Draft6
        && let Some(node) = here.get("const")
    {
        values(here, "const", std::slice::from_ref(node));
    }
}

fn values(here: &mut Here<'_, '_>, keyword: &'static str, nodes: &[Node]) {
    let Some(mut values) = nodes.iter().map(Json::read).collect::<Option<Vec<_>>>() else {
        return here.opaque_value(keyword, TOO_LARGE);
    };
    values.sort();
    values.dedup();
    here.add(keyword, Assertion::Enum(values));
}

fn bounds(here: &mut Here<'_, '_>) {
    let minimum = |bound, exclusive| Assertion::Minimum { bound, exclusive };
    let maximum = |bound, exclusive| Assertion::Maximum { bound, exclusive };
    bound(here, "minimum", "exclusiveMinimum", &minimum);
    bound(here, "maximum", "exclusiveMaximum", &maximum);
    if let Some(step) = number(here, "multipleOf")
        && step > numbers::int(0)
    {
        here.add("multipleOf", Assertion::MultipleOf(step));
    }
}

fn bound(
    here: &mut Here<'_, '_>,
    plain: &'static str,
    exclusive: &'static str,
    make: &dyn Fn(Rational, bool) -> Assertion<NodeId>,
) {
    let flag = here.get(exclusive).map(|node| &node.value) == Some(&Value::Bool(true));
    if let Some(bound) = number(here, plain) {
        here.add(plain, make(bound, here.draft == Draft::Draft4 && flag));
    }
    if here.draft >= Draft::Draft6
        && let Some(bound) = number(here, exclusive)
    {
        here.add(exclusive, make(bound, true));
    }
}

/// The number that a keyword has; one behind the limits makes it opaque.
fn number(here: &mut Here<'_, '_>, keyword: &'static str) -> Option<Rational> {
    let Value::Number(text) = &here.get(keyword)?.value else {
        return None;
    };
    let number = numbers::parse(text);
    if number.is_none() {
        here.opaque_value(keyword, TOO_LARGE);
    }
    number
}

/// A count; one that no document can reach is the largest there is.
fn count(here: &mut Here<'_, '_>, keyword: &'static str) -> Option<u64> {
    let number = number(here, keyword)?;
    let floor = number.floor().to_integer();
    Some(u64::try_from(floor).unwrap_or(u64::MAX))
}

fn strings(here: &mut Here<'_, '_>) {
    if let Some(n) = count(here, "minLength").filter(|n| *n > 0) {
        here.add("minLength", Assertion::MinLength(n));
    }
    if let Some(n) = count(here, "maxLength") {
        here.add("maxLength", Assertion::MaxLength(n));
    }
    if let Some(pattern) = here.get("pattern").and_then(Node::as_str) {
        here.add("pattern", Assertion::Pattern(pattern.to_owned()));
    }
}

fn arrays(here: &mut Here<'_, '_>) {
    if let Some(n) = count(here, "minItems").filter(|n| *n > 0) {
        here.add("minItems", Assertion::MinItems(n));
    }
    if let Some(n) = count(here, "maxItems") {
        here.add("maxItems", Assertion::MaxItems(n));
    }
    if here.get("uniqueItems").map(|node| &node.value) == Some(&Value::Bool(true)) {
        here.add("uniqueItems", Assertion::UniqueItems);
    }
    items(here);
    contains(here);
}

fn items(here: &mut Here<'_, '_>) {
    let prefix_keyword = if here.draft == Draft::Draft202012 {
        "prefixItems"
    } else {
        "items"
    };
    let rest_keyword = if here.draft == Draft::Draft202012 {
        "items"
    } else {
        "additionalItems"
    };
    let prefix = here.children_of(prefix_keyword);
    let length = prefix.as_ref().map_or(0, Vec::len);
    for (index, (path, node, schema)) in prefix.iter().flatten().enumerate() {
        let positions = Positions::At(index);
        let schema = *schema;
        let assertion = Assertion::Items { positions, schema };
        here.add_at(prefix_keyword, path.clone(), node, assertion);
    }
    // Without a tuple, `items` is for all and `additionalItems` for none.
    let rest = match (&prefix, here.draft) {
        (None, Draft::Draft202012) | (Some(_), _) => rest_keyword,
        (None, _) => "items",
    };
    let positions = Positions::From(length);
    if let Some(schema) = here.child_of(rest) {
        here.add(rest, Assertion::Items { positions, schema });
    }
}

fn contains(here: &mut Here<'_, '_>) {
    if here.draft < Draft::Draft6 || here.get("contains").is_none() {
        return;
    }
    let counted = here.draft >= Draft::Draft201909;
    let min = counted
        .then(|| count(here, "minContains"))
        .flatten()
        .unwrap_or(1);
    let max = counted.then(|| count(here, "maxContains")).flatten();
    if min == 0 && max.is_none() {
        return;
    }
    if let Some(schema) = here.child_of("contains") {
        here.add("contains", Assertion::Contains { schema, min, max });
    }
}

fn objects(here: &mut Here<'_, '_>) {
    if let Some(n) = count(here, "minProperties").filter(|n| *n > 0) {
        here.add("minProperties", Assertion::MinProperties(n));
    }
    if let Some(n) = count(here, "maxProperties") {
        here.add("maxProperties", Assertion::MaxProperties(n));
    }
    let required = here.get("required").and_then(Node::as_array).unwrap_or(&[]);
    let path = here.path("required");
    for (index, node) in required.iter().enumerate() {
        if let Some(key) = node.as_str() {
            let assertion = Assertion::Required(key.to_owned());
            here.add_at("required", path.index(index), node, assertion);
        }
    }
    properties(here);
    if here.draft >= Draft::Draft6
        && let Some(schema) = here.child_of("propertyNames")
    {
        here.add("propertyNames", Assertion::PropertyNames(schema));
    }
}

fn properties(here: &mut Here<'_, '_>) {
    let mut names = Vec::new();
    let mut patterns = Vec::new();
    for keyword in ["properties", "patternProperties"] {
        let path = here.path(keyword);
        let members = here.get(keyword).map_or(&[][..], Node::members);
        for member in members {
            let key = member.key.to_string();
            let keys = if keyword == "properties" {
                names.push(key.clone());
                Keys::One(key)
            } else {
                patterns.push(key.clone());
                Keys::Matching(key)
            };
            let path = path.key(&member.key);
            let schema = here.child(path.clone(), &member.value);
            here.add_at(
                keyword,
                path,
                &member.value,
                Assertion::Properties { keys, schema },
            );
        }
    }
    names.sort();
    names.dedup();
    patterns.sort();
    patterns.dedup();
    let keys = Keys::Others { names, patterns };
    if let Some(schema) = here.child_of("additionalProperties") {
        here.add(
            "additionalProperties",
            Assertion::Properties { keys, schema },
        );
    }
}

fn dependencies(here: &mut Here<'_, '_>) {
    for keyword in ["dependencies", "dependentRequired", "dependentSchemas"] {
        if keyword != "dependencies" && here.draft < Draft::Draft201909 {
            continue;
        }
        let path = here.path(keyword);
        let members = here.get(keyword).map_or(&[][..], Node::members);
        for member in members {
            let path = path.key(&member.key);
            let key = member.key.to_string();
            let Some(needs) = member.value.as_array() else {
                let schema = here.child(path.clone(), &member.value);
                let assertion = Assertion::DependentSchema { key, schema };
                here.add_at(keyword, path, &member.value, assertion);
                continue;
            };
            for (index, node) in needs.iter().enumerate() {
                if let Some(needs) = node.as_str() {
                    let assertion = Assertion::DependentRequired {
                        key: key.clone(),
                        needs: needs.to_owned(),
                    };
                    here.add_at(keyword, path.index(index), node, assertion);
                }
            }
        }
    }
}

fn combinations(here: &mut Here<'_, '_>) {
    for (path, node, schema) in here.children_of("allOf").into_iter().flatten() {
        here.add_at("allOf", path, node, Assertion::Also(schema));
    }
    let ids =
        |children: Vec<(Path, &Node, NodeId)>| children.into_iter().map(|(_, _, id)| id).collect();
    if let Some(children) = here.children_of("anyOf") {
        here.add("anyOf", Assertion::AnyOf(ids(children)));
    }
    if let Some(children) = here.children_of("oneOf") {
        here.add("oneOf", Assertion::OneOf(ids(children)));
    }
    if let Some(schema) = here.child_of("not") {
        here.add("not", Assertion::Not(schema));
    }
    if here.draft >= Draft::Draft7
        && let Some(condition) = here.child_of("if")
    {
        let then = here.child_of("then");
        let otherwise = here.child_of("else");
        if then.is_some() || otherwise.is_some() {
            let assertion = Assertion::If {
                condition,
                then,
                otherwise,
            };
            here.add("if", assertion);
        }
    }
}
