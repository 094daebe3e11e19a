"""Takes the C library's character set converters when no program or library converts with them."""

import posixpath
import re
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

_FOLDER = re.compile(r"(?:usr/)?lib(?:64)?/(?:[^/]+/)?gconv/")
# The C++ library converts only the texts of a locale with another encoding (GCC's libstdc++-v3/src/c++20/format.cc), and the image has only UTF-8 ones.
_NO_CALLERS = re.compile(r"libc\.so(?:\.6)?|iconv|iconvconfig|libstdc\+\+\.so\.6(?:\.\d+)*")


@trim(
    id="character-converters",
    level=Level.LEAN,
    summary="gconv modules of the C library, when no kept ELF file calls iconv",
    why="Python brings all its encodings itself and never asks iconv. A library that does (libxml2 in lxml, for one) imports `iconv_open`, and then all of "
    "them stay. UTF-8, ASCII and Latin-1 are built into the C library. 8.1 MB on Debian 13.",
    sources=(
        "https://sourceware.org/glibc/manual/latest/html_node/glibc-iconv-Implementation.html",
        "https://docs.python.org/3/library/codecs.html#standard-encodings",
    ),
    before=("usr/lib/x86_64-linux-gnu/gconv/BIG5.so", "usr/lib/x86_64-linux-gnu/gconv/gconv-modules", "usr/lib/x86_64-linux-gnu/libc.so.6"),
    after=("usr/lib/x86_64-linux-gnu/libc.so.6",),
)
def character_converters(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    for path, elf in facts.elves.items():
        if path in tree and "iconv_open" in elf.calls and not _NO_CALLERS.fullmatch(posixpath.basename(path)):
            return
    if "iconv" in facts.libraries:  # ctypes.CDLL(find_library("iconv")) and the like
        return
    for path in tree:
        if "/gconv/" in path and _FOLDER.match(path):
            yield path, "a character set converter of the C library; no kept program or library calls iconv"
