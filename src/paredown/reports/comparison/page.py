"""The report as a page of texts, widths and tones, whatever it is written in: what comes first, what is told and what is left to be opened."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from paredown import __version__
from paredown.comparison import Change, Comparison, Exposure, Figure, Group, Held, Measurement, NotMeasured, Practice
from paredown.reports.comparison.figures import ABSENT, Tone, change_text, figure_text, part_text, tone_of
from paredown.reports.terminal import size_text
from paredown.result import Answer, Coverage, Difference, OwnerSize, Verdict
from paredown.tree import OwnerKind

_GROUPS = {
    OwnerKind.BASE: "base system",
    OwnerKind.INTERPRETER: "Python",
    OwnerKind.SYSTEM: "system packages",
    OwnerKind.DISTRIBUTION: "distributions",
    OwnerKind.APP: "app",
    OwnerKind.PAREDOWN: "paredown",
    OwnerKind.UNKNOWN: "other files",
}
_TILES = ("image, compressed", "start to first answer", "memory, idle")
_SURFACES_ON_TILES = ("system packages", "executables")
_OWNERS_SHOWN = 12
_SLIGHT = 0.001  # of the larger image: an owner that changes by less is none that changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table with a bar for each figure, as parts of the longest, and the single `runs` on it; `absent` says why a figure is missing."""

    name: str
    before: str
    after: str
    change: str
    tone: Tone
    bars: tuple[float, float] = (0, 0)
    runs: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
    how: str = ""
    absent: str = ""
    spread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The rows of one group of measurements; `absent` is the one reason why there is no figure in any of them."""

    title: str
    rows: tuple[Row, ...]
    absent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What one kind of owner weighs: in bytes as text, and as parts of the larger image, from where to where."""

    kind: str
    label: str
    row: Row
    before: tuple[float, float]
    after: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One line of the coverage: `part` of what is known was exercised; `left` names what was not."""

    what: str
    text: str
    part: float
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """One line of what can be attacked; `gone`, `left` and `new` by name, and `told` how many of each."""

    row: Row
    why: str
    told: str
    gone: tuple[str, ...]
    left: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All of the report. `claim` is the figure of the headline, `verb` what follows it."""

    title: str
    claim: str
    verb: str
    answer: Answer
    sentence: str
    summary: str
    comparison: Comparison
    sizes: tuple[str, str]
    tiles: tuple[Row, ...]
    pieces: tuple[Piece, ...]
    owners: tuple[Row, ...]
    sections: tuple[Section, ...]
    coverage: tuple[Seen, ...]
    observations: int
    intended: tuple[tuple[str, tuple[str, ...]], ...]
    surfaces: tuple[Surface, ...]
    practices: tuple[Practice, ...]
    kept: tuple[int, int]
    judged: tuple[int, int]
    changes: tuple[Change, ...]
    absent: tuple[tuple[str, str], ...]
    version: str = __version__

    @property
    def verdict(self) -> Verdict:
        return self.comparison.verdict


def page_of(comparison: Comparison) -> Page:
    """The page of a comparison."""
    verdict = comparison.verdict
    before, after = comparison.before.uncompressed, comparison.after.uncompressed
    claim, verb = _claim(before, after)
    sentence = _SENTENCES[verdict.answer]
    practices = comparison.practices
    kept, unknown = _count(practices, Held.YES), _count(practices, Held.UNKNOWN)
    judged = (len(practices) - unknown[0], len(practices) - unknown[1])
    surfaces = tuple(_surface(each) for each in comparison.exposures)
    return Page(
        title=f"{claim} {verb}, {verdict.answer.value}",
        claim=claim,
        verb=verb,
        answer=verdict.answer,
        sentence=sentence,
        summary=_summary(verdict),
        comparison=comparison,
        sizes=(size_text(before), size_text(after)),
        tiles=(
            *(_row(found) for name in _TILES if (found := comparison.measured(name))),
            *(each.row for each in surfaces if each.row.name in _SURFACES_ON_TILES),
            _followed(kept, judged),
        ),
        pieces=_pieces(*comparison.owners),
        owners=_owners(*comparison.owners),
        sections=tuple(_sections(comparison.measurements)),
        coverage=tuple(_seen(item) for item in verdict.coverage if item.known),
        observations=sum(count for _, count in verdict.checks),
        intended=_grouped(verdict.intended),
        surfaces=surfaces,
        practices=practices,
        kept=kept,
        judged=judged,
        changes=comparison.changes,
        absent=_absent(comparison),
    )


