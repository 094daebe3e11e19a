"""Finds modes that are changed in a later layer than the one that has the files."""

import re
from collections.abc import Iterator

from paredown.dockerfile.actions import ModeChange
from paredown.dockerfile.stages import Stage, Step
from paredown.dockerfile.syntax import Edit, Span
from paredown.rules.changed_again import earlier_copies, later_writes, weighs
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.script_edits import without_command


@rule(
    id="mode-changed-recursively",
    severity=Severity.WARNING,
    summary="the mode of files is changed in a later layer than theirs",
    why="A changed mode makes a whole new file in the layer of the change: all that lies below that folder is in the image twice.",
    sources=("https://docs.docker.com/reference/dockerfile/#copy---chown---chmod", "topoteretes/cognee#3753"),
    safety=Safety.VERIFIED,
    before="FROM python:3.13-slim\nCOPY . /app\nRUN chmod -R 755 /app\nUSER app\n",
    after="FROM python:3.13-slim\nCOPY --chmod=755 . /app\nUSER app\n",
)
def mode_changed_recursively(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.final.chain:
        for step, action in recipe.actions(ModeChange, stage):
            if not action.recursive or action.command.nested:
                continue
            for word in action.paths:
                copies = [copy for copy in earlier_copies(stage, step, step.state.path(word.text)) if copy.instruction.flag("chmod") is None]
                if copies:
                    first = copies[0].instruction
                    yield Found(
                        message=f"what line {first.line} put into {word.text} is in the image twice",
                        span=action.command.span,
                        severity=None if any(weighs(copy) for copy in copies) else Severity.INFO,
                        edits=_edits(recipe, stage, step, action, copies),
                        advice=f"write `{first.name} --chmod={action.mode} ...` in line {first.line}",
                    )
                    break


def _edits(recipe: Recipe, stage: Stage, step: Step, action: ModeChange, copies: list[Step]) -> tuple[Edit, ...]:
    if not re.fullmatch(r"[0-7]{3,4}", action.mode) or len(action.paths) != 1 or later_writes(recipe, stage, copies[0], step):
        return ()
    gone = without_command(recipe, step, action.command)
    places = [copy.instruction.keyword_span.end for copy in copies]
    return (*(Edit(Span(place, place), f" --chmod={action.mode}") for place in places), *gone) if gone else ()
