"""Finds virtual environments whose Python is not in the image, or cannot be read by the service's user."""

from collections.abc import Iterator

from paredown.dockerfile.shell import ShellCommand
from paredown.dockerfile.stages import Stage, Step
from paredown.rules.bases import base_of
from paredown.rules.environments import Carried, Environment, carried, environments, interpreter_of, is_set
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe

_MANAGED = "/root/.local/share/uv/python"  # https://docs.astral.sh/uv/reference/storage/#python-versions


@rule(
    id="venv-interpreter-missing",
    severity=Severity.ERROR,
    summary="a virtual environment's Python is not where the environment looks for it",
    why="`bin/python` of an environment is a link to the Python that made it. Where the last stage has it elsewhere, or uv has put it into /root,"
    " the service does not start: `no such file or directory`, or `permission denied`.",
    sources=("astral-sh/uv-docker-example#38", "astral-sh/uv#7758", "astral-sh/uv#13309", "GoogleContainerTools/distroless#1543"),
    before="FROM ghcr.io/astral-sh/uv:bookworm-slim AS builder\nWORKDIR /app\nCOPY . .\nRUN uv sync --locked --no-dev\n"
    'FROM debian:bookworm-slim\nCOPY --from=builder /app /app\nCMD ["/app/.venv/bin/python", "-m", "shop"]\n',
    after="FROM ghcr.io/astral-sh/uv:bookworm-slim AS builder\nENV UV_PYTHON_INSTALL_DIR=/python\nWORKDIR /app\nCOPY . .\nRUN uv sync --locked --no-dev\n"
    'FROM debian:bookworm-slim\nCOPY --from=builder /python /python\nCOPY --from=builder /app /app\nCMD ["/app/.venv/bin/python", "-m", "shop"]\n',
)
def venv_interpreter_missing(recipe: Recipe) -> Iterator[Found]:
    final = recipe.final
    for one in carried(recipe, final):
        if one.environment is None or not one.environment.is_virtual or one.path != one.environment.path:
            continue
        managed = _managed(recipe, one.environment, one.source)
        if managed:
            yield from _of_uv(recipe, one, managed)
        else:
            yield from _elsewhere(recipe, one)
    for environment in environments(recipe, final):
        managed = _managed(recipe, environment, final)
        if managed.startswith("/root/") and final.state.user not in ("", "root", "0", "0:0", "root:root"):
            yield _unreadable(environment.command, managed, final)


def _of_uv(recipe: Recipe, one: Carried, managed: str) -> Iterator[Found]:
    if not _comes(recipe, managed):
        yield Found(
            message=f"{one.target} needs the Python that uv has put into {managed}, which no COPY brings along",
            span=one.step.instruction.span,
            advice="set `ENV UV_PYTHON_INSTALL_DIR=/python` in the builder and copy /python, too; or start both stages from one python image",
        )
    elif managed.startswith("/root/") and recipe.final.state.user not in ("", "root", "0", "0:0", "root:root") and one.environment:
        yield _unreadable(one.environment.command, managed, recipe.final)


def _unreadable(command: ShellCommand, managed: str, final: Stage) -> Found:
    return Found(
        message=f"uv puts its Python into {managed}, which {final.state.user} may not read",
        span=command.span,
        advice="set `ENV UV_PYTHON_INSTALL_DIR=/python` in front of it",
    )


def _elsewhere(recipe: Recipe, one: Carried) -> Iterator[Found]:
    theirs, ours = interpreter_of(recipe, one.source), interpreter_of(recipe, recipe.final)
    if theirs and ours and theirs != ours and not _comes(recipe, theirs) and not any(command.program == "ln" for _, command in recipe.commands(recipe.final)):
        yield Found(
            message=f"{one.target} links to a Python in {theirs}, and that of {recipe.final.image} is in {ours}",
            span=one.step.instruction.span,
            advice="start both stages from images that have Python in the same folder",
        )


def _managed(recipe: Recipe, environment: Environment, stage: Stage) -> str:
    """The folder of uv's own Python, where this environment is surely made with one; else empty."""
    command, step = environment.command, environment.step
    if command.program != "uv" or interpreter_of(recipe, stage) or not _has_no_python(stage):
        return ""
    values = {**step.state.variables, **dict(command.assignments)}
    if command.has("--no-managed-python", "--no-python-downloads") or is_set(step, command, "UV_NO_MANAGED_PYTHON"):
        return ""
    if values.get("UV_PYTHON_DOWNLOADS", "").lower() in ("never", "0", "false", "manual") or values.get("UV_PYTHON_PREFERENCE", "").startswith("only-system"):
        return ""
    if stage.chain[0].steps and step.state.user not in ("", "root", "0"):
        return ""
    return values.get("UV_PYTHON_INSTALL_DIR", "").rstrip("/") or (_MANAGED if "XDG_DATA_HOME" not in values and "HOME" not in values else "")


def _has_no_python(stage: Stage) -> bool:
    base = base_of(stage)
    return not base.python and (base.name in ("debian", "ubuntu") or (base.name == "ghcr.io/astral-sh/uv" and base.libc != ""))


def _comes(recipe: Recipe, folder: str) -> bool:
    """Whether something is copied into the image at `folder`, or above or below it."""
    return any(_overlap(target, folder) for step in recipe.final.all_steps() if (target := _target(step)))


def _target(step: Step) -> str:
    if step.instruction.name not in ("COPY", "ADD") or len(step.instruction.words) < 2 or step.instruction.flag("from") is None:
        return ""
    return step.state.path(step.instruction.words[-1].text)


def _overlap(one: str, other: str) -> bool:
    return (one.rstrip("/") + "/").startswith(other + "/") or (other + "/").startswith(one.rstrip("/") + "/")
