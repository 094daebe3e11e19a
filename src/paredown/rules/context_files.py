"""What copies and mounts take from the build context, and what of it no image needs."""

import posixpath
import re
from collections.abc import Iterator

from paredown.credentials import by_name
from paredown.dockerfile.stages import Step
from paredown.dockerfile.syntax import Span
from paredown.dockerfile.words import unknown
from paredown.rules.recipe import Context, Recipe, mounts

_UNWANTED = frozenset({
    ".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox", ".nox", ".idea", ".vscode",
    "htmlcov", ".coverage", ".DS_Store", ".ipynb_checkpoints", ".hypothesis", ".eggs", ".terraform",
})  # fmt: skip


def copied_paths(step: Step) -> Iterator[tuple[str, Span]]:
    """The paths that a COPY or ADD takes from the build context, relative to it, each with its place; the whole context is `""`.

    Here-documents, addresses, and what a variable decides that nothing sets are left out.
    """
    instruction = step.instruction
    if instruction.name not in ("COPY", "ADD") or instruction.flag("from") is not None or len(instruction.words) < 2:
        return
    for word in instruction.words[:-1]:
        if word.text.startswith("<<") or re.match(r"[a-z][a-z0-9+.-]*://|git@", word.text) or unknown(word.text, step.state.variables):
            continue
        path = posixpath.normpath(f"/{step.state.expand(word.text)}").lstrip("/")
        yield path, word.span


def mounted_paths(step: Step) -> Iterator[tuple[str, Span]]:
    """The paths that a RUN mounts from the build context, relative to it, each with the place of its flag."""
    flags = [flag for flag in step.instruction.flags if flag.name == "mount"]
    for flag, mount in zip(flags, mounts(step), strict=True):
        if mount.kind == "bind" and "from" not in mount.options:
            source = mount.options.get("source") or mount.options.get("src") or ""
            yield posixpath.normpath(f"/{source}").lstrip("/"), flag.span


def copies_all(step: Step) -> bool:
    """Whether a step copies the whole build context."""
    return any(path == "" for path, _ in copied_paths(step))


def is_there(context: Context, path: str) -> bool:
    """Whether a file or folder is in the context."""
    folder, _, name = path.rpartition("/")
    names = context.names(folder)
    return path == "" or name in names or f"{name}/" in names


def named_paths(recipe: Recipe) -> list[tuple[str, Span]]:
    """Every path of the context that is copied or mounted by its whole name, with its place."""
    pairs = (pair for stage in recipe.stages for step in stage.steps for pair in (*copied_paths(step), *mounted_paths(step)))
    return [(path, span) for path, span in pairs if path and not re.search(r"[*?\[]", path)]


def is_built_from(recipe: Recipe) -> bool:
    """Whether the known context is the folder that is built from, not one above it, as in repositories of many projects: most of what is named is there."""
    context = recipe.context
    if context is None:
        return False
    there = [is_there(context, path) for path, _ in named_paths(recipe)]
    return not there or there.count(True) > there.count(False)


def sent_names(recipe: Recipe, folder: str = "") -> Iterator[str]:
    """What a build gets of a folder of its context: names, those of folders with a final slash."""
    for name in recipe.context.names(folder) if recipe.context is not None else ():
        if not recipe.ignored.ignores(posixpath.join(folder, name.rstrip("/"))):
            yield name


def unwanted_paths(recipe: Recipe) -> list[str]:
    """Paths of the context that are sent although no image needs them; folders end with a slash, and are looked into two levels deep."""
    found: list[str] = []
    for name in sent_names(recipe):
        if name.rstrip("/") in _UNWANTED or name.endswith(".egg-info/"):
            found.append(name)
        elif name.endswith("/") and "__pycache__/" in sent_names(recipe, name.rstrip("/")):
            found.append(f"{name}__pycache__/")
    return found


def secret_paths(recipe: Recipe) -> list[str]:
    """Paths of the context that are sent and whose names tell of a secret, two levels deep."""
    found: list[str] = []
    for name in sent_names(recipe):
        if name.endswith("/") and name.rstrip("/") not in _UNWANTED:
            found += [f"{name}{below}" for below in sent_names(recipe, name.rstrip("/")) if not below.endswith("/") and by_name(f"{name}{below}")]
        elif not name.endswith("/") and by_name(name):
            found.append(name)
    return found


def listed(names: list[str]) -> str:
    """`a, b and c`, the first four of them."""
    shown = [*names[:4], *([f"{len(names) - 4} more"] if len(names) > 4 else [])]
    return " and ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)
