"""Who names a module: the question that most trims put to the Facts."""

from bisect import bisect_left
from collections.abc import Iterator

from paredown.pydist.facts import COMMAND, Facts
from paredown.tree import Tree


class Naming:
    """The names of `facts`, sorted once, as far as the files that hold them are still in `tree`."""

    def __init__(self, facts: Facts, tree: Tree) -> None:
        self._names = sorted(facts.imported_by)
        self._facts = facts
        self._tree = tree

    def outside(self, module: str, *inside: str) -> str | None:
        """A path that names `module` or something below it and does not itself lie below one of the paths `inside`; None when nobody does."""
        return next(self.everyone_outside(module, *inside), None)

    def everyone_outside(self, module: str, *inside: str) -> Iterator[str]:
        """All such paths; one may come more than once."""
        for name in (module, *self._below(module)):
            for path in self._facts.imported_by.get(name, ()):
                if not path.startswith(inside) and (path in self._tree or path == COMMAND):
                    yield path

    def _below(self, module: str) -> list[str]:
        first = bisect_left(self._names, module + ".")
        return self._names[first : bisect_left(self._names, module + "/")]
