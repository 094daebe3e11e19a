"""Takes debug symbols kept in files of their own."""

from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Tree
from paredown.trims.interface import Level, trim


@trim(
    id="debug-symbols",
    level=Level.LEAN,
    summary="separate debug symbol files",
    why="Only a debugger reads them.",
    sources=("https://sourceware.org/gdb/current/onlinedocs/gdb.html/Separate-Debug-Files.html",),
    before=("usr/lib/debug/.build-id/ab/cd.debug", "opt/venv/lib/python3.13/site-packages/x/.debug/x.so.debug", "usr/lib/x86_64-linux-gnu/libz.so.1.3.1"),
    after=("usr/lib/x86_64-linux-gnu/libz.so.1.3.1",),
)
def debug_symbols(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    for path in tree:
        if path.startswith("usr/lib/debug/") or "/.debug/" in path or path.endswith((".so.debug", ".dwo", ".dwp")):
            yield path, "debug symbols, for a debugger"
