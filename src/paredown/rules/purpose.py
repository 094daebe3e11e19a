"""What an image is for, as far as its Dockerfile tells: a service, or a developer's, a test's or a builder's tool."""

import re

from paredown.dockerfile.actions import PythonInstall
from paredown.rules.bases import base_of
from paredown.rules.environments import carried
from paredown.rules.recipe import Recipe

_BARE = re.compile(r"(?:python|pypy)[\d.]*|(?:ba|da|a|z)?sh|ipython|node|irb")
_DEVELOPMENT = frozenset({
    "dev", "devel", "develop", "development", "devcontainer", "debug", "debugger", "local", "test", "tests", "testing", "tester", "e2e", "ci", "lint", "linter",
    "docs", "doc", "bench", "benchmark", "jupyter", "notebook", "notebooks", "playground", "sandbox",
})  # fmt: skip


def is_for_development(recipe: Recipe) -> bool:
    """Whether the last stage or the file has the name of something for developers."""
    words = re.split(r"[^a-z0-9]+", f"{recipe.final.name} {recipe.name}".lower())
    return not _DEVELOPMENT.isdisjoint(words)


def is_service(recipe: Recipe) -> bool:
    """Whether the image starts something of its own, more than a shell or an interpreter, and is not for developers."""
    step = recipe.final.last("ENTRYPOINT") or recipe.final.last("CMD")
    if step is None or is_for_development(recipe):
        return False
    command = next(iter(recipe.script(step).commands), None)
    return command is None or bool(command.arguments) or _BARE.fullmatch(command.program) is None


def is_python(recipe: Recipe) -> bool:
    """Whether Python is in the image, as far as its base and its scripts tell."""
    chain = recipe.final.chain
    installs = any(True for _ in recipe.actions(PythonInstall, *chain))
    return bool(base_of(recipe.final).python) or installs or any(True for _ in carried(recipe, recipe.final))
