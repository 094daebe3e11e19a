"""Takes the standard library's modules in Python that stand in for one in C, when that one is there."""

import posixpath
import re
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.pydist.naming import Naming
from paredown.tree import Kind, Tree
from paredown.trims.interface import Level, trim

# Stand-in -> the module that takes it, and the one in C.
_TWINS = {"_pydecimal": ("decimal", "_decimal"), "_pydatetime": ("datetime", "_datetime")}
_INTERPRETER = re.compile(r"(?:libpython|python)3\.\d+(?:\.so(?:\.[\d.]+)?)?")


@trim(
    id="python-twins",
    level=Level.LEAN,
    summary="_pydecimal and _pydatetime, modules in Python, when those in C are there and nothing else names them",
    why="`decimal` takes `_decimal` and only where that cannot be imported `_pydecimal`, at 0.23 MB the largest module of the standard library that "
    "nothing comes to; `datetime` likewise. The one in C is a file, or built into the interpreter, which then exports its start.",
    sources=("https://github.com/python/cpython/blob/3.13/Lib/decimal.py", "https://peps.python.org/pep-0399/"),
    before=("usr/lib/python3.13/_pydecimal.py", "usr/lib/python3.13/decimal.py", "usr/lib/python3.13/lib-dynload/_decimal.cpython-313-x86_64-linux-gnu.so"),
    after=("usr/lib/python3.13/decimal.py", "usr/lib/python3.13/lib-dynload/_decimal.cpython-313-x86_64-linux-gnu.so"),
)
def python_twins(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    library = facts.standard_library + "/"
    naming = Naming(facts, tree)
    for twin, (user, in_c) in _TWINS.items():
        if f"{library}{twin}.py" not in tree or naming.outside(twin, f"{library}{user}.py", f"{library}test/") or not _has(in_c, tree, facts):
            continue
        compiled = (path for path, _ in tree.under(f"{library}__pycache__") if path.startswith(f"{library}__pycache__/{twin}."))
        for path in (f"{library}{twin}.py", *compiled):
            yield path, f"{user} in Python, which {user} takes only where the one in C is missing"


def _has(module: str, tree: Tree, facts: Facts) -> bool:
    """Whether the module in C is there: as a file, or in the interpreter."""
    folder = f"{facts.standard_library}/lib-dynload"
    if any(path.startswith(f"{folder}/{module}.") for path, _ in tree.under(folder)):
        return True
    start = f"PyInit_{module}\0".encode()
    interpreters = (tree.get(path) for path in facts.elves if _INTERPRETER.fullmatch(posixpath.basename(path)))
    return any(start in entry.read() for entry in interpreters if entry is not None and entry.kind is Kind.FILE)
