"""Finds cache mounts at a place where the installer keeps nothing."""

import posixpath
from collections.abc import Iterator

from paredown.dockerfile.actions import PythonInstall
from paredown.dockerfile.stages import Step
from paredown.dockerfile.syntax import Edit
from paredown.rules.installer_caches import cache_folder, tool_of
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.reach import lies_in
from paredown.rules.recipe import Mount, Recipe, mounts

_NAMES = {"pip": "pip", "uv": "uv", "pypoetry": "poetry", "pdm": "pdm", "pipenv": "pipenv"}


@rule(
    id="cache-mount-elsewhere",
    severity=Severity.WARNING,
    summary="a cache is mounted where the installer keeps nothing",
    why="The installer writes its cache into the layer, or cannot write it at all, and each build downloads everything again.",
    sources=(
        "astral-sh/uv#17026",
        "https://docs.astral.sh/uv/reference/environment/#uv_cache_dir",
        "https://docs.docker.com/build/cache/optimize/#use-cache-mounts",
    ),
    safety=Safety.VERIFIED,
    before="FROM python:3.13-slim\nENV UV_CACHE_DIR=/opt/uv-cache\nRUN --mount=type=cache,target=/root/.cache/uv uv sync --locked\n",
    after="FROM python:3.13-slim\nENV UV_CACHE_DIR=/opt/uv-cache\nRUN --mount=type=cache,target=/opt/uv-cache uv sync --locked\n",
)
def cache_mount_elsewhere(recipe: Recipe) -> Iterator[Found]:
    for step, action in recipe.actions(PythonInstall):
        tool = tool_of(action)
        caches = [mount for mount in mounts(step) if mount.kind == "cache" and mount.target]
        meant = next((mount for mount in caches if _NAMES.get(posixpath.basename(mount.target)) == tool), None)
        if meant is None or action.command.has("--cache-dir") or dict(action.command.assignments):
            continue
        folder = cache_folder(step.state, tool)
        covered = folder is not None and any(lies_in(folder, mount.target) for mount in caches)
        if not covered and (folder is not None or lies_in(meant.target, "/root")):
            who = f"{step.state.user} has no access to {meant.target}" if folder is None else f"{tool} keeps its cache in {folder}, not in {meant.target}"
            yield Found(
                message=who,
                span=action.command.span,
                edits=_moved(recipe, step, meant, folder) if folder else (),
                advice="mount it in the home of that user, with its number: `target=/home/<user>/.cache/..., uid=<number>`",
            )


def _moved(recipe: Recipe, step: Step, mount: Mount, folder: str) -> tuple[Edit, ...]:
    for flag, other in zip((flag for flag in step.instruction.flags if flag.name == "mount"), mounts(step), strict=True):
        written = recipe.dockerfile.text[flag.span.start : flag.span.end]
        if other == mount and written.count(mount.target) == 1:
            return (Edit(flag.span, written.replace(mount.target, folder)),)
    return ()
