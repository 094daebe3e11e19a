"""Which stages reach the image: those it is made of, and those that it copies from."""

import posixpath

from paredown.dockerfile.stages import Stage, Step, source_of
from paredown.rules.recipe import Recipe


def shipped(recipe: Recipe) -> tuple[Stage, ...]:
    """The stages of which files reach the image, in their order."""
    found: dict[int, Stage] = {}
    todo = list(recipe.final.chain)
    while todo:
        stage = todo.pop()
        if stage.index in found:
            continue
        found[stage.index] = stage
        for step in stage.steps:
            if step.instruction.name == "COPY":
                source = source_of(step, recipe.stages)
                todo += source.chain if isinstance(source, Stage) else ()
    return tuple(found[index] for index in sorted(found))


def reaches_image(recipe: Recipe, stage: Stage, path: str) -> bool:
    """Whether what lies at `path` of `stage` is in the image: in a layer of its own, or copied there with a folder above it."""
    if stage in recipe.final.chain:
        return True
    for other in shipped(recipe):
        for step in other.steps:
            source = source_of(step, recipe.stages) if step.instruction.name == "COPY" else None
            if isinstance(source, Stage) and stage in source.chain:
                taken = (posixpath.normpath(posixpath.join("/", step.state.expand(word.text))) for word in step.instruction.words[:-1])
                if any(lies_in(path, folder) for folder in taken) and reaches_image(recipe, other, target_of(step)):
                    return True
    return False


def target_of(step: Step) -> str:
    """Where a COPY or ADD puts what it copies: an absolute path."""
    return step.state.path(step.instruction.words[-1].text) if step.instruction.words else ""


def lies_in(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or lies below it."""
    return f"{path}/".startswith(f"{folder.rstrip('/')}/")
