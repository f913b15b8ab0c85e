"""Loads a learner's script and calls one function of it, as tutor says.

Started as `python -c HARNESS SCRIPT FUNCTION`. Commands come as lines of JSON on standard input,
messages go as lines of JSON to what was standard output; the script itself gets an empty input, and
its prints go where errors go. When the commands end, so does this process group.
"""

import importlib.util
import json
import linecache
import os
import queue
import signal
import sys
import threading

MOST_TEXT = 20_000
MOST_ITEMS = 200

script, function_name = os.path.abspath(sys.argv[1]), sys.argv[2]
folder = os.path.dirname(script)
main_process, main_thread = os.getpid(), threading.get_ident()
leave = os._exit
commands = os.fdopen(os.dup(0), "r", encoding="utf-8")
channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
speaking = threading.Lock()
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)


def tell(**message):
    # A process that the script forked has nothing to say.
    if os.getpid() == main_process:
        with speaking:
            channel.write(json.dumps(message) + "\n")
            channel.flush()


def place(path, line, function=None):
    name = os.path.relpath(path, folder)
    text = linecache.getline(path, line or 0).strip()[:200]
    return {"file": name, "line": line, "text": text, "function": function}


def is_learners(path):
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


def report(error):
    """An exception, with the learner's own file and line."""
    where = place_of_frames(frames_of_traceback(error.__traceback__))
    if isinstance(error, SyntaxError) and error.filename and is_learners(error.filename):
        where = place(error.filename, error.lineno)
    try:
        words = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:
        words = ""
    if isinstance(error, SystemExit):
        tell(exited=where, code=error.code if isinstance(error.code, int) else int(error.code is not None))
    else:
        tell(raised={"kind": type(error).__name__, "message": str(words)[:2000], "place": where})


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


def main():
    received = queue.SimpleQueue()
    threading.Thread(target=watch, args=(received,), daemon=True).start()
    os._exit = leave_and_tell
    sys.path[0] = folder
    module = guarded(load)
    if module is None:
        leave(0)
    functions = guarded(lambda: lines_of_functions(module)) or {}
    tell(loaded=functions, callable=callable(getattr(module, function_name, None)))
    while True:
        command = received.get()
        prompt, models = command["prompt"], command["models"]

        def call():
            value = getattr(module, function_name)(prompt, models)
            # A process that the script forked and forgot ends here.
            return {"returned": finite(plain(value))} if os.getpid() == main_process else leave(0)

        answer = guarded(call)
        if answer is not None:
            tell(**answer)


main()
