"""Confluent's Avro serializer and deserializer round-trip a value whose type refers to another
subject, and a consumer with an older reader schema reads what a newer producer wrote."""

import json

from confluent_kafka.schema_registry import Schema, SchemaReference
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from support import client, equal, refused

CONTEXT = SerializationContext("orders", MessageField.VALUE)
ADDRESS = json.dumps(
    {
        "type": "record",
        "name": "Address",
        "namespace": "shop",
        "fields": [{"name": "city", "type": "string"}],
    }
)
REFERENCES = [SchemaReference("shop.Address", "address", 1)]


def order(*more):
    """The text of a record `Order` with these fields besides its own."""
    own = [{"name": "id", "type": "long"}, {"name": "to", "type": "shop.Address"}]
    record = {"type": "record", "name": "Order", "namespace": "shop", "fields": own + list(more)}
    return json.dumps(record)


def main():
    client().register_schema("address", Schema(ADDRESS, "AVRO"))
    old = Schema(order(), "AVRO", REFERENCES)
    new = Schema(order({"name": "note", "type": "string", "default": "-"}), "AVRO", REFERENCES)
    value = {"id": 7, "to": {"city": "Ulm"}}

    written = AvroSerializer(client(), old)(value, CONTEXT)
    equal(written[0], 0)
    equal(int.from_bytes(written[1:5], "big"), client().lookup_schema("orders-value", old).schema_id)
    equal(AvroDeserializer(client())(written, CONTEXT), value)
    equal(AvroDeserializer(client(), new)(written, CONTEXT), value | {"note": "-"})

    noted = value | {"note": "gift"}
    newer = AvroSerializer(client(), new)(noted, CONTEXT)
    equal(AvroDeserializer(client())(newer, CONTEXT), noted)
    equal(AvroDeserializer(client(), old)(newer, CONTEXT), value)

    broken = Schema(order({"name": "must", "type": "string"}), "AVRO", REFERENCES)
    write_broken = AvroSerializer(client(), broken)
    refused(lambda: write_broken(value | {"must": "x"}, CONTEXT), 409, 40901)


main()
