"""Reports of a Comparison; the ending of the file's name says which."""

from collections.abc import Callable
from pathlib import Path

from paredown.comparison import Comparison
from paredown.errors import UserError
from paredown.store import spelled_out


def _html(comparison: Comparison) -> str:
    from paredown.reports.comparison.html import html_text  # noqa: PLC0415 - the engine of templates takes time to load

    return html_text(comparison)


def _markdown(comparison: Comparison) -> str:
    from paredown.reports.comparison.markdown import markdown_text  # noqa: PLC0415

    return markdown_text(comparison)


def _json(comparison: Comparison) -> str:
    from paredown.reports.comparison.json import json_text  # noqa: PLC0415

    return json_text(comparison)


_FORMATS: dict[str, Callable[[Comparison], str]] = {".html": _html, ".md": _markdown, ".json": _json}


def check(path: Path) -> None:
    """UserError for a file that no report can be written to, before anything is measured."""
    if path.suffix not in _FORMATS:
        raise UserError(f"a report's file ends in {', '.join(_FORMATS)}, and {path.name!r} does not", where=str(path), fix=f"name it {path.stem}.html")
    if not path.parent.is_dir():
        raise UserError(f"there is no folder {path.parent}", where=str(path), fix=f"mkdir -p {path.parent}")


def write(comparison: Comparison, path: Path) -> None:
    """Write the report in the format of the ending: .html, .md or .json."""
    check(path)
    text = _FORMATS[path.suffix](comparison)
    with spelled_out(path.parent, output=True):
        path.write_text(text, "utf-8", errors="backslashreplace")
