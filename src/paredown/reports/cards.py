"""The card of a rule or a trim for people: what, why, an example as a diff, sources, and how to silence it."""

import difflib
import textwrap
from collections.abc import Iterable, Iterator

from paredown.card import Safety
from paredown.finding import Described
from paredown.reports.ink import WIDTH, Ink
from paredown.reports.shown import harmless

_MENDED = {
    Safety.SAFE: "by `paredown check --fix`",
    Safety.VERIFIED: "by `paredown check --unsafe-fixes`: look at the outcome",
    Safety.OPT_IN: "by hand, or where an edit is offered by `paredown check --unsafe-fixes`: look at the outcome",
}


def card_page(one: Described, ink: Ink) -> str:
    """All of one card."""
    card = one.card
    parts = [[f"{ink.bold(card.id)} ({one.kind}, {one.level}, since {card.since})", *_folded(card.summary)], [ink.bold("why"), *_folded(card.why)]]
    if example := list(_example(one, ink)):
        parts.append([ink.bold("example"), *example])
    if one.kind == "rule":
        parts.append([ink.bold("mended"), *_folded(_MENDED[card.safety])])
    parts.append([ink.bold("silenced"), *(line for text in silencing(one) for line in _folded(text))])
    if one.same_as:
        parts.append([ink.bold("elsewhere"), *_folded(", ".join(one.same_as))])
    parts.append([ink.bold("sources"), *(f"  {source}" for source in card.sources)])
    return "\n\n".join("\n".join(part) for part in parts)


def silencing(one: Described) -> tuple[str, ...]:
    """How a user says that it shall not be told, or not be done."""
    if one.kind == "trim":
        return ('in paredown.toml: keep = ["/what/it/takes/**"]',)
    names = ",".join(name.split()[-1] for name in one.same_as if name.startswith("hadolint "))
    return (
        f"for an instruction, above it: # paredown: ignore={one.card.id}",
        *((f"or as hadolint has it: # hadolint ignore={names}",) if names else ()),
        f'in paredown.toml, under [check]: ignore = ["{one.card.id}"]',
    )


def card_list(all_of_them: Iterable[Described], ink: Ink) -> str:
    """A table of all: id, level and summary, rules first."""
    every = tuple(all_of_them)
    width = max(len(one.card.id) for one in every) + 2
    parts = []
    for kind in ("rule", "trim"):
        lines = [ink.bold(f"{kind}s ({sum(one.kind == kind for one in every)})")]
        for one in every:
            if one.kind == kind:
                first, *more = textwrap.wrap(one.card.summary, WIDTH - width - 9, break_on_hyphens=False)
                lines.append(f"{one.card.id:<{width}}{one.level:<9}{first}")
                lines += [" " * (width + 9) + line for line in more]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _example(one: Described, ink: Ink) -> Iterator[str]:
    tints = {"+": ink.green, "-": ink.red}
    before, after = one.before.splitlines(), one.after.splitlines()
    for line in difflib.ndiff(before, after) if before != after else ():
        if not line.startswith("?"):
            yield tints.get(line[:1], str)(f"  {harmless(line)}".rstrip())


def _folded(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
