"""Which files of earlier layers a change of owner or mode meets."""

import posixpath

from paredown.dockerfile.actions import FoldersMade, UserAdded, action_of
from paredown.dockerfile.stages import Stage, Step
from paredown.rules.reach import lies_in, target_of
from paredown.rules.recipe import Recipe


def earlier_copies(stage: Stage, step: Step, path: str) -> list[Step]:
    """The COPYs and ADDs of `stage` above `step` that put something at or below `path`."""
    above = stage.steps[: stage.steps.index(step)]
    return [one for one in above if one.instruction.name in ("COPY", "ADD") and len(one.instruction.words) > 1 and lies_in(target_of(one), path)]


def weighs(copy: Step) -> bool:
    """Whether a COPY may be more than a few files of a few lines: a folder, or something of another stage."""
    return copy.instruction.flag("from") is not None or any("." not in posixpath.basename(word.text).strip(".") for word in copy.instruction.words[:-1])


def later_writes(recipe: Recipe, stage: Stage, first: Step, last: Step) -> bool:
    """Whether a RUN between two steps may write files that the change of `last` is for, too."""
    between = stage.steps[stage.steps.index(first) + 1 : stage.steps.index(last)]
    commands = [command for step in between if step.instruction.name == "RUN" for command in recipe.script(step).commands]
    understood = all(recipe.script(step).understood for step in between if step.instruction.name == "RUN")
    return not understood or any(not isinstance(action_of(command), UserAdded | FoldersMade) for command in commands)
