"""Takes what only a compiler or linker reads: headers, static libraries, pkg-config and CMake files."""

import re
from collections.abc import Iterator

from paredown.pydist.compilers import has_compiler
from paredown.pydist.facts import Facts
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

_HEADERS = re.compile(r"(?:usr/include|usr/local/include|opt/venv/include)/")
_STATIC = re.compile(r"(?:.*/)?lib[^/]+\.(?:a|la)")
_DESCRIPTIONS = re.compile(r"(?:.*/)?(?:pkgconfig/[^/]+\.pc|cmake/.*\.cmake|aclocal/[^/]+\.m4)")


@trim(
    id="build-files",
    level=Level.SAFE,
    summary="headers, static libraries, pkg-config and CMake files, when there is no compiler",
    why="They are input of a compiler or linker. With one in the image code may well be built at run time, and they stay.",
    sources=("https://www.debian.org/doc/debian-policy/ch-sharedlibs.html#static-libraries",),
    before=("usr/include/python3.13/Python.h", "usr/lib/x86_64-linux-gnu/libz.a", "usr/lib/x86_64-linux-gnu/pkgconfig/zlib.pc", "usr/share/cmake/x/y.cmake",
            "usr/lib/x86_64-linux-gnu/libz.so.1.3.1"),
    after=("usr/lib/x86_64-linux-gnu/libz.so.1.3.1",),
)  # fmt: skip
def build_files(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    if has_compiler(tree):
        return
    for path, entry in tree.items():
        if entry.owner.name == "cmake":
            continue  # the program's own modules
        if _HEADERS.match(path):
            yield path, "a header, for a compiler that is not there"
        elif path.endswith((".a", ".la")) and _STATIC.fullmatch(path):
            yield path, "a static library, for a linker that is not there"
        elif path.endswith((".pc", ".cmake", ".m4")) and _DESCRIPTIONS.fullmatch(path):
            yield path, "tells build tools where a library is; there are none"
