"""Takes the C library's character set converters when no program or library converts with them."""

import posixpath
import re
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

_FOLDER = re.compile(r"(?:usr/)?lib(?:64)?/(?:[^/]+/)?gconv/")
_C_LIBRARY = re.compile(r"libc\.so(?:\.6)?|iconv|iconvconfig")
# These convert only texts in the locale's encoding (GCC's libstdc++-v3/src/c++20/format.cc; the functions of libidn2 that end in `l` and `lz`).
_FOR_THE_LOCALE = re.compile(r"libstdc\+\+\.so\.6(?:\.\d+)*|libidn2\.so\.0(?:\.\d+)*")
# It converts from and to the encodings that the callers of these functions give, and by itself asks for none.
_CONDUIT = re.compile(r"libunistring\.so\.\d+(?:\.\d+)*")
_ASKING = ("iconv_open", "conv_from_encoding", "conv_to_encoding")
_OTHER_LOCALE = re.compile(r"usr/lib/locale/(?!(?:C|POSIX|[^/]+\.utf-?8)(?:/|$))[^/]+", re.IGNORECASE)


@trim(
    id="character-converters",
    level=Level.LEAN,
    summary="gconv modules of the C library, when no kept ELF file calls iconv",
    why="Python brings all its encodings itself and never asks iconv. A library that does (libxml2 in lxml, for one) imports `iconv_open`, and then all of "
    "them stay. UTF-8, ASCII and Latin-1 are built into the C library, so one that converts only the locale's texts (libidn2, below libpq) needs none where "
    "all locales are UTF-8 ones. 8.1 MB on Debian 13.",
    sources=(
        "https://sourceware.org/glibc/manual/latest/html_node/glibc-iconv-Implementation.html",
        "https://docs.python.org/3/library/codecs.html#standard-encodings",
        "https://www.gnu.org/software/libunistring/manual/html_node/uniconv_002eh.html",
        "https://www.gnu.org/software/libidn/libidn2/manual/libidn2.html#Lookup-Functions",
    ),
    before=("usr/lib/x86_64-linux-gnu/gconv/BIG5.so", "usr/lib/x86_64-linux-gnu/gconv/gconv-modules", "usr/lib/x86_64-linux-gnu/libc.so.6"),
    after=("usr/lib/x86_64-linux-gnu/libc.so.6",),
)
def character_converters(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    excused = [_C_LIBRARY, _CONDUIT] if any(_OTHER_LOCALE.match(path) for path in tree) else [_C_LIBRARY, _CONDUIT, _FOR_THE_LOCALE]
    for path, elf in facts.elves.items():
        name = posixpath.basename(path)
        if path in tree and not set(_ASKING).isdisjoint(elf.calls) and not any(pattern.fullmatch(name) for pattern in excused):
            return
    if "iconv" in facts.libraries:  # ctypes.CDLL(find_library("iconv")) and the like
        return
    for path in tree:
        if "/gconv/" in path and _FOLDER.match(path):
            yield path, "a character set converter of the C library; no kept program or library asks iconv for more than UTF-8 and ASCII"
