"""Which rules hold for a file, and which findings fail: by the command line, by the nearest settings, by hadolint's configuration."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from paredown.check_settings import CheckSettings, Named, check_settings
from paredown.composers.ignored import patterns
from paredown.finding import Severity
from paredown.origin import Origin
from paredown.rules.hadolint import CONFIGURATIONS, ignored_by
from paredown.rules.interface import Rule

_COMMAND_LINE = Origin("the command line")
AnyRule = TypeVar("AnyRule", bound=Rule)  # type: ignore[type-arg]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What holds for one file: ids of the `selected` rules (None for all), ids of the `ignored` ones, what hadolint ignores
    by its names, and how bad a finding fails.
    """

    selected: frozenset[str] | None
    ignored: frozenset[str]
    ignored_by_hadolint: frozenset[str]
    fail_on: Severity

    def of(self, rules: Iterable[AnyRule]) -> tuple[AnyRule, ...]:
        """Those of `rules` that hold."""
        return tuple(rule for rule in rules if self._holds(rule.card.id) and not self.ignored_by_hadolint & {name.split()[-1] for name in rule.same_as})

    def _holds(self, name: str) -> bool:
        return name not in self.ignored and (self.selected is None or name in self.selected)


@dataclass(slots=True)
class Chooser:
    """Chooses for many files; what stands in a folder is read once. The three settings are the command line's."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity | None = None
    _settings: dict[Path, CheckSettings] = field(default_factory=dict)
    _hadolint: dict[Path, frozenset[str]] = field(default_factory=dict)
    _ids: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict)

    def choice(self, file: Path) -> Choice:
        """What holds for `file`, an absolute path. Raises UserError for settings that cannot be read, and for names that no rule has."""
        settings = self._settings_for(file.parent)
        select = Named(names=self.select, where=_COMMAND_LINE) if self.select else settings.select
        return Choice(
            selected=self._meant(select) if select else None,
            ignored=self._meant(Named(names=self.ignore, where=_COMMAND_LINE)) | self._ignored(settings, file),
            ignored_by_hadolint=self._hadolint_for(file.parent),
            fail_on=self.fail_on or settings.fail_on or Severity.WARNING,
        )

    def _ignored(self, settings: CheckSettings, file: Path) -> frozenset[str]:
        found = self._meant(settings.ignore) if settings.ignore else frozenset()
        for pattern, named in settings.per_file:
            if settings.folder and patterns((pattern,), named.where).match(file.relative_to(settings.folder).as_posix()):
                found |= self._meant(named)
        return found

    def _meant(self, named: Named) -> frozenset[str]:
        if not named.names:
            return frozenset()
        if named.names not in self._ids:
            from paredown.rules.catalogue import ids_of  # noqa: PLC0415  (all rules of all kinds: only when one is named)

            self._ids[named.names] = ids_of(named.names, where=named.where)
        return self._ids[named.names]

    def _settings_for(self, folder: Path) -> CheckSettings:
        if folder not in self._settings:
            found = check_settings(folder)
            if found is None:
                found = CheckSettings() if _is_top(folder) else self._settings_for(folder.parent)
            self._settings[folder] = found
        return self._settings[folder]

    def _hadolint_for(self, folder: Path) -> frozenset[str]:
        if folder not in self._hadolint:
            file = next((path for name in CONFIGURATIONS if (path := folder / name).is_file()), None)
            above = frozenset[str]() if file or _is_top(folder) else self._hadolint_for(folder.parent)
            self._hadolint[folder] = ignored_by(file) if file else above
        return self._hadolint[folder]


def _is_top(folder: Path) -> bool:
    """Whether what lies above `folder` has no say: it is the top of a work tree, or of the file system."""
    return folder == folder.parent or (folder / ".git").exists()
