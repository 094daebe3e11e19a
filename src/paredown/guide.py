"""All rules and trims as people read of them, and which of them a name means."""

from paredown.finding import Described
from paredown.rules.catalogue import RULES, known_as, unknown
from paredown.rules.catalogue import named as rules_named
from paredown.trims import TRIMS
from paredown.trims.interface import Trim


def everything() -> tuple[Described, ...]:
    """Rules by their ids, then trims by theirs."""
    return (*(rule.described for rule in sorted(RULES, key=lambda rule: rule.card.id)), *map(_trim, sorted(TRIMS, key=lambda trim: trim.card.id)))


def named(name: str) -> tuple[Described, ...]:
    """What `name` means: one rule or trim by its id, or all that another linter's name stands for. Raises UserError when there is none."""
    found = (*(rule.described for rule in rules_named(name)), *(_trim(trim) for trim in TRIMS if trim.card.id == name.strip().lower()))
    if not found:
        raise unknown(name, (*(known for rule in RULES for known in known_as(rule)), *(trim.card.id for trim in TRIMS)))
    return found


def _trim(trim: Trim) -> Described:
    before, after = ("".join(f"/{path}\n" for path in paths) for paths in (trim.before, trim.after))
    return Described(card=trim.card, kind="trim", level=trim.level.value, before=before, after=after)
