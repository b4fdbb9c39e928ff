//! Names that are made of names: in JSON, and of the messages that maps bring along.

/// The name of a field in JSON where it gives itself none: `foo_bar` is `fooBar`.
pub(crate) fn json_name(name: &str) -> String {
    let mut json_name = String::with_capacity(name.len());
    json_name.extend(characters(name));
    json_name
}

/// Whether a field has that name in JSON if it gives itself none.
pub(super) fn is_json_name(json: &str, name: &str) -> bool {
    characters(name).eq(json.chars())
}

fn characters(name: &str) -> impl Iterator<Item = char> {
    let mut upper = false;
    name.chars().filter_map(move |c| {
        let raised = std::mem::replace(&mut upper, c == '_');
        let kept = if raised { c.to_ascii_uppercase() } else { c };
        (c != '_').then_some(kept)
    })
}

/// The name of the message that holds the entries of a map field: `foo_bar` has `FooBarEntry`.
pub(super) fn entry_name(name: &str) -> String {
    let mut entry = json_name(&format!("_{name}"));
    entry.push_str("Entry");
    entry
}
