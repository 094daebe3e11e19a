"""The code of the service itself: the app's own files and those of its distributions, and what they name in constants."""

import re
from dataclasses import dataclass
from typing import Any

from paredown.pydist.constants import Constants, in_elf, in_source
from paredown.pydist.elf import read_only_data
from paredown.pydist.facts import Facts
from paredown.pydist.remembered import Files, remembered
from paredown.store import Store
from paredown.tree import Entry, Kind, OwnerKind, Tree

_KIND = "constants"
_VERSION = 3  # of what a record holds; raise it when the reading changes
_MOST_SOURCE = 4 << 20
_LIBRARY = re.compile(r"\.so(?:\.[\w.]+)?$")
_HIDDEN = re.compile(r"(?:^|/)(?:\.|node_modules/)")
_TESTS = re.compile(r"/(?:tests?|testing)/")
_SYSTEM = ("usr/", "etc/", "var/", "bin/", "sbin/", "lib/", "lib64/", "proc/", "sys/", "dev/", "run/", "tmp/")
# What installs and builds distributions is not the service; it names compilers, shells and every folder there is.
_INSTALLERS = frozenset({"pip", "setuptools", "wheel", "uv", "poetry", "poetry-core", "pdm", "hatch", "hatchling", "pipenv", "virtualenv", "build", "distlib"})


@dataclass(frozen=True, slots=True)
class Named:
    """What all of the service's code names; `shell` are the app's own files that start a shell."""

    constants: Constants
    shell: tuple[str, ...]


def is_app(path: str, entry: Entry, facts: Facts, working_directory: str) -> bool:
    """Whether the file is the app's own: by its owner, or where no owner is known by its place."""
    if entry.owner.kind is OwnerKind.APP:
        return True
    if (
        entry.owner.kind is not OwnerKind.UNKNOWN
        or _HIDDEN.search(path)
        or path.startswith((f"{facts.standard_library}/", *(f"{site}/" for site in facts.site)))
    ):
        return False
    own = working_directory.strip("/")
    return (bool(own) and path.startswith(f"{own}/")) or not path.startswith(_SYSTEM)


def is_of_distribution(path: str, entry: Entry, facts: Facts) -> bool:
    """Whether the file belongs to what is installed for the service."""
    return entry.owner.kind is OwnerKind.DISTRIBUTION or path.startswith(tuple(f"{site}/" for site in facts.site if site not in facts.unseen))


def named_by_code(tree: Tree, facts: Facts, *, working_directory: str, store: Store) -> Named:
    """What is named; remembered for each folder of each owner whose files did not change."""
    names: dict[str, set[str]] = {"paths": set(), "programs": set(), "libraries": set()}
    shell: list[str] = []
    files = ((path, entry) for path, entry in tree.items() if _is_of_service(path, entry, facts, working_directory))
    for _, _, record in remembered(_KIND, _VERSION, files, _read, store):
        for kind, found in names.items():
            found.update(record[kind])
        shell += [path for path in record["shell"] if path in tree and is_app(path, tree[path], facts, working_directory)]
    constants = Constants(
        paths=frozenset(names["paths"]), programs=frozenset(names["programs"]), libraries=frozenset(names["libraries"]), shell=bool(shell)
    )  # fmt: skip
    return Named(constants, tuple(sorted({*shell, *facts.starts_shell})))


def _is_of_service(path: str, entry: Entry, facts: Facts, working_directory: str) -> bool:
    if entry.kind is not Kind.FILE or not (path.endswith(".py") or _LIBRARY.search(path)) or entry.owner.name.removeprefix("python3-") in _INSTALLERS:
        return False
    return is_app(path, entry, facts, working_directory) or (is_of_distribution(path, entry, facts) and not _TESTS.search(path))


def _read(files: Files) -> dict[str, Any]:
    found = [(path, _constants(path, entry)) for path, entry in files]
    return {
        "paths": sorted({name for _, constants in found for name in constants.paths}),
        "programs": sorted({name for _, constants in found for name in constants.programs}),
        "libraries": sorted({name for _, constants in found for name in constants.libraries}),
        "shell": [path for path, constants in found if constants.shell],
    }


def _constants(path: str, entry: Entry) -> Constants:
    if path.endswith(".py"):
        return in_source(entry.read().decode("utf-8", "replace")) if entry.size <= _MOST_SOURCE else Constants()
    return in_elf(read_only_data(entry))
