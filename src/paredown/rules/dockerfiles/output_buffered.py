"""Finds Python services whose output waits in a buffer."""

from collections.abc import Iterator

from paredown.dockerfile.syntax import Span
from paredown.rules.bases import base_of
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.service import starts

# They set it in none of their images.
_KNOWN = ("python", "debian", "ubuntu", "alpine", "ghcr.io/astral-sh/uv")


@rule(
    id="output-buffered",
    severity=Severity.INFO,
    summary="PYTHONUNBUFFERED is not set",
    why="Without a terminal Python collects 8 KiB of what is printed before it writes it: the log lags behind, and the last lines before a kill are lost, "
    "those that tell why.",
    sources=("https://docs.python.org/3/using/cmdline.html#envvar-PYTHONUNBUFFERED", "https://12factor.net/logs"),
    same_as=("12-factor XI",),
    safety=Safety.VERIFIED,
    before='FROM python:3.13-slim\nCMD ["python", "main.py"]\n',
    after='FROM python:3.13-slim\nENV PYTHONUNBUFFERED=1\nCMD ["python", "main.py"]\n',
)
def output_buffered(recipe: Recipe) -> Iterator[Found]:
    if base_of(recipe.final).name not in _KNOWN:
        return
    for start in starts(recipe):
        if not start.is_python or start.environment.get("PYTHONUNBUFFERED"):
            continue
        if any(word.startswith("-") and not word.startswith("--") and "u" in word for word in start.words[1:2]):
            continue
        end = recipe.final.instruction.span.end
        yield Found(
            message=f"what {start.words[0]} prints waits in a buffer, as PYTHONUNBUFFERED is not set",
            span=start.span,
            edits=(Edit(Span(end, end), "\nENV PYTHONUNBUFFERED=1"),),
        )
        return
