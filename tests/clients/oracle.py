"""An independent judge of the checker's verdicts: it executes them with other people's libraries.

Standard input has one JSON object per line: {"request", "answer"}, a line that was given to
`schemactl check --jsonl` and what came back. Standard output gets one object: {"executed": how many
of each kind were executed, "disagreements": [text]}.

A witness must be data of the writer that the reader does not read, or reads as something else. What
is called compatible must read data that is generated from the writer's schema.
"""

import collections
import functools
import io
import json
import pathlib
import random
import sys
import tempfile

import avro_data
import fastavro
import grpc_tools
import jsonschema
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
from google.protobuf.message import DecodeError
from grpc_tools import protoc

# How many data are generated for a pair that is called compatible.
GENERATED = 25

# Where libraries differ, as these warnings say; fastavro goes by the letter in unions, and by names
# before aliases in records.
UNCLEAR = {"avro/union-branch-unclear", "avro/field-alias-unclear"}
# What fastavro reads although it does not match: a fixed as an empty record of its name, and whatever
# the reader's schema is an empty union (as if there was no reader's schema).
FASTAVRO_READS = ("a fixed is no record", "the union without branches takes no")
# What is read as the same value of another meaning.
SAME_VALUE = {"avro/logical-type-changed"}
# Compatible by the specification, though not every datum is readable: the checker warns.
ANNOUNCED = {"avro/bytes-read-as-string": UnicodeDecodeError}

executed = collections.Counter()
disagreements = []
# Documents that the checker gave, to be tried on all pairs that it calls compatible.
documents = []


class Case:
    """One question, in the words of reader and writer, and its answer."""

    def __init__(self, line):
        self.request, self.answer = line["request"], line["answer"]
        self.name = self.request["id"]
        sides = self.request["old"], self.request["new"]
        backward = self.request["level"] == "BACKWARD"
        self.writer, self.reader = sides if backward else sides[::-1]

    def compatible(self):
        return self.answer["verdict"] == "compatible"

    def witnesses(self, kind, severities=("error",)):
        """The findings that make the verdict and show data of this kind."""
        for finding in self.answer["findings"]:
            witness = finding["witness"]
            if finding["severity"] in severities and witness and witness["kind"] == kind:
                yield finding, witness

    def disagree(self, what):
        disagreements.append(f"{self.name}: {what}")


def avro(case):
    sides = [avro_data.raw(json.loads(text)) for text in (case.writer, case.reader)]
    writer, reader = (fastavro.parse_schema(side, {}) for side in sides)
    data = avro_data.Writer(sides[0]), avro_data.Writer(sides[1])
    rules = {finding["rule"] for finding in case.answer["findings"]}
    for finding in case.answer["findings"]:
        if finding["witness"]:
            avro_witness(case, finding, sides, (writer, reader), data)
    if not case.compatible() or rules & UNCLEAR:
        return
    announced = tuple(error for rule, error in ANNOUNCED.items() if rule in rules)
    for encoded in data[0].data():
        executed["avro generated"] += 1
        try:
            fastavro.schemaless_reader(io.BytesIO(encoded), writer, reader)
        except announced:
            pass
        except Exception as error:
            case.disagree(f"called compatible, but {encoded.hex()} fails: {error!r}")


def avro_witness(case, finding, sides, parsed, data):
    """Reads the bytes of a witness, and compares what comes out with what it says."""
    rule, witness = finding["rule"], finding["witness"]
    encoded = bytes.fromhex(witness["bytes_hex"])
    executed["avro witness"] += 1
    executed[rule] += 1
    if witness["kind"] == "avro_datum_without_field":
        return default_witness(case, finding, sides, encoded)
    written = fastavro.schemaless_reader(io.BytesIO(encoded), parsed[0])
    said = avro_data.from_json(data[0], sides[0], json.loads(witness["input"]))
    if not same(said, written):
        case.disagree(f"{rule}: {witness['input']} is written as {written!r}")
    if rule == "avro/decimal-changed":
        return decimal_witness(case, finding, encoded)
    try:
        read = fastavro.schemaless_reader(io.BytesIO(encoded), *parsed)
    except Exception as error:
        # Where something else is an error fastavro may refuse the schemas for it, though the datum holds
        # nothing of it: it compares the items of an array that is empty.
        excused = isinstance(error, fastavro.read.SchemaResolutionError) and not case.compatible()
        said_to_be_read = witness["output"] is not None and rule not in UNCLEAR
        if said_to_be_read and excused:
            executed["avro refused for another reason"] += 1
        elif said_to_be_read:
            case.disagree(f"{rule}: {witness['input']} is said to be read, but {error!r}")
        return None
    if rule in UNCLEAR:
        return None
    if witness["output"] is None:
        if "fails" in witness["outcome"] and not any(
            reason in witness["outcome"] for reason in FASTAVRO_READS
        ):
            case.disagree(f"{rule}: {witness['input']} reads as {read!r}")
        return None
    if rule == "avro/number-rounded" and "16777217" in witness["input"]:
        # fastavro's float is Python's, which has 64 bits.
        return None
    output = avro_data.from_json(data[1], sides[1], json.loads(witness["output"]))
    if not same(output, read):
        case.disagree(f"{rule}: {witness['input']} reads as {read!r}, not {output!r}")
    if rule not in SAME_VALUE and same(written, read):
        case.disagree(f"{rule}: {witness['input']} reads as what was written")
    return None


