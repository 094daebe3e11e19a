"""Finds uv installs that try to link files from a cache mount, which cannot be."""

from collections.abc import Iterator

from paredown.dockerfile.actions import PythonInstall
from paredown.rules.installer_caches import mounted_cache, refusing_flag, tool_of
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.script_edits import with_flag


@rule(
    id="uv-link-mode-missing",
    severity=Severity.INFO,
    summary="uv tries to link files from a cache mount",
    why="A cache mount is a file system of its own: no link leads out of it. uv tries, warns in each build, and copies.",
    sources=("https://docs.astral.sh/uv/guides/integration/docker/#caching",),
    safety=Safety.SAFE,
    before="FROM ghcr.io/astral-sh/uv:0.8-python3.13-bookworm-slim\nRUN --mount=type=cache,target=/root/.cache/uv uv sync --locked\n",
    after="FROM ghcr.io/astral-sh/uv:0.8-python3.13-bookworm-slim\nRUN --mount=type=cache,target=/root/.cache/uv uv sync --link-mode=copy --locked\n",
)
def uv_link_mode_missing(recipe: Recipe) -> Iterator[Found]:
    for step, action in recipe.actions(PythonInstall):
        told = "UV_LINK_MODE" in {**step.state.variables, **dict(action.command.assignments)} or action.command.has("--link-mode")
        if tool_of(action) == "uv" and not told and not refusing_flag(action) and (target := mounted_cache(step, "uv")) is not None:
            yield Found(
                message=f"uv cannot link files from the cache mounted at {target}",
                span=action.command.span,
                edits=(with_flag(action.word, "--link-mode=copy"),),
            )
