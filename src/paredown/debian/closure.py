"""What a set of packages needs, all the way down: Depends and Pre-Depends, alternatives, provided names, versions, conflicts."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from paredown.debian.index import Index, Package
from paredown.debian.relations import Alternatives, Relation
from paredown.errors import UserError
from paredown.lock import Pin
from paredown.origin import Origin

_MOST_TRIES = 2000  # of alternatives; real closures need under a hundred


@dataclass(frozen=True, slots=True)
class _Need:
    """One relation of `needer`; None is the user."""

    alternatives: Alternatives
    needer: str | None

    def __str__(self) -> str:
        return " | ".join(str(relation) for relation in self.alternatives)


class _DeadEnd(Exception):  # noqa: N818
    """No choice is left for `need`."""

    def __init__(self, need: _Need, reason: str, path: tuple[str, ...]) -> None:
        super().__init__(reason)
        self.need = need
        self.reason = reason
        self.path = path


def closure(index: Index, names: Sequence[str], *, leave_out: frozenset[str], where: Origin) -> tuple[Pin, ...]:
    """`names` and everything they depend on, sorted by name.

    A dependency on a name in `leave_out` counts as satisfied and brings nothing in; asking for that name in `names` overrides this.
    Recommends and Suggests are not followed. UserError, pointing at `where`, for an unknown name (with close matches) or a set that
    cannot be had together (who needs what, and what is available).
    """
    asked = sorted(set(names))
    unknown = [name for name in asked if index.package(name) is None and not index.providers(name)]
    if unknown:
        raise _unknown(index, unknown[0], where)
    search = _Search(index, leave_out - set(asked))
    try:
        chosen = search.solve(_State({}, {}), [_Need((Relation(name),), None) for name in asked])
    except _DeadEnd as end:
        path = " -> ".join(end.path)
        who = end.path[-1] if end.path else "the project"
        through = f" ({path})" if len(end.path) > 1 else ""
        root = end.path[0] if end.path else str(end.need)
        raise UserError(
            f"{who} needs {end.need}{through}, but {end.reason}",
            where=where,
            fix=f"take `{root}` out of the packages, or name a package that {index.suite} can install with the others",
        ) from end
    return tuple(chosen.packages[name].pin for name in sorted(chosen.packages))


@dataclass(frozen=True, slots=True)
class _State:
    """What is chosen so far, by name, and through which package each came."""

    packages: dict[str, Package]
    because: dict[str, str | None]

    def plus(self, package: Package, needer: str | None) -> "_State":
        return _State(self.packages | {package.name: package}, self.because | {package.name: needer})

    def path(self, name: str | None) -> tuple[str, ...]:
        """From what the user asked for down to `name`."""
        steps: list[str] = []
        while name is not None:
            steps.append(name)
            name = self.because.get(name)
        return tuple(reversed(steps))


class _Search:
    """Takes what leaves no choice first; where there is one, tries in the order of the alternatives, and goes back from dead ends."""

    def __init__(self, index: Index, leave_out: frozenset[str]) -> None:
        self._index = index
        self._leave_out = leave_out
        self._tries = 0

    def solve(self, state: _State, needs: Iterable[_Need], open_choices: tuple[_Need, ...] = ()) -> _State:
        waiting, choices = list(needs), list(open_choices)
        waiting.reverse()
        while waiting:
            need = waiting.pop()
            if self._satisfied(need, state):
                continue
            options = self._options(need, state)
            if len(options) == 1:
                state = state.plus(options[0], need.needer)
                waiting.extend(reversed(_needs(options[0])))
            else:
                choices.append(need)
        while choices and self._satisfied(choices[0], state):
            choices.pop(0)
        if not choices:
            return state
        need, *rest = choices
        first: _DeadEnd | None = None
        for option in self._options(need, state):
            self._tries += 1
            try:
                return self.solve(state.plus(option, need.needer), _needs(option), tuple(rest))
            except _DeadEnd as end:
                first = first or end
                if self._tries > _MOST_TRIES:
                    break
        raise first or AssertionError("a choice has options")

    def _satisfied(self, need: _Need, state: _State) -> bool:
        for relation in need.alternatives:
            if relation.name in self._leave_out:
                return True
            namesake = state.packages.get(relation.name)
            if namesake is not None and relation.accepts(namesake.version):
                return True
            if any(package.provides(relation) for package in state.packages.values() if _offers(package, relation.name)):
                return True
            if self._index.package(relation.name) is None and any(package.name in self._leave_out for package in self._index.providers(relation.name)):
                return True
        return False

    def _options(self, need: _Need, state: _State) -> list[Package]:
        """What could satisfy `need`, the preferred first. _DeadEnd when nothing could."""
        found: dict[str, Package] = {}
        reasons: list[str] = []
        for relation in need.alternatives:
            candidates = list(self._candidates(relation))
            if not candidates:
                reasons.append(self._available(relation))
            for candidate in candidates:
                clash = _clash(candidate, state)
                if clash is None:
                    found.setdefault(candidate.name, candidate)
                else:
                    reasons.append(clash)
        if not found:
            raise _DeadEnd(need, ", and ".join(dict.fromkeys(reasons)), state.path(need.needer))
        return list(found.values())

    def _candidates(self, relation: Relation) -> Iterator[Package]:
        real = self._index.package(relation.name)
        if real is not None and relation.accepts(real.version):
            yield real
        else:
            yield from (package for package in self._index.providers(relation.name) if package.provides(relation))

    def _available(self, relation: Relation) -> str:
        real = self._index.package(relation.name)
        if real is not None:
            return f"{self._index.suite} has {real.name} {real.version}"
        providers = ", ".join(f"{package.name} {package.version}" for package in self._index.providers(relation.name))
        return f"{self._index.suite} only has it as provided by {providers}" if providers else f"{self._index.suite} has no package {relation.name}"


def _needs(package: Package) -> list[_Need]:
    return [_Need(group, package.name) for group in package.relations("pre-depends", "depends")]


def _offers(package: Package, name: str) -> bool:
    return package.name == name or name in package.fields.get("provides", "")


def _clash(candidate: Package, state: _State) -> str | None:
    other_version = state.packages.get(candidate.name)
    if other_version is not None:
        return f"{candidate.name} {other_version.version} is not enough"
    for chosen in state.packages.values():
        for one, other in ((candidate, chosen), (chosen, candidate)):
            for relation in chain.from_iterable(one.relations("conflicts", "breaks")):
                if _offers(other, relation.name) and other.provides(relation):
                    return f"{one.name} {one.version} conflicts with {other.name} {other.version}"
    return None


def _unknown(index: Index, name: str, where: Origin) -> UserError:
    known = index.names()
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.75) or [other for other in known if name in other][:3]
    fix = f"did you mean {', '.join(f'`{other}`' for other in close)}?" if close else f"look for it among the packages of {index.suite}, component main"
    return UserError(f"Debian {index.suite} has no package {name!r} for {index.architecture}", where=where, fix=fix)