_SENTENCES = {
    Answer.EQUIVALENT: "It behaves as it did: everything that was looked at is as it was, or was meant to change.",
    Answer.DIFFERENT: "It does not behave as it did. What differs is below, with what most likely took it.",
    Answer.UNPROVEN: "Nothing that was looked at differs, but not all that matters could be looked at.",
}


def _claim(before: int, after: int) -> tuple[str, str]:
    if not before or before == after:
        return "the same", "size"
    part = (after - before) / before
    return part_text(part).lstrip("−+×"), "smaller" if part < 0 else "times as large" if part >= 9 else "larger"


def _summary(verdict: Verdict) -> str:
    count = sum(number for _, number in verdict.checks)
    covered = [f"{len(item.exercised):,} of {len(item.known):,} {item.what}" for item in verdict.coverage if item.known]
    return " · ".join([f"{count:,} observations compared", *covered])


def _row(measurement: Measurement) -> Row:
    figures = [value if isinstance(value, Figure) else Figure(0) for value in (measurement.before, measurement.after)]
    longest = max(max((each.value, *each.runs)) for each in figures) or 1
    reasons = dict.fromkeys(value.reason for value in (measurement.before, measurement.after) if isinstance(value, NotMeasured))
    return Row(
        name=measurement.name,
        before=figure_text(measurement.before, measurement.unit),
        after=figure_text(measurement.after, measurement.unit),
        change=change_text(measurement),
        tone=tone_of(measurement),
        bars=(figures[0].value / longest, figures[1].value / longest),
        runs=(tuple(run / longest for run in figures[0].runs), tuple(run / longest for run in figures[1].runs)),
        how=measurement.how,
        absent="; ".join(reasons),
        spread=_spread(measurement),
    )


def _bars(before: float, after: float) -> tuple[float, float]:
    longest = max(before, after)
    return (before / longest, after / longest) if longest > 0 else (0, 0)


def _spread(measurement: Measurement) -> str:
    told = [
        f"{name} {figure_text(Figure(min(value.runs)), measurement.unit)} to {figure_text(Figure(max(value.runs)), measurement.unit)}"
        for name, value in (("before", measurement.before), ("after", measurement.after))
        if isinstance(value, Figure) and value.runs
    ]
    return ", ".join(told)


def _followed(kept: tuple[int, int], judged: tuple[int, int]) -> Row:
    more = kept[1] - kept[0]
    tone = Tone.BETTER if more > 0 else Tone.WORSE if more < 0 else Tone.ALIKE
    return Row(
        name="practices followed",
        before=f"{kept[0]} of {judged[0]}",
        after=f"{kept[1]} of {judged[1]}",
        change=f"{more:+}".replace("-", "−") if more else "same",
        tone=tone,
        bars=(kept[0] / max(judged[0], 1), kept[1] / max(judged[1], 1)),
    )


def _weights(name: str, before: int, after: int, slight: float) -> Row:
    part = (after - before) / before if before else None
    change = "same" if before == after else "new" if part is None else "gone" if not after else part_text(part)
    tone = Tone.ALIKE if abs(before - after) <= slight else Tone.BETTER if after < before else Tone.WORSE
    return Row(name=name, before=size_text(before), after=size_text(after), change=change, tone=tone, bars=_bars(before, after))


def _pieces(before: Sequence[OwnerSize], after: Sequence[OwnerSize]) -> tuple[Piece, ...]:
    one, other = (_by_kind(owners) for owners in (before, after))
    scale = max(sum(one.values()), sum(other.values()), 1)
    at, there, pieces = 0.0, 0.0, []
    for kind, label in _GROUPS.items():
        if one[kind] or other[kind]:
            ends = at + one[kind] / scale, there + other[kind] / scale
            pieces.append(
                Piece(kind=kind.value, label=label, row=_weights(label, one[kind], other[kind], scale * _SLIGHT), before=(at, ends[0]), after=(there, ends[1]))
            )
            at, there = ends
    return tuple(pieces)


