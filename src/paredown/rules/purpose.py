"""What an image is for, as far as its Dockerfile tells: a service, or a developer's, a test's or a builder's tool."""

import re

from paredown.rules.recipe import Recipe

_DEVELOPMENT = frozenset({
    "dev", "devel", "develop", "development", "devcontainer", "debug", "debugger", "local", "test", "tests", "testing", "tester", "e2e", "ci", "lint", "linter",
    "docs", "doc", "bench", "benchmark", "jupyter", "notebook", "notebooks", "playground", "sandbox",
})  # fmt: skip


def is_for_development(recipe: Recipe) -> bool:
    """Whether the last stage or the file has the name of something for developers."""
    words = re.split(r"[^a-z0-9]+", f"{recipe.final.name} {recipe.name}".lower())
    return not _DEVELOPMENT.isdisjoint(words)


def is_service(recipe: Recipe) -> bool:
    """Whether the image starts something of its own, and is not for developers."""
    return recipe.final.last("CMD", "ENTRYPOINT") is not None and not is_for_development(recipe)
