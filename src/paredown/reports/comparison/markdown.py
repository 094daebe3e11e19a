"""A Comparison in Markdown as GitHub shows it: tables, bars of characters, and lists that open."""

import html
import re
from collections.abc import Iterable, Sequence

from paredown.comparison import Comparison, Evidence, Held
from paredown.reports.comparison.page import Page, Piece, Row, Surface, page_of
from paredown.result import Answer, Difference

_BAR = 32  # characters
_NAMES_SHOWN = 40
_DIFFERENCES_SHOWN = 20
_LONGEST = 300
_NOTHING = "\u200b"
_ANSWERS = {Answer.EQUIVALENT: "✅ **equivalent**", Answer.DIFFERENT: "❌ **different**", Answer.UNPROVEN: "⚠️ **unproven**"}
_HELD = {Held.YES: "✅", Held.NO: "❌", Held.UNKNOWN: "❔"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~>-])")


def markdown_text(comparison: Comparison) -> str:
    """The whole report. What stands in images is escaped: it can neither format, link nor mention anybody."""
    page = page_of(comparison)
    parts = [*_head(page), *_table(page), *_owners(page), *_verdict(page), *_attack(page), *_practices(page), *_changes(page), *_end(page)]
    return "\n\n".join(parts) + "\n"


def _head(page: Page) -> Iterable[str]:
    verdict = page.verdict
    yield f"# {page.claim} {page.verb}, {page.answer.value}"
    yield f"{_ANSWERS[page.answer]}: {page.sentence} {_plain(page.summary)}."
    rows = [("before", verdict.before, page.sizes[0], page.comparison.before.digest), ("after", verdict.after, page.sizes[1], page.comparison.after.digest)]
    yield _grid(("", "image", "uncompressed", "digest"), [(name, _code(image), size, _code(digest[:19])) for name, image, size, digest in rows], "llrl")
    scale = max(page.comparison.before.uncompressed, page.comparison.after.uncompressed, 1)
    sizes = (page.comparison.before.uncompressed, page.comparison.after.uncompressed)
    lines = [f"{name:<7} {_bar(size / scale)} {text}" for name, size, text in zip(("before", "after"), sizes, page.sizes, strict=True)]
    yield _block(lines)


def _table(page: Page) -> Iterable[str]:
    yield "## Before and after"
    rows: list[tuple[str, ...]] = []
    for section in page.sections:
        if not section.absent:
            rows.append((f"**{section.title}**", "", "", ""))
            rows += [(_plain(row.name), row.before, row.after, _change(row)) for row in section.rows]
    yield _grid(("", "before", "after", "change"), rows, "lrrr")
    for section in page.sections:
        if section.absent:
            yield f"**{section.title}**: *not measured*, as {_plain(section.absent)} ({_plain(' · '.join(row.name for row in section.rows))})."


def _owners(page: Page) -> Iterable[str]:
    yield "## Whose bytes they are"
    yield _block(_bars(page.pieces))
    rows = [(_code(row.name), row.before, row.after, _change(row)) for row in page.owners]
    yield _opened(f"the {len(rows)} largest owners", _grid(("uncompressed", "before", "after", "change"), rows, "lrrr"))


def _bars(pieces: Sequence[Piece]) -> Iterable[str]:
    width = max((len(piece.label) for piece in pieces), default=0)
    for piece in pieces:
        yield f"{piece.label:<{width}}  before {_bar(piece.before[1] - piece.before[0])} {piece.row.before}"
        yield f"{'':<{width}}  after  {_bar(piece.after[1] - piece.after[0])} {piece.row.after}"


def _verdict(page: Page) -> Iterable[str]:
    verdict = page.verdict
    yield "## Does it behave as it did?"
    yield f"{_ANSWERS[page.answer]}, by {_plain(verdict.runner)}: {page.observations:,} observations; before, before again and after were run side by side."
    if page.coverage:
        rows = [(_plain(item.what), item.text, f"`{_bar(item.part, 20)}`", ", ".join(map(_code, item.left[:5]))) for item in page.coverage]
        yield _grid(("looked at", "", "", "not"), rows, "lrll")
    for difference in verdict.differences[:_DIFFERENCES_SHOWN]:
        yield _difference(difference)
    if more := verdict.differences[_DIFFERENCES_SHOWN:]:
        yield _opened(f"{len(more):,} more differences", "\n\n".join(map(_difference, more)))
    if verdict.unproven:
        yield "**Not exercised, so not proven**\n\n" + _items(f"**{_plain(item.what)}**: {_plain(item.reason)}" for item in verdict.unproven)
    if page.intended:
        groups = [f"{_plain(reason)}: {_some(names)}" for reason, names in page.intended]
        yield _opened(f"{len(verdict.intended):,} differences were meant", _items(groups))
    if verdict.skipped:
        items = _items(f"**{_plain(item.what)}**: {_plain(item.reason)}" for item in verdict.skipped)
        yield _opened(f"{len(verdict.skipped)} checks do not apply or could not be made", items)
    if verdict.masks:
        yield f"In {len(verdict.masks)} places two runs of the image before do not agree; nothing follows from those."