def _by_kind(owners: Iterable[OwnerSize]) -> dict[OwnerKind, int]:
    sizes: dict[OwnerKind, int] = defaultdict(int)
    for owner in owners:
        sizes[owner.owner.kind] += owner.uncompressed
    return sizes


def _owners(before: Sequence[OwnerSize], after: Sequence[OwnerSize]) -> tuple[Row, ...]:
    """The largest, by name: a package of another version is the same owner."""
    one, other = (_by_name(owners) for owners in (before, after))
    names = sorted({**one, **other}, key=lambda name: (-max(one[name], other[name]), name))[:_OWNERS_SHOWN]
    longest = max([*one.values(), *other.values(), 1])
    slight = max(sum(one.values()), sum(other.values())) * _SLIGHT
    rows = [_weights(name, one[name], other[name], slight) for name in names]
    return tuple(
        Row(name=row.name, before=row.before, after=row.after, change=row.change, tone=row.tone, bars=(one[row.name] / longest, other[row.name] / longest))
        for row in rows
    )


def _by_name(owners: Iterable[OwnerSize]) -> dict[str, int]:
    sizes: dict[str, int] = defaultdict(int)
    for owner in owners:
        sizes[owner.owner.name or _GROUPS[owner.owner.kind]] += owner.uncompressed
    return sizes


def _sections(measurements: Iterable[Measurement]) -> Iterable[Section]:
    grouped: dict[Group, list[Row]] = defaultdict(list)
    for measurement in measurements:
        grouped[measurement.group].append(_row(measurement))
    for group in Group:
        if rows := grouped.get(group):
            reasons = {row.absent if (row.before, row.after) == (ABSENT, ABSENT) else "" for row in rows}
            yield Section(title=group.value, rows=tuple(rows), absent=reasons.pop() if len(reasons) == 1 else "")


def _seen(item: Coverage) -> Seen:
    exercised, known = len(item.exercised), len(item.known)
    return Seen(what=item.what, text=f"{exercised:,} of {known:,}", part=exercised / known, left=tuple(sorted(item.known - item.exercised)))


def _grouped(differences: Iterable[Difference]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Intended differences by what declared them."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for difference in differences:
        grouped[difference.intended].append(f"{difference.probe}: {difference.key}")
    return tuple((reason, tuple(names)) for reason, names in grouped.items())


def _surface(exposure: Exposure) -> Surface:
    before, after = set(exposure.before), set(exposure.after)
    one, other = len(before), len(after)
    change = "same" if one == other else "gone" if not other else part_text((other - one) / one) if one else f"+{other}"
    tone = Tone.ALIKE if one == other else Tone.BETTER if other < one else Tone.WORSE
    told = [f"{len(names):,} {what}" for what, names in (("gone", before - after), ("left", before & after), ("new", after - before)) if names]
    row = Row(name=exposure.name, before=f"{one:,}", after=f"{other:,}", change=change, tone=tone, bars=_bars(one, other))
    return Surface(
        row=row,
        why=exposure.why,
        told=", ".join(told),
        gone=tuple(sorted(before - after)),
        left=tuple(sorted(before & after)),
        new=tuple(sorted(after - before)),
    )


def _count(practices: Iterable[Practice], held: Held) -> tuple[int, int]:
    found = tuple(practices)
    return sum(each.before.held is held for each in found), sum(each.after.held is held for each in found)


def _absent(comparison: Comparison) -> tuple[tuple[str, str], ...]:
    """What was not measured, and why, the same reason told once."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for each in comparison.measurements:
        told = [(name, value.reason) for name, value in (("before", each.before), ("after", each.after)) if isinstance(value, NotMeasured)]
        for name, reason in told:
            which = each.name if len({text for _, text in told}) == 1 and len(told) == 2 else f"{each.name} ({name})"
            if which not in reasons[reason]:
                reasons[reason].append(which)
    for practice in comparison.practices:
        for name, evidence in (("before", practice.before), ("after", practice.after)):
            if evidence.held is Held.UNKNOWN:
                reasons[evidence.seen].append(f"{practice.name} ({name})")
    return tuple((", ".join(names), reason) for reason, names in reasons.items())
