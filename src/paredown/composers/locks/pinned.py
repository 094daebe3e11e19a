"""Distributions that a lock pins without saying where they lie: uv finds them at the index, and only files the lock promises are kept."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from paredown.composers.locks.compiling import compiled
from paredown.composers.locks.interface import Asked
from paredown.errors import UserError
from paredown.plan import Architecture


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """One locked distribution. `direct` is a URL or a path instead of a version; `digests` are hex SHA-256; `machines` those it is for."""

    name: str
    version: str = ""
    direct: str = ""
    digests: frozenset[str] = frozenset()
    machines: frozenset[Architecture] = frozenset(Architecture)


def pylock_of(asked: Asked, pinned: Sequence[Pinned], *, environment: Mapping[str, str] | None = None) -> str:
    """The pylock with exactly `pinned`; `environment` says which indexes to ask."""
    lines = []
    for entry in sorted(pinned, key=lambda entry: entry.name):
        marker = ""
        if len(entry.machines) < len(Architecture):
            marker = " ; " + " or ".join(f"platform_machine == '{machine.machine}'" for machine in sorted(entry.machines))
        lines.append(f"{entry.name} @ {entry.direct}{marker}" if entry.direct else f"{entry.name}=={entry.version}{marker}")
    if not lines:
        return 'lock-version = "1.0"\ncreated-by = "paredown"\npackages = []\n'
    promised = {entry.name: entry.digests for entry in pinned if entry.digests}
    handle, name = tempfile.mkstemp(prefix=".paredown-", suffix=".txt", dir=asked.means.store.scratch)
    with os.fdopen(handle, "w") as stream:
        stream.write("\n".join(lines) + "\n")
    try:
        return compiled(asked, ["--no-deps", name], promised=promised, environment=environment)
    finally:
        os.unlink(name)


def holds(marker: str, asked: Asked, machine: Architecture, *, extras: Sequence[str] = ()) -> bool:
    """Whether `marker` (empty: yes) is true on `machine` with any of `extras`."""
    if not marker:
        return True
    from packaging.markers import InvalidMarker, Marker  # noqa: PLC0415

    from paredown.composers.wheels import environment_of  # noqa: PLC0415

    try:
        parsed = Marker(marker)
    except InvalidMarker as error:
        raise UserError(f"{asked.main.name} cannot be read: {marker!r} is no marker", where=asked.where) from error
    environment: dict[str, Any] = dict(environment_of(asked.python, machine))
    return any(parsed.evaluate({**environment, "extra": extra}) for extra in ("", *extras))


def machines_where(marker: str, asked: Asked, *, extras: Sequence[str] = ()) -> frozenset[Architecture]:
    """The machines on which `marker` holds."""
    return frozenset(machine for machine in Architecture if holds(marker, asked, machine, extras=extras))


def check_satisfied(requirements: Sequence[str], versions: Mapping[str, str], asked: Asked, *, remedy: str) -> None:
    """UserError when a requirement line of pyproject.toml has no locked version, or one outside of what it allows."""
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    for line in requirements:
        try:
            requirement = Requirement(line)
        except InvalidRequirement as error:
            raise UserError(f"pyproject.toml: `{line}` is no requirement: {error}", where="pyproject.toml") from error
        if requirement.marker is not None and not machines_where(str(requirement.marker), asked):
            continue
        locked = versions.get(canonicalize_name(requirement.name))
        if locked is None:
            raise UserError(f"{asked.main.name} is out of date: it lacks {requirement.name}, which pyproject.toml asks for", where=asked.where, fix=remedy)
        if locked and not requirement.specifier.contains(locked, prereleases=True):
            raise UserError(
                f"{asked.main.name} is out of date: it has {requirement.name} {locked}, pyproject.toml asks for `{line}`", where=asked.where, fix=remedy
            )
