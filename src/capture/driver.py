"""Runs a chapter's fences in order, as one module, and tells tutor how it goes.

Arguments: a word nobody else knows, and the file with the job. Standard output is the way to tutor:
what fences print goes there as it is, and between them stand lines that begin with the word. After
each such line tutor answers with one byte on standard input, so that it knows which fence runs when
a request arrives.
"""

import ast
import asyncio
import inspect
import json
import linecache
import os
import re
import sys
import traceback
import types

WORD, JOB = sys.argv[1], sys.argv[2]
IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp")


def main():
    with open(JOB, encoding="utf-8") as file:
        job = json.load(file)
    answers = os.fdopen(os.dup(0), "rb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def tell(what, **facts):
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                pass
        line = json.dumps({"event": what, **facts}, ensure_ascii=True)
        os.write(1, f"\n{WORD} {line}\n".encode("ascii"))
        if not answers.read(1):  # tutor is gone
            os._exit(1)

    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    sys.argv = [job["chapter"]]
    sys.path[0] = os.getcwd()
    change_libraries()
    tell("started", python=".".join(str(part) for part in sys.version_info[:3]))
    known = pictures()
    files = {}
    for fence in job["fences"]:
        tell("fence", fence=fence["fence"])
        try:
            run(fence, job["chapter"], module, files)
        except BaseException as error:  # SystemExit and KeyboardInterrupt end a fence as well
            tell("failed", fence=fence["fence"], line=line_of(error, files), message=words(error))
            return
        draw_figures(fence["fence"])
        now = pictures()
        new = [path for path, state in now.items() if known.get(path) != state]
        known = now
        tell("done", fence=fence["fence"], images=new)
    tell("finished")


def run(fence, chapter, module, files):
    name = f"<{chapter}, fence {fence['fence']}>"
    text = "\n" * (fence["line"] - 1) + fence["text"]
    files[name] = fence
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    code = compile(text, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    result = eval(code, module.__dict__)
    if code.co_flags & inspect.CO_COROUTINE:
        asyncio.run(result)


def line_of(error, files):
    """The chapter's line that was being run, or could not be read."""
    if isinstance(error, SyntaxError) and error.filename in files:
        return error.lineno
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__)
             if frame.f_code.co_filename in files]
    return lines[-1] if lines else None


def words(error):
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}"
    return "".join(traceback.format_exception_only(type(error), error)).strip()


def pictures():
    """Every picture in the folder the code runs in, the oldest first, with what tells a new one."""
    found = []
    for folder, _, names in os.walk("."):
        for name in names:
            if name.lower().endswith(IMAGES):
                path = os.path.join(folder, name)
                state = os.stat(path)
                found.append(((state.st_mtime_ns, path), (path, (state.st_mtime_ns, state.st_size))))
    return dict(entry for _, entry in sorted(found))


def draw_figures(fence):
    """What matplotlib would have shown becomes a file, as in a notebook."""
    plot = sys.modules.get("matplotlib.pyplot")
    if plot is None:
        return
    for number in plot.get_fignums():
        plot.figure(number).savefig(f"figure-{fence}-{number}.png")
    plot.close("all")


def change_libraries():
    """What is imported later is changed when it is there, so that nothing is imported for nothing."""
    import builtins

    plain = builtins.__import__
    left = dict(CHANGES)

    def patched(*arguments, **keywords):
        module = plain(*arguments, **keywords)
        for name in [name for name in left if name in sys.modules]:
            try:
                left[name](sys.modules[name])
            except AttributeError:  # it is still being imported
                continue
            del left[name]
        return module

    builtins.__import__ = patched


def show_as_file(pillow):
    """Pillow's `show()` would open a window: it saves a file instead."""
    count = 0

    def show(image, *_, **__):
        nonlocal count
        count += 1
        image.save(f"shown-{count}.png")

    pillow.Image.show = show


BEDROCK = re.compile(r"https://bedrock-(runtime|mantle)[a-z-]*\.[a-z0-9-]+\.(?:amazonaws\.com|api\.aws)(?=[:/]|$)")


def led(url):
    """A URL of Bedrock that stands in the code leads to tutor, as variables lead what has none."""
    here = os.environ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"]
    return BEDROCK.sub(lambda host: here + ("/mantle" if host[1] == "mantle" else ""), url)


def lead(owner):
    """Leads requests that go through `owner.send(request)`."""
    plain = owner.send

    def patched(self, request, *arguments, **keywords):
        url = led(str(request.url))
        if url != str(request.url):
            request.url = url if isinstance(request.url, str) else type(request.url)(url)
            request.headers["Host"] = url.split("/")[2]
        return plain(self, request, *arguments, **keywords)

    owner.send = patched


def lead_httpx(httpx):
    clients = httpx.Client, httpx.AsyncClient
    for client in clients:
        lead(client)


CHANGES = {
    "PIL.Image": show_as_file,
    "httpx": lead_httpx,
    "httpx2": lead_httpx,
    "requests.sessions": lambda sessions: lead(sessions.Session),
    "botocore.httpsession": lambda session: lead(session.URLLib3Session),
}


main()
