"""Which distribution of Linux a root file system is, and which release of it."""

import re
from dataclasses import dataclass

from paredown.tree import Tree

_FIELD = re.compile(r"""^(ID|VERSION_ID|VERSION_CODENAME)=["']?([^"'\n]*)""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Release:
    """What os-release(5) tells: `debian`, `12`, `bookworm`; empty what it does not."""

    distribution: str
    version: str
    codename: str


def release_of(tree: Tree) -> Release:
    """The release that `tree` names itself."""
    fields: dict[str, str] = {}
    for path in ("etc/os-release", "usr/lib/os-release"):
        try:
            fields = dict(_FIELD.findall(tree.read(path).decode("utf-8", "replace")))
            break
        except (KeyError, ValueError):
            continue
    return Release(fields.get("ID", ""), fields.get("VERSION_ID", ""), fields.get("VERSION_CODENAME", ""))
