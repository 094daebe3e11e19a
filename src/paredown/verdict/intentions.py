"""Differences that were meant, and by whom: what the trims' record declares, what paredown's images always have, what the user says."""

import fnmatch
from dataclasses import dataclass, replace

from paredown.plan import PAREDOWN_FOLDER
from paredown.probes.interface import Image
from paredown.result import Difference
from paredown.tree import OwnerKind
from paredown.verdict.culprits import Suspects, suspects

# What these say about a file that is gone is only that it is gone; every other probe sees behaviour, where no removal is an excuse.
_OF_FILES = frozenset(
    {
        "distributions", "distribution files", "entry points", "modules", "links", "script interpreters", "programs on PATH", "named files", "elf needs",
        "python version", "standard library", "bytecode",
    }
)  # fmt: skip


# What every image of paredown has, whatever it was made from: (probe, glob of keys, why).
_HOUSE = (
    ("configuration", "user", "paredown's images do not run as root"),
    ("configuration", "health check*", "paredown gives a service a health check"),
    ("python version", "patch release", "the base brings another patch release of Python"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intentions:
    """What may differ: `declared` are (probe, glob of keys, reason), `said` are the user's globs of `probe: key`."""

    suspects: Suspects
    after: Image
    declared: tuple[tuple[str, str, str], ...]
    said: tuple[str, ...]

    def judged(self, difference: Difference) -> Difference:
        """`difference` with its culprits and, when it was meant, with what says so."""
        difference = replace(difference, culprits=self.suspects.named_in(difference))
        return replace(difference, intended=self._by_rule(difference) or self._by_removal(difference))

    def _by_rule(self, difference: Difference) -> str:
        name = f"{difference.probe}: {difference.key}"
        for probe, pattern, reason in self.declared:
            if difference.probe == probe and fnmatch.fnmatchcase(difference.key, pattern):
                return reason
        return next((f"`intended` names {pattern}" for pattern in self.said if fnmatch.fnmatchcase(name, pattern)), "")

    def _by_removal(self, difference: Difference) -> str:
        if difference.probe not in _OF_FILES or not difference.culprits:
            return ""
        culprit = difference.culprits[0]
        if not culprit.trim or (difference.probe == "modules" and self._app_imports(difference.key)):
            return ""
        return f"{culprit.trim}: {culprit.reason}"

    def _app_imports(self, module: str) -> bool:
        """Whether the app's own code names the module: then its loss is a difference whatever a trim says."""
        tree = self.after.tree
        return any(path in tree and tree[path].owner.kind is OwnerKind.APP for path in self.after.facts.imported_by.get(module, ()))


def intentions(before: Image, after: Image, said: tuple[str, ...]) -> Intentions:
    """What is declared of the difference between two images, by the one after and by the user."""
    ours = PAREDOWN_FOLDER.lstrip("/") in after.tree
    return Intentions(
        suspects=suspects(before.tree, after.tree, after.removals, made_by_paredown=ours),
        after=after,
        declared=_HOUSE if ours and PAREDOWN_FOLDER.lstrip("/") not in before.tree else (),
        said=said,
    )
