"""A Verdict for people: the answer, how much was looked at, what differs and what to do about it, at 80 columns."""

import re
import textwrap
from collections.abc import Iterator

from paredown.reports.ink import WIDTH, Ink
from paredown.result import Answer, Coverage, Culprit, Difference, Mask, Skipped, Verdict
from paredown.tree import OwnerKind

_LONGEST_VALUE = 240
_LONGEST_COMPLAINT = 2000
_MOST = 20
_DIGEST = re.compile(r"\b(sha256:[0-9a-f]{12})[0-9a-f]{52}\b")


def verdict_report(verdict: Verdict, ink: Ink, *, verbose: bool = False) -> str:
    """All of a verdict; with `verbose` every mask, intended difference and skipped check, too."""
    parts = [_headline(verdict, ink), *_coverage(verdict, ink, verbose=verbose)]
    parts += [_difference(difference, ink) for difference in verdict.differences[: None if verbose else _MOST]]
    if len(verdict.differences) > _MOST and not verbose:
        parts.append(f"and {len(verdict.differences) - _MOST} more differences: --verbose shows them")
    parts += ["\n".join([f"{ink.yellow('unproven')}  {ink.bold(item.what)}", *_folded(item.reason, 2)]) for item in verdict.unproven]
    parts += _intended(verdict, ink, verbose=verbose)
    parts += _masks(verdict.masks, ink, verbose=verbose)
    parts += _skipped(verdict.skipped, ink, verbose=verbose)
    return "\n\n".join(parts)


def verdict_lines(verdict: Verdict, ink: Ink) -> str:
    """A verdict at the end of a build: some lines when all is well, all of it when not."""
    if verdict.answer is not Answer.EQUIVALENT:
        return verdict_report(verdict, ink)
    count = sum(number for _, number in verdict.checks)
    coverage = [f"{item.what} {len(item.exercised)} of {len(item.known)}" for item in verdict.coverage if item.known]
    looked = ", ".join([f"{count} observations of the untrimmed tree and of the image", *coverage])
    text = f"{looked}; {len(verdict.intended)} differences are what the trims took"
    first, *rest = _folded(text, 12, first="equivalent  ")
    return "\n".join([first.replace("equivalent", ink.green("equivalent"), 1), *rest])


def _headline(verdict: Verdict, ink: Ink) -> str:
    seconds = sum(phase.seconds for phase in verdict.phases)
    count = sum(number for _, number in verdict.checks)
    tint = {Answer.EQUIVALENT: ink.green, Answer.DIFFERENT: ink.red, Answer.UNPROVEN: ink.yellow}[verdict.answer]
    what = {
        Answer.EQUIVALENT: f"every one of {count} observations is as it was",
        Answer.DIFFERENT: f"{len(verdict.differences)} difference{'s' if len(verdict.differences) > 1 else ''} in {count} observations",
        Answer.UNPROVEN: f"nothing differs, but this could not be exercised: {_listed([item.what for item in verdict.unproven])}",
    }[verdict.answer]
    first, *more = _folded(what, 12, first=f"{verdict.answer.value}: ")
    lines = [first.replace(verdict.answer.value, tint(verdict.answer.value), 1), *more, f"  before  {verdict.before}", f"  after   {verdict.after}"]
    return "\n".join([*lines, ink.dim(f"  in {seconds:.1f} s by {verdict.runner}: before, before again, after")])


def _coverage(verdict: Verdict, ink: Ink, *, verbose: bool) -> Iterator[str]:
    lines = [ink.bold("looked at")]
    for item in verdict.coverage:
        lines.append(f"  {item.what:<18}{len(item.exercised):>7} of {len(item.known)}")
        lines += [ink.dim(text) for text in _left_out(item, verbose=verbose)]
    lines += [f"  {probe:<18}{count:>7}" for probe, count in sorted(verdict.checks, key=lambda each: (-each[1], each[0]))]
    yield "\n".join(lines)


def _left_out(item: Coverage, *, verbose: bool) -> list[str]:
    missing = sorted(item.known - item.exercised)
    shown = missing if verbose else missing[:5]
    more = [f"and {len(missing) - len(shown)} more"] if len(missing) > len(shown) else []
    return _folded(f"not {', '.join([*shown, *more])}", 4) if missing else []


