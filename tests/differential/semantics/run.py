"""Runs each program in a process of its own and says what it sent.

One JSON string a line comes in, a program; one JSON list goes out: what its client was asked to send, each as
[operation, model id, body]. A program may end as it likes: with an exception, a signal, or not at all.
"""

import atexit
import json
import os
import select
import signal
import sys
import threading
import types

SECONDS = 10
dumps = json.JSONEncoder().encode


def wire(value):
    """What boto3 would write, or the exception it would raise."""
    if isinstance(value, dict):
        return {key: wire(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [wire(item) for item in value]
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    raise TypeError("boto3 refuses this")


def client_class(out):
    def send(operation, model, body):
        if not isinstance(model, str) or not isinstance(body, str):
            raise TypeError("boto3 refuses this")
        os.write(out, (dumps([operation, model, body]) + "\n").encode())

    class Client:
        def __init__(self):
            self.meta = types.SimpleNamespace(region_name="us-east-1")

        def converse(self, **arguments):
            arguments = wire(arguments)
            send("Converse", arguments.pop("modelId"), dumps(arguments))
            message = {"role": "assistant", "content": [{"text": "answer"}]}
            return {"output": {"message": message}, "stopReason": "end_turn"}

        def invoke_model(self, **arguments):
            body = arguments["body"]
            body = body.decode() if isinstance(body, (bytes, bytearray)) else body
            send("InvokeModel", arguments["modelId"], body)
            return {"body": types.SimpleNamespace(read=lambda: b"{}")}

    return Client


def child(program, out):
    boto3 = types.ModuleType("boto3")
    made = client_class(out)
    boto3.client = lambda *_, **__: made()
    sys.modules["boto3"] = boto3
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = main
    try:
        exec(compile(program, "<program>", "exec"), main.__dict__)
    except BaseException:
        pass
    threading._shutdown()
    atexit._run_exitfuncs()
    os._exit(0)


def run(program):
    """What a program sends until it ends or its time is over."""
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(read)
        try:
            child(program, write)
        finally:
            os._exit(1)
    os.close(write)
    said = b""
    while select.select([read], [], [], SECONDS)[0]:
        part = os.read(read, 65536)
        if not part:
            break
        said += part
    os.close(read)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return [json.loads(line) for line in said.decode().splitlines()]


def main():
    lines = [json.loads(line) for line in sys.stdin]
    # Programs talk; only what they send counts.
    out = os.fdopen(os.dup(1), "w")
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    for program in lines:
        out.write(json.dumps(run(program)) + "\n")
        out.flush()


main()