def same(one, other):
    """Equal, whatever Python's type for a number."""
    if isinstance(one, bool) is not isinstance(other, bool):
        return False
    if isinstance(one, bytes) and isinstance(other, str):
        # fastavro hands out a default of bytes as the text that stands in the schema.
        return one == other.encode("latin-1")
    if isinstance(one, float) and isinstance(other, float):
        return one == other or abs(one - other) <= 1e-6 * abs(one)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def default_witness(case, finding, sides, encoded):
    """Data without a field give each reader its own default, if it has one."""
    pointer = finding["path"].split("/")[1:]
    if finding["rule"] == "avro/default-removed":
        pointer.append("default")
    new = sides[1] if case.request["level"] == "BACKWARD" else sides[0]
    record = new
    for step in pointer[:-3]:
        record = record[int(step)] if isinstance(record, list) else record[step]
    name = record["fields"][int(pointer[-2])]["name"]
    writer = sides[0]
    for full in avro_data.names(writer):
        if full.rsplit(".")[-1] != record["name"].rsplit(".")[-1]:
            continue
        try:
            earlier = fastavro.parse_schema(avro_data.without_field(writer, full, name), {})
        except fastavro.schema.UnknownType:
            # The field defines a type that others name.
            continue
        results = [read_earlier(encoded, earlier, side) for side in (sides[0], sides[1])]
        removed = finding["rule"] == "avro/default-removed"
        if results[0] is None or (results[1] is None and not removed):
            # Something else in the same pair is not read.
            continue
        executed["avro default removed" if removed else "avro default compared"] += 1
        if removed and results[1] is not None:
            case.disagree(f"{finding['rule']}: the reader reads {results[1]!r}")
        if not removed and same(*results):
            case.disagree(f"{finding['rule']}: both versions read {results[0]!r}")


def read_earlier(encoded, earlier, side):
    """What data of an earlier schema are to a reader, which is no null; None where they are not read."""
    try:
        return fastavro.schemaless_reader(
            io.BytesIO(encoded), earlier, fastavro.parse_schema(side, {})
        )
    except Exception:
        return None


def decimal_witness(case, finding, encoded):
    """The same digits are another number, or are too many for the reader."""
    outcome = finding["witness"]["outcome"]
    if "where decimals are checked as specified" in outcome:
        # fastavro does not check it, and reads the number that was written.
        return
    writer, reader = (fastavro.parse_schema(json.loads(side), {}) for side in (case.writer, case.reader))
    written = fastavro.schemaless_reader(io.BytesIO(encoded), writer)
    try:
        # By the reader's logical type: with both, fastavro converts by the writer's.
        read = fastavro.schemaless_reader(io.BytesIO(encoded), reader)
    except Exception:
        return
    executed["avro decimal compared"] += 1
    if read == written and type(read) is type(written) and "digits" not in outcome:
        case.disagree(f"{finding['rule']}: {finding['witness']['input']} reads as {read!r}")


def validator(text):
    schema = json.loads(text)
    kind = jsonschema.validators.validator_for(schema, jsonschema.Draft7Validator)
    return kind(schema)


def json_schema(case):
    writer, reader = validator(case.writer), validator(case.reader)
    for finding, witness in case.witnesses("json_document"):
        document = json.loads(witness["input"])
        documents.append(document)
        executed["json witness"] += 1
        if not writer.is_valid(document):
            case.disagree(f"{finding['rule']}: the writer does not write {witness['input']}")
        if reader.is_valid(document):
            case.disagree(f"{finding['rule']}: the reader reads {witness['input']}")


