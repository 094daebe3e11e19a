"""What carving a finished image goes by: what its service starts, names and can come to, and what a run of it opened."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace

from paredown.packages.roles import SHELLS, TOOLS
from paredown.probes.interface import Image
from paredown.probes.programs import imported
from paredown.pydist.facts import Facts
from paredown.pydist.reach import reach
from paredown.pydist.read import read_facts
from paredown.pydist.service_code import is_app, named_by_code
from paredown.pydist.start_scripts import started
from paredown.tree import APP, Entry, Tree
from paredown.trims.interface import Level, kept_by

_NO_VALUE = frozenset({"PATH"})  # of the environment: what everything is looked up by says nothing of anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """How to judge trees of `image` at a level. `keep` are a person's globs, `opened` what a run opened; both are paths of it."""

    image: Image
    keep: tuple[str, ...] = ()
    opened: frozenset[str] = frozenset()

    @property
    def tree(self) -> Tree:
        """The image's, with the app's files as the app's."""
        return self.image.tree.over(Tree(self._of_app(self.image.tree)).owned(APP))

    def facts(self, tree: Tree, level: Level, spared: frozenset[str]) -> Facts:
        """What trims of `level` go by in `tree`, which is all or less of the image's; `spared` are paths that were given back."""
        config, before, store = self.image.config, self.image.facts, self.image.store
        folder, python = config.working_directory, self.image.python
        values = tuple(value for name, value in config.environment if name not in _NO_VALUE)
        facts = read_facts(
            tree, python=before.python, words=(*before.command, *values), system_packages=frozenset(), shell=False, keep=self.keep, store=store, program=python,
        )  # fmt: skip
        named = named_by_code(tree, facts, working_directory=folder, store=store)
        own = named_by_code(Tree(self._of_app(tree)), facts, working_directory=folder, store=store).constants
        # Distributions name compilers and shells that they were built with, or have a use for at a desk; from the app itself such a name counts.
        programs = frozenset(name for name in named.constants.programs if name in own.programs or not _of_a_desk(name))
        paths = frozenset(path for path in named.constants.paths if path in own.paths or not _of_a_desk(posixpath.basename(path)))
        command = started((*before.command, python), tree, search_path=dict(config.environment).get("PATH", ""), working_directory=folder)
        shell = named.shell if named.constants.shell else ()
        constants = replace(named.constants, programs=programs, paths=paths)
        facts = replace(facts, named=constants, command=command, starts_shell=shell, spared=spared)
        if not level.includes(Level.TIGHT):
            return facts
        found = reach(tree, facts, store, app=self._of_app(tree), more=sorted(imported()), stays=self._stays(tree, facts))
        return replace(facts, reach=found)

    def _stays(self, tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
        kept = kept_by(facts)
        for path in tree:
            if path in self.opened:
                yield path, "a run of the service opened it"
            elif kept(path):
                yield path, "it is to be kept"

    def _of_app(self, tree: Tree) -> dict[str, Entry]:
        folder = self.image.config.working_directory
        return {path: entry for path, entry in tree.items() if is_app(path, entry, self.image.facts, folder)}


def _of_a_desk(name: str) -> bool:
    return bool(TOOLS.fullmatch(name)) or name in SHELLS
