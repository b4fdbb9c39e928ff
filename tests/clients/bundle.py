"""Writes the files that the checker brings with it, from the packages that publish them.

    python tests/clients/bundle.py checker/src/protobuf/bundled/bundled.binpb

The output is a FileDescriptorSet in which imports come first; names, numbers and options are as protoc
makes them, comments are left out. With `--list` the paths are printed instead.
"""

import importlib
import pathlib
import sys
import tempfile

import grpc_tools
from google.protobuf import descriptor_pb2
from grpc_tools import protoc

# Those of protoc itself and those of googleapis, whose packages bring the texts.
PROTOC = pathlib.Path(grpc_tools.__file__).parent / "_proto"
SITE = PROTOC.parent.parent
GOOGLEAPIS = ["google/api", "google/rpc", "google/type"]
# The serializers bring their files compiled only.
CONFLUENT = ["meta", "type/decimal", "type/variant"]


def paths(root, folders):
    """The import paths of all texts below folders."""
    found = (path for folder in folders for path in (root / folder).rglob("*.proto"))
    return sorted(str(path.relative_to(root)) for path in found)


def compiled(folder, arguments, files):
    """The descriptors of files with all that they import."""
    output = folder / "out.binpb"
    options = ["--include_imports", "--retain_options", f"--descriptor_set_out={output}"]
    code = protoc.main(["protoc", *arguments, *options, *files])
    if code != 0:
        raise SystemExit("protoc failed")
    return descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes()).file


def confluent(folder):
    """protoc adds what the compiled form leaves out: the names that fields have in JSON."""
    given = descriptor_pb2.FileDescriptorSet()
    descriptor_pb2.DESCRIPTOR.CopyToProto(given.file.add())
    package = "confluent_kafka.schema_registry.confluent."
    for name in CONFLUENT:
        module = importlib.import_module(package + name.replace("/", ".") + "_pb2")
        module.DESCRIPTOR.CopyToProto(given.file.add())
    source = folder / "in.binpb"
    source.write_bytes(given.SerializeToString(deterministic=True))
    files = [f"confluent/{name}.proto" for name in CONFLUENT]
    found = compiled(folder, [f"--descriptor_set_in={source}"], files)
    return [file for file in found if file.name in files]


def bundle():
    files = paths(PROTOC, ["google/protobuf"]) + paths(SITE, GOOGLEAPIS)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        texts = compiled(folder, [f"-I{PROTOC}", f"-I{SITE}"], files)
        everything = [*texts, *confluent(folder)]
    return descriptor_pb2.FileDescriptorSet(file=everything)


if __name__ == "__main__":
    result = bundle()
    if sys.argv[1:] == ["--list"]:
        print("\n".join(file.name for file in result.file))
    else:
        pathlib.Path(sys.argv[1]).write_bytes(result.SerializeToString(deterministic=True))
