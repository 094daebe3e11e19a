"""All rules of every kind, and which of them a name means: paredown's own, or another linter's."""

import difflib
from collections.abc import Iterable
from typing import Any

from paredown.errors import UserError
from paredown.origin import Origin
from paredown.rules import compose_files, dockerfiles, ignore_files, images
from paredown.rules.interface import Rule

AnyRule = Rule[Any, Any]
RULES: tuple[AnyRule, ...] = (*dockerfiles.RULES, *compose_files.RULES, *ignore_files.RULES, *images.RULES)


def known_as(rule: AnyRule) -> frozenset[str]:
    """All that a user may call `rule`: its id, and `DL3006` as well as `hadolint DL3006`."""
    return frozenset((rule.card.id, *(name for others in rule.same_as for name in (others, others.split()[-1]))))


def named(name: str, rules: Iterable[AnyRule] = RULES) -> tuple[AnyRule, ...]:
    """The rules that `name` means; () when there is none."""
    wanted = name.strip().lower()
    return tuple(rule for rule in rules if wanted in {known.lower() for known in known_as(rule)})


def ids_of(names: Iterable[str], *, where: Origin | str | None = None) -> frozenset[str]:
    """The ids of the rules that `names` mean. Raises UserError for a name that means none, with the one that was probably meant."""
    found: set[str] = set()
    for name in names:
        meant = named(name)
        if not meant:
            raise unknown(name, (known for rule in RULES for known in known_as(rule)), where=where)
        found |= {rule.card.id for rule in meant}
    return frozenset(found)


def unknown(name: str, names: Iterable[str], *, where: Origin | str | None = None) -> UserError:
    """The error for a name that no rule has, with the nearest of `names`."""
    spelled = {known.lower(): known for known in sorted(names)}
    close = difflib.get_close_matches(name.strip().lower(), spelled, n=1, cutoff=0.6)
    return UserError(f"no rule is called `{name}`", where=where, fix=f"write `{spelled[close[0]]}`" if close else "`paredown explain` lists all rules")
