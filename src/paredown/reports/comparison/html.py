"""A Comparison as one HTML page that needs nothing else: no script, no other file, no network."""

from pathlib import Path

import jinja2

from paredown.comparison import Comparison
from paredown.reports.comparison.page import page_of

_TEMPLATES = Path(__file__).with_name("templates")
_NAMES_SHOWN = 400
_LONGEST = 2000


def html_text(comparison: Comparison) -> str:
    """The whole page. Everything from an image is escaped by the template's engine, and shown by characters that can be seen."""
    engine = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    engine.filters |= {"shown": _shown, "width": _width}
    style = (_TEMPLATES / "page.css").read_text("utf-8")
    return engine.get_template("page.html").render(page=page_of(comparison), style=style, most=_NAMES_SHOWN)


def _shown(text: object) -> str:
    """Cut, and without characters that would not be seen or turn the direction of writing."""
    told = str(text)
    told = told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"
    return "".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in told)


def _width(part: float) -> str:
    """A part of a bar as its length in a drawing 100 wide; what is there at all is seen."""
    return f"{max(0.4, part * 100):.2f}" if part > 0 else "0"
