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

    `requirements` are the files that the main requirements file includes, itself first; `uv` is the version of uv's image; `members` the folders of
    a uv workspace. `hashed` when every requirement carries a hash.
    """

    uv: str
    requirements: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    hashed: bool = False
