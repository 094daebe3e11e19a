"""Finds distributions that pip installs in whatever version is newest."""

from collections.abc import Iterator

from paredown.dockerfile.actions import PythonInstall
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.manifests import requirement_of
from paredown.rules.recipe import Recipe

# Installers and build tools: other rules speak of them.
_TOOLS = frozenset({"pip", "setuptools", "wheel", "uv", "poetry", "poetry-core", "pdm", "pipenv", "hatch", "hatchling", "build", "virtualenv", "pip-tools"})


@rule(
    id="package-unpinned",
    severity=Severity.WARNING,
    summary="pip installs distributions without a version",
    why="The image gets what is newest on the day its layer is built, which nobody has tested; the cache then keeps it until somebody else's build differs.",
    sources=("https://github.com/hadolint/hadolint/wiki/DL3013", "https://pip.pypa.io/en/stable/topics/repeatable-installs/"),
    same_as=("hadolint DL3013", "CIS 4.11", "12-factor II"),
    before='FROM python:3.13-slim\nRUN pip install --no-cache-dir flask gunicorn\nCMD ["gunicorn", "shop:app"]\n',
    after='FROM python:3.13-slim\nRUN pip install --no-cache-dir flask==3.1.2 gunicorn==23.0.0\nCMD ["gunicorn", "shop:app"]\n',
)
def package_unpinned(recipe: Recipe) -> Iterator[Found]:
    for _, action in recipe.actions(PythonInstall):
        if action.tool not in ("pip", "uv pip") or action.word.text != "install" or action.command.has("-c", "--constraint", "--no-deps", "--no-index"):
            continue
        requirements = [requirement_of(word.text) for word in action.packages if word.plain]
        names = [one.written for one in requirements if one is not None and not one.rest.strip() and one.name not in _TOOLS]
        if names:
            yield Found(
                message=f"{', '.join(names)} {'comes' if len(names) == 1 else 'come'} in whatever version is newest",
                span=action.command.span,
                advice="name each version with ==, or install from a lock: `uv pip compile`, `uv export`, `pip-compile`",
            )
