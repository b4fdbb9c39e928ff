"""Confluent's JSON Schema serializer and deserializer round-trip a value whose schema refers to
another subject."""

import json

from confluent_kafka.schema_registry import Schema, SchemaReference
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from support import client, equal, refused

CONTEXT = SerializationContext("customers", MessageField.VALUE)
DRAFT = "http://json-schema.org/draft-07/schema#"
ADDRESS = json.dumps(
    {
        "$schema": DRAFT,
        "$id": "http://example.com/address.json",
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    }
)
REFERENCES = [SchemaReference("http://example.com/address.json", "address", 1)]


def customer(required, **properties):
    """The text of the schema of a customer with these properties besides its own."""
    own = {
        "name": {"type": "string"},
        "home": {"$ref": "http://example.com/address.json"},
    }
    return json.dumps(
        {
            "$schema": DRAFT,
            "$id": "http://example.com/customer.json",
            "title": "Customer",
            "type": "object",
            "properties": own | properties,
            "required": required,
        }
    )


def main():
    client().register_schema("address", Schema(ADDRESS, "JSON"))
    schema = Schema(customer(["name"]), "JSON", REFERENCES)
    value = {"name": "Ada", "home": {"city": "Ulm"}}
    written = JSONSerializer(schema, client())(value, CONTEXT)
    equal(written[0], 0)
    equal(json.loads(written[5:]), value)
    read = JSONDeserializer(schema, schema_registry_client=client())
    equal(read(written, CONTEXT), value)
    equal(JSONDeserializer(None, schema_registry_client=client())(written, CONTEXT), value)

    stricter = Schema(customer(["name", "home"]), "JSON", REFERENCES)
    write_stricter = JSONSerializer(stricter, client())
    refused(lambda: write_stricter(value, CONTEXT), 409, 40901)


main()
