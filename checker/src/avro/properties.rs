//! What a registry asks of a schema besides its meaning: its name, and its top-level fields.
//!
//! Reserved fields and names that start with `$$` (`validateFields`) are judged from these by
//! whoever knows the metadata.

use super::model::{Kind, Record, Schema};

impl Schema {
    /// The full name of the record, enum or fixed that the text defines; for other types the word
    /// of the specification, such as `union`, as the wire contract has it.
    pub fn name(&self) -> &str {
        let kind = self.kind(self.root.id);
        kind.name().map_or(kind.word(), |name| &name.full)
    }

    /// The fields of the record that the text defines, in order; none for other types.
    pub fn top_level_fields(&self) -> impl Iterator<Item = &str> {
        let record = self.top_level_record();
        let fields = record.map_or(&[][..], |record| &record.fields);
        fields.iter().map(|field| &*field.name)
    }

    /// Whether the text defines a record with a field of that name. Aliases are no names.
    pub fn has_top_level_field(&self, name: &str) -> bool {
        let record = self.top_level_record();
        record.is_some_and(|record| record.field(name).is_some())
    }

    fn top_level_record(&self) -> Option<&Record> {
        match self.kind(self.root.id) {
            Kind::Record(record) => Some(record),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::avro::tests::parse_as;

    #[test]
    fn a_schema_has_the_name_of_its_type() {
        for (text, name) in [
            (
                r#"{"type": "record", "name": "R", "namespace": "shop", "fields": []}"#,
                "shop.R",
            ),
            (r#"{"type": "fixed", "name": "F", "size": 1}"#, "F"),
            (
                r#"["null", {"type": "fixed", "name": "F", "size": 1}]"#,
                "union",
            ),
            (r#""long""#, "long"),
        ] {
            assert_eq!(parse_as("t", text).name(), name);
        }
    }

    #[test]
    fn top_level_fields_are_those_of_the_outermost_record() {
        let record = r#"{"type": "record", "name": "R", "fields": [
            {"name": "a", "aliases": ["old"], "type": {"type": "record", "name": "S", "fields": [
                {"name": "inner", "type": "int"}]}},
            {"name": "null", "type": "null"}]}"#;
        let schema = parse_as("t", record);
        assert!(schema.top_level_fields().eq(["a", "null"]));
        assert!(schema.has_top_level_field("null"));
        assert!(!schema.has_top_level_field("old"));
        assert!(!schema.has_top_level_field("inner"));
        let union = parse_as("t", &format!("[\"null\", {record}]"));
        assert_eq!(union.top_level_fields().next(), None);
        assert!(!union.has_top_level_field("a"));
    }
}
