"""What an import of a module that trims took says: the usual error, whose message goes on with the trim and the line that keeps the module."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from paredown.plan import PAREDOWN_FOLDER
from paredown.pydist.distributions import SITE_FOLDERS, site_folders
from paredown.result import Removal
from paredown.tree import PAREDOWN, Kind, Tree, file_of, folders_of, parents_of

HOOK = "paredown-import-messages.pth"
TABLE = f"{PAREDOWN_FOLDER}/removed-modules".lstrip("/")
_TELLER = f"{TABLE}.py"
_LIBRARY = re.compile(r"/python3\.\d+t?/os\.py$")
_OF_A_PYTHON = re.compile(rf"(?P<library>.*/python3(?:\.\d+t?)?)/(?:{'|'.join(SITE_FOLDERS)})")

# importlib makes the message of its error of this text, by its method `format` until Python 3.11 and within an f-string from 3.12 on. It does so when an
# import has failed for good, and at no other time: nothing is read before, and `find_spec`, `sys.meta_path` and all else know nothing of this.
# Every start runs this, so it is short; `compile` alone would cost 1.4 ms, as it makes Python's types of syntax trees. Frames of importlib's own file are
# left out of tracebacks: the one that raises says to be of it.
_PROGRAM = f"""
class Message(str):
    def format(self, name):
        return str.format(self, name) + told(name)
    def __format__(self, spec):
        name = sys._getframe(1).f_locals.get("name", "")
        more = told(name)
        if more:
            raise ModuleNotFoundError(self[:] + repr(name) + more, name=name)
        return self[:]
def told(name):
    try:
        with open("/{TABLE}", "rb") as stream:
            table = stream.read()
        if b"\\n%b\\t" % name.encode() not in table:
            return ""
        with open("/{_TELLER}", "rb") as stream:
            exec(stream.read(), scope := {{}})
        return scope["told"](table.decode(), name)
    except Exception:
        return ""
Message.__format__.__code__ = Message.__format__.__code__.replace(co_filename="<frozen importlib._bootstrap>")
for text in ("_ERR_MSG", "_ERR_MSG_PREFIX"):
    if hasattr(importlib, text):
        setattr(importlib, text, Message(getattr(importlib, text)))
"""
_LINE = (
    'import sys; m = sys.modules.get("_frozen_importlib"); type(getattr(m, "_ERR_MSG_PREFIX", None)) is str and '
    f"exec({_PROGRAM!r}, dict(sys=sys, importlib=m))\n"
)

_TELLING = '''"""Tells which trim of paredown took a module, where one did from a folder that Python imports from."""

import sys


def told(table, name):
    before, found, after = table.partition(f"\\n{name}\\t")
    while found:
        root, trim = before[before.rindex("\\n/") + 1 :].partition("\\n")[0].split("\\t")
        if root in sys.path:
            line = table.partition("\\n")[0].format(f"{root}/{name.replace('.', '/')}{after.partition(chr(10))[0]}")
            return f": paredown took it ({trim}); keep it with {line}"
        more, found, after = after.partition(f"\\n{name}\\t")
        before += f"\\n{name}\\t{more}"
    return ""
'''


class _Gone(NamedTuple):
    """A module that is no more: below which folder, by which trim, its name, and how its path ends (a package's does not)."""

    root: str
    trim: str
    name: str
    ending: str


def compose(tree: Tree, removals: Iterable[Removal], line: str) -> Tree:
    """The hook in each folder of installed distributions, and what it reads when an import fails; nothing where `removals` took no module.

    `tree` is what is left, and `line` how a path is kept, with `{}` for the path. The table: `line`, then for each folder and trim `/folder TAB trim`
    and below it `module TAB ending`.
    """
    gone = sorted(set(_gone(tree, removals)))
    if not gone:
        return Tree()
    sections = (
        "\n".join([f"/{root}\t{trim}", *(f"{name}\t{ending}" for _, _, name, ending in modules)])
        for (root, trim), modules in groupby(gone, lambda one: (one.root, one.trim))
    )
    table = "\n".join([line, *sections, ""])
    files = {TABLE: table, _TELLER: _TELLING, **{f"{folder}/{HOOK}": _LINE for folder in _hooked(tree, {one.root for one in gone})}}
    return Tree({path: file_of(text.encode(), owner=PAREDOWN) for path, text in files.items()})


def _hooked(tree: Tree, roots: Iterable[str]) -> Iterator[str]:
    """The folders from which a Python of `tree` reads `.pth` files; one that was emptied, too, where its Python is still there."""
    there = site_folders(tree)
    for folder in sorted({*there, *roots}):
        found = _OF_A_PYTHON.fullmatch(folder)
        if found and (folder in there or f"{found['library']}/os.py" in tree):
            yield folder


def _gone(tree: Tree, removals: Iterable[Removal]) -> Iterator[_Gone]:
    """Of a package of which nothing is left the package, else each module of which no other form is left."""
    taken = [removal for removal in removals if removal.path not in tree and _is_module(removal.path)]
    roots = _roots(tree, taken)
    folders = folders_of(tree) | {path for path, entry in tree.items() if entry.kind is Kind.FOLDER}
    left = folders | {_without_ending(path) for path in tree if _is_module(path)}
    for removal in taken:
        root = next((parent for parent in parents_of(removal.path) if parent in roots), None)
        if root is None:
            continue
        whole = _without_ending(removal.path)
        # The outermost that is gone: `a` of `a/b/c.py` where nothing of `a` is left.
        where = next((parent for parent in reversed([*parents_of(whole)]) if parent.startswith(f"{root}/") and parent not in folders), whole)
        names = where[len(root) + 1 :].split("/")
        if where not in left and names[-1] != "__init__" and all(name.isidentifier() for name in names):
            yield _Gone(root, removal.trim, ".".join(names), removal.path[len(where) :] if where == whole else "")


def _is_module(path: str) -> bool:
    return path.endswith((".py", ".so"))


def _without_ending(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return f"{folder}/{name.partition('.')[0]}"


def _roots(tree: Tree, taken: Iterable[Removal]) -> frozenset[str]:
    """The folders that modules are imported from: those of distributions, also where nothing is left in one, and the standard libraries."""
    libraries = {posixpath.dirname(path) for path in tree if path.endswith("/os.py") and _LIBRARY.search(path)}
    emptied = {folder for folder in folders_of(removal.path for removal in taken) if _OF_A_PYTHON.fullmatch(folder)}
    return frozenset({*site_folders(tree), *emptied, *libraries, *(f"{library}/lib-dynload" for library in libraries)})
