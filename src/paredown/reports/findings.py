"""Findings for people: the user's own lines with the guilty part marked, why it matters, and the fix, at 80 columns."""

import textwrap
from collections.abc import Iterator

from paredown.card import Card
from paredown.dockerfile.syntax import Edit, Span, edited
from paredown.finding import Checked, Checkup, Finding, Severity
from paredown.reports.ink import WIDTH, Ink
from paredown.reports.shown import harmless, window

_MOST_LINES = 6  # of a marked part that goes over several
_MOST_CHANGED = 14  # lines of a fix; a longer one is told of only


def findings_report(checkup: Checkup, ink: Ink, *, verbose: bool = False) -> str:
    """Every finding with its lines; why and by which source where a rule is first met, with `verbose` each time."""
    cards = {rule.card.id: (rule.card, rule.same_as) for rule in checkup.rules}
    told: set[str] = set()
    blocks = []
    for checked in checkup.files:
        lines = checked.text.split("\n")
        for finding in checked.findings:
            card, same_as = cards[finding.rule]
            full = verbose or finding.rule not in told
            told.add(finding.rule)
            blocks.append("\n".join(_block(finding, checked, lines, ink, card if full else None, same_as)))
        if verbose and not checked.findings and not checked.problem:
            blocks.append(ink.dim(f"{harmless(checked.file)}: nothing found"))
    return "\n\n".join(blocks)


def findings_lines(checkup: Checkup) -> str:
    """Every finding on a line of its own: `file:line:column: severity[rule]: message`."""
    lines = []
    for finding in checkup.findings:
        place = finding.place
        where = f"{place.file}:{place.line}:{place.column}" if place.line else place.file
        lines.append(harmless(f"{where}: {finding.severity}[{finding.rule}]: {finding.message}").replace("\n", " "))
    return "\n".join(lines)


def diff_text(checkup: Checkup, ink: Ink) -> str:
    """What mending would change, as unified diffs."""
    tints = {"+": ink.green, "-": ink.red, "@": ink.cyan}
    lines = "".join(checked.diff for checked in checkup.files).removesuffix("\n").split("\n")
    return "\n".join(tints.get(line[:1], str)(harmless(line)) for line in lines)


def mended_lines(checkup: Checkup, *, written: bool) -> str:
    """What was mended, or would be: one line for each rule and file."""
    lines = []
    for checked in checkup.files:
        rules = [finding.rule for finding in checked.mended]
        for rule in dict.fromkeys(rules):
            number = rules.count(rule)
            lines.append(f"{'mended' if written else 'would mend'} {harmless(checked.file)}: {rule}{f' ({number} times)' if number > 1 else ''}")
    return "\n".join(lines)


def summary(checkup: Checkup, *, written: bool) -> str:
    """How many faults, where, and what mends them; `written` when the edits were made."""
    read = [checked for checked in checkup.files if not checked.problem]
    left = checkup.findings
    mended = [finding for checked in read for finding in checked.mended]
    parts = []
    more = ""
    if mended:
        files = sum(bool(checked.mended) for checked in read)
        parts.append(f"{'Mended' if written else 'Would mend'} {_counted(len(mended), 'fault')} in {_counted(files, 'file')}")
    if left and not (mended and not written):
        files = sum(bool(checked.findings) for checked in read)
        worst = [f"{_counted(number, level)}" for level in ("error", "warning") if (number := sum(one.severity == level for one in left))]
        kinds = f" ({', '.join(worst)})" if worst else ""
        parts.append(f"{'left are' if mended else 'Found'} {_counted(len(left), 'fault')}{kinds} in {_counted(files, 'file')}")
        safe = sum(bool(one.edits) and one.safe for one in left)
        unsafe = sum(bool(one.edits) and not one.safe for one in left)
        if safe:
            parts.append(f"{safe} can be mended: paredown check --fix")
        if unsafe:
            more = f"\n{unsafe}{' more' if safe else ''} if you look at the outcome: paredown check --unsafe-fixes"
    if not parts and read:
        parts.append(f"Nothing found in {_counted(len(read), 'file')}")
    return "; ".join(parts) + more


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"


def _block(finding: Finding, checked: Checked, lines: list[str], ink: Ink, card: Card | None, same_as: tuple[str, ...]) -> Iterator[str]:
    tint = {Severity.ERROR: ink.red, Severity.WARNING: ink.yellow, Severity.INFO: ink.cyan}[finding.severity]
    label = f"{finding.severity}[{finding.rule}]"
    first, *more = textwrap.wrap(harmless(f"{label}: {finding.message}"), WIDTH, subsequent_indent="  ", break_on_hyphens=False)
    yield first.replace(label, tint(label), 1)
    yield from more
    place = finding.place
    gutter = len(str(max(place.end_line, place.line, 1))) if place.line else 1
    bar = ink.dim(" " * gutter + " |")
    where = f":{place.line}:{place.column}" if place.line else ""
    yield f"{' ' * gutter}{ink.dim('-->')} {harmless(checked.file)}{where}"
    if place.line:
        yield bar
        yield from _marked(finding, lines, gutter, ink)
        yield bar
    notes = [("why", card.why)] if card else []
    if not finding.edits and finding.advice:
        notes.append(("fix", finding.advice))
    for name, text in notes:
        yield from _note(name, text, gutter, ink)
    if finding.edits:
        yield from _fix(finding, checked.text, gutter, ink)
    if card:
        yield from _note("see", ", ".join((*same_as, card.sources[0])), gutter, ink)


