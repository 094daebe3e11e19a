"""Finds a second CMD, ENTRYPOINT or HEALTHCHECK in a stage, which leaves the first one without effect."""

from collections.abc import Iterator

from paredown.dockerfile.syntax import Instruction, Span
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="instruction-repeated",
    severity=Severity.WARNING,
    summary="several CMD, ENTRYPOINT or HEALTHCHECK in one stage",
    why="Only the last of them counts: what the others say never happens, and a reader cannot see that.",
    sources=(
        "https://docs.docker.com/reference/build-checks/multiple-instructions-disallowed/",
        "https://github.com/hadolint/hadolint/wiki/DL4003",
        "https://github.com/hadolint/hadolint/wiki/DL4004",
        "https://github.com/hadolint/hadolint/wiki/DL3012",
    ),
    same_as=("hadolint DL4003", "hadolint DL4004", "hadolint DL3012", "buildkit MultipleInstructionsDisallowed"),
    safety=Safety.SAFE,
    before='FROM python:3.13-slim\nCMD ["python", "old.py"]\nCMD ["python", "main.py"]\n',
    after='FROM python:3.13-slim\nCMD ["python", "main.py"]\n',
)
def instruction_repeated(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        last: dict[str, Instruction] = {}
        for step in reversed(stage.steps):
            instruction = step.instruction
            if instruction.name not in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
                continue
            if later := last.get(instruction.name):
                what = f"this {instruction.name} has no effect: the one of line {later.line} takes its place"
                yield Found(message=what, span=instruction.span, edits=(Edit(_lines(instruction, recipe.dockerfile.text), ""),))
            last.setdefault(instruction.name, instruction)


def _lines(instruction: Instruction, text: str) -> Span:
    """All of its lines, with the end of the last one."""
    end = text.find("\n", instruction.span.end)
    return Span(text.rfind("\n", 0, instruction.span.start) + 1, len(text) if end < 0 else end + 1)
