"""Finds blank lines between continued ones."""

import re
from collections.abc import Iterator

from paredown.dockerfile.syntax import Span
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe

_BLANK = re.compile(r"(?m)^[ \t]*\r?\n")


@rule(
    id="continuation-empty",
    severity=Severity.WARNING,
    summary="a blank line within a continued instruction",
    why="BuildKit skips the blank line with a warning that it will become an error; a reader takes it for the instruction's end.",
    sources=("https://docs.docker.com/reference/build-checks/no-empty-continuation/",),
    same_as=("buildkit NoEmptyContinuation",),
    safety=Safety.SAFE,
    before="FROM python:3.13-slim\nRUN echo one && \\\n\n    echo two\n",
    after="FROM python:3.13-slim\nRUN echo one && \\\n    echo two\n",
)
def continuation_empty(recipe: Recipe) -> Iterator[Found]:
    text = recipe.dockerfile.text
    for instruction in recipe.dockerfile.instructions:
        end = instruction.arguments.span().end  # here-documents follow it: blank lines in them are theirs
        for blank in _BLANK.finditer(text, instruction.span.start, end):
            span = Span(blank.start(), blank.end())
            yield Found(message=f"a blank line within this {instruction.name}", span=span, edits=(Edit(span, ""),))
