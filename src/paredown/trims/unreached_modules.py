"""Takes the modules that the service cannot come to, and whole distributions of which it comes to none."""

import posixpath
import re
from collections.abc import Iterator

from paredown.pydist.bytecode import bytecode_of
from paredown.pydist.facts import Distribution, Facts, Reach
from paredown.pydist.imports import module_of
from paredown.tree import Kind, OwnerKind, Tree, folders_of
from paredown.trims.interface import Level, trim

_COMMAND = re.compile(r"(?:^|/)bin/[^/]+$")


@trim(
    id="unreached-modules",
    level=Level.TIGHT,
    summary="modules of distributions and of the standard library that the service cannot come to",
    why="From the app's files and the start command one comes to a module by an import, also one inside a function; by a string that names it; by an entry "
    "point whose group is named; or because a package that is reached imports by names made at run time, which keeps all of that package. What a run of "
    "the service opened stays, too. A module that fails to import in the image, as what it imports is nowhere in it, goes, and so does a source beside the "
    "same module in compiled form, which is what Python takes. A distribution of which nothing is reached goes whole, with its metadata, unless code asks "
    "after it or `uv run` would install it again.",
    sources=("https://docs.python.org/3/reference/import.html", "https://packaging.python.org/en/latest/specifications/entry-points/"),
    before=(
        "opt/venv/lib/python3.13/site-packages/flask/__init__.py",
        "opt/venv/lib/python3.13/site-packages/flask/testing.py",
        "opt/venv/lib/python3.13/site-packages/flask/__pycache__/testing.cpython-313.pyc",
        "opt/venv/lib/python3.13/site-packages/rich/__init__.py",
        "opt/venv/lib/python3.13/site-packages/rich-14.0.0.dist-info/METADATA",
        "opt/venv/lib/python3.13/site-packages/rich-14.0.0.dist-info/RECORD",
        "app/main.py",
    ),
    after=("opt/venv/lib/python3.13/site-packages/flask/__init__.py", "app/main.py"),
    contents=(
        ("app/main.py", "import flask\n"),
        ("opt/venv/lib/python3.13/site-packages/rich-14.0.0.dist-info/METADATA", "Name: rich\nVersion: 14.0.0\n"),
        ("opt/venv/lib/python3.13/site-packages/rich-14.0.0.dist-info/RECORD", "rich/__init__.py,,\n"),
    ),
)
def unreached_modules(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    if facts.reach is None:
        return
    reach = facts.reach
    gone: dict[str, str] = {}
    listed: set[str] = set()  # files of distributions that are asked after
    for each in facts.distributions:
        if not _is_out_of_reach(each, reach):
            continue
        if facts.syncs or each.name in reach.asked or any(path in facts.spared for path in each.files if path.startswith(f"{each.metadata}/")):
            listed |= each.files
        else:
            gone |= dict.fromkeys(each.files, f"of {each.name}, of which the service comes to nothing")
    for path in reach.candidates - reach.by.keys():
        gone.setdefault(path, reach.useless.get(path, "no code that the service comes to names this module"))
    gone |= {path: why for path, why in _data(tree, reach).items() if path not in gone}
    gone |= {path: why for path, why in _scripts(facts, reach).items() if path not in gone}
    for path, compiled in bytecode_of(tree).items():
        if path in gone:
            gone |= dict.fromkeys(compiled, gone[path])
    yield from sorted((path, why) for path, why in gone.items() if path in tree and path not in listed)


def _is_out_of_reach(distribution: Distribution, reach: Reach) -> bool:
    modules = distribution.files & reach.candidates
    return bool(modules) and modules.isdisjoint(reach.by)


def _scripts(facts: Facts, reach: Reach) -> dict[str, str]:
    """The commands of distributions that start in a module that is out of reach."""
    modules = {module_of(path) for path in reach.candidates - reach.by.keys()} - {module_of(path) for path in reach.by}
    return {
        path: f"a command that starts in {name}, which no code that the service comes to names"
        for name in sorted(modules & facts.imported_by.keys())
        for path in facts.imported_by[name]
        if _COMMAND.search(path)
    }


def _data(tree: Tree, reach: Reach) -> dict[str, str]:
    """Files beside modules in packages of which nothing is reached, where no reached code names the package's folder."""
    reached = folders_of(reach.by)
    dead = {posixpath.dirname(path) for path in reach.candidates - reach.by.keys() if posixpath.basename(path).startswith("__init__.")} - reached
    found = {}
    for folder in sorted(dead):
        if posixpath.basename(folder) in reach.words or folder.startswith("usr/lib/python3/"):
            continue
        for path, entry in tree.under(folder):
            if entry.kind is not Kind.FOLDER and entry.owner.kind is not OwnerKind.APP:
                found[path] = f"in /{folder}, a package that no code that the service comes to names"
    return found
