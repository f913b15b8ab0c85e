"""A stand-in for preprocessors that unwrap blocks: ````admonish becomes a <div> around its text."""

import json
import re
import sys

if sys.argv[1:2] == ["supports"]:
    sys.exit(0)
_, book = json.load(sys.stdin)
BLOCK = re.compile(r"^````admonish([^\n]*)\n(.*?)^````$", re.S | re.M)


def unwrap(items):
    for item in items:
        if isinstance(item, dict) and "Chapter" in item:
            chapter = item["Chapter"]
            chapter["content"] = BLOCK.sub(
                lambda found: f'<div class="admonition">\n<p>{found[1].strip()}</p>\n\n{found[2]}\n</div>',
                chapter["content"],
            )
            unwrap(chapter["sub_items"])


unwrap(book["items"] if "items" in book else book["sections"])
json.dump(book, sys.stdout)
