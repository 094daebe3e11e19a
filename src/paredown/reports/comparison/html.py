"""A Comparison as one HTML page that needs nothing else: no script, no other file, no network."""

from collections.abc import Sized
from pathlib import Path

import jinja2

from paredown.comparison import Comparison
from paredown.origin import Origin
from paredown.reports.comparison.page import page_of

_TEMPLATES = Path(__file__).with_name("templates")
_NAMES_SHOWN = 400
_DIFFERENCES_SHOWN = 20
_LONGEST = 2000


def html_text(comparison: Comparison) -> str:
    """The whole page. Everything from an image is escaped by the template's engine, and shown by characters that can be seen."""
    engine = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, finalize=_shown, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    engine.filters |= {"width": _width}
    engine.globals |= {"counted": _counted}
    style = (_TEMPLATES / "page.css").read_text("utf-8")
    return engine.get_template("page.html").render(page=page_of(comparison), style=style, most=_NAMES_SHOWN, differences=_DIFFERENCES_SHOWN)


def _shown(value: object) -> object:
    """What the template puts out: texts cut, and without characters that would not be seen or turn the direction of writing."""
    if not isinstance(value, str | Origin) or hasattr(value, "__html__"):
        return value
    told = str(value)
    told = told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"
    return "".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in told)


def _counted(things: Sized, one: str, many: str) -> str:
    return f"{len(things):,} {one if len(things) == 1 else many}"


def _width(part: float) -> str:
    """A part of a bar as its length in a drawing 100 wide; what is there at all is seen."""
    return f"{max(0.4, part * 100):.2f}" if part > 0 else "0"
