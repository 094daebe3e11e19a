"""Finds installs of Python distributions that download everything again whenever one of them changes."""

from collections.abc import Iterator

from paredown.dockerfile.actions import PythonInstall, action_of
from paredown.dockerfile.stages import Step
from paredown.dockerfile.syntax import Span
from paredown.rules.installer_caches import cache_folder, refusing_flag, refusing_variable, tool_of
from paredown.rules.interface import Edit, Found, Severity, rule
from paredown.rules.recipe import Recipe, mounts


@rule(
    id="cache-mount-missing",
    severity=Severity.INFO,
    summary="an install keeps nothing that the next build could use",
    why="When a single requirement changes, this layer is made again: everything is downloaded and built once more. A cache mount keeps it beside the image, "
    "and the layer is as small as with the cache deleted.",
    sources=(
        "https://docs.docker.com/build/cache/optimize/#use-cache-mounts",
        "hadolint/hadolint#1139",
        "https://docs.astral.sh/uv/guides/integration/docker/#caching",
    ),
    before="FROM python:3.13-slim\nCOPY requirements.txt ./\nRUN pip install --no-cache-dir -r requirements.txt\n",
    after="FROM python:3.13-slim\nCOPY requirements.txt ./\nRUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install -r requirements.txt\n",
)
def cache_mount_missing(recipe: Recipe) -> Iterator[Found]:
    seen: set[int] = set()
    for step, action in recipe.actions(PythonInstall):
        folder = cache_folder(step.state, tool_of(action))
        installs_many = bool(action.files) or action.tool in ("uv sync", "poetry", "pdm", "pipenv")
        if folder is None or not installs_many or id(step) in seen or any(mount.kind == "cache" for mount in mounts(step)):
            continue
        seen.add(id(step))
        flag = f"--mount=type=cache,target={folder}"
        yield Found(
            message=f"{tool_of(action)} downloads everything again when one requirement changes",
            span=action.command.span,
            edits=_edits(recipe, step, action, flag),
            advice=f"write `RUN {flag} ...`",
        )


def _edits(recipe: Recipe, step: Step, action: PythonInstall, flag: str) -> tuple[Edit, ...]:
    instruction = step.instruction
    if instruction.exec_form or refusing_variable(step, action):
        return ()
    start = instruction.flags[0].span.start if instruction.flags else instruction.arguments.span().start
    layout = " " if instruction.heredocs else f" {recipe.dockerfile.escape}\n    "
    edits = [Edit(Span(start, start), f"{flag}{layout}")]
    for command in recipe.script(step).commands:
        other = action_of(command)
        if isinstance(other, PythonInstall) and tool_of(other) == tool_of(action) and (refusing := refusing_flag(other)):
            place = next(place for place, word in enumerate(command.words) if word.text == refusing)
            edits.append(Edit(Span(command.words[place - 1].span.end, command.words[place].span.end), ""))
    return tuple(edits)
