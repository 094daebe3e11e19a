"""Finds stages that are named where they cannot be used: not there, not yet, in a circle, or by a variable."""

import difflib
from collections.abc import Iterator

from paredown.dockerfile.stages import Stage, Step
from paredown.dockerfile.syntax import Flag, Span
from paredown.rules.bases import image_span
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe

_STAGE_NAMES = frozenset({"build", "builder", "build-stage", "base", "deps", "dependencies", "compile", "compile-image", "builder-base", "python-deps"})


@rule(
    id="stage-unknown",
    severity=Severity.ERROR,
    summary="a stage is used that is not there, or not there yet",
    why="The builder takes a name that is no stage for an image and asks the registry for it: the build ends there, or copies a stranger's files.",
    sources=(
        "https://github.com/hadolint/hadolint/wiki/DL3022", "https://docs.docker.com/build/building/multi-stage/#name-your-build-stages",
        "moby/buildkit frontend/dockerfile/dockerfile2llb/convert.go",
    ),
    same_as=("hadolint DL3022", "hadolint DL3023"),
    before="FROM python:3.13 AS builder\nRUN python -m venv /venv\nFROM python:3.13-slim\nCOPY --from=bulider /venv /venv\n",
    after="FROM python:3.13 AS builder\nRUN python -m venv /venv\nFROM python:3.13-slim\nCOPY --from=builder /venv /venv\n",
)  # fmt: skip
def stage_unknown(recipe: Recipe) -> Iterator[Found]:
    names = [stage.name.lower() for stage in recipe.stages]
    for stage in recipe.stages:
        if stage.parent is None and stage.base.lower() in names[stage.index + 1 :]:
            line = recipe.stages[names.index(stage.base.lower(), stage.index + 1)].instruction.line
            yield Found(message=f"{stage.base} is a stage only from line {line} on", span=image_span(stage), advice="move that stage in front of this one")
        for step in stage.steps:
            for name, span in _used(step):
                if fault := _fault(name, stage, recipe):
                    yield Found(message=fault[0], span=span, advice=fault[1])


def _used(step: Step) -> Iterator[tuple[str, Span]]:
    for flag in step.instruction.flags:
        if flag.name == "from" and step.instruction.name == "COPY":
            yield flag.value, flag.span
        elif flag.name == "mount":
            yield from ((name, flag.span) for name in _mounted_from(flag))


def _mounted_from(flag: Flag) -> Iterator[str]:
    for part in flag.value.split(","):
        name, _, value = part.partition("=")
        if name.strip().lower() == "from":
            yield value


def _fault(name: str, stage: Stage, recipe: Recipe) -> tuple[str, str] | None:
    """What is wrong with `name` in `stage`, and what to write."""
    if not name:
        return "--from names no stage", "write `--from=` and the stage's name, without a space"
    if "$" in name:
        return f"no variable is replaced in {name} here", "write `FROM $IMAGE AS name` in front, and name that stage"
    if name.isdigit():
        if int(name) < stage.index:
            return None
        count = len(recipe.stages)
        what = "is this stage itself" if int(name) == stage.index else "comes later" if int(name) < count else f"is not there; they count from 0 to {count - 1}"
        return f"stage {name} {what}", "name the stage with `AS`, and use its name"
    names = [one.name.lower() for one in recipe.stages]
    if name.lower() in names:
        known = recipe.stages[names.index(name.lower())]
        if known.index < stage.index:
            return None
        if known.index == stage.index:
            return f"{name} is this stage itself", "leave --from away: the files are there already, or come from the build context"
        if _reaches(known, stage, recipe, frozenset()):
            return f"{name} is built from this stage, and this stage from it", "take what both need into a stage of its own"
        return None  # BuildKit builds stages in the order in which they are needed
    if any(mark in name for mark in (":", "/", ".", "@")):
        return None
    near = difflib.get_close_matches(name.lower(), [one for one in names if one], n=1, cutoff=0.8)
    if near:
        return f"there is no stage {name}", f"write {near[0]}"
    if name.lower() in _STAGE_NAMES:
        return f"there is no stage {name}", f"name the stage that is meant: `FROM ... AS {name}`"
    return None


def _reaches(stage: Stage, wanted: Stage, recipe: Recipe, seen: frozenset[int]) -> bool:
    """Whether `stage` needs `wanted`."""
    if stage.index == wanted.index:
        return True
    if stage.index in seen:
        return False
    names = {one.name.lower(): one for one in recipe.stages if one.name}
    needed = [stage.parent] if stage.parent else []
    for step in stage.steps:
        needed += [names[name.lower()] for name, _ in _used(step) if name.lower() in names]
    return any(_reaches(one, wanted, recipe, seen | {stage.index}) for one in needed)