def _difference(difference: Difference, ink: Ink) -> str:
    lines = [f"{ink.red('different')}  {ink.bold(f'{difference.probe}: {difference.key}')}"]
    if difference.place:
        lines += _folded(_cut(difference.place), 10, first="  at      ")
    before, after = map(_with_short_digests, (difference.before, difference.after))
    if before == "fine":
        after = after[:_LONGEST_COMPLAINT]  # it may end with what to write
    else:
        before, after = _around_the_change(before, after)
    lines += _folded(before, 10, first="  before  ")
    lines += _folded(after, 10, first="  after   ")
    for culprit in difference.culprits:
        lines += _culprit(culprit, ink)
    return "\n".join(lines)


def _culprit(culprit: Culprit, ink: Ink) -> list[str]:
    kind = "" if culprit.owner.kind is OwnerKind.UNKNOWN else culprit.owner.kind.value
    owner = " ".join(part for part in (culprit.owner.name or kind, culprit.owner.version) if part)
    took = f": the trim {culprit.trim} took it, as {culprit.reason}" if culprit.trim else ""
    of = f" (of {owner})" if owner else ""
    lines = _folded(f"{culprit.path}{of}{took}", 10, first="  likely  ")
    return [*lines, f"  fix     {ink.bold(culprit.fix)}"] if culprit.fix else lines


def _with_short_digests(text: str) -> str:
    return _DIGEST.sub(r"\1…", text)


def _around_the_change(one: str, other: str) -> tuple[str, str]:
    """Both texts cut to where they differ."""
    start = next((index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    begin = 0 if start < _LONGEST_VALUE // 2 else start - _LONGEST_VALUE // 3

    return _cut(one, begin), _cut(other, begin)


def _cut(text: str, begin: int = 0) -> str:
    return ("…" if begin else "") + text[begin : begin + _LONGEST_VALUE] + ("…" if begin + _LONGEST_VALUE < len(text) else "")


def _intended(verdict: Verdict, ink: Ink, *, verbose: bool) -> Iterator[str]:
    if not verdict.intended:
        return
    reasons: dict[str, list[str]] = {}
    for difference in verdict.intended:
        reasons.setdefault(difference.intended, []).append(f"{difference.probe}: {difference.key}")
    lines = [ink.bold(f"intended ({len(verdict.intended)})")]
    for reason, names in reasons.items():
        shown = names if verbose else names[:2]
        more = [f"and {len(names) - len(shown)} more"] if len(names) > len(shown) else []
        lines += _folded(f"{reason}: {', '.join([*shown, *more])}", 4, first="  ")
    yield "\n".join(lines)


def _masks(masks: tuple[Mask, ...], ink: Ink, *, verbose: bool) -> Iterator[str]:
    if not masks:
        return
    places: dict[str, list[Mask]] = {}
    for mask in masks:
        places.setdefault(f"{mask.probe} {mask.place}", []).append(mask)
    lines = [ink.bold(f"masked: two runs of the image before do not agree there ({len(masks)})")]
    for name, found in list(places.items())[: None if verbose else 8]:
        example = f"{_short(found[0].one)} / {_short(found[0].other)}"
        lines += _folded(f"{_cut(name)} in {len(found)}: {_cut(found[0].key)}: {example}", 4, first="  ")
    if len(places) > 8 and not verbose:
        lines.append(f"  and {len(places) - 8} more places: --verbose shows them")
    yield "\n".join(ink.dim(line) if index else line for index, line in enumerate(lines))


def _skipped(skipped: tuple[Skipped, ...], ink: Ink, *, verbose: bool) -> Iterator[str]:
    if not skipped:
        return
    shown = skipped if verbose else skipped[:8]
    lines = [ink.bold(f"not checked ({len(skipped)})")]
    lines += [ink.dim(text) for item in shown for text in _folded(f"{item.what}: {item.reason}", 4, first="  ")]
    if len(skipped) > len(shown):
        lines.append(ink.dim(f"  and {len(skipped) - len(shown)} more: --verbose shows them"))
    yield "\n".join(lines)


def _listed(names: list[str]) -> str:
    return ", ".join([*names[:3], *([f"and {len(names) - 3} more"] if len(names) > 3 else [])])


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 40 else flat[:39] + "…"


def _folded(text: str, indent: int, *, first: str | None = None) -> list[str]:
    begin = " " * indent if first is None else first
    lines = [piece for line in text.splitlines() or [""] for piece in (textwrap.wrap(line, WIDTH - indent, break_on_hyphens=False) or [""])]
    return [begin + lines[0], *(" " * indent + line for line in lines[1:])]
