"""Finds editable installs whose source stays in another stage."""

from collections.abc import Iterator

from paredown.dockerfile.actions import PythonInstall, action_of
from paredown.dockerfile.stages import Step
from paredown.dockerfile.syntax import Edit, Span
from paredown.rules.environments import Carried, carried, is_set
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.manifests import pyproject_of, table
from paredown.rules.recipe import Recipe


@rule(
    id="editable-install-left-behind",
    severity=Severity.ERROR,
    summary="the environment points at the project's source in the builder, and only the environment is copied",
    why="uv installs a project editable unless it is told not to: the environment holds a path to the source, not the source. Without that folder"
    " the service ends with ModuleNotFoundError for its own package.",
    sources=("https://docs.astral.sh/uv/guides/integration/docker/#non-editable-installs", "https://docs.astral.sh/uv/concepts/projects/sync/#editable-installation"),
    safety=Safety.VERIFIED,
    files=(("pyproject.toml", '[project]\nname = "shop"\nversion = "1"\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'),),
    before="FROM ghcr.io/astral-sh/uv:0.9-python3.13-trixie-slim AS builder\nWORKDIR /app\nCOPY . .\nRUN uv sync --locked --no-dev\n"
    'FROM python:3.13-slim-trixie\nCOPY --from=builder /app/.venv /app/.venv\nCMD ["/app/.venv/bin/shop"]\n',
    after="FROM ghcr.io/astral-sh/uv:0.9-python3.13-trixie-slim AS builder\nWORKDIR /app\nCOPY . .\nRUN uv sync --no-editable --locked --no-dev\n"
    'FROM python:3.13-slim-trixie\nCOPY --from=builder /app/.venv /app/.venv\nCMD ["/app/.venv/bin/shop"]\n',
)  # fmt: skip
def editable_install_left_behind(recipe: Recipe) -> Iterator[Found]:
    document = pyproject_of(recipe)
    packaged = table(document, "tool", "uv").get("package", bool(table(document, "build-system")))
    for one in carried(recipe, recipe.final):
        if one.environment is None or one.path != one.environment.path:
            continue
        for step, action in recipe.actions(PythonInstall, *one.source.chain):
            edit: tuple[Edit, ...] = ()
            if action.tool == "uv sync" and packaged and _is_editable(step, action):
                end = action.word.span.end
                edit = (Edit(Span(end, end), " --no-editable"),)
            elif action.tool not in ("pip", "uv pip") or not any(word.text in (".", "./") for word in action.editable):
                continue
            folder = step.state.folder
            moved = any(command.program in ("cd", "pushd") for command in recipe.script(step).commands)
            if not moved and folder != "/" and not _arrives(recipe, folder, one):
                message = f"{one.path} points at the source in {folder}, which no COPY brings into the image"
                advice = "" if edit else "install the project without `-e`"
                yield Found(message=message, span=action.command.span, edits=edit, advice=advice)


def _is_editable(step: Step, action: PythonInstall) -> bool:
    command = action.command
    return not command.has(
        "--no-editable", "--no-install-project", "--no-install-workspace", "--no-install-local", "--only-group", "--only-dev", "--package", "--all-packages"
    ) and not is_set(step, command, "UV_NO_EDITABLE")  # fmt: skip


def _arrives(recipe: Recipe, folder: str, one: Carried) -> bool:
    """Whether the image gets anything at `folder`, apart from the environment itself."""
    for step in recipe.final.all_steps():
        if step.instruction.name not in ("COPY", "ADD") or not step.instruction.words:
            continue
        target = step.state.path(step.instruction.words[-1].text)
        inside = f"{target}/".startswith(f"{folder}/") or f"{folder}/".startswith(f"{target.rstrip('/')}/")
        if inside and not (step is one.step and f"{target}/".startswith(f"{one.target}/")):
            return True
    return any(action_of(command).__class__ is PythonInstall for _, command in recipe.commands(recipe.final))
