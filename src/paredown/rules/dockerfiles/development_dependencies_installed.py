"""Finds installs that bring test and development tools into the image."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from paredown.dockerfile.actions import PythonInstall
from paredown.dockerfile.shell import ShellWord
from paredown.dockerfile.stages import Stage, Step
from paredown.dockerfile.syntax import Edit, Span
from paredown.rules.environments import carried, is_set
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.manifests import pyproject_of, table
from paredown.rules.purpose import is_for_development
from paredown.rules.recipe import Recipe

_FILE = re.compile(r"(?:^|[-_./])(?:dev|devel|develop|development|test|tests|testing|lint|linting|docs)(?:$|[-_./])", re.IGNORECASE)
# What leaves groups away, or chooses them by name.
_LEAVING: Mapping[str, tuple[str, ...]] = {
    "uv sync": ("--no-dev", "--no-default-groups", "--only-group", "--no-group", "--all-groups", "--group", "--only-dev", "--dev"),
    "poetry": ("--only", "--without", "--no-dev", "--with", "--only-root", "--all-groups"),
    "pdm": ("--prod", "--production", "--no-dev", "-G", "--group", "--without", "--no-default", "-d", "--dev"),
}  # fmt: skip


@rule(
    id="development-dependencies-installed",
    severity=Severity.WARNING,
    summary="the install brings the development dependencies along",
    why="uv, Poetry and PDM install a project's development group unless they are told not to: test runners, linters and their dependencies ship with the"
    " service, as megabytes and as code that scanners report.",
    sources=(
        "https://docs.astral.sh/uv/concepts/projects/dependencies/#default-groups", "https://python-poetry.org/docs/managing-dependencies/#installing-group-dependencies",
        "https://pdm-project.org/latest/usage/dependency/#install-the-packages-pinned-in-lock-file", "https://12factor.net/dependencies",
    ),
    same_as=("CIS 4.3", "12-factor II"),
    safety=Safety.VERIFIED,
    files=(("pyproject.toml", '[project]\nname = "shop"\nversion = "1"\n[dependency-groups]\ndev = ["pytest"]\n'),),
    before='FROM ghcr.io/astral-sh/uv:0.9-python3.13-trixie-slim\nCOPY . .\nRUN uv sync --locked\nCMD [".venv/bin/shop"]\n',
    after='FROM ghcr.io/astral-sh/uv:0.9-python3.13-trixie-slim\nCOPY . .\nRUN uv sync --no-dev --locked\nCMD [".venv/bin/shop"]\n',
)  # fmt: skip
def development_dependencies_installed(recipe: Recipe) -> Iterator[Found]:
    if is_for_development(recipe):
        return
    document = pyproject_of(recipe)
    for step, action in recipe.actions(PythonInstall, *_shipped(recipe)):
        end = action.word.span.end
        left = action.command.has(*_LEAVING.get(action.tool, ())) or any(not word.plain for word in action.command.arguments)
        match action.tool:
            case "uv sync" if (groups := _groups_of_uv(document)) and not left and not is_set(step, action.command, "UV_NO_DEV", "UV_NO_DEFAULT_GROUPS"):
                yield _told(f"uv sync installs the groups that are for development: {', '.join(groups)}", action, Edit(Span(end, end), " --no-dev"))
            case "poetry" if (groups := _groups_of_poetry(document)) and not left and not _has_groups(step, "POETRY_INSTALLER_ONLY"):
                yield _told(f"poetry installs every group that is not optional: {', '.join(groups)}", action, Edit(Span(end, end), " --only main"))
            case "pdm" if (groups := _groups_of_pdm(document)) and not left:
                yield _told(f"pdm installs the groups that are for development: {', '.join(groups)}", action, Edit(Span(end, end), " --prod"))
            case "pipenv" if flag := _flag(action, "--dev", "-d"):
                yield _told("pipenv installs the development packages", action, Edit(Span(flag.span.start - 1, flag.span.end), ""))
            case "pip" | "uv pip":
                for file in action.files:
                    if _FILE.search(file.text):
                        advice = "install only what the service imports, from a file of its own"
                        yield Found(message=f"{file.text} is for development", span=file.span, advice=advice)
            case _:
                pass


def _told(message: str, action: PythonInstall, edit: Edit) -> Found:
    return Found(message=message, span=action.command.span, edits=(edit,))


def _flag(action: PythonInstall, *names: str) -> ShellWord | None:
    return next((word for word in action.command.arguments if word.text in names), None)


def _has_groups(step: Step, name: str) -> bool:
    return bool(step.state.variables.get(name))


def _shipped(recipe: Recipe) -> tuple[Stage, ...]:
    """The stages whose installs end in the image."""
    sources = [stage for one in carried(recipe, recipe.final) if one.environment for stage in one.source.chain]
    return tuple(stage for stage in recipe.stages if any(stage.index == one.index for one in (*recipe.final.chain, *sources)))


def _groups_of_uv(document: Mapping[str, Any]) -> tuple[str, ...]:
    default = table(document, "tool", "uv").get("default-groups", ["dev"])
    groups = table(document, "dependency-groups")
    names = tuple(groups) if default == "all" else tuple(name for name in default if isinstance(name, str)) if isinstance(default, list) else ()
    found = tuple(name for name in names if groups.get(name) and _FILE.search(name))
    return found or (("dev",) if table(document, "tool", "uv").get("dev-dependencies") and "dev" in names else ())


def _groups_of_poetry(document: Mapping[str, Any]) -> tuple[str, ...]:
    groups = table(document, "tool", "poetry", "group")
    found = [name for name in groups if table(groups, name, "dependencies") and not table(groups, name).get("optional")]
    if table(document, "tool", "poetry", "dev-dependencies"):
        found.append("dev")
    found += [name for name, listed in table(document, "dependency-groups").items() if listed and not table(groups, name).get("optional")]
    return tuple(dict.fromkeys(name for name in found if _FILE.search(name)))


def _groups_of_pdm(document: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*table(document, "dependency-groups"), *table(document, "tool", "pdm", "dev-dependencies"))))
