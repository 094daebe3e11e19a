"""Finds instructions that Dockerfiles do not have."""

import difflib
from collections.abc import Iterator

from paredown.dockerfile.syntax import KEYWORDS
from paredown.rules.interface import Edit, Found, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="instruction-unknown",
    severity=Severity.ERROR,
    summary="an instruction that does not exist",
    why="The build ends with `unknown instruction`. Mostly the line before lacks the backslash that continues it, or the keyword is misspelled.",
    sources=("https://docs.docker.com/reference/dockerfile/#overview", "moby/buildkit frontend/dockerfile/instructions/parse.go"),
    before='FROM python:3.13-slim\nENTRYPIONT ["app"]\n',
    after='FROM python:3.13-slim\nENTRYPOINT ["app"]\n',
)
def instruction_unknown(recipe: Recipe) -> Iterator[Found]:
    for instruction in recipe.dockerfile.instructions:
        inner = instruction.inner if instruction.name == "ONBUILD" else None
        for one in (instruction, *((inner,) if inner else ())):
            if one.name not in KEYWORDS:
                nearest = next(iter(difflib.get_close_matches(one.name, KEYWORDS, 1, 0.65 if one.keyword.isupper() else 0.85)), None)
                yield Found(
                    message=f"{one.keyword} is no instruction" + (f": the nearest is {nearest}" if nearest else ""),
                    span=one.keyword_span,
                    edits=(Edit(one.keyword_span, nearest),) if nearest else (),
                    advice="" if nearest else "end the line above with a backslash if this line continues it",
                )
