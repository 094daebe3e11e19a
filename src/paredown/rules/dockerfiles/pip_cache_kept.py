"""Finds pip installs that leave pip's cache in a layer."""

from collections.abc import Iterator

from paredown.dockerfile.actions import PythonInstall
from paredown.dockerfile.syntax import Span
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe, mounts


@rule(
    id="pip-cache-kept",
    severity=Severity.WARNING,
    summary="pip leaves its download cache in the layer",
    why="The wheels that pip downloads stay in /root/.cache/pip, as large as what they install; nothing in the image reads them.",
    sources=("https://github.com/hadolint/hadolint/wiki/DL3042", "hadolint/hadolint#497"),
    same_as=("hadolint DL3042",),
    safety=Safety.SAFE,
    before="FROM python:3.13-slim\nRUN pip install flask==3.1.0\n",
    after="FROM python:3.13-slim\nRUN pip install --no-cache-dir flask==3.1.0\n",
)
def pip_cache_kept(recipe: Recipe) -> Iterator[Found]:
    for step, action in recipe.actions(PythonInstall):
        values = {**step.state.variables, **dict(action.command.assignments)}
        told = values.get("PIP_NO_CACHE_DIR", "").lower() not in ("", "0", "false", "off", "no")
        if action.tool != "pip" or action.command.has("--no-cache-dir") or told or any(mount.kind == "cache" for mount in mounts(step)):
            continue
        end = action.word.span.end
        yield Found(message="pip keeps what it downloads in this layer", span=action.command.span, edits=(Edit(Span(end, end), " --no-cache-dir"),))
