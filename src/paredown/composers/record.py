"""The record inside the image of what the trims took, so that `paredown inspect --explain` can answer for any image at any time."""

import gzip
import json
from collections.abc import Iterable
from typing import Any

import deflate

from paredown.errors import BrokenArchiveError
from paredown.plan import PAREDOWN_FOLDER
from paredown.result import Removal
from paredown.tree import PAREDOWN, Owner, OwnerKind, Tree, file_of

PATH = f"{PAREDOWN_FOLDER}/record.json.gz".lstrip("/")
_VERSION = 1


def compose(removals: Iterable[Removal]) -> Tree:
    """One small file: trim -> reason -> owner -> (path, taken, left)."""
    grouped: dict[str, dict[str, dict[str, list[tuple[str, int, int]]]]] = {}
    for removal in sorted(removals, key=lambda removal: removal.path):
        owner = "\t".join((removal.owner.kind.value, removal.owner.name, removal.owner.version))
        grouped.setdefault(removal.trim, {}).setdefault(removal.reason, {}).setdefault(owner, []).append((removal.path, removal.size, removal.left))
    text = json.dumps({"version": _VERSION, "removals": grouped}, sort_keys=True, separators=(",", ":"))
    # Not by Python's own gzip: its header and its bytes differ between versions of Python and of zlib.
    data = bytes(deflate.gzip_compress(text.encode("utf-8", "surrogateescape"), 9))
    return Tree({PATH: file_of(data, owner=PAREDOWN)})


def read(tree: Tree) -> tuple[Removal, ...]:
    """The removals that `tree`'s record tells of; none where there is no record."""
    if PATH not in tree:
        return ()
    try:
        table: Any = json.loads(gzip.decompress(tree.read(PATH)))
        return tuple(
            Removal(path=path, size=int(size), trim=trim, reason=reason, owner=_owner(owner), left=int(left))
            for trim, reasons in table["removals"].items()
            for reason, owners in reasons.items()
            for owner, paths in owners.items()
            for path, size, left in paths
        )
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenArchiveError(f"the record /{PATH} in the image cannot be read: {error}") from error


def _owner(text: str) -> Owner:
    kind, name, version = text.split("\t")
    return Owner(OwnerKind(kind), name, version)
