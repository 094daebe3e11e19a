"""Takes debug symbols out of extension modules, where no loaded byte moves by it."""

import posixpath
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import OwnerKind, Tree
from paredown.trims.interface import Action, Level, trim


@trim(
    id="embedded-debug-symbols",
    level=Level.LEAN,
    summary="debug symbols inside the extension modules of distributions",
    why="Only a debugger reads them: uvloop 0.23's module is 16.0 MB with and 1.8 MB without. Only what lies behind the last loaded segment is cut off, so "
    "nothing moves; libraries that a wheel tool has vendored (`*.libs`) are left alone altogether, for those are what stripping is known to break.",
    sources=("pypa/manylinux#119", "numpy/numpy#20101", "https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html"),
    before=("opt/venv/lib/python3.13/site-packages/numpy.libs/libopenblas.so", "opt/venv/lib/python3.13/site-packages/uvloop/loop.so"),
    after=("opt/venv/lib/python3.13/site-packages/numpy.libs/libopenblas.so", "opt/venv/lib/python3.13/site-packages/uvloop/loop.so"),
    action=Action.STRIP,
)
def embedded_debug_symbols(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    """Every extension module and library of a distribution that was not vendored."""
    for path in facts.elves:
        entry = tree.get(path)
        if entry is None or entry.owner.kind is not OwnerKind.DISTRIBUTION or ".libs/" in path or "/.libs" in path:
            continue
        yield path, f"debug symbols of {posixpath.basename(path)}, for a debugger"
