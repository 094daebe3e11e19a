"""What carving a finished image goes by: what its service starts, names and can come to, and what a run of it opened."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from paredown.packages.installed import installed
from paredown.packages.roles import SHELLS, TOOLS
from paredown.probes.interface import Image
from paredown.probes.programs import imported
from paredown.pydist.facts import COMMAND, Facts
from paredown.pydist.reach import THE_INTERPRETER, reach
from paredown.pydist.read import read_facts
from paredown.pydist.service_code import is_app, named_by_code
from paredown.pydist.start_scripts import started
from paredown.tree import APP, Entry, Tree
from paredown.trims.interface import Level, kept_by
from paredown.trims.unneeded_packages import needed_packages

_LONGEST_WAY = 6
_NO_VALUE = frozenset({"PATH"})  # of the environment: what everything is looked up by says nothing of anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """How to judge trees of `image` at a level.

    `keep` are a person's globs, `opened` what a run opened; both are paths of it. `failing` are its modules that cannot be imported, each with
    what Python says of it.
    """

    image: Image
    keep: tuple[str, ...] = ()
    opened: frozenset[str] = frozenset()
    failing: Mapping[str, str] = field(default_factory=dict)

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
        facts = replace(facts, unseen=before.unseen)
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
        found = reach(tree, facts, store, app=self._of_app(tree), more=sorted(imported()), stays=self._stays(tree, facts), failing=self.failing)
        return replace(facts, reach=found, opened=self.opened)

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


def reasons(tree: Tree, facts: Facts) -> dict[str, str]:
    """Path -> why it stays, of what was judged by the packages that are needed and by the modules that can be reached."""
    packages = installed(tree)
    needed = needed_packages(tree, facts, packages) or {}
    found = {path: f"{package.name} stays: {needed[package.name]}" for package in packages if package.name in needed for path in package.files}
    if facts.reach is not None:
        found |= {path: _way(path, facts.reach.by) for path in facts.reach.by}
    return found


def _way(path: str, by: Mapping[str, str]) -> str:
    """From who names it back to the app or the start command, or to what else brought it in."""
    steps: list[str] = []
    while path in by and len(steps) < _LONGEST_WAY:
        path = by[path]
        steps.append(f"/{path}" if "/" in path else path)
    if _is_why(steps[0]):
        return steps[0]
    return f"{steps[0]} names it" + "".join(f" ({step})" if _is_why(step) else f", which {step} names" for step in steps[1:])


def _is_why(step: str) -> bool:
    return " " in step and step not in (COMMAND, THE_INTERPRETER)


def _of_a_desk(name: str) -> bool:
    return bool(TOOLS.fullmatch(name)) or name in SHELLS
