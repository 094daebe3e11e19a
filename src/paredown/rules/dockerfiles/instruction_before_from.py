"""Finds instructions that stand before the first FROM."""

from collections.abc import Iterator

from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="instruction-before-from",
    severity=Severity.ERROR,
    summary="an instruction before the first FROM",
    why="Before the first FROM there is no image to change: only ARG is allowed there, and anything else ends the build.",
    sources=("https://docs.docker.com/reference/dockerfile/#from", "https://github.com/hadolint/hadolint/wiki/DL3061"),
    same_as=("hadolint DL3061",),
    before='LABEL team="core"\nFROM python:3.13-slim\n',
    after='FROM python:3.13-slim\nLABEL team="core"\n',
)
def instruction_before_from(recipe: Recipe) -> Iterator[Found]:
    for instruction in recipe.dockerfile.instructions:
        if instruction.name == "FROM":
            return
        if instruction.name != "ARG":
            yield Found(message=f"{instruction.name} stands before the first FROM", span=instruction.span, advice="put it below FROM")
