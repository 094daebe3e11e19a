"""Finds what no image needs and the ignore file does not name."""

from collections.abc import Iterator

from paredown.rules.context_files import copies_all, listed, unwanted_paths
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.reach import reaches_image, target_of
from paredown.rules.recipe import Recipe


@rule(
    id="ignore-file-lets-in",
    severity=Severity.WARNING,
    summary="the ignore file lets in what the image does not need",
    why="A history, a local environment or caches are in the image, and each change of them makes this layer and all below it anew. "
    "A local .venv also replaces the one that the build has made in that folder.",
    sources=("https://docs.docker.com/build/concepts/context/#dockerignore-files", "https://docs.astral.sh/uv/guides/integration/docker/#installing-a-project"),
    same_as=("dockle DKL-LI-0003",),
    before="FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\n",
    after="FROM python:3.13-slim\nWORKDIR /app\nCOPY app app\n",
    files=((".dockerignore", ".git\n"), (".venv/pyvenv.cfg", ""), ("app/main.py", "")),
)
def ignore_file_lets_in(recipe: Recipe) -> Iterator[Found]:
    if recipe.context is None or recipe.ignore_file is None:
        return
    for stage in recipe.stages:
        for step in stage.steps:
            if not copies_all(step):
                continue
            inside = reaches_image(recipe, stage, target_of(step))
            # A local environment does harm in any stage.
            unwanted = [path for path in unwanted_paths(recipe) if inside or path in (".venv/", "venv/")]
            if unwanted:
                yield Found(
                    message=f"{recipe.ignore_file} lets {listed(unwanted)} in",
                    span=step.instruction.span,
                    advice=f"add to {recipe.ignore_file}: {' '.join(_pattern(path) for path in unwanted)}",
                )
                return


def _pattern(path: str) -> str:
    name = path.rstrip("/").rpartition("/")[2]
    return f"**/{name}" if name == "__pycache__" else name
