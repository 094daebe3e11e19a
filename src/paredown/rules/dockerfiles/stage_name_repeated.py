"""Finds two stages of one name."""

from collections.abc import Iterator

from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="stage-name-repeated",
    severity=Severity.WARNING,
    summary="two stages have the same name",
    why="`COPY --from` and `--target` can reach only one of them, and not every builder takes the same one.",
    sources=("https://docs.docker.com/reference/build-checks/duplicate-stage-name/", "https://github.com/hadolint/hadolint/wiki/DL3024"),
    same_as=("buildkit DuplicateStageName", "hadolint DL3024"),
    before="FROM python:3.13 AS build\nRUN python -m venv /venv\nFROM python:3.13-slim AS build\nCOPY --from=0 /venv /venv\n",
    after="FROM python:3.13 AS build\nRUN python -m venv /venv\nFROM python:3.13-slim AS run\nCOPY --from=0 /venv /venv\n",
)
def stage_name_repeated(recipe: Recipe) -> Iterator[Found]:
    first: dict[str, int] = {}
    for stage in recipe.stages:
        name = stage.name.lower()
        if name and name in first:
            yield Found(
                message=f"line {first[name]} has a stage called {stage.name} already",
                span=stage.instruction.words[2].span,
                advice="give each stage a name of its own",
            )
        first.setdefault(name, stage.instruction.line)
