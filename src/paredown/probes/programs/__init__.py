"""Programs that run inside an image, with its own Python: standard library only, in the syntax of Python 3.8; `probes` passes their text to `python -c`."""

from functools import cache
from pathlib import Path

from paredown.pydist.imports import scan_source


@cache
def imported() -> frozenset[str]:
    """The modules that they import: without these nothing can be asked of an image."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return frozenset(name for source in sources for name in scan_source(source.read_text("utf-8"), "").imports)
