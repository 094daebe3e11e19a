"""Finds compiled Python that no longer fits its source or interpreter, so that each start compiles it again."""

import importlib.util
import posixpath
import re
import struct
from collections.abc import Iterator
from dataclasses import replace

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import counted, size
from paredown.tree import Entry, Tree, file_of

_CACHED = re.compile(r"(?P<folder>(?:.*/)?)__pycache__/(?P<stem>[^/]+)\.cpython-(?P<tag>\d+)(?:\.opt-[12])?\.pyc")
_LIBRARY = re.compile(r"(?:^|/)lib/python(3\.\d+)/os\.py$")
_HEADER = struct.Struct("<4sIII")  # magic number, flags, the source's time and size: https://peps.python.org/pep-0552/
_LEAST = 10  # files; fewer cost nothing
_SOURCE = replace(file_of(b"x = 1\n"), modified=2)


def _example(modified: int) -> dict[str, Entry | None]:
    code = file_of(_HEADER.pack(importlib.util.MAGIC_NUMBER, 0, modified, _SOURCE.size))
    return {path: entry for n in range(_LEAST) for path, entry in ((f"app/m{n}.py", _SOURCE), (f"app/__pycache__/m{n}.cpython-313.pyc", code))}


@rule(
    id="bytecode-stale-in-image",
    severity=Severity.WARNING,
    summary="compiled modules do not fit their source, or are of another Python",
    why="Python compares time and size of the source with those in the compiled file, finds others, and compiles anew at each start. It comes from copies "
    "with new times, from `touch`, from reproducible builds that set times, and from compiling with another version.",
    sources=("https://peps.python.org/pep-0552/", "https://peps.python.org/pep-3147/#flow-chart"),
    same_as=("12-factor IX",),
    before=ImageExample(layers=(("COPY --from=builder /app /app", _example(modified=1)),)),
    after=ImageExample(layers=(("COPY --from=builder /app /app", _example(modified=2)),)),
)
def bytecode_stale_in_image(image: FinishedImage) -> Iterator[Found]:
    pythons = {found[1].replace(".", "") for path, _ in image.files if (found := _LIBRARY.search(path))}
    stale = {path: entry.size for path, entry in image.files if path.endswith(".pyc") and _is_stale(path, entry, image.tree, pythons)}
    if len(stale) >= _LEAST:
        yield Found(
            message=f"{counted(len(stale), 'compiled module')} ({size(sum(stale.values()))}) are never used, /{min(stale)} for one: "
            "they do not fit their source, or this Python",
            advice="compile in the last step that touches the sources, with `python -m compileall --invalidation-mode unchecked-hash`",
        )


def _is_stale(path: str, entry: Entry, tree: Tree, pythons: set[str]) -> bool:
    found = _CACHED.fullmatch(path)
    if found is None:
        return False
    source = tree.get(posixpath.join(found["folder"], f"{found['stem']}.py"))
    if source is None or (pythons and found["tag"] not in pythons):
        return True
    start = replace(entry, size=min(entry.size, _HEADER.size)).read()
    if len(start) < _HEADER.size or source.modified is None:
        return False
    _, flags, modified, length = _HEADER.unpack(start[: _HEADER.size])
    return not flags and (modified != source.modified & 0xFFFFFFFF or length != source.size & 0xFFFFFFFF)
