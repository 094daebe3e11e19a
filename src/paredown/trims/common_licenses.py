"""Takes texts of Debian's common licences under which nothing in the image stands."""

import posixpath
import re
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Entry, Kind, Tree
from paredown.trims.interface import Level, trim

_FOLDER = "usr/share/common-licenses"
_NAME = re.compile(rb"[A-Z][A-Za-z0-9.-]+")


@trim(
    id="common-licenses",
    level=Level.LEAN,
    once=True,  # of a finished image all trims are asked twice, the second time without the copyright files of packages that went
    summary="texts in usr/share/common-licenses that no copyright file of a package in the image names",
    why="Debian's packages point to these texts instead of holding them; base-files brings them all, 0.4 MB. "
    "A text stays when its name stands anywhere in a copyright file, and with a link (GPL) the text that it leads to.",
    sources=("https://www.debian.org/doc/debian-policy/ch-docs.html#copyright-information",),
    before=(
        "usr/share/common-licenses/GFDL-1.3", "usr/share/common-licenses/GPL-2", "usr/share/common-licenses/MPL-1.1", "usr/share/doc/zlib1g/copyright",
        "usr/share/common-licenses/GFDL",
    ),
    after=("usr/share/common-licenses/GPL-2", "usr/share/doc/zlib1g/copyright"),
    contents=(
        ("usr/share/common-licenses/GFDL", "-> GFDL-1.3"),
        ("usr/share/doc/zlib1g/copyright", "See /usr/share/common-licenses/GPL-2.\n"),
    ),
)  # fmt: skip
def common_licenses(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    texts = {posixpath.basename(path): entry for path, entry in tree.under(_FOLDER) if entry.kind is not Kind.FOLDER}
    named = {name for path, entry in tree.under("usr/share/doc") if path.endswith("/copyright") for name in _names(entry)}
    if not named:
        return  # of an image that threw its copyright files away nothing is known
    stays = {name for name in texts if name in named}
    stays |= {posixpath.basename(texts[name].target) for name in stays if texts[name].kind is Kind.LINK}
    for name in sorted(texts.keys() - stays):
        yield f"{_FOLDER}/{name}", "the text of a licence that no copyright file in the image names"


def _names(entry: Entry) -> set[str]:
    """Words of a copyright file that may be names of licences: `GPL-2` of `GPL-2.` and of `GPL-2+`."""
    if entry.kind is not Kind.FILE:
        return set()
    return {word.rstrip(b".-").decode("ascii") for word in set(_NAME.findall(entry.read()))}
