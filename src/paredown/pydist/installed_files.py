"""Keeps the RECORD of each distribution true: what the trims took is no longer listed, what they shrank is listed as it is."""

import base64
import csv
import io
import posixpath
from collections.abc import Mapping

from paredown.pydist.facts import Distribution
from paredown.tree import Entry, Tree, file_of


def true_records(tree: Tree, distributions: tuple[Distribution, ...], left: Mapping[str, int]) -> Tree:
    """The RECORD files (PEP 376) that name a path of `left`, which tells how many bytes stay there: listed as it is now, or no longer."""
    changed: dict[str, Entry] = {}
    for distribution in distributions:
        path = f"{distribution.metadata}/RECORD"
        if path not in tree or distribution.files.isdisjoint(left):
            continue
        root = posixpath.dirname(distribution.metadata)
        lines = list(csv.reader(io.StringIO(tree.read(path).decode("utf-8", "surrogateescape"), newline="")))
        kept = [row for line in lines if line and (row := _row(line, root, tree, left))]
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerows(kept)
        old = tree[path]
        changed[path] = file_of(out.getvalue().encode("utf-8", "surrogateescape"), mode=old.mode, owner=old.owner, uid=old.uid, gid=old.gid)
    return Tree(changed)


def _row(line: list[str], root: str, tree: Tree, left: Mapping[str, int]) -> list[str] | None:
    path = posixpath.normpath(posixpath.join(root, line[0])).lstrip("/")
    if path not in left:
        return line
    if not left[path]:
        return None
    entry = tree[path]
    digest = base64.urlsafe_b64encode(bytes.fromhex(entry.digest.removeprefix("sha256:"))).rstrip(b"=").decode()
    return [line[0], f"sha256={digest}", str(entry.size)]
