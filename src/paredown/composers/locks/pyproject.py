"""A pyproject.toml without a lock: its dependencies are solved by uv, and what came out is kept in paredown.lock."""

from pathlib import Path

from paredown.composers.locks.compiling import compiled
from paredown.composers.locks.interface import Asked, table_at

FLOATING = True


def inputs(asked: Asked) -> tuple[Path, ...]:
    """The files that decide, as `Reader` has it."""
    return (asked.main,)


def pylock(asked: Asked) -> str:
    """The selection as a pylock, as `Reader` has it."""
    table = table_at(asked.main, asked.where, remedy=f"mend {asked.step.files[0]}")
    arguments = [asked.main.name]
    arguments += [word for extra in asked.step.extras for word in ("--extra", extra)]
    arguments += [word for group in asked.step.groups for word in ("--group", group)]
    project = table.get("project", {})
    dynamic = "project" not in table or "dependencies" in project.get("dynamic", ())
    return compiled(asked, arguments, promised={}, builds=dynamic)
