"""What the scripts beside this file share. Each runs an unchanged client of others against the
registry whose URL is its first argument, and exits with a traceback where the client does not get
what it expects."""

import sys

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError


def client() -> SchemaRegistryClient:
    """A client for the registry under test."""
    return SchemaRegistryClient({"url": sys.argv[1]})


def equal(actual, expected):
    """Fails, showing both, unless they are equal."""
    if actual != expected:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


def refused(call, http_status, error_code):
    """Calls and gives the error, which must have this status and code."""
    try:
        result = call()
    except SchemaRegistryError as error:
        equal((error.http_status_code, error.error_code), (http_status, error_code))
        return error
    raise AssertionError(f"expected {error_code}, got {result!r}")
