"""Takes type stubs (.pyi) that stand beside the module they describe."""

import posixpath
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Kind, Tree
from paredown.trims.interface import Level, trim


@trim(
    id="type-stubs",
    level=Level.LEAN,
    summary=".pyi files beside the module they describe, and stub-only packages",
    why="Python never imports a .pyi. Two readers are known: lazy_loader.attach_stub, whose callers keep theirs, and type checkers, whose typeshed has no "
    "modules beside it and stays.",
    sources=("https://peps.python.org/pep-0561/", "https://scientific-python.org/specs/spec-0001/"),
    before=("opt/venv/lib/python3.13/site-packages/uvloop/loop.pyi", "opt/venv/lib/python3.13/site-packages/uvloop/loop.cpython-313-x86_64-linux-gnu.so",
            "opt/venv/lib/python3.13/site-packages/yaml-stubs/__init__.pyi", "opt/venv/lib/python3.13/site-packages/mypy/typeshed/stdlib/os.pyi"),
    after=("opt/venv/lib/python3.13/site-packages/mypy/typeshed/stdlib/os.pyi",
           "opt/venv/lib/python3.13/site-packages/uvloop/loop.cpython-313-x86_64-linux-gnu.so"),
)  # fmt: skip
def type_stubs(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    modules = {_stem(path) for path in tree if path.endswith((".py", ".so"))}
    for path in tree:
        if not path.endswith(".pyi") or "/typeshed/" in path:
            continue
        stem = path.removesuffix(".pyi")
        if any(part.endswith("-stubs") for part in posixpath.dirname(path).split("/")):
            yield path, "of a stub-only package, for type checkers"
        elif (stem in modules or posixpath.dirname(path) in modules) and not _read_at_run_time(tree, facts, stem + ".py"):
            yield path, "a type stub, for type checkers"


def _stem(path: str) -> str:
    folder, name = posixpath.split(path)
    return posixpath.join(folder, name.partition(".")[0])


def _read_at_run_time(tree: Tree, facts: Facts, source: str) -> bool:
    if "attach_stub" not in facts.words or source not in tree:
        return False
    entry = tree[source]
    return entry.kind is Kind.FILE and b"attach_stub" in entry.read()
