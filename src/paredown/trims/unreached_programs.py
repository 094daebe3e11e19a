"""Takes programs of system packages that stay for something else."""

import posixpath
import re
from collections.abc import Iterator

from paredown.pydist.elf import read_only_data
from paredown.pydist.facts import Facts
from paredown.tree import Entry, Kind, OwnerKind, Tree
from paredown.trims.interface import Level, trim

_FOLDERS = ("bin", "sbin", "usr/bin", "usr/sbin", "usr/games")
_TOKEN = re.compile(rb"[A-Za-z0-9_\[][\w.+-]*")
_MOST_SCRIPT = 1 << 20  # bytes


@trim(
    id="unreached-programs",
    level=Level.TIGHT,
    summary="programs of Debian's and Alpine's packages that neither the start command, nor the code, nor a program or configuration that stays names",
    why="A package that stays for a library or for one of its programs brings others: tesseract's own trainers, util-linux's sixty. Where the service starts "
    "a shell, all stay, as what it is told cannot be known.",
    sources=("https://www.debian.org/doc/debian-policy/ch-files.html", "https://packages.debian.org/trixie/tesseract-ocr"),
    before=("usr/bin/tesseract", "usr/bin/text2image", "app/main.py"),
    after=("usr/bin/tesseract", "app/main.py"),
    contents=(("app/main.py", 'import subprocess\nsubprocess.run(["tesseract", "page.png", "-"])\n'),),
)
def unreached_programs(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    if facts.reach is None or facts.named is None or facts.starts_shell or facts.named.shell:
        return
    there = {path: entry for path, entry in tree.items() if posixpath.dirname(path) in _FOLDERS and entry.kind is not Kind.FOLDER}
    by_name: dict[str, list[str]] = {}
    for path in there:
        by_name.setdefault(posixpath.basename(path), []).append(path)
    named = {posixpath.basename(piece) for word in facts.command for piece in re.split(r"[\s;|&()\"']+", word)}
    named |= facts.named.programs | {posixpath.basename(path) for path in facts.named.paths | facts.reach.words}
    named |= {word for path, entry in tree.under("etc") if entry.kind is Kind.FILE and entry.size <= _MOST_SCRIPT for word in _tokens(entry.read(), by_name)}
    waiting = [path for path, entry in there.items() if entry.owner.kind is not OwnerKind.BASE or posixpath.basename(path) in named]
    # As an environment's `bin/python` leads to the system's.
    waiting += [place for path, entry in tree.items() if entry.kind is Kind.LINK and path not in there for place in _ways(path, entry, tree) if place in there]
    stays: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in stays or path not in tree:
            continue
        stays.add(path)
        entry = tree[path]
        if entry.kind is Kind.LINK:
            waiting += _ways(path, entry, tree)
        elif entry.kind is Kind.FILE:
            waiting += [other for word in _tokens(_text(path, entry, facts), by_name) for other in by_name[word]]
    for path, entry in there.items():
        if path not in stays and entry.owner.kind is OwnerKind.BASE:
            yield path, "a program that neither the service nor a program that stays names"


def _ways(path: str, link: Entry, tree: Tree) -> list[str]:
    """What a link leads to, by its first step and in the end."""
    step = posixpath.normpath(posixpath.join("/", posixpath.dirname(path), link.target)).lstrip("/")
    return [place for place in (step, tree.resolve(path)) if place]


def _text(path: str, entry: Entry, facts: Facts) -> bytes:
    """What a program's own text is: a script as it is, of a compiled one the constants."""
    if path in facts.elves:
        return read_only_data(entry)
    return entry.read() if entry.size <= _MOST_SCRIPT else b""


def _tokens(text: bytes, known: dict[str, list[str]]) -> set[str]:
    return {word for token in set(_TOKEN.findall(text)) if (word := token.decode("ascii", "replace")) in known}
