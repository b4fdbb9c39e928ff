//! Names that are made of names: in JSON, and of the messages that maps bring along.

/// The name of a field in JSON where it gives itself none: `foo_bar` is `fooBar`.
pub(crate) fn json_name(name: &str) -> String {
    let mut upper = false;
    let mut json_name = String::with_capacity(name.len());
    for c in name.chars() {
        if c == '_' {
            upper = true;
        } else if upper {
            json_name.push(c.to_ascii_uppercase());
            upper = false;
        } else {
            json_name.push(c);
        }
    }
    json_name
}

/// The name of the message that holds the entries of a map field: `foo_bar` has `FooBarEntry`.
pub(super) fn entry_name(name: &str) -> String {
    let mut entry = json_name(&format!("_{name}"));
    entry.push_str("Entry");
    entry
}
