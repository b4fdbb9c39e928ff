"""The calls of Confluent's `SchemaRegistryClient`: register, look up, fetch, check, configure,
delete."""

import json

from confluent_kafka.schema_registry import (
    ConfigCompatibilityLevel,
    Schema,
    SchemaReference,
    ServerConfig,
)
from support import client, equal, refused

SUBJECT = "payments-value"


def record(*fields):
    """The text of a record `Payment` with these fields."""
    return json.dumps({"type": "record", "name": "Payment", "fields": list(fields)})


ID = {"name": "id", "type": "string"}
AMOUNT = {"name": "amount", "type": "long"}
V1 = Schema(record(ID, AMOUNT), "AVRO")
V2 = Schema(record(ID, AMOUNT, {"name": "note", "type": "string", "default": ""}), "AVRO")
BROKEN = Schema(record(ID, {"name": "amount", "type": "string"}), "AVRO")


def registers_and_fetches(registry):
    first = registry.register_schema(SUBJECT, V1)
    second = registry.register_schema(SUBJECT, V2)
    assert first != second, (first, second)
    # From another client, which has cached nothing: the same schema keeps its id.
    equal(client().register_schema(SUBJECT, V1), first)
    equal(json.loads(client().get_schema(first).schema_str), json.loads(V1.schema_str))
    equal(sorted(client().get_versions(SUBJECT)), [1, 2])
    latest = client().get_latest_version(SUBJECT)
    equal((latest.subject, latest.version, latest.schema_id), (SUBJECT, 2, second))
    equal(client().get_version(SUBJECT, 1).schema_id, first)
    found = client().lookup_schema(SUBJECT, V2)
    equal((found.schema_id, found.version), (second, 2))
    full = client().register_schema_full_response(SUBJECT, V2)
    equal(full.schema_id, second)
    by_guid = client().get_schema_by_guid(client().lookup_schema(SUBJECT, V2).guid)
    equal(json.loads(by_guid.schema_str), json.loads(V2.schema_str))
    equal(client().get_subjects(), [SUBJECT])
    equal(client().get_subjects_by_schema_id(first), [SUBJECT])
    where = client().get_schema_versions(second)
    equal([(place.subject, place.version) for place in where], [(SUBJECT, 2)])
    equal(sorted(client().get_schema_types()), ["AVRO", "JSON", "PROTOBUF"])


def refuses_what_breaks(registry):
    before = registry.get_versions(SUBJECT)
    equal(registry.test_compatibility(SUBJECT, BROKEN), False)
    equal(registry.test_compatibility(SUBJECT, V2), True)
    equal(registry.test_compatibility_all_versions(SUBJECT, BROKEN), False)
    error = refused(lambda: registry.register_schema(SUBJECT, BROKEN), 409, 40901)
    assert "amount" in error.error_message, error.error_message
    equal(registry.get_versions(SUBJECT), before)
    refused(lambda: registry.lookup_schema(SUBJECT, BROKEN), 404, 40403)
    refused(lambda: registry.lookup_schema("nobody", V1), 404, 40401)
    refused(lambda: registry.get_version(SUBJECT, 99), 404, 40402)
    refused(lambda: client().get_schema(1_000_000), 404, 40403)
    nonsense = Schema('{"type": "nothing"}', "AVRO")
    refused(lambda: registry.register_schema(SUBJECT, nonsense), 422, 42201)


def configures(registry):
    equal(registry.get_compatibility(), "BACKWARD")
    refused(lambda: registry.get_compatibility(SUBJECT), 404, 40408)
    registry.set_compatibility(SUBJECT, "FULL_TRANSITIVE")
    equal(registry.get_compatibility(SUBJECT), "FULL_TRANSITIVE")
    registry.set_config(SUBJECT, ServerConfig(compatibility=ConfigCompatibilityLevel.NONE))
    equal(registry.get_config(SUBJECT).compatibility_level, ConfigCompatibilityLevel.NONE)
    equal(registry.test_compatibility(SUBJECT, BROKEN), True)
    registry.delete_config(SUBJECT)
    equal(registry.test_compatibility(SUBJECT, BROKEN), False)
    refused(lambda: registry.set_compatibility(SUBJECT, "SOMETIMES"), 422, 42203)


def keeps_what_is_referred_to(registry):
    currency = json.dumps({"type": "enum", "name": "Currency", "symbols": ["EUR", "USD"]})
    registry.register_schema("currency", Schema(currency, "AVRO"))
    price = json.dumps(
        {"type": "record", "name": "Price", "fields": [{"name": "currency", "type": "Currency"}]}
    )
    reference = SchemaReference("Currency", "currency", 1)
    price_id = registry.register_schema("price-value", Schema(price, "AVRO", [reference]))
    equal(client().get_referenced_by("currency", 1), [price_id])
    stored = client().get_schema(price_id).references
    equal([(ref.name, ref.subject, ref.version) for ref in stored], [("Currency", "currency", 1)])
    refused(lambda: registry.delete_version("currency", 1), 422, 42206)
    missing = SchemaReference("Currency", "currency", 7)
    unresolved = Schema(price, "AVRO", [missing])
    refused(lambda: registry.register_schema("other-value", unresolved), 422, 42201)


def deletes(registry):
    equal(registry.delete_version(SUBJECT, 1), 1)
    equal(registry.get_versions(SUBJECT), [2])
    refused(lambda: client().get_version(SUBJECT, 1), 404, 40402)
    equal(registry.delete_subject(SUBJECT), [2])
    refused(lambda: registry.get_versions(SUBJECT), 404, 40401)
    equal(sorted(registry.delete_subject(SUBJECT, permanent=True)), [1, 2])
    assert SUBJECT not in client().get_subjects()


def main():
    registry = client()
    registers_and_fetches(registry)
    refuses_what_breaks(registry)
    configures(registry)
    keeps_what_is_referred_to(registry)
    deletes(registry)


main()
