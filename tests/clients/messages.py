"""Has Google's library read and write messages; the checker's tests demand the same.

    python tests/clients/messages.py checker/src/protobuf/dynamic/golden.proto

Beside the file a `.jsonl` is written, a line for each message `p.M`: {"name", "bytes"} and either "error",
or "text" (what is known, in text format), "missing" (whether something required is) and "again" (encoded
once more, in hexadecimal; what is unknown included).
"""

import json
import pathlib
import random
import sys

from google.protobuf import message_factory, text_format
from google.protobuf.message import DecodeError
from oracle import pool

RANDOM = 400


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def tag(number, wire_type):
    return varint(number << 3 | wire_type)


def delimited(number, content):
    return tag(number, 2) + varint(len(content)) + content


def group(number, content):
    return tag(number, 3) + content + tag(number, 4)


def nested(levels, wrap):
    content = b""
    for _ in range(levels):
        content = wrap(content)
    return content


def single(number, value):
    return tag(number, 0) + varint(value)


def cases():
    """Messages by hand, each with what it is about."""
    yield "nothing", b""
    yield "last one wins", single(4, 1) + single(4, 2)
    yield "zero without presence", single(3, 5) + single(3, 0)
    yield "zero with presence", single(4, 0)
    yield "a float below zero without presence", tag(39, 5) + b"\0\0\0\x80"
    yield "messages are merged", delimited(17, single(4, 1)) + delimited(17, single(6, 2))
    yield "groups are merged", group(18, single(1, 1)) + group(18, delimited(3, b"a"))
    yield "another wire type", tag(4, 5) + b"abcd" + delimited(3, b"x") + single(1, 7)
    yield "a group where a message is", group(17, single(4, 1))
    yield "a message where a group is", delimited(18, single(1, 1))
    yield "packed where expanded is", delimited(22, varint(1) + varint(2)) + single(22, 3)
    yield "expanded where packed is", single(21, 1) + delimited(21, varint(2)) + single(21, 3)
    yield "nothing packed", delimited(21, b"")
    yield "packed for a single field", delimited(4, varint(1) + varint(2))
    yield "packed that ends within a number", delimited(21, b"\x01\x80")
    yield "packed fixed of an odd length", delimited(37, b"abcde")
    yield "a long number in 32 bits", single(3, 1 << 32 | 7) + single(5, (1 << 40) - 1)
    yield "a negative number", single(3, -5) + single(4, -6)
    yield "zigzag", single(7, 3) + single(8, (1 << 64) - 1)
    yield "zigzag in more than 32 bits", single(7, 1 << 33 | 3)
    yield "a bool of many bits", single(13, 1 << 40)
    yield "a bool of ten bytes", tag(13, 0) + b"\x80" * 9 + b"\x01"
    yield "bools", delimited(38, b"\x00\x02\x01") + single(38, 5)
    yield "closed unknown", single(19, 7) + single(19, 1)
    yield "closed known and unknown", single(19, 1) + single(19, 7)
    yield "closed in many bits", single(19, 1 << 32 | 1)
    yield "closed below zero", single(19, -1)
    yield "open unknown", single(20, 7)
    yield "closed list", delimited(23, varint(1) + varint(9) + varint(2)) + single(23, 8)
    yield "open list", delimited(24, varint(2) + varint(9))
    yield "closed extension", single(102, 9) + single(100, 5)
    yield "closed in a oneof", single(33, 1) + single(34, 9)
    yield "closed in a oneof that is known", single(33, 1) + single(34, 2)
    yield "a oneof changes", delimited(31, b"a") + delimited(32, single(1, 1)) + single(33, 0)
    yield "a oneof merges", delimited(32, single(1, 1)) + delimited(32, delimited(3, b"s"))
    yield "a oneof comes back", delimited(32, single(1, 1)) + single(33, 1) + delimited(32, b"")
    yield "a group in a oneof", single(33, 1) + group(35, single(1, 3))
    yield "not UTF-8, verified", delimited(14, b"\xff")
    yield "not UTF-8, not verified", delimited(15, b"\xff")
    yield "surrogates", delimited(14, b"\xed\xa0\x80")
    yield "UTF-8 of too many bytes", delimited(14, b"\xc0\x80")
    yield "beyond Unicode", delimited(14, b"\xf4\x90\x80\x80")
    yield "not UTF-8 in a list", delimited(25, b"a") + delimited(25, b"\xc3")
    yield "not UTF-8 in a key", delimited(27, delimited(1, b"\xff"))
    yield "not UTF-8 in a key, not verified", delimited(30, delimited(1, b"\xff"))
    yield "a map", delimited(27, delimited(1, b"b") + single(2, 1)) + delimited(27, delimited(1, b"a"))
    yield "an entry twice", delimited(27, single(2, 1)) + delimited(27, single(2, 2))
    yield "an entry backwards", delimited(27, single(2, 1) + delimited(1, b"k"))
    yield "an entry with more", delimited(27, single(2, 1) + single(9, 1) + delimited(1, b"k"))
    yield "an entry with parts twice", delimited(27, single(2, 1) + single(2, 3) + delimited(1, b"k"))
    yield "an entry of other wire types", delimited(27, single(1, 1) + delimited(2, b"x"))
    yield "an entry as a group", group(27, delimited(1, b"k"))
    yield "messages in an entry are merged", delimited(28, delimited(2, single(1, 1)) + delimited(2, delimited(3, b"s")))
    yield "an entry without a message", delimited(28, single(1, 5))
    yield "a closed enum in an entry", delimited(29, single(1, 1) + single(2, 2))
    yield "an unknown closed enum in an entry", delimited(29, single(1, 1) + single(2, 7))
    yield "an entry without its closed enum", delimited(29, single(1, 1))
    yield "something required", delimited(36, b"")
    yield "something required that is there", delimited(36, single(1, 0))
    yield "unknown", single(77, 1) + tag(78, 1) + b"abcdefgh" + delimited(79, b"xy") + tag(80, 5) + b"abcd"
    yield "an unknown group", group(77, single(1, 1) + group(2, b""))
    yield "an unknown group that is not closed", tag(77, 3) + single(1, 1)
    yield "a group closed as another", tag(77, 3) + tag(78, 4)
    yield "a group closed as another within", tag(18, 3) + single(1, 1) + tag(17, 4)
    yield "a group that is not closed", tag(18, 3) + single(1, 1)
    yield "a group closed without being open", tag(18, 4)
    yield "a group closed in a message", delimited(17, tag(18, 4))
    yield "number zero", single(0, 1)
    yield "number zero in a message", delimited(17, single(0, 1))
    yield "the largest number", single((1 << 29) - 1, 1)
    yield "a tag of too many bits", varint(1 << 35 | 0x18) + varint(1)
    yield "a tag of five bytes", b"\xa0\x80\x80\x80\x00\x05"
    yield "a tag of six bytes", b"\xa0\x80\x80\x80\x80\x00\x05"
    yield "wire type six", tag(77, 6)
    yield "wire type seven", tag(4, 7)
    yield "a number without end", tag(4, 0) + b"\x80" * 11
    yield "a number of eleven bytes", tag(4, 0) + b"\x80" * 10 + b"\x01"
    yield "a number whose last byte is too large", tag(4, 0) + b"\xff" * 9 + b"\x7f"
    yield "a number that is cut off", tag(4, 0) + b"\x80"
    yield "a tag that is cut off", b"\x80"
    yield "a length beyond the end", tag(14, 2) + b"\x05abc"
    yield "a length without end", tag(14, 2) + b"\xff" * 10
    yield "a length of many bits", tag(14, 2) + varint(1 << 33)
    yield "a fixed number that is cut off", tag(9, 5) + b"abc"
    for levels in (98, 99, 100, 101):
        yield f"{levels} messages", nested(levels, lambda within: delimited(17, within))
        yield f"{levels} unknown groups", nested(levels, lambda within: group(77, within))
        yield f"{levels} groups within", delimited(26, b"") + group(26, nested(levels, lambda within: delimited(2, within)))
    yield "floats", tag(1, 1) + b"\0\0\0\0\0\0\xf8\x7f" + tag(2, 5) + b"\0\0\x80\xff"


