"""Runs generated programs in real Python and says what they sent.

One JSON object a line comes in: {"fences": [text, ...], "streams": [seed, ...]}; one goes out: a list
with one run a stream, {"completed": bool, "error": str, "sent": [...]}. The fences of a program are
one module. Where a program asks for what nobody can know (typed input, chance, files, time, a
library), the stream answers. Inside a `try` with handlers, what nobody knows may also raise.
"""

import ast
import asyncio  # noqa: F401 - programs import it; a first import must not fall into their time
import base64
import builtins
import collections  # noqa: F401
import copy  # noqa: F401
import dataclasses  # noqa: F401
import functools  # noqa: F401
import io
import itertools  # noqa: F401
import json
import os
import random
import re
import signal
import string  # noqa: F401
import sys
import textwrap  # noqa: F401
import threading
import time
import types

# Programs may replace what they share with this file.
dumps, loads = json.dumps, json.loads
MOST_DRAWS = 400
SECONDS = 0.5
WORDS = ["y", "n", "3", "u1", "u2 u3", ""]
RAISED = [ValueError, KeyError, RuntimeError, TypeError, OSError]


class Runaway(BaseException):
    """The program draws or runs without an end."""


class Stream:
    """What nobody can know, decided by a seed: 0 is meagre, 1 is rich, others are mixed."""

    def __init__(self, seed):
        self.seed = seed
        self.chance = random.Random(seed)
        self.draws = 0

    def pick(self, low, high, *others):
        self.draws += 1
        if self.draws > MOST_DRAWS:
            raise Runaway()
        if self.seed == 0:
            # Even the meagre stream turns at last, so that loops waiting for it end.
            return low if self.draws < 40 else self.chance.choice([low, high, *others])
        if self.seed == 1:
            return high if self.draws < 40 else self.chance.choice([low, high, *others])
        return self.chance.choice([low, high, *others])


class Recorder:
    """One run: the stream, what was sent, and where the program stands."""

    def __init__(self, seed, statements, tries):
        self.stream = Stream(seed)
        self.statements = statements
        self.tries = tries
        self.sent = []
        self.given = []

    def place(self):
        """Fence and first line of the running top-level statement, and whether a `try` is around."""
        frame, guarded, place = sys._getframe(2), False, (None, None)
        while frame is not None:
            name = frame.f_code.co_filename
            if name.startswith("<fence-"):
                fence, line = int(name[7:-1]), frame.f_lineno
                guarded = guarded or any(a <= line <= b for a, b in self.tries[fence])
                if frame.f_code.co_name == "<module>":
                    starts = [a for a, b in self.statements[fence] if a <= line <= b]
                    place = (fence, starts[0] if starts else line)
            frame = frame.f_back
        if place == (None, None):
            # In a thread: what it sends counts for the statement that started it.
            place = getattr(threading.current_thread(), "place", place)
        return place, guarded

    def send(self, operation, arguments):
        (fence, line), _ = self.place()
        arguments = dict(arguments)
        model = arguments.pop("modelId")
        if operation.startswith("Invoke"):
            body = arguments["body"]
            body = body.decode() if isinstance(body, (bytes, bytearray)) else body
        else:
            body = dumps(arguments, default=lambda b: base64.b64encode(b).decode())
        if not isinstance(model, str) or not isinstance(body, str):
            raise TypeError("boto3 refuses this")
        self.sent.append(
            {"operation": operation, "model": model, "body": body, "fence": fence, "line": line}
        )

    def unknown(self, low, high, *others, touched=(), raises=True):
        """A value nobody knows; the callee may also raise, and change what it ever was given."""
        _, guarded = self.place()
        if raises and guarded and self.stream.pick(False, False, False, True):
            raise self.stream.chance.choice(RAISED)("unknown")
        self.given.extend(touched)
        for value in self.given:
            if self.stream.pick(False, True):
                self.touch(value)
        return self.stream.pick(low, high, *others)

    def touch(self, value):
        if isinstance(value, list):
            value.append("touched")
        elif isinstance(value, dict):
            value["touched"] = "touched"
        elif hasattr(value, "__dict__") and not callable(value) and not isinstance(value, types.ModuleType):
            for name in list(vars(value)):
                if isinstance(getattr(value, name), str):
                    setattr(value, name, "touched")


recorders = []
start_thread = threading.Thread.start


def start(thread):
    thread.place, _ = recorders[-1].place()
    start_thread(thread)


threading.Thread.start = start


class Body:
    """The body of an answer: readable once, and a stream of events."""

    def __init__(self, text):
        self.text = text

    def read(self):
        text, self.text = self.text, ""
        return text.encode()

    def __iter__(self):
        yield {"chunk": {"bytes": self.text.encode()}}


