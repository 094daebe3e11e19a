"""Takes the standard library's modules in Python that stand in for one in C, when that one is there."""

from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.pydist.naming import Naming
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

_DECIMAL = "_pydecimal"


@trim(
    id="python-twins",
    level=Level.LEAN,
    summary="_pydecimal, the decimal module in Python, when the one in C is there and nothing else names it",
    why="`decimal` takes `_decimal` and only where that cannot be imported `_pydecimal`, at 0.23 MB the largest module of the standard library that "
    "nothing comes to. Where the interpreter has `_decimal` built in instead of as a file, it stays.",
    sources=("https://github.com/python/cpython/blob/3.13/Lib/decimal.py", "https://peps.python.org/pep-0399/"),
    before=("usr/lib/python3.13/_pydecimal.py", "usr/lib/python3.13/decimal.py", "usr/lib/python3.13/lib-dynload/_decimal.cpython-313-x86_64-linux-gnu.so"),
    after=("usr/lib/python3.13/decimal.py", "usr/lib/python3.13/lib-dynload/_decimal.cpython-313-x86_64-linux-gnu.so"),
)
def python_twins(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    library = facts.standard_library + "/"
    in_c = any(path.startswith(f"{library}lib-dynload/_decimal.") for path, _ in tree.under(f"{library}lib-dynload"))
    if not in_c or Naming(facts, tree).outside(_DECIMAL, f"{library}decimal.py", f"{library}test/"):
        return
    for path in (f"{library}{_DECIMAL}.py", *(path for path, _ in tree.under(f"{library}__pycache__") if path.startswith(f"{library}__pycache__/{_DECIMAL}."))):
        if path in tree:
            yield path, "decimal in Python, which decimal takes only where the one in C is missing"
