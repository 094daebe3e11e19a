"""Finds a WORKDIR that depends on where the base image happens to be."""

from collections.abc import Iterator

from paredown.dockerfile.stages import Stage
from paredown.dockerfile.syntax import Span, Word
from paredown.rules.bases import base_of
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe

_AT_ROOT = frozenset({"python", "debian", "ubuntu", "alpine", "fedora"})  # their configuration has no working directory


@rule(
    id="workdir-relative",
    severity=Severity.WARNING,
    summary="a WORKDIR is relative to wherever the base image is",
    why="Where the base image sets another working directory one day, or is another image, everything that is copied and started moves with it.",
    sources=("https://docs.docker.com/reference/build-checks/workdir-relative-path/", "https://github.com/hadolint/hadolint/wiki/DL3000"),
    same_as=("buildkit WorkdirRelativePath", "hadolint DL3000"),
    safety=Safety.VERIFIED,
    before="FROM python:3.13-slim\nWORKDIR app\n",
    after="FROM python:3.13-slim\nWORKDIR /app\n",
)
def workdir_relative(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        if (word := _first_relative(stage)) is not None:
            start = word.span.start
            plain = recipe.dockerfile.text[start : word.span.end] == word.text and not word.text.startswith(".")
            known = plain and base_of(stage).name in _AT_ROOT
            yield Found(
                message=f"{word.text} lies wherever {stage.image.partition('@')[0] or 'the base image'} is",
                span=word.span,
                edits=(Edit(Span(start, start), "/"),) if known else (),
                advice="write the whole path, from `/`",
            )


def _first_relative(stage: Stage) -> Word | None:
    if stage.parent is not None and stage.parent.last("WORKDIR") is not None:
        return None
    first = next((step.instruction for step in stage.steps if step.instruction.name == "WORKDIR" and step.instruction.words), None)
    relative = first is not None and first.words[0].text[:1] not in ("/", "$", "\\") and first.words[0].text[1:2] != ":"
    return first.words[0] if first is not None and relative else None