def random_case(rng, fields, depth=3):
    """Fields of a message with and without the right wire type."""
    out = b""
    for _ in range(rng.randrange(5)):
        field = rng.choice(fields)
        number, wire_type = field.number, rng.choice([0, 1, 2, 2, 3, 5])
        if wire_type == 0:
            out += single(number, rng.choice([0, 1, 2, 7, -1, rng.getrandbits(64)]))
        elif wire_type == 2:
            choices = [b"", b"abc", b"\xc3\xa9", varint(rng.getrandbits(20)), b"\x01\x02\x01"]
            if depth and field.message_type:
                choices = [random_case(rng, field.message_type.fields, depth - 1)]
            out += delimited(number, rng.choice(choices))
        elif wire_type == 3:
            inner = field.message_type.fields if field.message_type else fields
            out += group(number, random_case(rng, inner, depth - 1) if depth else b"")
        else:
            out += tag(number, wire_type) + rng.randbytes(8 if wire_type == 1 else 4)
    return out


def read(kind, data):
    message = kind()
    try:
        message.MergeFromString(data)
    except DecodeError:
        return {"error": True}
    again = message.SerializePartialToString(deterministic=True)
    missing = not message.IsInitialized()
    message.DiscardUnknownFields()
    try:
        text = text_format.MessageToString(message, as_one_line=True)
    except UnicodeDecodeError:
        # Python's strings hold UTF-8 only.
        text = None
    return {"text": text, "missing": missing, "again": again.hex()}


def main():
    source = pathlib.Path(sys.argv[1])
    types = pool(source.read_text())[0]
    descriptor = types.FindMessageTypeByName("p.M")
    kind = message_factory.GetMessageClass(descriptor)
    fields = list(descriptor.fields)
    grown = ((f"random {seed}", random_case(random.Random(seed), fields)) for seed in range(RANDOM))
    lines = []
    for name, data in [*cases(), *grown]:
        lines.append(json.dumps({"name": name, "bytes": data.hex(), **read(kind, data)}))
    source.with_suffix(".jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
