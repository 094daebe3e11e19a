"""Finds copies of files that are not in the build context."""

import difflib
from collections.abc import Iterator

from paredown.dockerfile.ignore_file import rules_of
from paredown.errors import UserError
from paredown.rules.context_files import is_built_from, is_there, named_paths
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Context, Recipe


@rule(
    id="copied-file-missing",
    severity=Severity.ERROR,
    summary="a file that is copied is not in the build context",
    why="The build ends at this instruction: paths are those of the folder that is built from, and nothing outside of it can be named.",
    sources=("https://docs.docker.com/reference/dockerfile/#copy",),
    before="FROM python:3.13-slim\nCOPY requirments.txt pyproject.toml ./\nCOPY app /app\n",
    after="FROM python:3.13-slim\nCOPY requirements.txt pyproject.toml ./\nCOPY app /app\n",
    files=(("requirements.txt", "flask==3.1.0\n"), ("pyproject.toml", ""), ("app/main.py", "")),
)
def copied_file_missing(recipe: Recipe) -> Iterator[Found]:
    context = recipe.context
    if context is None or not is_built_from(recipe):
        return
    for path, span in named_paths(recipe):
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
