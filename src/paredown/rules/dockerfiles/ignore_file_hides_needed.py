"""Finds files that the build needs and the ignore file leaves out."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from paredown.dockerfile.actions import PythonInstall
from paredown.rules.context_files import copied_paths, copies_all, is_there, mounted_paths, sent_names
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.project_builds import builds_project
from paredown.rules.recipe import Recipe

_STRICT_BACKENDS = ("hatchling", "flit_core", "uv_build", "poetry.core", "pdm.backend")  # they end when the readme is missing


@rule(
    id="ignore-file-hides-needed",
    severity=Severity.ERROR,
    summary="the ignore file leaves out what the build needs",
    why="What the ignore file names is not sent to the build, whether it is there or not: the build ends with `not found`, or the project cannot be built "
    "without its readme.",
    sources=("https://docs.docker.com/reference/build-checks/copy-ignored-file/", "https://docs.docker.com/build/concepts/context/#dockerignore-files"),
    same_as=("buildkit CopyIgnoredFile",),
    before="FROM python:3.13-slim\nCOPY requirements.txt ./\n",
    after="FROM python:3.13-slim\nCOPY pyproject.toml ./\n",
    files=((".dockerignore", "*.txt\n"), ("requirements.txt", "flask==3.1.0\n"), ("pyproject.toml", "")),
)
def ignore_file_hides_needed(recipe: Recipe) -> Iterator[Found]:
    if recipe.ignore_file is None:
        return
    for stage in recipe.stages:
        for step in stage.steps:
            for path, span in (*copied_paths(step), *mounted_paths(step)):
                if path and not re.search(r"[*?\[]", path) and recipe.ignored.ignores(path) and not any(sent_names(recipe, path)):
                    yield Found(
                        message=f"{recipe.ignore_file} leaves {path} out of what is built from",
                        span=span,
                        advice=f"take its pattern out of {recipe.ignore_file}, or add `!{path}` below it",
                    )
    readme = _needed_readme(recipe)
    if readme is None or not recipe.ignored.ignores(readme):
        return
    for stage in recipe.stages:
        whole = next((step for step in stage.steps if copies_all(step)), None)
        if whole is not None and any(builds_project(action) for _, action in recipe.actions(PythonInstall, stage)):
            yield Found(
                message=f"{recipe.ignore_file} leaves {readme} out, without which pyproject.toml cannot be built",
                span=whole.instruction.span,
                advice=f"add `!{readme}` to {recipe.ignore_file}",
            )


def _needed_readme(recipe: Recipe) -> str | None:
    try:
        project: dict[str, Any] = tomllib.loads((recipe.context.text("pyproject.toml") if recipe.context else None) or "")
    except tomllib.TOMLDecodeError:
        return None
    tables = (project.get("project"), project.get("build-system"))
    if not all(isinstance(table, dict) for table in tables):
        return None
    readme, backend = project["project"].get("readme"), project["build-system"].get("build-backend")
    path = readme.get("file") if isinstance(readme, dict) else readme
    strict = isinstance(backend, str) and backend.startswith(_STRICT_BACKENDS)
    return path if isinstance(path, str) and strict and recipe.context is not None and is_there(recipe.context, path) else None
