"""Takes the terminal database when nothing in the image can read it."""

import posixpath
import re
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

_FOLDERS = ("lib/terminfo/", "usr/lib/terminfo/", "usr/share/terminfo/", "etc/terminfo/", "usr/share/tabset/")
_READER = re.compile(r"lib(?:n?cursesw?|tinfow?|termcap)[.\-]")


@trim(
    id="terminal-descriptions",
    level=Level.LEAN,
    summary="terminfo and readline settings, when no library that reads them is left",
    why="Only ncurses and readline read them; without these nothing can.",
    sources=("https://manpages.debian.org/trixie/ncurses-bin/terminfo.5.en.html",),
    before=("usr/share/terminfo/x/xterm", "usr/lib/terminfo/l/linux", "etc/inputrc", "etc/hosts"),
    after=("etc/hosts",),
)
def terminal_descriptions(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    libraries = {posixpath.basename(path) for path in tree if ".so" in path}
    terminfo = not any(_READER.match(name) for name in libraries)
    readline = not any(name.startswith("libreadline") for name in libraries)
    for path in tree:
        if terminfo and path.startswith(_FOLDERS):
            yield path, "describes a terminal; no kept library reads it"
        elif readline and (path == "etc/inputrc" or path.startswith("usr/share/readline/")):
            yield path, "settings of readline, which is not in the image"