def _difference(difference: Difference) -> str:
    lines = [f"❌ **{_plain(difference.probe)}: {_plain(difference.key)}** {_plain(difference.place)}", f"- before {_code(difference.before)}"]
    lines.append(f"- after {_code(difference.after)}")
    for culprit in difference.culprits:
        took = f", taken by {_code(culprit.trim)}: {_plain(culprit.reason)}" if culprit.trim else ""
        lines.append(f"- likely {_code(culprit.path)}{took}" + (f"; fix: {_code(culprit.fix)}" if culprit.fix else ""))
    return "\n".join(lines)


def _attack(page: Page) -> Iterable[str]:
    yield "## What can be attacked"
    rows = [(_plain(each.row.name), each.row.before, each.row.after, _change(each.row), _plain(each.why)) for each in page.surfaces]
    yield _grid(("", "before", "after", "change", "why it counts"), rows, "lrrrl")
    for each in page.surfaces:
        if each.told:
            yield _opened(f"{each.row.name}: {each.told}", _names(each))


def _names(surface: Surface) -> str:
    groups = (("gone", surface.gone), ("left", surface.left), ("new", surface.new))
    return "\n\n".join(f"**{title}**: {_some(names)}" for title, names in groups if names)


def _practices(page: Page) -> Iterable[str]:
    yield f"## Practices: {page.kept[1]} of {page.judged[1]} followed, {page.kept[0]} of {page.judged[0]} before"
    rows = [
        (_plain(each.name), _HELD[each.before.held], _HELD[each.after.held], _evidence(each.before, each.after), ", ".join(map(_plain, each.sources)))
        for each in page.practices
    ]
    yield _grid(("", "before", "after", "evidence", "asked for by"), rows, "lccll")


def _evidence(before: Evidence, after: Evidence) -> str:
    if before == after:
        return _plain(after.seen)
    return f"after: {_plain(after.seen)}<br>before: {_plain(before.seen)}"


def _changes(page: Page) -> Iterable[str]:
    yield f"## What was changed ({len(page.changes)})"
    if not page.changes:
        yield "No edits are known: the images were given as they are."
        return
    if page.comparison.whose:
        yield _plain(page.comparison.whose)
    rows = [(_code(each.rule), _plain(each.what), _plain(each.why), _code(str(each.where)) if each.where else "") for each in page.changes]
    yield _grid(("by", "what", "why", "where"), rows, "llll")


def _end(page: Page) -> Iterable[str]:
    if page.absent:
        yield "## What was not measured"
        yield _items(f"**{_plain(what)}**: {_plain(reason)}" for what, reason in page.absent)
    yield "## How it was measured"
    told = [f"{row.name}: {row.how}" + (f" ({row.spread})" if row.spread else "") for section in page.sections for row in section.rows if row.how]
    yield _items(map(_plain, (*page.comparison.how, *told)))
    yield f"<sub>paredown {page.version}</sub>"


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]], align: str) -> str:
    marks = {"l": ":--", "r": "--:", "c": ":-:"}
    lines = [head, [marks[each] for each in align], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _change(row: Row) -> str:
    return f"**{row.change}**" if row.tone.value == "better" else f"{row.change} ⚠️" if row.tone.value == "worse" else row.change


def _bar(part: float, width: int = _BAR) -> str:
    """Eighths of a character make the bar exact."""
    eighths = round(part * width * 8)
    eighths = max(1, eighths) if part > 0 else 0
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + " ▏▎▍▌▋▊▉"[rest].strip()).ljust(width)


def _block(lines: Iterable[str]) -> str:
    return "\n".join(["```text", *(line.rstrip() for line in lines), "```"])


def _items(texts: Iterable[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _opened(title: str, content: str) -> str:
    return f"<details><summary>{html.escape(title)}</summary>\n\n{content}\n\n</details>"


def _some(names: Sequence[str]) -> str:
    more = [f"and {len(names) - _NAMES_SHOWN:,} more"] if len(names) > _NAMES_SHOWN else []
    return ", ".join([*map(_code, names[:_NAMES_SHOWN]), *more])


def _shown(text: str) -> str:
    """One line, cut, without characters that would not be seen or turn the direction of writing."""
    flat = " ".join(text.split())
    flat = flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…"
    return "".join(each if each.isprintable() else "\ufffd" for each in flat)


def _plain(text: str) -> str:
    """Words as they are: nothing of them formats, links, mentions or is HTML."""
    escaped = _SPECIAL.sub(r"\\\1", html.escape(_shown(text), quote=False).replace("&", "\0"))
    escaped = re.sub(r"(?<=[\w.])\\-(?=\w)", "-", escaped)
    # GitHub looks for links and mentions in what it has already unescaped: only a character of no width keeps it from seeing one.
    return re.sub(r"@|:(?=//)|www(?=\.)", lambda found: f"{found[0]}{_NOTHING}", escaped.replace("\0", "&"))


def _code(text: str) -> str:
    """A name as code; in a table a bar ends a cell even there."""
    shown = _shown(text).replace("|", "¦")
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest or not shown.strip() else ""
    return f"{fence}{space}{shown or ' '}{space}{fence}"
