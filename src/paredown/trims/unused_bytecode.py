"""Takes the bytecode of modules that a watched run of the service did not import."""

from collections.abc import Iterator

from paredown.pydist.bytecode import bytecode_of
from paredown.pydist.facts import Facts
from paredown.tree import Tree
from paredown.trims.interface import Level, trim


@trim(
    id="unused-bytecode",
    level=Level.TIGHT,
    summary="bytecode of modules that the service did not import until it had answered all known requests",
    why="The source beside it stays: a module that is imported later is compiled then, which takes some milliseconds once in each process. What starts the "
    "service, and what it imports for the requests that are known, keeps its bytecode. Where no run was watched, all does.",
    sources=("https://peps.python.org/pep-3147/", "https://docs.python.org/3/tutorial/modules.html#compiled-python-files"),
    before=(
        "opt/venv/lib/python3.13/site-packages/click/__init__.py",
        "opt/venv/lib/python3.13/site-packages/click/__pycache__/__init__.cpython-313.pyc",
        "opt/venv/lib/python3.13/site-packages/click/testing.py",
        "opt/venv/lib/python3.13/site-packages/click/__pycache__/testing.cpython-313.pyc",
        "opt/venv/lib/python3.13/site-packages/click/alone.pyc",
    ),
    after=(
        "opt/venv/lib/python3.13/site-packages/click/__init__.py",
        "opt/venv/lib/python3.13/site-packages/click/__pycache__/__init__.cpython-313.pyc",
        "opt/venv/lib/python3.13/site-packages/click/testing.py",
        "opt/venv/lib/python3.13/site-packages/click/alone.pyc",
    ),
)
def unused_bytecode(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    if not facts.opened:
        return
    for source, compiled in bytecode_of(tree).items():
        if source in tree and tree.resolve(source) not in facts.opened:
            for path in compiled:
                yield path, "its source stays, and a run of the service did not import it"
