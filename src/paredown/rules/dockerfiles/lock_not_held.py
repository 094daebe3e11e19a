"""Finds installs that may change the lock, or resolve anew without one."""

from collections.abc import Iterator

from paredown.dockerfile.actions import PythonInstall
from paredown.dockerfile.syntax import Edit, Span
from paredown.rules.environments import is_set
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.manifests import has_file
from paredown.rules.recipe import Recipe

_LOCKS = {"uv sync": "uv.lock", "poetry": "poetry.lock", "pdm": "pdm.lock", "pipenv": "Pipfile.lock"}
_MAKING = {"uv sync": "uv lock", "poetry": "poetry lock", "pdm": "pdm lock", "pipenv": "pipenv lock"}


@rule(
    id="lock-not-held",
    severity=Severity.WARNING,
    summary="an install is allowed to depart from the lock",
    why="Without being told to hold it, uv, PDM and pipenv bring an outdated lock up to date within the build: the image has versions that nobody"
    " has tested or committed.",
    sources=(
        "https://docs.astral.sh/uv/concepts/projects/sync/#automatic-lock-and-sync", "https://pipenv.pypa.io/en/latest/cli.html#install",
        "https://pdm-project.org/latest/reference/cli/#install",
    ),
    same_as=("CIS 4.11", "12-factor II"),
    safety=Safety.VERIFIED,
    files=(("uv.lock", "version = 1\n"),),
    before='FROM ghcr.io/astral-sh/uv:0.9-python3.13-trixie-slim\nCOPY . .\nRUN uv sync --no-dev\nCMD [".venv/bin/shop"]\n',
    after='FROM ghcr.io/astral-sh/uv:0.9-python3.13-trixie-slim\nCOPY . .\nRUN uv sync --locked --no-dev\nCMD [".venv/bin/shop"]\n',
)  # fmt: skip
def lock_not_held(recipe: Recipe) -> Iterator[Found]:
    for step, action in recipe.actions(PythonInstall):
        lock = _LOCKS.get(action.tool)
        if lock is None or any(not word.plain for word in action.command.arguments):
            continue
        if recipe.context is not None and not has_file(recipe, lock):
            if _names_no_project(action) and has_file(recipe, "Pipfile" if action.tool == "pipenv" else "pyproject.toml"):
                advice = f"run `{_MAKING[action.tool]}`, commit {lock} and copy it in front of the install"
                yield Found(message=f"there is no {lock}: every build takes the newest versions", span=action.command.span, advice=advice)
            continue
        if missing := _missing(action, is_set(step, action.command, "UV_LOCKED", "UV_FROZEN", "PDM_FROZEN_LOCKFILE", "PIPENV_IGNORE_PIPFILE")):
            end = action.word.span.end
            message = f"{action.tool.split()[0]} {action.word.text} changes an outdated {lock} instead of stopping"
            yield Found(message=message, span=action.command.span, edits=(Edit(Span(end, end), f" {missing}"),))


def _missing(action: PythonInstall, told: bool) -> str:
    """The switch that holds the lock, where the command lacks it."""
    verb = action.word.text
    match action.tool:
        case "uv sync" if not told and not action.command.has("--locked", "--frozen", "--check", "--dry-run", "--upgrade", "-U"):
            return "--locked"
        case "pipenv" if verb == "install" and not told and not action.command.has("--deploy", "--ignore-pipfile", "--skip-lock") and _names_no_project(action):
            return "--deploy"
        case "pdm" if verb == "install" and not told and not action.command.has("--frozen-lockfile", "--no-lock", "--check"):
            return "--check"
        case _:
            return ""


def _names_no_project(action: PythonInstall) -> bool:
    """Whether it installs the project of its folder, not packages on the line or a project elsewhere."""
    named = action.command.operands("-p", "--python", "--with", "--without", "--only", "-G", "--group", "--extra", "-E", "--extras")
    behind = [word for word in named if word.span.start > action.word.span.end]
    return not behind and not action.command.has("--project", "--directory", "-C", "-P", "-r", "--script")
