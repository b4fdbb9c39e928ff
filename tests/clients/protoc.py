"""Has protoc judge texts; the checker's tests demand the same verdicts and places.

    python tests/clients/protoc.py checker/src/protobuf/link/cases.txt

Each case in the file begins with a line `--- name`, and further files of it with a line `+++ path`. The first
file is `case.proto`; all files are compiled. Beside the file a `.json` is written: for each name the places
of protoc's errors, or null where it accepts. A place is file, line and column, or the file alone.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import grpc_tools

BUILT_IN = pathlib.Path(grpc_tools.__file__).parent / "_proto"


def split(text, mark, first):
    parts = re.split(rf"^{re.escape(mark)} (.*)\n", text, flags=re.MULTILINE)
    names = [first, *parts[1::2]]
    return list(zip(names, [parts[0], *parts[2::2]]))


def judged(text):
    with tempfile.TemporaryDirectory() as folder:
        files = split(text, "+++", "case.proto")
        for path, content in files:
            (pathlib.Path(folder) / path).write_text(content)
        command = [sys.executable, "-m", "grpc_tools.protoc", "-I.", f"-I{BUILT_IN}"]
        command += ["--descriptor_set_out=/dev/null", *(path for path, _ in files)]
        result = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    if result.returncode == 0:
        return None
    errors = [line for line in result.stderr.splitlines() if "warning:" not in line]
    found = (re.match(r"([a-z]+\.proto):(?:(\d+):(\d+):)?", line) for line in errors)
    places = [[place[1], *map(int, filter(None, place.groups()[1:]))] for place in found if place]
    return sorted(map(list, set(map(tuple, places))))


if __name__ == "__main__":
    source = pathlib.Path(sys.argv[1])
    cases = split(source.read_text(), "---", "")[1:]
    results = {name: judged(text) for name, text in cases}
    lines = (f" {json.dumps(name)}: {json.dumps(result)}" for name, result in results.items())
    source.with_suffix(".json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
