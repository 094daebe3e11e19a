"""Keeps what each distribution tells of itself true: its RECORD lists what is there as it is, and a mark beside it says that files went."""

import base64
import csv
import io
import posixpath
import re
from collections.abc import Collection, Mapping

from paredown.pydist.distributions import INSTALLED_FILES
from paredown.pydist.facts import Distribution
from paredown.tree import Entry, Kind, Tree, file_of

MARK = "PAREDOWN-REMOVED"  # a file beside RECORD: how many of the distribution's files are not in the image as they were installed
_MARKED = re.compile(rb"(\d+) of (\d+) files\n")


def own_files(distribution: Distribution) -> frozenset[str]:
    """What it is there for: its files but for its metadata and bytecode."""
    return frozenset(path for path in distribution.files if _is_own(path, distribution))


def is_left(distribution: Distribution, tree: Tree) -> bool:
    """Whether a file of it is in `tree`; of one that brought nothing but metadata, this."""
    own = own_files(distribution)
    if own:
        return any(path in tree for path in own)
    return not any(_is_own(path, distribution) for path in _listed(distribution, tree))


def _is_own(path: str, distribution: Distribution) -> bool:
    return not f"{path}/".startswith(f"{distribution.metadata}/") and "/__pycache__/" not in path


def is_marked(distribution: Distribution, tree: Tree) -> bool:
    """Whether its files are not all there."""
    return f"{distribution.metadata}/{MARK}" in tree


def true_records(tree: Tree, distributions: tuple[Distribution, ...], left: Mapping[str, int]) -> Tree:
    """The RECORD files (PEP 376) and marks of those distributions that lost paths of `left`, which tells how many bytes stay at each.

    Of an .egg-info the installed-files.txt, which lists paths alone.
    """
    changed: dict[str, Entry] = {}
    for distribution in distributions:
        path = _listing(distribution, tree)
        if not path or distribution.files.isdisjoint(left):
            continue
        rows = [row for line in _rows(tree, path) if (row := _row(line, distribution, tree, left))]
        if lost := own_files(distribution) & left.keys():
            mark = f"{distribution.metadata}/{MARK}"
            changed[mark] = _like(tree[path], _told(tree.get(mark), lost, own_files(distribution)))
            name = posixpath.relpath(mark, _root(distribution))
            rows = [row for row in rows if row[0] != name] + [[name, *_facts(changed[mark])]]
        if path.endswith(INSTALLED_FILES):
            text = "".join(f"{row[0]}\n" for row in rows)
        else:
            out = io.StringIO(newline="")
            csv.writer(out, lineterminator="\n").writerows(rows)
            text = out.getvalue()
        changed[path] = _like(tree[path], text.encode("utf-8", "surrogateescape"))
    return Tree(changed)


def _told(marked: Entry | None, lost: Collection[str], own: Collection[str]) -> bytes:
    known = _MARKED.fullmatch(marked.read()) if marked is not None and marked.kind is Kind.FILE else None
    # What went at an earlier time is no longer there to be counted.
    count, of = (int(known[1]) + len(lost), int(known[2])) if known else (len(lost), len(own))
    return f"{min(count, of)} of {of} files\n".encode()


def _like(old: Entry, data: bytes) -> Entry:
    return file_of(data, mode=old.mode, owner=old.owner, uid=old.uid, gid=old.gid)


def _listing(distribution: Distribution, tree: Tree) -> str:
    """The file that lists what was installed; "" where there is none."""
    paths = (f"{distribution.metadata}/{name}" for name in ("RECORD", INSTALLED_FILES))
    return next((path for path in paths if path in tree and tree[path].kind is Kind.FILE), "")


def _root(distribution: Distribution) -> str:
    """What the listing's paths are relative to."""
    return distribution.metadata if distribution.metadata.endswith(".egg-info") else posixpath.dirname(distribution.metadata)


def _listed(distribution: Distribution, tree: Tree) -> list[str]:
    path = _listing(distribution, tree)
    return [_place(row, distribution) for row in _rows(tree, path)] if path else []


def _rows(tree: Tree, path: str) -> list[list[str]]:
    text = tree[path].read().decode("utf-8", "surrogateescape")
    if path.endswith(INSTALLED_FILES):
        return [[line] for line in text.splitlines()]
    try:
        return [line for line in csv.reader(io.StringIO(text, newline="")) if line]
    except csv.Error:
        return []


def _place(row: list[str], distribution: Distribution) -> str:
    return posixpath.normpath(posixpath.join(_root(distribution), row[0])).lstrip("/")


def _row(line: list[str], distribution: Distribution, tree: Tree, left: Mapping[str, int]) -> list[str] | None:
    path = _place(line, distribution)
    if path not in left:
        return line
    return [line[0], *_facts(tree[path])] if left[path] else None


def _facts(entry: Entry) -> tuple[str, str]:
    digest = base64.urlsafe_b64encode(bytes.fromhex(entry.digest.removeprefix("sha256:"))).rstrip(b"=").decode()
    return f"sha256={digest}", str(entry.size)
