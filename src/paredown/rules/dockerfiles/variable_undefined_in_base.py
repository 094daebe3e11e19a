"""Finds bases that are named by a variable that nothing sets."""

from collections.abc import Iterator

from paredown.rules.bases import image_span
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="variable-undefined-in-base",
    severity=Severity.ERROR,
    summary="FROM uses a variable that no ARG in front of the first FROM declares",
    why="An undeclared variable is empty there, and `--build-arg` cannot set it: the build ends, or starts from another image than the one that is meant.",
    sources=(
        "https://docs.docker.com/reference/build-checks/undefined-arg-in-from/", "https://docs.docker.com/reference/build-checks/invalid-default-arg-in-from/",
        "https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact",
    ),
    same_as=("buildkit UndefinedArgInFrom", "buildkit InvalidDefaultArgInFrom"),
    before='FROM python:${VERSION}\nCMD ["python", "-m", "shop"]\n',
    after='ARG VERSION=3.13\nFROM python:${VERSION}\nCMD ["python", "-m", "shop"]\n',
)  # fmt: skip
def variable_undefined_in_base(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        within = {pair.name for one in recipe.stages[: stage.index] for step in one.steps if step.instruction.name == "ARG" for pair in step.instruction.pairs}
        for name in stage.undefined:
            advice = f"move `ARG {name}` in front of the first FROM" if name in within else f"write `ARG {name}=...` in front of the first FROM"
            yield Found(message=f"nothing declares {name} for FROM", span=image_span(stage), advice=advice)
        written = stage.instruction.words[0].text if stage.instruction.words else ""
        if not stage.undefined and "$" in written and (not stage.base or stage.base.endswith(":")):
            yield Found(
                message=f"{written} is no image unless the build is given an argument",
                span=image_span(stage),
                advice="give its ARG a default, so that a plain build works",
                severity=Severity.INFO,
            )