def _note(name: str, text: str, gutter: int, ink: Ink) -> Iterator[str]:
    begin = " " * gutter + " = "
    indent = " " * (len(begin) + len(name) + 2)
    lines = [
        piece
        for line in harmless(text).splitlines() or [""]
        for piece in textwrap.wrap(line, WIDTH - len(indent), break_long_words=False, break_on_hyphens=False) or [""]
    ]
    yield f"{' ' * gutter} {ink.dim('=')} {ink.bold(f'{name}:')} {lines[0]}"
    yield from (indent + line for line in lines[1:])


def _marked(finding: Finding, lines: list[str], gutter: int, ink: Ink) -> Iterator[str]:
    place = finding.place
    tint = {Severity.ERROR: ink.red, Severity.WARNING: ink.yellow, Severity.INFO: ink.cyan}[finding.severity]
    last = place.end_line - 1 if place.end_column == 1 and place.end_line > place.line else place.end_line
    if last <= place.line:
        line = lines[place.line - 1].rstrip("\r")
        shown = window(line, place.column - 1, place.end_column - 1 if place.end_line == place.line else len(line), WIDTH - gutter - 3)
        yield f"{ink.dim(f'{place.line:>{gutter}} |')} {shown.text}"
        yield f"{ink.dim(' ' * gutter + ' |')} {' ' * shown.start}{tint('^' * shown.width)}"
        return
    numbers = list(range(place.line, last + 1))
    skipped = len(numbers) > _MOST_LINES
    for number in numbers[: _MOST_LINES - 2] if skipped else numbers:
        yield _barred(number, lines, gutter, ink, tint("/" if number == place.line else "|"))
    if skipped:
        yield ink.dim("." * gutter + " |") + f" {tint('|')} ..."
        yield _barred(last, lines, gutter, ink, tint("|"))
    yield f"{ink.dim(' ' * gutter + ' |')} {tint('|_^')}"


def _barred(number: int, lines: list[str], gutter: int, ink: Ink, mark: str) -> str:
    return f"{ink.dim(f'{number:>{gutter}} |')} {mark} {window(lines[number - 1].rstrip(chr(13)), 0, 0, WIDTH - gutter - 5).text}"


def _fix(finding: Finding, text: str, gutter: int, ink: Ink) -> Iterator[str]:
    command = "paredown check --fix" if finding.safe else "paredown check --unsafe-fixes"
    changes = list(_changes(text, finding.edits))
    if sum(len(old) + len(new) for _, old, new in changes) > _MOST_CHANGED:
        yield from _note("fix", f"{command} rewrites it", gutter, ink)
        return
    yield from _note("fix", f"{finding.advice} ({command})" if finding.advice else command, gutter, ink)
    for line, old, new in changes:
        room = WIDTH - gutter - 3
        for sign, side, other, tint in (("-", old, new, ink.red), ("+", new, old, ink.green)):
            for number, one in enumerate(side):
                against = other[number] if number < len(other) else ""
                start = next((place for place, (a, b) in enumerate(zip(one, against, strict=False)) if a != b), min(len(one), len(against)))
                yield tint(f"{line + number:>{gutter}} {sign} {window(one.rstrip(chr(13)), start, start, room).text}")


def _changes(text: str, edits: tuple[Edit, ...]) -> Iterator[tuple[int, list[str], list[str]]]:
    """(line, old lines, new lines) of every place that `edits` change; edits of the same or of neighbouring lines are one."""
    spans: list[tuple[int, int, list[Edit]]] = []
    for edit in sorted(set(edits), key=lambda edit: edit.span.start):
        start, end = text.rfind("\n", 0, edit.span.start) + 1, text.find("\n", edit.span.end)
        end = len(text) if end < 0 else end
        if spans and start <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]), [*spans[-1][2], edit])
        else:
            spans.append((start, end, [edit]))
    for start, end, group in spans:
        moved = [Edit(Span(edit.span.start - start, edit.span.end - start), edit.text) for edit in group]
        old, new = text[start:end].split("\n"), edited(text[start:end], moved).split("\n")
        line = text.count("\n", 0, start) + 1
        while old and new and old[0] == new[0]:
            old, new, line = old[1:], new[1:], line + 1
        while old and new and old[-1] == new[-1]:
            old, new = old[:-1], new[:-1]
        yield line, old, new
