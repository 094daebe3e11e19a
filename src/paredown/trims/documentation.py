"""Takes documentation; licences stay."""

import posixpath
import re
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Kind, Tree
from paredown.trims.interface import Level, trim

_FOLDERS = ("usr/share/doc/", "usr/local/share/doc/", "usr/share/gtk-doc/", "usr/share/doc-base/", "opt/venv/share/doc/")
_FOR_ASSISTANTS = re.compile(r".*/(?:site|dist)-packages/.+/\.agents/.*")
_LICENCES = ("copyright", "license", "licence", "copying", "notice")


@trim(
    id="documentation",
    level=Level.SAFE,
    summary="changelogs, readmes and examples of packages, and what they tell coding assistants; copyright files stay",
    why="Nobody reads a changelog in a container. Licences ask to be passed on with what they license, so copyright files stay: "
    "350 kB for the 27 packages of Python 3.13 on Debian 13, of 2.5 MB of documentation.",
    sources=("https://www.debian.org/doc/debian-policy/ch-docs.html#additional-documentation", "https://wiki.ubuntu.com/ReducingDiskFootprint#Documentation"),
    before=(
        "usr/share/doc/zlib1g/changelog.gz",
        "usr/share/doc/zlib1g/copyright",
        "usr/share/doc/python3.13/README.Debian",
        "usr/share/doc-base/python",
        "opt/venv/lib/python3.13/site-packages/fastapi/.agents/skills/fastapi/SKILL.md",
    ),
    after=("usr/share/doc/zlib1g/copyright",),
)
def documentation(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    for path, entry in tree.items():
        if "/.agents/" in path and _FOR_ASSISTANTS.fullmatch(path):
            yield path, "what a distribution tells coding assistants"
        if not path.startswith(_FOLDERS):
            continue
        name = posixpath.basename(path).lower()
        # A link in usr/share/doc stands for the folder of a sibling package, and so for its copyright file.
        if name.startswith(_LICENCES) or (entry.kind is Kind.LINK and tree.resolve(path) is not None):
            continue
        yield (
            path,
            "a link to documentation that is not there" if entry.kind is Kind.LINK else f"documentation of {path.removeprefix('usr/share/doc/').split('/')[0]}",
        )
