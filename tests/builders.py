"""Builders of the central values, so that a test says only what it is about."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paredown import opening
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.origin import Origin
from paredown.plan import Architecture, Command, DebianBase, Plan, Platform
from paredown.probes.interface import Image
from paredown.rules.dockerfiles import DockerfileRule
from paredown.rules.examine import examine
from paredown.rules.recipe import TextContext
from paredown.store import Store
from paredown.tree import UNKNOWN, Entry, Owner, Tree, file_of, folder_of, link_of

NOWHERE = Origin("test")


def tree_of(paths: Mapping[str, bytes | str | Entry | None], *, owner: Owner = UNKNOWN) -> Tree:
    """bytes make a file, `-> target` a link, None a folder, an Entry stays as it is; a name that ends in `*` is executable."""
    entries: dict[str, Entry] = {}
    for path, what in paths.items():
        match what:
            case bytes():
                entries[path.removesuffix("*")] = file_of(what, owner=owner, mode=0o755 if path.endswith("*") else 0o644)
            case str():
                entries[path] = link_of(what.removeprefix("-> "), owner=owner)
            case Entry():
                entries[path] = what
            case None:
                entries[path] = folder_of(owner=owner)
    return Tree(entries)


def plan_of(**changes: Any) -> Plan:
    """A plan of a small service on trixie."""
    facts: dict[str, Any] = {
        "name": "service",
        "project": str(Path("/project")),
        "base": DebianBase(suite="trixie", python="3.13", origin=NOWHERE),
        "platforms": (Platform(Architecture.AMD64),),
        "steps": (),
        "command": Command(words=("uvicorn", "main:app"), origin=NOWHERE),
    }
    return Plan(**{**facts, **changes})


def image_of(tree: Tree, store: Path, **config: Any) -> Image:
    """An image of `tree` on amd64; `config` are fields of its ImageConfig. Remembered facts go to the folder `store`."""
    settings = {"platform": ImagePlatform(architecture="amd64"), **config}
    return opening.image_of("image", ImageConfig(**settings), tree, Store(store))


def told(rule: DockerfileRule, text: str, files: Mapping[str, str] | None = None, *, name: str = "Dockerfile") -> list[str]:
    """What `rule` finds in the Dockerfile `text`, as `line: message`. Without `files` nobody knows the build context."""
    found = examine(text, name, None if files is None else TextContext(files), (rule,))
    return [f"{one.place.line}: {one.message}" for one in found]
