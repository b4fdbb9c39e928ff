"""Changes valid descriptors at random and has protoc judge them.

    python tests/clients/mutants.py SEED COUNT

Prints a JSON list of [what was changed, the descriptor in base64, protoc's errors or null], in an order
that follows from the seed. protoc reads descriptors with `--descriptor_set_in`, and links them as it does texts.
"""

import base64
import copy
import json
import os
import pathlib
import random
import sys
import tempfile

from google.protobuf import any_pb2, descriptor_pb2
from grpc_tools import _protoc_compiler

MEMBERS = """message M { int32 a = 1; LABEL string b = 2; oneof o { int32 c = 3; M d = 4; } map<int32, M> m = 5;
  LABEL E e = 6; reserved 50 to 60; enum E { X = 0; Y = 1; } repeated int32 l = 7; }
enum F { F0 = 0; option allow_alias = true; F1 = 0; } service S { rpc R(M) returns (stream M); }"""
TEXTS = [
    'syntax = "proto3"; package p; ' + MEMBERS.replace("LABEL", "optional"),
    'edition = "2023"; package p; ' + MEMBERS.replace("LABEL", ""),
    """syntax = "proto2"; package p.q; message M { optional int32 a = 1 [default = 5]; repeated string b = 2;
  oneof o { int32 c = 3; M d = 4; } map<string, E> m = 5; optional group G = 6 { optional int32 x = 1; }
  extensions 100 to 200; reserved 50 to 60; reserved "zz"; enum E { X = 0; Y = 1; reserved 5 to 7; }
  message N { optional E e = 1 [default = Y]; } extend M { optional int32 ex = 100; } }
extend M { optional M ey = 101; } service S { rpc R(M) returns (stream M); rpc Q(M.N) returns (M); }""",
    """edition = "2023"; package p; message M { string b = 2 [features.field_presence = IMPLICIT];
  repeated int32 l = 7 [features.repeated_field_encoding = EXPANDED]; extensions 100 to max; }
extend M { M x = 100 [features.message_encoding = DELIMITED]; }""",
]
WORDS = ["", "a b", "1a", "a.b", "é", ".", "M", "E", "X", "a", "zz", "p", "key", "value", "MEntry", "_", "x" * 10]
WORDS += [".p.M", ".p.q.M", "p.M", ".p.M.E", ".p.q.M.E", "M.E", ".p.S", "nope", ".p.M.MEntry", ".p.q.M.MEntry"]
WORDS += ["a\n", "inf", "5", "-1", "true", "1e400", "\\x"]
NUMBERS = [0, -1, 1, 2, 3, 4, 5, 6, 7, 50, 55, 60, 100, 150, 200, 1000, 19000, 19999]
NUMBERS += [536870910, 536870911, 536870912, 2147483647, -2147483648]
# Judged elsewhere, or known to protoc only: a feature of edition 2026.
LEFT_OUT = {"uninterpreted_option", "source_code_info", "syntax", "edition"}
LEFT_OUT.add("enforce_proto_limits")


class Protoc:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def run(self, *arguments):
        """Runs protoc, in this process since there are thousands of runs; gives its errors, or None."""
        with open(self.folder / "errors", "w+b") as errors:
            kept = os.dup(2)
            os.dup2(errors.fileno(), 2)
            try:
                code = _protoc_compiler.run_main([argument.encode() for argument in ["protoc", *arguments]])
            finally:
                os.dup2(kept, 2)
                os.close(kept)
            errors.seek(0)
            return errors.read().decode(errors="replace").strip() if code else None

    def compiled(self, text):
        (self.folder / "case.proto").write_text(text)
        output = self.folder / "out"
        errors = self.run(f"-I{self.folder}", f"--descriptor_set_out={output}", "case.proto")
        assert errors is None, errors
        return descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes()).file[0]

    def judged(self, file):
        imported = descriptor_pb2.FileDescriptorProto()
        any_pb2.DESCRIPTOR.CopyToProto(imported)
        given = descriptor_pb2.FileDescriptorSet(file=[imported, file])
        (self.folder / "in").write_bytes(given.SerializeToString())
        output = self.folder / "out"
        return self.run(f"--descriptor_set_in={self.folder / 'in'}", f"--descriptor_set_out={output}", file.name)


def messages(message):
    yield message
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            for inner in value if field.is_repeated else [value]:
                yield from messages(inner)


def mutate(file, choices):
    """One change; what it is, in words."""
    message = choices.choice(list(messages(file)))
    fields = [field for field, _ in message.ListFields()]
    if not fields or choices.random() < 0.4:
        fields = message.DESCRIPTOR.fields
    fields = [field for field in fields if field.name not in LEFT_OUT]
    if not fields or message is file and fields == [message.DESCRIPTOR.fields_by_name["name"]]:
        return None
    field = choices.choice(fields)
    change = change_list if field.is_repeated else change_one
    return f"{message.DESCRIPTOR.name}.{field.name} {change(message, field, choices)}"


def change_list(message, field, choices):
    values = getattr(message, field.name)
    at = choices.randrange(len(values)) if values else None
    kind = choices.random()
    if at is not None and kind < 0.3:
        del values[at]
        return f"without {at}"
    if field.type != field.TYPE_MESSAGE:
        values.append(scalar(field, choices))
        return f"and {values[-1]!r}"
    if at is not None and kind < 0.6:
        values.append(copy.deepcopy(values[at]))
        return f"with {at} twice"
    if at is not None and kind < 0.8:
        values.append(copy.deepcopy(values[at]))
        del values[at]
        return f"with {at} last"
    values.add()
    return "and an empty one"


def change_one(message, field, choices):
    if message.HasField(field.name) and choices.random() < 0.25:
        message.ClearField(field.name)
        return "not set"
    if field.type == field.TYPE_MESSAGE:
        getattr(message, field.name).SetInParent()
        return "set"
    value = scalar(field, choices)
    setattr(message, field.name, value)
    return f"= {value!r}"


def scalar(field, choices):
    if field.name == "dependency":
        return "google/protobuf/any.proto"
    if field.enum_type:
        return choices.choice(field.enum_type.values).number
    if field.type == field.TYPE_BOOL:
        return choices.random() < 0.7
    return choices.choice(WORDS if field.type == field.TYPE_STRING else NUMBERS)


def mutants(seed, count):
    choices = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        protoc = Protoc(folder)
        valid = [protoc.compiled(text) for text in TEXTS]
        for _ in range(count):
            file = copy.deepcopy(choices.choice(valid))
            changes = [mutate(file, choices) for _ in range(choices.randint(1, 3))]
            file.name = "case.proto"
            encoded = base64.b64encode(file.SerializeToString()).decode()
            yield [list(filter(None, changes)), encoded, protoc.judged(file)]


if __name__ == "__main__":
    print(json.dumps(list(mutants(*map(int, sys.argv[1:3])))))
