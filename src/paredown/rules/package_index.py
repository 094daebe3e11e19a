"""Whether the index that a system's package manager fetched in one RUN is needed by a later one."""

from paredown.dockerfile.actions import SystemInstall, SystemUpdate, SystemUpgrade, action_of
from paredown.dockerfile.stages import Stage, Step
from paredown.rules.recipe import Recipe


def needed_later(recipe: Recipe, stage: Stage, step: Step, manager: str) -> Step | None:
    """The first RUN behind `step`, in its stage or one that starts from it, that installs without fetching the index itself."""
    for other in recipe.stages:
        if stage not in other.chain:
            continue
        steps = other.steps[other.steps.index(step) + 1 :] if other is stage else other.steps
        for later in steps:
            if later.instruction.name != "RUN":
                continue
            for command in recipe.script(later).commands:
                action = action_of(command)
                if isinstance(action, SystemUpdate) and action.manager == manager:
                    break
                if isinstance(action, SystemInstall | SystemUpgrade) and action.manager == manager:
                    return later
    return None
