"""Finds whole build contexts that are copied with nothing left out."""

from collections.abc import Iterator

from paredown.rules.context_files import copies_all, is_built_from, listed, unwanted_paths
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="ignore-file-missing",
    severity=Severity.WARNING,
    summary="the whole folder is copied, and there is no .dockerignore",
    why="The history in .git, a local .venv and caches go into the image; whatever changes in one of them makes this layer and all below it anew.",
    sources=(
        "https://docs.docker.com/build/building/best-practices/#exclude-with-dockerignore",
        "https://docs.docker.com/build/concepts/context/#dockerignore-files",
    ),
    same_as=("dockle DKL-LI-0003",),
    before="FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\n",
    after="FROM python:3.13-slim\nWORKDIR /app\nCOPY app app\n",
    files=((".git/HEAD", "ref: refs/heads/main\n"), ("app/main.py", "")),
)
def ignore_file_missing(recipe: Recipe) -> Iterator[Found]:
    if recipe.ignore_file is not None or not is_built_from(recipe):
        return
    for stage in recipe.stages:
        for step in stage.steps:
            if copies_all(step):
                unwanted = unwanted_paths(recipe)
                taken = f": {listed(unwanted)} {'is' if len(unwanted) == 1 else 'are'} copied, too" if unwanted else ""
                yield Found(
                    message=f"there is no .dockerignore{taken}",
                    span=step.instruction.span,
                    severity=None if unwanted else Severity.INFO,
                    advice="write a .dockerignore that names what the image does not need, .git and .venv first",
                )
                return
