"""Whether a Tree holds a compiler: then sources, headers and static libraries may be read at run time."""

import re

from paredown.tree import Tree

_COMPILER = re.compile(r"(?:usr/local/|usr/)?bin/(?:gcc|cc|c\+\+|g\+\+|clang|clang\+\+|tcc|nvcc|[a-z0-9_]+-linux-gnu-gcc)(?:-\d+)?")


def has_compiler(tree: Tree) -> bool:
    """Whether a C or C++ compiler lies where programs lie."""
    return any("bin/" in path and _COMPILER.fullmatch(path) for path in tree)