def json_documents(case):
    """All documents that came up, on a pair that is called compatible."""
    writer, reader = validator(case.writer), validator(case.reader)
    for document in filter(writer.is_valid, documents if case.compatible() else []):
        executed["json generated"] += 1
        if not reader.is_valid(document):
            case.disagree(f"called compatible, but {json.dumps(document)} is refused")


@functools.cache
def compiled(text):
    """What protoc makes of a `.proto` text, with all that it imports."""
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        (root / "schema.proto").write_text(text)
        well_known = pathlib.Path(grpc_tools.__file__).parent / "_proto"
        arguments = [f"-I{root}", f"-I{well_known}", "--include_imports", f"-o{root}/set"]
        if protoc.main(["protoc", *arguments, "schema.proto"]) != 0:
            raise AssertionError(f"protoc refuses {text}")
        return descriptor_pb2.FileDescriptorSet.FromString((root / "set").read_bytes())


def loaded(files):
    types = descriptor_pool.DescriptorPool()
    for file in files.file:
        types.Add(file)
    return types


@functools.cache
def pool(text):
    """The types of a `.proto` text, and the names of its messages."""
    files, names = compiled(text), []
    for file in files.file:
        if file.name == "schema.proto":
            prefix = file.package + "." if file.package else ""
            names = list(message_names(file.message_type, prefix))
    return loaded(files), names


@functools.cache
def pool_of_bytes(text):
    """The types of a `.proto` text with `bytes` for every `string` but the keys of maps. They are written and
    encoded alike, and hold what is not UTF-8, as Python's strings do not."""
    files = descriptor_pb2.FileDescriptorSet()
    files.CopyFrom(compiled(text))
    for file in files.file:
        if file.name == "schema.proto":
            make_bytes(file.message_type)
    return loaded(files)


def make_bytes(messages):
    for message in messages:
        for field in message.field:
            is_key = message.options.map_entry and field.number == 1
            if field.type == field.TYPE_STRING and not is_key:
                field.type = field.TYPE_BYTES
        make_bytes(message.nested_type)


def message_names(messages, prefix):
    for message in messages:
        yield prefix + message.name
        yield from message_names(message.nested_type, prefix + message.name + ".")


def message_class(text, name):
    types, names = pool(text)
    if name not in names:
        return None
    return message_factory.GetMessageClass(types.FindMessageTypeByName(name))


def encoded_text(text, name, written):
    """How a message of a type of a `.proto` text is encoded that is written in text format; None where it is
    no message of that type."""
    found = pool_of_bytes(text).FindMessageTypeByName(name)
    message = message_factory.GetMessageClass(found)()
    try:
        text_format.Parse(written, message)
    except text_format.ParseError:
        return None
    return message.SerializePartialToString(deterministic=True)


def protobuf(case):
    for finding, witness in case.witnesses("protobuf_message", ("error", "warning")):
        executed["protobuf witness"] += 1
        outcomes = [shows(case, name, witness) for name in pool(case.writer)[1]]
        if True not in outcomes:
            what = "no type writes this" if set(outcomes) == {None} else "reads the same"
            case.disagree(f"{finding['rule']}: {witness['input']!r}: {what}")
    if not case.compatible():
        return
    for name in pool(case.writer)[1]:
        reader = message_class(case.reader, name)
        if reader is None or reader.DESCRIPTOR.GetOptions().map_entry:
            continue
        for seed in range(GENERATED):
            written = filled(message_class(case.writer, name), random.Random(seed))
            executed["protobuf generated"] += 1
            try:
                read = reader.FromString(written.SerializeToString())
            except Exception as error:
                case.disagree(f"called compatible, but {written} fails: {error}")
                continue
            if difference := differs(written, read, is_witness=False):
                case.disagree(f"called compatible, but {written} differs in {difference}")


def shows(case, name, witness):
    """Whether the witness, as a message of that name, is read as something else by a type of the
    reader; None where it is no message of that name."""
    data = bytes.fromhex(witness["bytes_hex"])
    if encoded_text(case.writer, name, witness["input"]) != data:
        return None
    try:
        written = message_class(case.writer, name).FromString(data)
    except DecodeError:
        return None
    return any(reads_otherwise(written, case.reader, to, witness) for to in pool(case.reader)[1])


def reads_otherwise(written, reader, name, witness):
    """Whether a type of the reader reads a witness as the witness says, and that is something else."""
    read = message_class(reader, name)()
    try:
        read.MergeFromString(bytes.fromhex(witness["bytes_hex"]))
    except DecodeError:
        return witness["output"] is None
    read.DiscardUnknownFields()
    encoded = read.SerializePartialToString(deterministic=True)
    if witness["output"] is None or encoded_text(reader, name, witness["output"]) != encoded:
        return False
    return not read.IsInitialized() or bool(differs(written, read, is_witness=True))


