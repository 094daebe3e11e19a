"""Holdings for people and for machines: packages, files and matched advisories side by side, each a number of its own."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from paredown.holdings import Contents, Holdings, LookedUp
from paredown.reports.ink import Ink
from paredown.reports.shown import harmless
from paredown.reports.terminal import folded, table

_HOW = (
    "An advisory matches a package by its name and version, whatever became of the package's files: what it warns of may be in files that are gone or in "
    "some that are there. Fewer matches are fewer packages, and nothing else."
)


def holdings_text(holdings: Holdings, ink: Ink) -> str:
    """A table with a column for each image, and what there is to know about its last rows."""
    contents = list(holdings.contents.values())
    rows = [("", *holdings.contents)]
    rows += [
        ("packages", *(_number(len(each.packages)) for each in contents)),
        ("  of the system", *(_number(len(each.packages) - each.distributions) for each in contents)),
        ("  Python distributions", *(_number(each.distributions) for each in contents)),
        ("  of all, not with every file", *(_number(each.reduced) for each in contents)),
        ("files", *(_number(each.files) for each in contents)),
    ]
    looked_up = holdings.looked_up
    if looked_up is None:
        return table("what is there", rows, ink)
    rows.append(("advisories matched", *(_number(len(_matched(each, looked_up))) for each in contents)))
    if any(_undecided(each, looked_up) for each in contents):
        rows.append(("advisories undecided", *(_number(len(_undecided(each, looked_up))) for each in contents)))
    return "\n".join([table("what is there", rows, ink), *_remarks(looked_up, contents, ink)])


def _remarks(looked_up: LookedUp, contents: list[Contents], ink: Ink) -> Iterator[str]:
    withdrawn = f", {_number(looked_up.withdrawn)} of them withdrawn" if looked_up.withdrawn else ""
    yield from (ink.dim(line) for line in folded(f"Advisories read: {_number(looked_up.read)}{withdrawn}. {_HOW}"))
    for origin, count in sorted(not_looked_up(contents[0], looked_up).items()):
        told = f"the data has nothing about {origin}" if origin else "no advisories are known for what brought them"
        yield from (ink.yellow(line) for line in folded(f"packages not looked up: {_number(count)}, as {told}"))
    if looked_up.unreadable:
        first = harmless(looked_up.unreadable[0])
        yield from (
            ink.yellow(line) for line in folded(f"parts of the data that could not be read: {_number(len(looked_up.unreadable))}, the first is {first}")
        )


def holdings_value(holdings: Holdings) -> dict[str, Any]:
    """Holdings as JSON has them. Packages are listed that an advisory matches, or names without deciding."""
    looked_up = holdings.looked_up
    value: dict[str, Any] = {name: _contents(contents, looked_up) for name, contents in holdings.contents.items()}
    if looked_up is not None:
        first = next(iter(holdings.contents.values()))
        missed = [{"origin": origin, "packages": count} for origin, count in sorted(not_looked_up(first, looked_up).items())]
        told = {"read": looked_up.read, "withdrawn": looked_up.withdrawn, "unreadable": list(looked_up.unreadable), "not_looked_up": missed}
        value["advisories"] = {**told, "aliases": {name: list(others) for name, others in sorted(looked_up.aliases.items())}}
    return value


def not_looked_up(contents: Contents, looked_up: LookedUp) -> Counter[str]:
    """How many packages the data has nothing about, by their origin: `Debian 12`, "" where it is none that advisories name."""
    origins = Counter("" if each.subject is None else each.subject.origin for each in contents.packages)
    return Counter({origin: count for origin, count in origins.items() if origin not in looked_up.covered})


def _contents(contents: Contents, looked_up: LookedUp | None) -> dict[str, Any]:
    value: dict[str, Any] = {
        "packages": len(contents.packages),
        "system_packages": len(contents.packages) - contents.distributions,
        "distributions": contents.distributions,
        "reduced": contents.reduced,
        "files": contents.files,
    }
    if looked_up is not None:
        value |= {
            "advisories_matched": len(_matched(contents, looked_up)),
            "advisories_undecided": len(_undecided(contents, looked_up)),
            "by_package": list(_by_package(contents, looked_up)),
        }
    return value


def _by_package(contents: Contents, looked_up: LookedUp) -> Iterator[dict[str, Any]]:
    for each in sorted(contents.packages, key=lambda each: (each.name, each.version)):
        subject = each.subject
        if subject is None or not (subject in looked_up.matched or subject in looked_up.undecided):
            continue
        yield {
            "package": each.name,
            "version": each.version,
            "source": subject.name,
            "origin": subject.origin,
            "reduced": each.reduced,
            "matched": sorted(looked_up.matched.get(subject, ())),
            "undecided": sorted(looked_up.undecided.get(subject, ())),
        }


def _matched(contents: Contents, looked_up: LookedUp) -> frozenset[str]:
    """The distinct ids: one that names several packages is one."""
    return frozenset(name for each in contents.packages if each.subject is not None for name in looked_up.matched.get(each.subject, ()))


def _undecided(contents: Contents, looked_up: LookedUp) -> frozenset[str]:
    named = frozenset(name for each in contents.packages if each.subject is not None for name in looked_up.undecided.get(each.subject, ()))
    return named - _matched(contents, looked_up)


def _number(count: int) -> str:
    return f"{count:,}"
