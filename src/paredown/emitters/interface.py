"""What emitters are told beyond the Plan: the style of the image, what the engine understands, and what the context holds."""

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """What the image starts from."""

    SLIM = "slim"  # the official Python image on Debian, less what compilers and documentation need
    ALPINE = "alpine"  # the official Python image on Alpine: another C library, musl
    DISTROLESS = "distroless"  # Debian's Python alone: no shell, no package manager


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What the engine that builds the file understands. `link`: COPY --link, from BuildKit 0.11 (Docker 23); all else is in BuildKit since Docker 20.10."""

    link: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the emitted file speaks of and the Plan does not hold.

    `requirements` are the files that hold the requirements, those that they include among them; `hashed` when each requirement carries a hash; `local`
    when what is installed are also folders of the project, or when only the code tells what. `uv` is the version of uv's image. `version_variable` tells
    the project's version to a build backend that else asks git for it.
    """

    uv: str
    requirements: tuple[str, ...] = ()
    hashed: bool = False
    local: bool = False
    version_variable: str = ""
