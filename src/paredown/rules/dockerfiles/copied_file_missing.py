"""Finds copies of files that are not in the build context."""

import difflib
import re
from collections.abc import Iterator

from paredown.dockerfile.ignore_file import rules_of
from paredown.errors import UserError
from paredown.rules.context_files import copied_paths, is_there, mounted_paths
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Context, Recipe


@rule(
    id="copied-file-missing",
    severity=Severity.ERROR,
    summary="a file that is copied is not in the build context",
    why="The build ends at this instruction: paths are those of the folder that is built from, and nothing outside of it can be named.",
    sources=("https://docs.docker.com/reference/dockerfile/#copy",),
    before="FROM python:3.13-slim\nCOPY requirments.txt ./\nCOPY app /app\n",
    after="FROM python:3.13-slim\nCOPY requirements.txt ./\nCOPY app /app\n",
    files=(("requirements.txt", "flask==3.1.0\n"), ("app/main.py", "")),
)
def copied_file_missing(recipe: Recipe) -> Iterator[Found]:
    context = recipe.context
    if context is None:
        return
    named = [pair for stage in recipe.stages for step in stage.steps for pair in (*copied_paths(step), *mounted_paths(step))]
    named = [(path, span) for path, span in named if path and not re.search(r"[*?\[]", path)]
    if not any(is_there(context, path) for path, _ in named):
        return  # built from another folder than the Dockerfile's, most likely
    for path, span in named:
        if not is_there(context, path) and not recipe.ignored.ignores(path) and not _is_made(context, path):
            yield Found(message=f"{path} is not in the build context", span=span, advice=_alike(context, path))


def _is_made(context: Context, path: str) -> bool:
    """Whether git leaves the path alone: then a step before the build makes it."""
    lines = (context.text(".gitignore") or "").splitlines()
    anywhere = "\n".join(line if "/" in line.rstrip("/ ") or line.startswith("#") else f"{'!' * line.startswith('!')}**/{line.lstrip('!')}" for line in lines)
    try:
        return rules_of(anywhere, ".gitignore").ignores(path)
    except UserError:
        return True


def _alike(context: Context, path: str) -> str:
    folder, _, name = path.rpartition("/")
    close = difflib.get_close_matches(name, [other.rstrip("/") for other in context.names(folder)], n=1)
    return f"write {f'{folder}/' if folder else ''}{close[0]}" if close else "name a file of the folder that is built from"
