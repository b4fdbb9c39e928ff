"""Compares a descriptor set with what protoc makes of the same files.

    python tests/clients/descriptors.py roots
    python tests/clients/descriptors.py compare OURS ROOT < paths

`roots` prints, as JSON, the folders of protos that this environment brings, each with its files. `compare` reads
import paths, one a line, runs protoc over them, and prints what differs: descriptors are compared as
messages, so with every custom option decoded, and places with comments one by one.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import grpc_tools
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

BUILT_IN = pathlib.Path(grpc_tools.__file__).parent / "_proto"
SITE = BUILT_IN.parent.parent
# What googleapis-common-protos and its like install beside their Python files.
GOOGLEAPIS = ["api", "cloud", "gapic", "logging", "longrunning", "rpc", "type"]


def files(root, folders):
    """The import paths of all texts below folders."""
    found = (path for folder in folders for path in (root / folder).rglob("*.proto"))
    return sorted(str(path.relative_to(root)) for path in found)


def roots():
    googleapis = files(SITE, [f"google/{folder}" for folder in GOOGLEAPIS])
    return [[str(BUILT_IN), files(BUILT_IN, ["."])], [str(SITE), googleapis]]


def compiled(root, paths):
    with tempfile.TemporaryDirectory() as folder:
        output, arguments = pathlib.Path(folder) / "out", pathlib.Path(folder) / "arguments"
        arguments.write_text("\n".join(paths))
        command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{root}", f"-I{BUILT_IN}"]
        command += ["--include_imports", "--include_source_info", "--retain_options"]
        subprocess.run([*command, f"--descriptor_set_out={output}", f"@{arguments}"], check=True)
        return output.read_bytes()


def described(encoded):
    """The class of descriptor sets that knows the options which the set itself declares."""
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(encoded).file:
        file.ClearField("source_code_info")
        pool.Add(file)
    try:
        found = pool.FindMessageTypeByName("google.protobuf.FileDescriptorSet")
        return message_factory.GetMessageClass(found)
    except KeyError:
        return descriptor_pb2.FileDescriptorSet


def places(file):
    def of(place):
        comments = [place.leading_comments, place.trailing_comments]
        return [list(place.path), list(place.span), *comments, list(place.leading_detached_comments)]

    return [of(place) for place in file.source_code_info.location]


def differing(theirs, ours):
    """Where a file differs from protoc's, at most once for descriptors and once for places."""
    # A bundled file has no text and so no places.
    pairs = zip(places(theirs), places(ours)) if ours.source_code_info.location else []
    for their_place, our_place in pairs:
        if their_place != our_place:
            yield f"{theirs.name}: {our_place}, protoc has {their_place}"
            break
    else:
        if pairs and len(places(theirs)) != len(places(ours)):
            yield f"{theirs.name}: the places differ in number"
    theirs.ClearField("source_code_info")
    ours.ClearField("source_code_info")
    if theirs.SerializeToString(deterministic=True) != ours.SerializeToString(deterministic=True):
        lines = zip(str(theirs).splitlines(), str(ours).splitlines())
        first = next((pair for pair in lines if pair[0] != pair[1]), "in length")
        yield f"{theirs.name}: {first}"


def compare(ours, root, paths):
    encoded = compiled(root, paths)
    kind = described(encoded)
    own = {file.name: file for file in kind.FromString(pathlib.Path(ours).read_bytes()).file}
    for file in kind.FromString(encoded).file:
        if file.name in own:
            yield from differing(file, own[file.name])
        else:
            yield f"{file.name} is missing"


if __name__ == "__main__":
    if sys.argv[1] == "roots":
        print(json.dumps(roots()))
    else:
        print("\n".join(compare(*sys.argv[2:4], sys.stdin.read().split())))
