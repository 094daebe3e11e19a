"""Takes manual and info pages."""

from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

_FOLDERS = ("usr/share/man/", "usr/share/info/", "usr/local/share/man/", "usr/local/man/", "usr/local/share/info/", "opt/venv/share/man/", "opt/venv/man/")


@trim(
    id="manual-pages",
    level=Level.SAFE,
    once=True,
    summary="man and info pages",
    why="They are read by `man` and `info` alone.",
    sources=("https://wiki.ubuntu.com/ReducingDiskFootprint#Documentation",),
    before=("usr/share/man/man1/openssl.1ssl.gz", "usr/share/info/rluserman.info.gz", "opt/venv/share/man/man1/tool.1", "usr/share/mime/types"),
    after=("usr/share/mime/types",),
)
def manual_pages(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    for path in tree:
        if path.startswith(_FOLDERS):
            yield path, "an info page" if "/info/" in path else "a manual page"
