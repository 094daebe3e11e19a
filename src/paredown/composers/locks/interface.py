"""What is asked of a lock's reader, and the edge at which its file is checked."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from paredown.composers.build_root import BuildRoot
from paredown.composers.interface import Means
from paredown.errors import UserError
from paredown.origin import Origin
from paredown.plan import InstallDependencies


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A step of the plan, the project's folder, the Python it is for, and how to get a build root where metadata must be built."""

    step: InstallDependencies
    project: Path
    python: str
    means: Means
    build: Callable[[], BuildRoot] | None = None

    @property
    def main(self) -> Path:
        """The main file."""
        return self.project / self.step.files[0]

    @property
    def where(self) -> Origin:
        return Origin(self.step.files[0])


class Reader(Protocol):
    """A kind of lock. With `FLOATING` an index has a say in the outcome, so that it is kept in paredown.lock."""

    FLOATING: bool

    def inputs(self, asked: Asked) -> tuple[Path, ...]:
        """Every file whose bytes the outcome depends on."""

    def pylock(self, asked: Asked) -> str:
        """The distributions as the text of a pylock, whose relative paths start at the main file's folder."""


def text_at(path: Path, where: Origin) -> str:
    """The text of `path`; UserError when there is none."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise UserError(f"{path.name} does not exist", where=where, fix=f"add {path.name}, or take its name out of the configuration") from None
    except (UnicodeDecodeError, IsADirectoryError) as error:
        raise UserError(f"{path.name} is no text file: {error}", where=where) from error


def table_at(path: Path, where: Origin, *, remedy: str) -> dict[str, Any]:
    """The TOML table at `path`; `remedy` is the command that writes the file anew."""
    try:
        return tomllib.loads(text_at(path, where))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path.name} cannot be read: {error}", where=where, fix=remedy) from error


def unreadable(path: Path, key: str, where: Origin, *, remedy: str) -> UserError:
    """The error of a file of which the value at `key` is not as its format has it."""
    return UserError(f"{path.name} cannot be read: {key} is not as its format has it", where=where, fix=remedy)
