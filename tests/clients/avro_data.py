"""Avro data for the oracle: bytes that cover what a schema can write, and Avro's JSON encoding.

An encoder of its own: the data that a library's writer makes would be no test of what the schema
allows. Logical types are left out of schemas, since they change no encoding.
"""

import struct

# Enough to take every branch and symbol of the schemas that tests make.
ROUNDS = 24
# Where recursion takes the shortest way out.
DEPTH = 6

ATTRIBUTES = ("logicalType", "precision", "scale")


def raw(schema):
    """The schema without logical types."""
    if isinstance(schema, list):
        return [raw(branch) for branch in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key not in ATTRIBUTES}
    for key in ("type", "items", "values"):
        if key in kept:
            kept[key] = raw(kept[key])
    if "fields" in kept:
        kept["fields"] = [raw(field) for field in kept["fields"]]
    return kept


def without_field(schema, record, name):
    """The schema less a field of the record of that name."""
    if isinstance(schema, list):
        return [without_field(branch, record, name) for branch in schema]
    if not isinstance(schema, dict):
        return schema
    kept = dict(schema)
    for key in ("type", "items", "values"):
        if key in kept:
            kept[key] = without_field(kept[key], record, name)
    if "fields" in kept:
        mine = kept.get("name") == record
        fields = [field for field in kept["fields"] if not (mine and field["name"] == name)]
        kept["fields"] = [without_field(field, record, name) for field in fields]
    return kept


def names(schema, found=None):
    """The definitions by full name. Names in tests are written in full, or have no namespace."""
    found = {} if found is None else found
    if isinstance(schema, list):
        for branch in schema:
            names(branch, found)
    elif isinstance(schema, dict):
        if "name" in schema and schema.get("type") in ("record", "enum", "fixed"):
            space = schema.get("namespace")
            dotted = "." in schema["name"] or not space
            found[schema["name"] if dotted else f"{space}.{schema['name']}"] = schema
        for key in ("type", "items", "values"):
            names(schema.get(key), found)
        for field in schema.get("fields", ()):
            names(field["type"], found)
    return found


class Writer:
    """Writes data of a schema, each time with the choices that were taken least."""

    def __init__(self, schema):
        self.schema = schema
        self.names = names(schema)
        self.taken = {}
        self.inhabited = {name for name in self.names if self.finite(name)}

    def data(self):
        """Encoded data, until every choice was taken or the rounds are over."""
        if not self.finite(self.schema):
            return
        for _ in range(ROUNDS):
            out = bytearray()
            self.write(self.schema, out, 0)
            yield bytes(out)

    def resolve(self, schema):
        while True:
            if isinstance(schema, str) and schema in self.names:
                schema = self.names[schema]
            elif isinstance(schema, dict) and not isinstance(schema["type"], str):
                schema = schema["type"]
            elif isinstance(schema, dict) and schema["type"] in self.names:
                schema = self.names[schema["type"]]
            else:
                return schema

    def height(self, schema, seen=()):
        """How deep the shallowest datum is; None where there is none."""
        schema = self.resolve(schema)
        if isinstance(schema, list):
            heights = [self.height(branch, seen) for branch in schema]
            return min((height for height in heights if height is not None), default=None)
        kind = schema if isinstance(schema, str) else schema["type"]
        if kind == "enum" and not schema["symbols"]:
            return None
        if kind != "record":
            return 0
        if id(schema) in seen:
            return None
        inner = [self.height(field["type"], (*seen, id(schema))) for field in schema["fields"]]
        return None if None in inner else 1 + max(inner, default=0)

    def finite(self, schema):
        return self.height(schema) is not None

    def choose(self, key, options):
        counts = self.taken.setdefault(key, {})
        choice = min(options, key=lambda option: counts.get(option, 0))
        counts[choice] = counts.get(choice, 0) + 1
        return choice

    def write(self, schema, out, depth):
        schema = self.resolve(schema)
        if isinstance(schema, list):
            options = [at for at, branch in enumerate(schema) if self.finite(branch)]
            if depth > DEPTH:
                lowest = min(self.height(schema[at]) for at in options)
                options = [at for at in options if self.height(schema[at]) == lowest]
            at = self.choose(id(schema), options)
            long(at, out)
            return self.write(schema[at], out, depth + 1)
        kind = schema if isinstance(schema, str) else schema["type"]
        if kind == "record":
            for field in schema["fields"]:
                self.write(field["type"], out, depth + 1)
        elif kind == "enum":
            long(self.choose(id(schema), range(len(schema["symbols"]))), out)
        elif kind == "fixed":
            out += b"\xff" * schema["size"]
        elif kind in ("array", "map"):
            part = schema["items" if kind == "array" else "values"]
            count = self.choose(id(schema), (1, 0, 2))
            count = count if depth <= DEPTH and self.finite(part) else 0
            if count:
                long(count, out)
            for at in range(count):
                if kind == "map":
                    sized(f"k{at}".encode(), out)
                self.write(part, out, depth + 1)
            long(0, out)
        else:
            samples = PRIMITIVES[kind]
            out += samples[self.choose(kind, range(len(samples)))]


def long(value, out):
    value = (value << 1) ^ (value >> 63)
    while value & ~0x7F:
        out.append((value & 0x7F) | 0x80)
        value >>= 7
    out.append(value)


def sized(data, out):
    long(len(data), out)
    out += data


def encoded(write, *values):
    data = []
    for value in values:
        out = bytearray()
        write(value, out)
        data.append(bytes(out))
    return data


PRIMITIVES = {
    "null": [b""],
    "boolean": [b"\0", b"\1"],
    "int": encoded(long, 0, -1, 2**31 - 1, -(2**31)),
    "long": encoded(long, 0, 1, 2**53 + 1, 2**63 - 1, -(2**63)),
    "float": [struct.pack("<f", value) for value in (0.0, -1.5)],
    "double": [struct.pack("<d", value) for value in (0.0, 1e300)],
    # Bytes that are no text are a warning of their own.
    "bytes": encoded(sized, b"", "é".encode()),
    "string": encoded(sized, b"", b"ab"),
}


def from_json(writer, schema, value):
    """A value in Avro's JSON encoding as a library hands it out."""
    schema = writer.resolve(schema)
    if isinstance(schema, list):
        if value is None:
            return None
        [(name, inner)] = value.items()
        for branch in schema:
            resolved = writer.resolve(branch)
            kind = resolved if isinstance(resolved, str) else resolved["type"]
            if kind == name or full_name(writer, resolved) == name:
                return from_json(writer, branch, inner)
        raise AssertionError(f"no branch {name} in {schema}")
    kind = schema if isinstance(schema, str) else schema["type"]
    if kind in ("bytes", "fixed"):
        return value.encode("latin-1")
    if kind == "array":
        return [from_json(writer, schema["items"], item) for item in value]
    if kind == "map":
        return {key: from_json(writer, schema["values"], item) for key, item in value.items()}
    if kind == "record":
        types = {field["name"]: field["type"] for field in schema["fields"]}
        return {key: from_json(writer, types[key], item) for key, item in value.items()}
    return value


def full_name(writer, schema):
    return next((name for name, other in writer.names.items() if other is schema), None)
