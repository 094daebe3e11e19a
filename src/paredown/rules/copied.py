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
        if step.instruction.name in ("COPY", "ADD") and not step.instruction.heredocs and step.instruction.flag("from") is None:
            for source in _sources(step, path):
                if not recipe.ignored.ignores(source) and (text := recipe.context.text(source)) is not None:
                    return text
    return None


def _sources(step: Step, path: str) -> Iterator[str]:
    """The paths in the context from which this COPY would make `path`."""
    *sources, target = [step.state.expand(word.text) for word in step.instruction.words] or [""]
    folder = step.state.path(target)
    for source in sources:
        source = posixpath.normpath(source.lstrip("/") or ".")
        name = posixpath.basename(source)
        if path in (folder, posixpath.join(folder, name), name, posixpath.basename(folder)):
            yield source
        if path.startswith(folder.rstrip("/") + "/"):
            yield posixpath.normpath(posixpath.join(source, posixpath.relpath(path, folder)))
