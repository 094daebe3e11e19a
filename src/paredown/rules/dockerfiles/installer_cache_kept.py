"""Finds installs by uv, poetry, pdm, pipenv or conda that leave their cache in the layer."""

from collections.abc import Iterator

from paredown.dockerfile.actions import PythonInstall, Removal, action_of
from paredown.dockerfile.shell import Script, ShellCommand
from paredown.dockerfile.stages import Step
from paredown.rules.installer_caches import cache_folder, refusing_flag, refusing_variable, tool_of
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.reach import lies_in
from paredown.rules.recipe import Recipe, is_mounted, mounts
from paredown.rules.script_edits import with_command, with_flag

_CONDA = frozenset({"conda", "mamba", "micromamba"})


@rule(
    id="installer-cache-kept",
    severity=Severity.WARNING,
    summary="uv, poetry, pdm, pipenv or conda leaves its cache in the layer",
    why="Nothing in the image reads it. For FastAPI, uvicorn and pydantic, 11.3 MB installed, uv's cache adds 5.5 MB to the layer where it links files, and "
    "11.3 MB where it copies them (measured, uncompressed).",
    sources=(
        "astral-sh/uv#16180",
        "https://docs.astral.sh/uv/guides/integration/docker/#caching",
        "https://docs.conda.io/projects/conda/en/stable/commands/clean.html",
    ),
    safety=Safety.SAFE,
    before="FROM ghcr.io/astral-sh/uv:0.8-python3.13-bookworm-slim\nRUN uv pip install --system flask==3.1.0\n",
    after="FROM ghcr.io/astral-sh/uv:0.8-python3.13-bookworm-slim\nRUN uv pip install --no-cache --system flask==3.1.0\n",
)
def installer_cache_kept(recipe: Recipe) -> Iterator[Found]:
    for step, script in recipe.runs(*recipe.final.chain):
        if any(mount.kind == "cache" for mount in mounts(step)):
            continue
        if not any(_is_conda_cleaning(command) for command in script.commands):
            conda = [command for command in script.commands if _fills_conda(command)]
            if conda and script.understood:
                cleaning = f"{conda[-1].program} clean {'--all --yes' if conda[-1].program == 'micromamba' else '-afy'}"
                yield Found(
                    message=f"{conda[-1].program} keeps the packages it downloads in this layer",
                    span=conda[-1].span,
                    edits=with_command(recipe, step, cleaning),
                    advice=f"end this RUN with `&& {cleaning}`",
                )
        for action in map(action_of, script.commands):
            if isinstance(action, PythonInstall) and action.command.program not in _CONDA and _keeps(step, script, action):
                tool = tool_of(action)
                yield Found(
                    message=f"{tool} keeps what it downloads in this layer",
                    span=action.command.span,
                    edits=(with_flag(action.word, "--no-cache"),) if tool == "uv" else (),
                    advice=f"mount a cache: `RUN --mount=type=cache,target={cache_folder(step.state, tool) or '/root/.cache'} ...`",
                )


def _keeps(step: Step, script: Script, action: PythonInstall) -> bool:
    tool = tool_of(action)
    folder = cache_folder(step.state, tool)
    if (
        tool not in ("uv", "poetry", "pdm", "pipenv")
        or refusing_flag(action)
        or refusing_variable(step, action)
        or action.command.has("--cache-dir", "--clear")
    ):
        return False
    if folder is not None and (is_mounted(step, folder) or lies_in(folder, "/tmp")):  # noqa: S108
        return False
    return not any(_cleans(step, command, tool, folder) for command in script.commands)


def _cleans(step: Step, command: ShellCommand, tool: str, folder: str | None) -> bool:
    if command.program == tool and any(word.text == "cache" for word in command.arguments[:1]):
        return True
    action = action_of(command)
    texts = [word.text for word in action.paths] if isinstance(action, Removal) else []
    return any("cache" in text.lower() or (folder is not None and lies_in(folder, step.state.path(text.removesuffix("*")))) for text in texts)


def _fills_conda(command: ShellCommand) -> bool:
    verb = next((word.text for word in command.arguments if not word.text.startswith("-")), "")
    return command.program in _CONDA and verb in ("install", "create", "update", "env") and not command.has("list", "export", "--dry-run")


def _is_conda_cleaning(command: ShellCommand) -> bool:
    removed = command.program == "rm" and any("/pkgs" in word.text or "conda" in word.text for word in command.arguments)
    return removed or (command.program in _CONDA and any(word.text == "clean" for word in command.arguments[:2]))
