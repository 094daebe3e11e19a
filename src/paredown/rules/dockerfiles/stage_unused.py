"""Finds stages that nothing takes anything from."""

import re
from collections.abc import Iterator

from paredown.dockerfile.stages import source_of
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe, mounts

_FOR_OTHERS = re.compile(r"build|compile|deps|dependenc|install|wheel", re.IGNORECASE)


@rule(
    id="stage-unused",
    severity=Severity.WARNING,
    summary="a stage builds what no other stage takes",
    why="BuildKit leaves such a stage out, so what it builds is in no image; other builders build it and throw it away. Mostly a COPY --from is missing.",
    sources=("https://docs.docker.com/build/building/multi-stage/#differences-between-legacy-builder-and-buildkit",),
    before="FROM python:3.13 AS builder\nRUN python -m venv /venv\nFROM python:3.13-slim\nCOPY . /app\n",
    after="FROM python:3.13 AS builder\nRUN python -m venv /venv\nFROM python:3.13-slim\nCOPY . /app\nCOPY --from=builder /venv /venv\n",
)
def stage_unused(recipe: Recipe) -> Iterator[Found]:
    if any("$" in word.text for stage in recipe.stages for word in stage.instruction.words[:1] if _may_name_stage(word.text, recipe)):
        return
    used = {recipe.final.index}
    for stage in reversed(recipe.stages):
        if stage.index not in used:
            continue
        used |= {one.index for one in stage.chain}
        for step in stage.steps:
            used |= {source.index for source in [source_of(step, recipe.stages)] if source is not None and not isinstance(source, str)}
            names = {mount.options.get("from", "").lower() for mount in mounts(step)}
            used |= {one.index for one in recipe.stages if one.name.lower() in names - {""} or str(one.index) in names}
    for stage in recipe.stages:
        # A stage with a name of its own may be built with --target: only one that is there for others is surely forgotten.
        if stage.index not in used and (not stage.name or _FOR_OTHERS.search(stage.name)):
            what = f"the stage {stage.name}" if stage.name else "this stage"
            yield Found(
                message=f"no stage takes anything from {what}", span=stage.instruction.span, advice="copy what it builds with `COPY --from`, or leave it out"
            )


def _may_name_stage(written: str, recipe: Recipe) -> bool:
    start = written.partition("$")[0].lower()
    return any(stage.name and stage.name.lower().startswith(start) for stage in recipe.stages)
