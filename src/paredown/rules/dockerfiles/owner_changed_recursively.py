"""Finds owners that are changed in a later layer than the one that has the files."""

from collections.abc import Iterator

from paredown.dockerfile.actions import OwnerChange, UserAdded
from paredown.dockerfile.stages import Stage, Step
from paredown.dockerfile.syntax import Span
from paredown.rules.changed_again import earlier_copies, later_writes, weighs
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="owner-changed-recursively",
    severity=Severity.WARNING,
    summary="the owner of files is changed in a later layer than theirs",
    why="A changed owner makes a whole new file in the layer of the change: all that lies below that folder is in the image twice.",
    sources=("https://docs.docker.com/reference/dockerfile/#copy---chown---chmod", "rhesis-ai/rhesis#344", "DataDog/dd-trace-py#10039"),
    safety=Safety.VERIFIED,
    before="FROM python:3.13-slim\nRUN useradd --system app\nCOPY . /app\nRUN chown -R app /app\nUSER app\n",
    after="FROM python:3.13-slim\nRUN useradd --system app\nCOPY --chown=app . /app\nRUN chown app /app\nUSER app\n",
)
def owner_changed_recursively(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.final.chain:
        for step, action in recipe.actions(OwnerChange, stage):
            if not action.recursive or action.command.program != "chown" or action.command.nested:
                continue
            for word in action.paths:
                path = step.state.path(word.text)
                copies = [copy for copy in earlier_copies(stage, step, path) if copy.instruction.flag("chown") != action.owner]
                if copies:
                    first = copies[0].instruction
                    yield Found(
                        message=f"what line {first.line} put into {word.text} is in the image twice",
                        span=action.command.span,
                        severity=None if any(weighs(copy) for copy in copies) else Severity.INFO,
                        edits=_edits(recipe, stage, step, action, copies),
                        advice=f"write `{first.name} --chown={action.owner} ...` in line {first.line}, below the line that makes that user",
                    )
                    break


def _edits(recipe: Recipe, stage: Stage, step: Step, action: OwnerChange, copies: list[Step]) -> tuple[Edit, ...]:
    """The owner is given when the files are copied; the folder itself, which a COPY leaves as it is, is still changed."""
    flag = next((word for word in action.command.arguments if word.text in ("-R", "--recursive")), None)
    plain = "$" not in action.owner and all(copy.instruction.flag("chown") is None for copy in copies) and len(action.paths) == 1
    if flag is None or not plain or later_writes(recipe, stage, copies[0], step) or not all(_is_known(recipe, stage, copy, action.owner) for copy in copies):
        return ()
    gone = Edit(Span(action.command.words[action.command.words.index(flag) - 1].span.end, flag.span.end), "")
    places = [copy.instruction.keyword_span.end for copy in copies]
    return (*(Edit(Span(place, place), f" --chown={action.owner}") for place in places), gone)


def _is_known(recipe: Recipe, stage: Stage, copy: Step, owner: str) -> bool:
    """Whether a COPY can name the owner: by numbers, or by names that lines above it make."""
    names = {name for name in owner.split(":") if name and not name.isdigit()}
    for other in stage.chain:
        for step, action in recipe.actions(UserAdded, other):
            if step.instruction.span.start < copy.instruction.span.start:
                names -= {action.name, *(word.text for word in action.command.operands("-u", "-g", "--uid", "--gid", "-d", "-s", "-c"))}
    return not names
