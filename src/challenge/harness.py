"""Loads a learner's script and calls one function of it, as tutor says.

Started as `python -c HARNESS SCRIPT FUNCTION`. Commands come as lines of JSON on standard input,
messages go as lines of JSON to what was standard output; the script itself gets an empty input, and
its prints go where errors go. When the commands end, so does this process group.
"""

import ast
import functools
import importlib.util
import inspect
import json
import linecache
import os
import queue
import signal
import sys
import threading
import time

MOST_TEXT = 20_000
MOST_ITEMS = 200
MOST_NOTES = 300

script, function_name = os.path.abspath(sys.argv[1]), sys.argv[2]
folder = os.path.dirname(script)
main_process, main_thread = os.getpid(), threading.get_ident()
leave = os._exit
commands = os.fdopen(os.dup(0), "r", encoding="utf-8")
channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
speaking = threading.Lock()
clock = time.monotonic
# Calls of boto3's clients, and exceptions that passed through the learner's own code, of this round.
calls, raised, held = [], [], {}
# Seconds that the script asked to sleep since the last call.
asked_to_sleep = [0.0]
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)


def tell(**message):
    # A process that the script forked has nothing to say.
    if os.getpid() == main_process:
        with speaking:
            channel.write(json.dumps(message) + "\n")
            channel.flush()


trees = {}


def statement(path, line):
    """The whole simple statement that a line belongs to, as one line."""
    if path not in trees:
        try:
            trees[path] = ast.parse("".join(linecache.getlines(path)))
        except Exception:
            trees[path] = ast.Module([], [])
    found = None
    for node in ast.walk(trees[path]):
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and not hasattr(node, "cases"):
            if node.lineno <= line <= node.end_lineno:
                found = node
    if found is None:
        return None
    lines = linecache.getlines(path)[found.lineno - 1 : found.end_lineno]
    return " ".join(part.strip() for part in lines)[:600]


def place(path, line, function=None):
    name = os.path.relpath(path, folder)
    text = linecache.getline(path, line or 0).strip()[:200]
    return {
        "file": name,
        "line": line,
        "text": text,
        "function": function,
        "statement": statement(path, line or 0),
    }


def is_learners(path):
    if path.startswith("<"):
        return False
    path = os.path.abspath(path)
    return path.startswith(folder + os.sep) and "site-packages" not in path


def place_of_frames(frames):
    """The innermost of (frame, line) that lies in the learner's own code."""
    found = None
    for frame, line in frames:
        if is_learners(frame.f_code.co_filename):
            found = place(frame.f_code.co_filename, line, frame.f_code.co_name)
    return found


def frames_of_traceback(traceback):
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next


def frames_of_stack(frame):
    stack = []
    while frame is not None:
        stack.append((frame, frame.f_lineno))
        frame = frame.f_back
    return reversed(stack)


def words_of(error):
    try:
        words = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:
        words = ""
    return str(words)[:2000]


def report(error):
    """An exception, with the learner's own file and line."""
    where = place_of_frames(frames_of_traceback(error.__traceback__))
    if isinstance(error, SyntaxError) and error.filename and is_learners(error.filename):
        where = place(error.filename, error.lineno)
    if isinstance(error, SystemExit):
        tell(exited=where, code=error.code if isinstance(error.code, int) else int(error.code is not None))
    else:
        tell(raised={"kind": type(error).__name__, "message": words_of(error), "place": where}, **notes())


def notes():
    """What was noted since the last time."""
    noted = {"calls": calls[:MOST_NOTES], "caught": raised[:MOST_NOTES]}
    calls.clear()
    raised.clear()
    held.clear()
    return noted


def observe_clients():
    """Notes when each call of a client begins and ends, and where it goes."""
    try:
        from botocore.client import BaseClient
    except Exception:
        return
    make = BaseClient._make_api_call

    def _make_api_call(self, operation_name, api_params):
        call = {
            "model": str(api_params.get("modelId")),
            "operation": operation_name,
            "service": self.meta.service_model.service_name,
            "endpoint": str(self.meta.endpoint_url),
            "thread": threading.get_ident(),
            "began": clock(),
            "ended": None,
            "error": None,
            "slept": asked_to_sleep[0],
        }
        asked_to_sleep[0] = 0.0
        if len(calls) < MOST_NOTES:
            calls.append(call)
        try:
            return make(self, operation_name, api_params)
        except BaseException as error:
            call["error"] = type(error).__name__
            raise
        finally:
            call["ended"] = clock()

    BaseClient._make_api_call = _make_api_call


def observe_sleep():
    """Counts what the script asks to sleep, in whatever way."""

    def counted(function, which):
        @functools.wraps(function)
        def wrapper(*arguments, **named):
            seconds = arguments[which] if len(arguments) > which else named.get("timeout", named.get("delay"))
            if isinstance(seconds, (int, float)) and seconds > 0:
                asked_to_sleep[0] += seconds
            return function(*arguments, **named)

        return wrapper

    time.sleep = counted(time.sleep, 0)
    threading.Condition.wait = counted(threading.Condition.wait, 1)


