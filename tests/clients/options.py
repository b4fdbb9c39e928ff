"""Has protoc interpret the options of texts; the checker's tests demand the same.

    python tests/clients/options.py checker/src/protobuf/link/options/cases.txt

Each case in the file begins with a line `--- name`. Beside the file a `.json` is written: for each name the
encoded options by descriptor path, the paths of options in source info, or where protoc
refuses the text.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import grpc_tools
from google.protobuf import descriptor_pb2

BUILT_IN = pathlib.Path(grpc_tools.__file__).parent / "_proto"


def cases(text):
    parts = re.split(r"^--- (.*)\n", text, flags=re.MULTILINE)
    return zip(parts[1::2], parts[2::2])


def encoded_options(message, path, found):
    """The options of a descriptor and of all descriptors within."""
    for field, value in message.ListFields():
        values = list(value) if field.is_repeated else [value]
        if field.name == "options":
            found[".".join(map(str, [*path, field.number]))] = value.SerializeToString().hex()
        elif field.message_type and field.name != "source_code_info":
            for index, within in enumerate(values):
                encoded_options(within, [*path, field.number, index], found)


def compiled(text):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "case.proto").write_text(text)
        output = folder / "out.binpb"
        command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{folder}", f"-I{BUILT_IN}"]
        command += ["--include_source_info", "--retain_options", f"--descriptor_set_out={output}"]
        result = subprocess.run([*command, "case.proto"], capture_output=True, text=True)
        if result.returncode != 0:
            place = re.search(r"case\.proto:(\d+):(\d+)", result.stderr)
            return {"rejected": [int(place[1]), int(place[2])] if place else []}
        file = descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes()).file[0]
    found = {}
    encoded_options(file, [], found)
    paths = [".".join(map(str, place.path)) for place in file.source_code_info.location]
    return {"options": found, "paths": [path for path in paths if is_option(path, found)]}


def is_option(path, found):
    return any(path.startswith(options + ".") for options in found)


if __name__ == "__main__":
    source = pathlib.Path(sys.argv[1])
    results = {name: compiled(text) for name, text in cases(source.read_text())}
    source.with_suffix(".json").write_text(json.dumps(results, indent=1) + "\n")
