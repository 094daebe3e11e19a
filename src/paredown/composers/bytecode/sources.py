"""Python sources in an image: the name each is imported by, and where its bytecode belongs."""

import posixpath
import re
from collections.abc import Iterator

from paredown.tree import Entry, Kind, OwnerKind, Tree

# A standard library or what is installed beside it: there a path says the module's name whatever sys.path holds at run time.
_LIBRARY = re.compile(r"(?:.*/)?lib(?:64)?/python3(?:\.\d+)?t?/(?:(?:site|dist)-packages/)?(?P<module>.+)\.py")


def module_name(path: str) -> str:
    """How a profile calls the source at `path` (no leading slash): `package.module` in a library, else its absolute path."""
    found = _LIBRARY.fullmatch(path)
    if found is None:
        return "/" + path
    parts = found["module"].split("/")
    if parts[-1] == "__init__" and len(parts) > 1:
        del parts[-1]
    return ".".join(parts) if all(part.isidentifier() for part in parts) else "/" + path


def bytecode_path(path: str, python: str) -> str:
    """Where the interpreter `python` (`3.13`) looks for the bytecode of the source at `path` (PEP 3147)."""
    folder, name = posixpath.split(path)
    return posixpath.join(folder, "__pycache__", f"{name.removesuffix('.py')}.cpython-{python.replace('.', '')}.pyc")


def source_of(bytecode: str) -> str | None:
    """The source whose bytecode would lie at `bytecode`, both without a leading slash; None when it is not in a __pycache__."""
    folder, name = posixpath.split(bytecode)
    above, last = posixpath.split(folder)
    return posixpath.join(above, name.split(".")[0] + ".py") if last == "__pycache__" else None


def selected(tree: Tree, modules: frozenset[str] | None) -> Iterator[tuple[str, Entry, Entry]]:
    """(path, its entry, the entry that holds the bytes) of each source to compile: those named, and the app's, as they are few; None names all.

    What paredown itself puts into an image is only ever run as a script, which has no bytecode.
    """
    for path, entry in tree.items():
        if not path.endswith(".py") or entry.kind is Kind.FOLDER or entry.owner.kind is OwnerKind.PAREDOWN:
            continue
        if modules is not None and entry.owner.kind is not OwnerKind.APP and module_name(path) not in modules:
            continue
        found = tree.resolve(path)
        if found and tree[found].kind is Kind.FILE:
            yield path, entry, tree[found]
