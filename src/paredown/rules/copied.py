"""Where in the build context a file of the image comes from."""

import posixpath
from collections.abc import Iterator

from paredown.dockerfile.stages import Step
from paredown.rules.recipe import Recipe


def text_in_image(recipe: Recipe, path: str) -> str | None:
    """The text that the final image has at `path` (absolute, or a bare name of a program), None where the context does not tell."""
    if recipe.context is None:
        return None
    for step in reversed(tuple(recipe.final.all_steps())):
        for source in sources_of(step, path):
            if not recipe.ignored.ignores(source) and (text := recipe.context.text(source)) is not None:
                return text
    return None


def sources_of(step: Step, path: str) -> Iterator[str]:
    """The paths in the context from which this step, if it is a COPY from there, would make `path`: itself, or in a folder."""
    words = [step.state.expand(word.text) for word in step.instruction.words]
    if step.instruction.name not in ("COPY", "ADD") or len(words) < 2 or step.instruction.heredocs or step.instruction.flag("from") is not None:
        return
    target = step.state.path(words[-1])
    for word in words[:-1]:
        source = posixpath.normpath(word.lstrip("/") or ".")
        name = posixpath.basename(source)
        if path in (target, posixpath.join(target, name), name, posixpath.basename(target)):
            yield source
        if path.startswith(target.rstrip("/") + "/"):
            yield posixpath.normpath(posixpath.join(source, posixpath.relpath(path, target)))
