"""Finds projects that take their version from git, built where there is no git history."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from paredown.dockerfile.actions import PythonInstall
from paredown.rules.context_files import copies_all
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.project_builds import builds_project
from paredown.rules.recipe import Recipe

_ASKING = re.compile(r"(?:setuptools[-_]scm|hatch-vcs|versioningit|setuptools-git-versioning|uv-dynamic-versioning|hatch-regex-commit)", re.IGNORECASE)
_TOLD = re.compile(r"SETUPTOOLS_SCM_PRETEND_VERSION|PDM_BUILD_SCM_VERSION|UV_DYNAMIC_VERSIONING_BYPASS|HATCH_VCS_PRETEND")


@rule(
    id="git-needed-for-version",
    severity=Severity.ERROR,
    summary="the project takes its version from git, which the build does not get",
    why="The build ends with `unable to detect version`. The history itself does not belong into an image; the version can be told by a variable.",
    sources=("https://setuptools-scm.readthedocs.io/en/latest/usage/#with-dockerpodman", "pypa/setuptools-scm document docs/usage.md"),
    before='FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN pip install .\n',
    after='FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nARG VERSION\nRUN SETUPTOOLS_SCM_PRETEND_VERSION_FOR_SHOP=$VERSION pip install .\n',
    files=(
        (".dockerignore", ".git\n"),
        ("pyproject.toml", '[build-system]\nrequires = ["hatchling", "hatch-vcs"]\n[project]\nname = "shop"\ndynamic = ["version"]\n'),
    ),
)  # fmt: skip
def git_needed_for_version(recipe: Recipe) -> Iterator[Found]:
    asking = _asking(recipe)
    if asking is None or not recipe.ignored.ignores(".git") or _TOLD.search(recipe.dockerfile.text):
        return
    name, tool = asking
    for stage in recipe.stages:
        if not any(copies_all(step) for step in stage.steps):
            continue
        for _, action in recipe.actions(PythonInstall, stage):
            if builds_project(action):
                variable = f"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{re.sub(r'[-_.]+', '_', name).upper()}"
                yield Found(
                    message=f"{tool} finds no version of {name}, as {recipe.ignore_file} leaves .git out",
                    span=action.command.span,
                    advice=f"give the version: `ARG VERSION`, and `{variable}=$VERSION` in front of the command",
                )
                return


def _asking(recipe: Recipe) -> tuple[str, str] | None:
    """The project's name and what asks git for its version; None where nothing does, or where another version is at hand."""
    text = (recipe.context.text("pyproject.toml") if recipe.context else None) or ""
    try:
        project: dict[str, Any] = tomllib.loads(text)
        table, requires = project["project"], project["build-system"]["requires"]
        asks = next((found[0] for one in requires if (found := _ASKING.match(one))), None)
        static = "version" not in table["dynamic"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return None
    return None if asks is None or static or "fallback" in text else (str(table.get("name", "project")), asks)
