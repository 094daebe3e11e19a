"""Takes links whose target went."""

import posixpath
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Kind, Tree
from paredown.trims.interface import Level, trim

_SYSTEM = ("usr/", "bin/", "sbin/", "lib", "etc/")
# What lies elsewhere in /etc is written when the image is put together, or by whoever runs it: /etc/localtime, /etc/mtab.
_PACKAGED = ("usr/", "bin/", "sbin/", "lib", "etc/alternatives/")


@trim(
    id="dangling-links",
    level=Level.LEAN,
    summary="links of the system that lead nowhere within it",
    why="A link to a program or library that another trim took leads nowhere, and who follows it is told that it is broken instead of that it is not there. "
    "Links to what is made or mounted when a container starts stay, and links to configuration.",
    sources=("https://man7.org/linux/man-pages/man7/symlink.7.html", "https://wiki.debian.org/DebianAlternatives"),
    before=("etc/alternatives/awk", "usr/bin/awk", "etc/mtab", "usr/bin/python3.13", "usr/share/zoneinfo/localtime"),
    after=("etc/mtab", "usr/bin/python3.13", "usr/share/zoneinfo/localtime"),
    contents=(
        ("usr/bin/awk", "-> /etc/alternatives/awk"),
        ("etc/alternatives/awk", "-> /usr/bin/mawk"),
        ("etc/mtab", "-> /proc/mounts"),
        ("usr/share/zoneinfo/localtime", "-> /etc/localtime"),
    ),
)
def dangling_links(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    for path, entry in tree.items():
        if entry.kind is Kind.LINK and path.startswith(_SYSTEM) and tree.resolve(path) is None:
            target = posixpath.normpath(posixpath.join("/", posixpath.dirname(path), entry.target)).lstrip("/")
            if target.startswith(_PACKAGED):
                yield path, f"leads to /{target}, which is not in the image"