def differs(written, read, is_witness):
    """The name of a field that is not read as it was written. For a witness that includes fields
    that the reader has not, and names of enum values; what is compatible may lose both."""
    fields = read.DESCRIPTOR.fields_by_number
    for number, field in written.DESCRIPTOR.fields_by_number.items():
        other = fields.get(number)
        if other is None:
            is_set = any(found.number == number for found, _ in written.ListFields())
            if is_witness and is_set:
                return field.name
        elif not is_witness and field.message_type and other.message_type:
            if within(written, read, field, other):
                return field.name
        elif values(written, field, is_witness, other) != values(read, other, is_witness, field):
            return field.name
    return None


def within(written, read, field, other):
    """Whether messages in a field differ in what both sides know."""
    pairs = elements(written, field), elements(read, other)
    if len(pairs[0]) != len(pairs[1]):
        return True
    return any(differs(one, another, is_witness=False) for one, another in zip(*pairs))


def elements(message, field):
    """The messages of a field; a map's as the entries that they are on the wire, by key."""
    value = getattr(message, field.name)
    if hasattr(value, "GetEntryClass"):
        entry = value.GetEntryClass()
        return [entry(key=key, value=value[key]) for key in sorted(value)]
    if field.is_repeated:
        return list(value)
    return [value] if message.HasField(field.name) else []


def values(message, field, with_names, other):
    """What a field holds, such that equal meanings are equal, whatever the declared type: a list
    in which what is not set is not. `other` is what is declared in the other schema."""
    value = getattr(message, field.name)
    if hasattr(value, "items"):
        return {key: single(value[key], field, with_names) for key in value}
    if field.is_repeated:
        # A single zero may have been a single field.
        is_single = not with_names and not other.is_repeated
        if is_single and list(value) in ([0], [""], [b""], [False]):
            return []
        return [single(item, field, with_names) for item in value]
    # Where only one side knows presence the checker warns; then a zero is a zero.
    knows = field.has_presence and other.has_presence and not field.message_type
    is_set = message.HasField(field.name) if knows else hasattr(value, "ListFields") or bool(value)
    if not is_set and not with_names:
        return []
    return [single(value, field, with_names)]


def single(value, field, with_names):
    if hasattr(value, "ListFields"):
        inner = (field for field, _ in value.ListFields())
        return {field.number: values(value, field, with_names, field) for field in inner}
    if field.enum_type is not None and isinstance(value, int) and with_names:
        found = field.enum_type.values_by_number.get(value)
        return (value, found.name if found else None)
    return value.encode() if isinstance(value, str) else value


def filled(kind, rng, depth=0):
    """A message with some of its fields set."""
    message = kind()
    for field in kind.DESCRIPTOR.fields:
        if rng.random() < 0.3 and not field.is_required:
            continue
        value = getattr(message, field.name)
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            continue
        if field.message_type is not None:
            if depth < 3:
                inner = message_factory.GetMessageClass(field.message_type)
                target = value.add() if field.is_repeated else value
                target.CopyFrom(filled(inner, rng, depth + 1))
                if not field.is_repeated:
                    target.SetInParent()
        elif field.is_repeated:
            value.extend(scalar(field, rng) for _ in range(rng.randrange(3)))
        else:
            setattr(message, field.name, scalar(field, rng))
    return message


def scalar(field, rng):
    if field.enum_type is not None:
        return rng.choice(list(field.enum_type.values_by_number))
    return {
        field.CPPTYPE_BOOL: lambda: rng.random() < 0.5,
        field.CPPTYPE_STRING: lambda: b"abc" if field.type == field.TYPE_BYTES else "abc",
        field.CPPTYPE_FLOAT: lambda: 0.5,
        field.CPPTYPE_DOUBLE: lambda: 0.25,
    }.get(field.cpp_type, lambda: rng.randrange(100))()


def main():
    random.seed(7)
    cases = [Case(json.loads(line)) for line in sys.stdin]
    judges = {"AVRO": avro, "JSON": json_schema, "PROTOBUF": protobuf}
    for case in cases:
        judges[case.request["format"]](case)
    for case in cases:
        if case.request["format"] == "JSON":
            json_documents(case)
    json.dump({"executed": executed, "disagreements": disagreements}, sys.stdout)


if __name__ == "__main__":
    main()
