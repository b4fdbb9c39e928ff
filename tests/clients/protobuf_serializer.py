"""Confluent's Protobuf serializer and deserializer round-trip a message of generated code that
imports a file of another subject and a well-known type. The serializer registers what is imported by
itself."""

import importlib
import pathlib
import sys
import tempfile

import grpc_tools
from confluent_kafka.schema_registry import Schema
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from grpc_tools import protoc
from support import client, equal, refused

CONTEXT = SerializationContext("shipments", MessageField.VALUE)
ADDRESS = """syntax = "proto3";
package shop;
message Address {
  string city = 1;
}
"""
SHIPMENT = """syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
import "shop_address.proto";
message Shipment {
  int64 id = 1;
  Address to = 2;
  google.protobuf.Timestamp sent = 3;
  message Parcel {
    int32 grams = 1;
  }
  repeated Parcel parcels = 4;
}
"""
BROKEN = """syntax = "proto3";
package shop;
message Shipment {
  string id = 1;
}
"""


def generated(directory):
    """The module that protoc generates for the shipment."""
    sources = {"shop_address.proto": ADDRESS, "shop_shipment.proto": SHIPMENT}
    for name, text in sources.items():
        (directory / name).write_text(text)
    well_known = pathlib.Path(grpc_tools.__file__).parent / "_proto"
    arguments = ["protoc", f"-I{directory}", f"-I{well_known}", f"--python_out={directory}"]
    equal(protoc.main(arguments + list(sources)), 0)
    sys.path.insert(0, str(directory))
    return importlib.import_module("shop_shipment_pb2")


def round_trips(message, **settings):
    written = ProtobufSerializer(type(message), client(), settings)(message, CONTEXT)
    equal(written[0], 0)
    read = ProtobufDeserializer(type(message), schema_registry_client=client())
    equal(read(written, CONTEXT), message)


def imports():
    """The names under which the latest version refers to other subjects."""
    references = client().get_latest_version("shipments-value").schema.references
    return sorted(reference.name for reference in references)


def main():
    with tempfile.TemporaryDirectory() as directory:
        module = generated(pathlib.Path(directory))
        shipment = module.Shipment(id=7)
        shipment.to.city = "Ulm"
        shipment.sent.seconds = 1_700_000_000
        shipment.parcels.add(grams=250)
        round_trips(shipment)
        equal(sorted(client().get_subjects()), ["shipments-value", "shop_address.proto"])
        equal(imports(), ["shop_address.proto"])
        # Well-known types too become subjects where the client is told so, slashes and all.
        round_trips(shipment, **{"skip.known.types": False})
        equal(imports(), ["google/protobuf/timestamp.proto", "shop_address.proto"])
        timestamp = client().get_latest_version("google/protobuf/timestamp.proto")
        equal(timestamp.version, 1)
        # A nested type is found by its index, which needs the order of messages kept.
        parcel = module.Shipment.Parcel(grams=9)
        round_trips(parcel)
    broken = Schema(BROKEN, "PROTOBUF")
    refused(lambda: client().register_schema("shipments-value", broken), 409, 40901)


main()
