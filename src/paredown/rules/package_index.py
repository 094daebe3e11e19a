"""Whether the index that a system's package manager fetched in one RUN is needed by a later one."""

import posixpath
from collections.abc import Iterator

from paredown.dockerfile.actions import SystemInstall, SystemUpdate, SystemUpgrade, action_of
from paredown.dockerfile.stages import Stage, Step
from paredown.rules.recipe import Recipe


def needed_later(recipe: Recipe, stage: Stage, step: Step, manager: str) -> Step | None:
    """The first RUN behind `step`, in its stage or one that starts from it, that installs without fetching the index itself."""
    for later in _runs_after(recipe, stage, step):
        for command in recipe.script(later).commands:
            action = action_of(command)
            if isinstance(action, SystemUpdate) and action.manager == manager:
                break
            if isinstance(action, SystemInstall | SystemUpgrade) and action.manager == manager:
                return later
    return None


def may_be_needed_later(recipe: Recipe, stage: Stage, step: Step) -> bool:
    """Whether a RUN behind `step` runs a script of its own, of which nobody knows what it installs."""
    for later in _runs_after(recipe, stage, step):
        script = recipe.script(later)
        shells = (command for command in script.commands if command.program in ("sh", "bash", "dash", ".", "source"))
        own = any(
            posixpath.splitext(command.program)[1] == ".sh" or (command.words[:1] and command.words[0].text.startswith(".")) for command in script.commands
        )
        if not script.understood or own or any(command.operands() for command in shells):
            return True
    return False


def _runs_after(recipe: Recipe, stage: Stage, step: Step) -> Iterator[Step]:
    for other in recipe.stages:
        if stage in other.chain:
            steps = other.steps[other.steps.index(step) + 1 :] if other is stage else other.steps
            yield from (later for later in steps if later.instruction.name == "RUN")
