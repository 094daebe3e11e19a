"""Finds keywords in capitals among small ones, or the other way around."""

from collections.abc import Iterator

from paredown.dockerfile.syntax import KEYWORDS, Dockerfile, Instruction, Span
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="keyword-casing",
    severity=Severity.INFO,
    summary="keywords written in different cases",
    why="BuildKit takes any case and warns of mixed ones; a reader looks for FROM and AS by their shape.",
    sources=(
        "https://docs.docker.com/reference/build-checks/consistent-instruction-casing/",
        "https://docs.docker.com/reference/build-checks/from-as-casing/",
    ),
    same_as=("buildkit ConsistentInstructionCasing", "buildkit FromAsCasing"),
    safety=Safety.SAFE,
    before="FROM python:3.13-slim as app\nRun true\nUSER 1000\n",
    after="FROM python:3.13-slim AS app\nRUN true\nUSER 1000\n",
)
def keyword_casing(recipe: Recipe) -> Iterator[Found]:
    instructions = tuple(one for one in recipe.dockerfile.instructions if one.name in KEYWORDS)
    capitals = 2 * sum(one.keyword.isupper() for one in instructions) >= sum(one.keyword.isupper() or one.keyword.islower() for one in instructions)
    for instruction in instructions:
        for span in (instruction.keyword_span, *_as(instruction)):
            written = _written(recipe.dockerfile, span)
            wanted = written.upper() if capitals else written.lower()
            if written != wanted:
                yield Found(message=f"{written} among keywords in {'capitals' if capitals else 'small letters'}", span=span, edits=(Edit(span, wanted),))


def _as(instruction: Instruction) -> Iterator[Span]:
    if instruction.name == "FROM" and len(instruction.words) == 3 and instruction.words[1].text.upper() == "AS":
        yield instruction.words[1].span


def _written(dockerfile: Dockerfile, span: Span) -> str:
    return dockerfile.text[span.start : span.end]
