"""The images that an emitted Dockerfile starts from, by the style and by what the user's Dockerfile started from."""

import re
from dataclasses import dataclass

from paredown.emitters.interface import Style
from paredown.errors import UserError
from paredown.plan import DebianBase, Plan

# Debian's releases: number, and the Python that they bring. https://wiki.debian.org/Python
_DEBIAN = {"bookworm": ("12", "3.11"), "trixie": ("13", "3.13")}
_OFFICIAL = re.compile(r"(?P<name>(?:[\w.-]+/)*(?:library/)?python):(?P<version>3\.\d+(?:\.\d+)?\w*)(?P<rest>(?:-[\w.]+)*)(?:@.*)?")
_UV_IMAGE = re.compile(r"(?:.*/)?uv:(?:[\d.]+-)?python(?P<version>3\.\d+)(?:-(?P<suite>[a-z]+))?(?:-slim)?(?:@.*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bases:
    """`build` and `run` are references; `python` is the interpreter in the image, by which its command and health check are started."""

    build: str
    run: str
    python: str
    installers: tuple[str, ...] = ()  # the distributions of `run` that install others


def bases_of(plan: Plan, style: Style) -> Bases:
    """The images for `plan`. Raises UserError where a style has no image with the Plan's Python."""
    if not isinstance(plan.base, DebianBase):
        raise UserError("a Dockerfile cannot start from a file", where=plan.base.origin, fix="leave `base` away: a Dockerfile names its base in FROM")
    version, suite, registry = _wanted(plan.base)
    # From Python 3.12 on the official images have pip alone: https://github.com/docker-library/python/issues/952
    installers = ("pip",) if int(version.split(".")[1].rstrip("abcrt")) >= 12 else ("pip", "setuptools", "wheel")
    match style:
        case Style.SLIM:
            image = f"{registry}:{version}-slim{f'-{suite}' if suite else ''}"
            return Bases(build=image, run=image, python="python", installers=installers)
        case Style.ALPINE:
            image = f"{registry}:{version}-alpine"
            return Bases(build=image, run=image, python="python", installers=installers)
        case Style.DISTROLESS:
            minor = ".".join(version.split(".")[:2])
            found = next(((name, number) for name, (number, python) in _DEBIAN.items() if python == minor), None)
            if found is None:
                there = " and ".join(python for _, python in _DEBIAN.values())
                raise UserError(
                    f"there is no distroless image with Python {minor}, only with {there}", where=plan.base.origin, fix="take `--style slim`, or another Python"
                )
            return Bases(build=f"debian:{found[0]}-slim", run=f"gcr.io/distroless/python3-debian{found[1]}:nonroot", python="/usr/bin/python3")


def _wanted(base: DebianBase) -> tuple[str, str, str]:
    """Version, Debian release (empty: the image's own choice) and repository of the official Python image that comes nearest to the user's."""
    if found := _OFFICIAL.fullmatch(base.image):
        suite = next((name for name in _DEBIAN if f"-{name}" in found["rest"]), "")
        return found["version"], suite, found["name"]
    if found := _UV_IMAGE.fullmatch(base.image):
        return found["version"], found["suite"] if found["suite"] in _DEBIAN else "", "python"
    return base.python, "", "python"
