"""Takes compiled Python files that no interpreter in the image would read."""

import posixpath
import re
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

_COMPILED = re.compile(r"(?P<folder>.*/)?__pycache__/(?P<stem>[^/]+?)\.(?P<tag>[a-z]+-?\d+)(?:\.opt-[12])?\.pyc")


@trim(
    id="stale-bytecode",
    level=Level.SAFE,
    summary="bytecode without its source, or of another Python version",
    why="Python reads a file in __pycache__ only for a source beside that folder, and only with its own version's tag.",
    sources=("https://peps.python.org/pep-3147/#flow-chart",),
    before=("usr/lib/python3/a.py", "usr/lib/python3/__pycache__/a.cpython-313.pyc", "usr/lib/python3/__pycache__/gone.cpython-313.pyc",
            "usr/lib/python3/__pycache__/a.cpython-39.pyc", "usr/lib/python3/sourceless.pyc"),
    after=("usr/lib/python3/__pycache__/a.cpython-313.pyc", "usr/lib/python3/a.py", "usr/lib/python3/sourceless.pyc"),
)  # fmt: skip
def stale_bytecode(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    tag = "cpython-" + facts.python.replace(".", "")
    for path in tree:
        if not path.endswith(".pyc") or not (found := _COMPILED.fullmatch(path)):
            continue
        source = posixpath.join(found["folder"] or "", found["stem"] + ".py")
        if source not in tree:
            yield path, f"compiled from {found['stem']}.py, which is not there"
        elif found["tag"].startswith("cpython") and found["tag"] != tag:
            yield path, f"compiled for {found['tag']}; this image has Python {facts.python}"
