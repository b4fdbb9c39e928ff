"""Makes the calls that the checker says will fail: a real server of one version and a real client of the
other one.

Standard input has one JSON object per line: {"request", "answer"}, a line that was given to
`schemactl check --jsonl` and what came back. Standard output gets one object: {"executed": how many calls
came to each status, "disagreements": [text]}.
"""

import collections
import json
import re
import sys
from concurrent import futures

import grpc
from google.protobuf import message_factory
from oracle import differs, pool

# As long as a call may take that nobody answers.
PATIENCE_SECONDS = 1.0
# Whose version the client is of, what it does, and the status that it gets.
OUTCOME = re.compile(r"a client of the (old|new) version (?:that sends no request )?gets (\w+)")

executed = collections.Counter()
disagreements = []


def services(text):
    """The methods of a `.proto` text by path."""
    file = pool(text)[0].FindFileByName("schema.proto")
    found = {}
    for service in file.services_by_name.values():
        for method in service.methods:
            found[f"/{service.full_name}/{method.name}"] = method
    return found


def shape(method):
    words = {False: "unary", True: "stream"}
    return f"{words[method.client_streaming]}_{words[method.server_streaming]}"


def empty(descriptor):
    """A message in which nothing required is missing."""
    message = message_factory.GetMessageClass(descriptor)()
    for field in descriptor.fields:
        if field.is_required:
            value = getattr(message, field.name)
            if hasattr(value, "SetInParent"):
                value.SetInParent()
            else:
                setattr(message, field.name, value)
    return message


class Server:
    """Serves all methods of a text. Requests are read as its types; responses are given."""

    def __init__(self, text, responses):
        self.read = []
        self.server = grpc.server(futures.ThreadPoolExecutor(2))
        self.methods = services(text)
        self.responses = responses
        self.server.add_generic_rpc_handlers((self,))
        self.port = self.server.add_insecure_port("127.0.0.1:0")

    def service(self, call):
        """What grpc asks for: the handler of a method, or nothing."""
        method = self.methods.get(call.method)
        if method is None:
            return None
        kind = message_factory.GetMessageClass(method.input_type)
        answers = self.responses or [empty(method.output_type).SerializeToString()]

        def single(requests, _context):
            self.read.extend(requests if method.client_streaming else [requests])
            return answers[0]

        def several(requests, _context):
            self.read.extend(requests if method.client_streaming else [requests])
            yield from answers

        handler = getattr(grpc, f"{shape(method)}_rpc_method_handler")
        behaviour = several if method.server_streaming else single
        return handler(behaviour, request_deserializer=kind.FromString)

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *_):
        self.server.stop(None).wait()


def call(port, path, method, requests):
    """The status that a client gets, and the responses that it reads."""
    kind = message_factory.GetMessageClass(method.output_type)
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = getattr(channel, shape(method))(path, response_deserializer=kind.FromString)
        argument = iter(requests) if method.client_streaming else requests[0]
        try:
            answer = stub(argument, timeout=PATIENCE_SECONDS)
            return "OK", list(answer) if method.server_streaming else [answer]
        except grpc.RpcError as error:
            return error.code().name, []


def judge(case, finding, witness):
    """Makes the call of a witness."""
    path = witness["input"].split(" ")[0]
    outcome = witness["outcome"]
    version, expected = OUTCOME.match(outcome).groups()
    texts = case["old"], case["new"]
    client, server = texts if version == "old" else texts[::-1]
    method = services(client)[path]
    data = bytes.fromhex(witness["bytes_hex"]) if witness["bytes_hex"] else None
    is_response = finding["rule"] == "protobuf/rpc-response-type-changed"
    requests = [empty(method.input_type).SerializeToString()]
    responses = [data] if is_response else None
    if data is not None and not is_response:
        requests = [data]
    if "sends no request" in outcome:
        requests = []
    if "sends two responses" in outcome:
        responses = [empty(services(server)[path].output_type).SerializeToString()] * 2
    with Server(server, responses) as running:
        status, answers = call(running.port, path, method, requests)
    name = f"{case['id']}: {finding['rule']}: {outcome}"
    allowed = {expected, "DEADLINE_EXCEEDED"} if "until its deadline" in outcome else {expected}
    if status not in allowed:
        disagreements.append(f"{name}: the client got {status}")
    elif status == "OK":
        read = answers if is_response else running.read
        writer = services(server)[path].output_type if is_response else method.input_type
        written = message_factory.GetMessageClass(writer).FromString(data)
        if not read or not differs(written, read[0], is_witness=True):
            disagreements.append(f"{name}: read as it was written")
    executed[f"{finding['rule']} {expected}"] += 1


def main():
    for line in sys.stdin:
        line = json.loads(line)
        for finding in line["answer"]["findings"]:
            witness = finding["witness"]
            if witness and witness["kind"] == "grpc_call":
                judge(line["request"], finding, witness)
    json.dump({"executed": executed, "disagreements": disagreements}, sys.stdout)


if __name__ == "__main__":
    main()
