"""Takes parts of the standard library that serve its own development, teaching and desktop use."""

import re
from collections.abc import Iterator

from paredown.pydist.compilers import has_compiler
from paredown.pydist.facts import Facts
from paredown.pydist.naming import Naming
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

# Module -> what it is. Each goes only when nothing outside this list names it.
_PARTS = {
    "test": "the interpreter's own tests",
    "idlelib": "the editor IDLE",
    "tkinter": "desktop windows",
    "_tkinter": "desktop windows",
    "turtle": "drawing lessons",
    "turtledemo": "drawing lessons",
    "lib2to3": "the converter from Python 2",
    "ensurepip": "pip, packed for installing it",
    "pydoc_data": "the text of the interactive help()",
    "xxlimited": "an example of an extension module",
    "xxlimited_35": "an example of an extension module",
    "xxsubtype": "an example of an extension module",
}
# A name that stands for much else: code that wants these tests names one of their modules.
_MEANT_BY = {"test": ("test.support", "test.libregrtest", "test.regrtest", "test.test_support", "test.test_tools")}
_OF_TESTS = re.compile(r"_(?:test[a-z]*(?:_limited)?|ctypes_test|xxtestfuzz|xxinterpchannels|xxsubinterpreters)")
# These mention a part inside a function or a try, and do without it: help(), venv --with-pip, pickles of Python 2, test hooks.
_DO_WITHOUT = (
    "pydoc.py", "venv/", "_compat_pickle.py", "multiprocessing/util.py", "doctest.py", "unittest/", "sysconfig", "_sysconfigdata", "distutils/",
    "_pyrepl/", "logging/", "sqlite3/", "site.py", "_sitebuiltins.py", "pdb.py", "profile.py", "this.py", "lib-dynload/", "importlib/resources/",
)  # fmt: skip


@trim(
    id="stdlib-development",
    level=Level.LEAN,
    summary="test, idlelib, tkinter, turtle, lib2to3, ensurepip, help() texts and test extensions of the standard library",
    why="They serve people at a desk and the interpreter's own tests. Modules that a service could import under any circumstances stay, "
    "whether code names them or not: sqlite3, ssl, ctypes, lzma, zoneinfo, all encodings.",
    sources=("https://docs.python.org/3/library/test.html", "https://docs.python.org/3/library/pydoc.html", "docker-library/python#615"),
    before=("usr/lib/python3.13/os.py", "usr/lib/python3.13/idlelib/pyshell.py", "usr/lib/python3.13/test/regrtest.py",
            "usr/lib/python3.13/config-3.13/Makefile",
            "usr/lib/python3.13/lib-dynload/_testcapi.cpython-313-x86_64-linux-gnu.so", "usr/lib/python3.13/encodings/big5.py"),
    after=("usr/lib/python3.13/encodings/big5.py", "usr/lib/python3.13/os.py"),
)  # fmt: skip
def stdlib_development(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    library = facts.standard_library + "/"
    naming = Naming(facts, tree)
    compiler = has_compiler(tree)
    inside = tuple(f"{library}{name}{tail}" for name in _PARTS for tail in ("/", ".py")) + tuple(library + name for name in _DO_WITHOUT)
    unnamed: dict[str, bool] = {}
    for path, _ in tree.under(facts.standard_library):
        part = path.removeprefix(library).removeprefix("lib-dynload/")
        name = part.split("/")[0].partition(".")[0]
        if part.startswith("config-"):
            if not compiler:
                yield path, "a Makefile and objects for building extension modules"
        elif name in _PARTS or _OF_TESTS.fullmatch(name):
            if name not in unnamed:
                unnamed[name] = not any(naming.outside(module, *inside) for module in _MEANT_BY.get(name, (name,)))
            if unnamed[name]:
                yield path, f"{_PARTS.get(name, 'an extension module for tests of the interpreter')}, named by no code"