class Client:
    def __init__(self, recorder):
        self.recorder = recorder

    def text(self):
        return self.recorder.stream.pick("", "answer", "another answer")

    def invoke_model(self, **arguments):
        self.recorder.send("InvokeModel", arguments)
        answer = {"content": [{"type": "text", "text": self.text()}], "stop_reason": "end_turn"}
        return {"body": Body(dumps(answer)), "contentType": "application/json"}

    def invoke_model_with_response_stream(self, **arguments):
        self.recorder.send("InvokeModelWithResponseStream", arguments)
        event = {"type": "content_block_delta", "delta": {"text": self.text()}}
        return {"body": Body(dumps(event))}

    def converse(self, **arguments):
        self.recorder.send("Converse", arguments)
        message = {"role": "assistant", "content": [{"text": self.text()}]}
        return {"output": {"message": message}, "stopReason": "end_turn", "usage": {"inputTokens": 3}}

    def converse_stream(self, **arguments):
        self.recorder.send("ConverseStream", arguments)
        return {"stream": [{"contentBlockDelta": {"delta": {"text": self.text()}}}]}


def module(name, **members):
    made = types.ModuleType(name)
    vars(made).update(members)
    sys.modules[name] = made


def surroundings(recorder):
    """The modules and builtins that answer from the recorder."""
    unknown = recorder.unknown
    json.dumps, json.loads = dumps, loads
    module("boto3", client=lambda *a, **k: Client(recorder), Session=None)

    def apply(function, *arguments):
        times = unknown(0, 2, 1)
        return [function(*arguments) for _ in range(times)]

    module(
        "acme_tools",
        fetch=lambda *a: unknown("", "u9", "u8", touched=a),
        names=lambda *a: unknown([], ["u1", "u2"], ["u3"], touched=a).copy(),
        settings=lambda *a: unknown({}, {"a": "u1"}, {"temperature": 1}, touched=a).copy(),
        number=lambda *a: unknown(0, 7, 2, touched=a),
        ready=lambda *a: unknown(False, True, touched=a),
        touch=lambda *a: unknown(None, None, touched=a),
        apply=apply,
    )
    random.random = lambda: unknown(0.05, 0.95, 0.4, raises=False)
    random.randint = lambda a, b: unknown(a, b, (a + b) // 2, raises=False)
    random.choice = lambda items: items[unknown(0, len(items) - 1, raises=False)]
    os.listdir = lambda *a: unknown([], ["f1", "f2"], ["f3"]).copy()
    time.time = lambda: unknown(1.5, 2000000.25, raises=False)
    time.sleep = lambda seconds: None
    builtins.input = lambda *a: unknown(*WORDS)


def plain(text):
    """The text without what only a notebook understands: magics and shell lines."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if line.startswith(("%", "!")):
            lines[at] = ""
        elif re.match(r"\w+ = !", line):
            lines[at] = line.split("!")[0] + "os.listdir('.')"
    return "\n".join(lines)


def spans(tree):
    """First and last line of every top-level statement, decorators included."""
    for statement in tree.body:
        first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))])
        yield first, statement.end_lineno


def guarded(statements):
    """The lines in the bodies of `try` statements that have handlers."""
    for statement in statements:
        if isinstance(statement, ast.Try) and statement.handlers:
            yield statement.body[0].lineno, statement.body[-1].end_lineno
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            yield from guarded(getattr(statement, part, ()))


def undefined(trees):
    """A name that the program reads and nothing in it binds, as programs that lack a part have."""
    bound, read = set(vars(builtins)) | {"__name__"}, set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            bound.add(node.rest)
    return sorted(read - bound)


running = []


def run(fences, seed):
    compiled, statements, tries = fences
    recorder = Recorder(seed, statements, tries)
    recorders[:] = [recorder]
    surroundings(recorder)
    names = {"__name__": "__main__"}
    result = {"completed": True, "error": "", "sent": recorder.sent}
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS, 0.05)
    try:
        running.append(True)
        for code in compiled:
            exec(code, names)
    except BaseException as error:
        result.update(completed=False, error=f"{type(error).__name__}: {error}")
    finally:
        running.clear()
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return result


def main():
    def late(*_):
        if running:
            raise Runaway()

    signal.signal(signal.SIGVTALRM, late)
    sys.setrecursionlimit(300)
    out, sys.stdout, sys.stderr = sys.stdout, io.StringIO(), io.StringIO()
    for line in sys.stdin:
        program = loads(line)
        try:
            trees = [ast.parse(plain(text)) for text in program["fences"]]
            if program["strict"] and undefined(trees):
                raise SyntaxError(f"undefined: {undefined(trees)}")
            fences = (
                [compile(tree, f"<fence-{n}>", "exec") for n, tree in enumerate(trees)],
                [list(spans(tree)) for tree in trees],
                [list(guarded(tree.body)) for tree in trees],
            )
            runs = []
            for seed in program["streams"]:
                runs.append(run(fences, seed))
                if runs[-1]["error"].startswith("Runaway"):
                    break
        except SyntaxError as error:
            runs = [{"completed": False, "error": f"SyntaxError: {error}", "sent": []}]
        sys.stdout.seek(0)
        sys.stdout.truncate()
        out.write(dumps(runs) + "\n")
        out.flush()


main()