def observe_async_sleep():
    if "asyncio" in sys.modules:
        asyncio = sys.modules["asyncio"]
        sleep = asyncio.sleep

        async def counted(delay, *arguments, **named):
            asked_to_sleep[0] += max(delay, 0)
            return await sleep(delay, *arguments, **named)

        asyncio.sleep = asyncio.tasks.sleep = counted


def trace(frame, event, argument):
    """Follows only the learner's own functions, and there only exceptions."""
    if frame.f_code.co_filename not in own_files:
        own_files[frame.f_code.co_filename] = is_learners(frame.f_code.co_filename)
    if not own_files[frame.f_code.co_filename]:
        return None
    frame.f_trace_lines = False
    return trace_exceptions


own_files = {}


def trace_exceptions(frame, event, argument):
    if event == "exception" and len(raised) < MOST_NOTES:
        error = argument[1]
        if not isinstance(error, BaseException):
            error = argument[0](error) if error is not None else argument[0]()
        ends = (StopIteration, StopAsyncIteration, GeneratorExit)
        if not isinstance(error, ends) and id(error) not in held:
            # Kept, so that no other one gets its id.
            held[id(error)] = error
            mine = [call for call in calls if call["thread"] == threading.get_ident()]
            raised.append(
                {
                    "kind": type(error).__name__,
                    "message": words_of(error),
                    "place": place(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name),
                    "model": mine[-1]["model"] if mine else None,
                }
            )
    return trace_exceptions


def plain(value, depth=0):
    """A value as JSON has it; what JSON has no form for, by its type's name."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value[:MOST_TEXT]
    if isinstance(value, int):
        return int(value) if abs(value) < 2**63 else float("inf")
    if isinstance(value, float):
        return float(value)
    if depth < 6:
        if hasattr(value, "_asdict"):
            value = value._asdict()
        elif not isinstance(value, (dict, list, tuple, type)) and hasattr(value, "__dict__"):
            attributes = {key: item for key, item in vars(value).items() if not key.startswith("_")}
            value = attributes or value
        if isinstance(value, dict):
            items = list(value.items())[:MOST_ITEMS]
            return {str(key)[:200]: plain(item, depth + 1) for key, item in items}
        if isinstance(value, (list, tuple)):
            return [plain(item, depth + 1) for item in value[:MOST_ITEMS]]
    if hasattr(value, "__float__") and not isinstance(value, type):
        return float(value)
    return {"python type": type(value).__name__}


def finite(value):
    """NaN and infinity have no form in JSON either."""
    if isinstance(value, float) and value - value != 0:
        return {"python type": "float", "value": str(value)}
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    return [finite(item) for item in value] if isinstance(value, list) else value


def watch(received):
    """Hears commands while the script is busy: where it is, and when nobody listens any more."""
    for line in commands:
        command = json.loads(line)
        if "where" in command:
            frame = sys._current_frames().get(main_thread)
            tell(where=place_of_frames(frames_of_stack(frame)))
        else:
            received.put(command)
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    leave(1)


def leave_and_tell(code):
    if os.getpid() == main_process:
        tell(exited=place_of_frames(frames_of_stack(sys._getframe(1))), code=code)
    leave(code)


def guarded(action):
    """What `action` gives, unless it raises."""
    try:
        return action()
    except BaseException as error:
        if os.getpid() == main_process:
            report(error)
    if os.getpid() != main_process:
        leave(0)
    return None


def load():
    name = os.path.splitext(os.path.basename(script))[0]
    spec = importlib.util.spec_from_file_location(name, script)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def lines_of_functions(module):
    """On which line of the script each of its functions begins."""
    codes = ((name, getattr(value, "__code__", None)) for name, value in vars(module).items())
    return {name: code.co_firstlineno for name, code in codes if code and is_learners(code.co_filename)}


class WrongSignature(TypeError):
    pass


def check_signature(function, arguments):
    """A function that cannot be called like this is told how it is called, not what Python says of it."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*arguments.values())
    except TypeError:
        code = getattr(function, "__code__", None)
        where = place(code.co_filename, code.co_firstlineno, code.co_name) if code else None
        message = f"it is called as {function_name}({', '.join(arguments)}), and it is defined as "
        tell(
            raised={"kind": "WrongSignature", "message": f"{message}{function_name}{signature}", "place": where},
            **notes(),
        )
        return True


def main():
    received = queue.SimpleQueue()
    threading.Thread(target=watch, args=(received,), daemon=True).start()
    os._exit = leave_and_tell
    sys.path[0] = folder
    observe_sleep()
    module = guarded(load)
    if module is None:
        leave(0)
    observe_clients()
    observe_async_sleep()
    functions = guarded(lambda: lines_of_functions(module)) or {}
    tell(loaded=functions, callable=callable(getattr(module, function_name, None)))
    threading.settrace(trace)
    while True:
        arguments = dict(received.get()["call"])
        notes()

        def call():
            function = getattr(module, function_name)
            if check_signature(function, arguments):
                return None
            sys.settrace(trace)
            try:
                value = function(*arguments.values())
            finally:
                sys.settrace(None)
            # A process that the script forked and forgot ends here.
            return {"returned": finite(plain(value))} if os.getpid() == main_process else leave(0)

        answer = guarded(call)
        if answer is not None:
            tell(**answer, **notes())


main()
