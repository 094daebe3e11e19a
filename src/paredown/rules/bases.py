"""What an image's reference says of the image: its system, its C library, its Python, and whether it is a slim one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from paredown.dockerfile.stages import Stage
from paredown.dockerfile.syntax import Span
from paredown.rules.recipe import Recipe

_HUB = re.compile(r"(?:docker\.io/|index\.docker\.io/|registry-1\.docker\.io/|public\.ecr\.aws/docker/|mirror\.gcr\.io/)?(?:library/)?")
_PYTHON = re.compile(r"python-?(3)\.?(\d{1,2})(?!\d)")
_ALPINE = re.compile(r"alpine(\d\.\d+)?")
_UBUNTU = re.compile(r"ubuntu-?(\d\d\.?\d\d)")
_DEBIAN = re.compile(r"debian-?(\d+)")
_VERSION = re.compile(r"(\d+\.\d+)(?:[.-]|rc|a|b|\Z)")
_SUITES = {"8": "jessie", "9": "stretch", "10": "buster", "11": "bullseye", "12": "bookworm", "13": "trixie"}
_UBUNTUS = {"xenial": "16.04", "bionic": "18.04", "focal": "20.04", "jammy": "22.04", "noble": "24.04"}
_DISTROLESS = {"11": "3.9", "12": "3.11", "13": "3.13"}  # which Python gcr.io/distroless/python3-debian* has
_GLIBC = frozenset({
    "debian", "ubuntu", "centos", "fedora", "rockylinux", "almalinux", "amazonlinux", "oraclelinux", "redhat", "ubi", "ubi-minimal", "wolfi", "opensuse",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """An image's reference taken apart; empty is what it does not say.

    `name` is without Docker Hub's address, `release` a Debian codename or the number of another system's release, `python` like `3.13`,
    `interpreter` the folder in which its `python3` lies. `slim` is true of every variant without compilers.
    """

    name: str = ""
    tag: str = ""
    digest: str = ""
    system: str = ""
    release: str = ""
    python: str = ""
    interpreter: str = ""
    slim: bool = False

    @property
    def libc(self) -> str:
        """The C library: `glibc`, `musl`, or empty when nobody knows."""
        return "musl" if self.system == "alpine" else "glibc" if self.system in _GLIBC else ""

    @property
    def has_gpu_libraries(self) -> bool:
        """Whether it is an image for graphics processors."""
        return re.search(r"cuda|nvidia|nvcr\.io|rocm|gpu|pytorch/|vllm|triton", f"{self.name}:{self.tag}") is not None


def external_images(recipe: Recipe) -> Iterator[tuple[Base, Span, bool]]:
    """The images that a Dockerfile names, where, and whether a stage starts from it: files are copied or mounted from the others.

    Those that a variable decides without a default are left out, and bare names in --from, which may be contexts that the build is given.
    """
    names = {one.name.lower() for one in recipe.stages}
    for stage in recipe.stages:
        base = read_base(stage.base)
        if stage.parent is None and not stage.undefined and base.name not in ("", "scratch"):
            yield base, image_span(stage), True
        for flag in (flag for step in stage.steps for flag in step.instruction.flags):
            values = [flag.value] if flag.name == "from" else re.findall(r"(?:^|,)from=([^,]+)", flag.value) if flag.name == "mount" else []
            for value in values:
                if value.lower() not in names and "$" not in value and ("/" in value or ":" in value):
                    yield read_base(value), flag.span, False


def base_of(stage: Stage) -> Base:
    """The image at the bottom of a stage's chain; an unknown one where a variable decides that nothing sets."""
    return Base() if stage.chain[0].undefined else read_base(stage.image)


def image_span(stage: Stage) -> Span:
    """Where its FROM names the image."""
    return stage.instruction.words[0].span if stage.instruction.words else stage.instruction.span


def read_base(reference: str) -> Base:
    """Take `reference` apart."""
    named, _, digest = reference.partition("@")
    head, slash, last = named.rpartition("/")
    short, _, tag = last.partition(":")
    name = head + slash + short
    name = name[_HUB.match(name).end() :] if _HUB.match(name) else name  # type: ignore[union-attr]
    system, release = _system(name, short, tag)
    official = short in ("python", "pypy") and (name in ("python", "pypy") or name.endswith(f"library/{short}"))
    uv = name == "ghcr.io/astral-sh/uv" and "python" in tag
    python = _python(short, tag)
    distroless = "distroless" in name
    if not system and (official or (short == "python" and _VERSION.match(tag))) and "windows" not in tag and "nanoserver" not in tag:
        system = "debian"
    interpreter = "/usr/local/bin" if official or uv else "/usr/bin" if distroless or name in ("debian", "ubuntu", "alpine") else ""
    slim = bool({"slim", "alpine"} & set(re.split(r"[-\d.]+", tag))) or system == "alpine" or distroless
    return Base(name=name, tag=tag, digest=digest, system=system, release=release, python=python, interpreter=interpreter, slim=slim)


def _python(short: str, tag: str) -> str:
    if short in ("python", "pypy") and (found := _VERSION.match(tag)):
        return found[1]
    if found := _PYTHON.search(tag) or _PYTHON.search(short):
        return f"{found[1]}.{found[2]}"
    if found := re.fullmatch(r"python3-debian(\d+)", short):
        return _DISTROLESS.get(found[1], "")
    return ""


def _system(name: str, short: str, tag: str) -> tuple[str, str]:
    parts = re.split(r"[-_]", tag)
    if found := _ALPINE.search(tag):
        return "alpine", found[1] or ""
    if short == "alpine":
        version = _VERSION.match(tag)
        return "alpine", version[1] if version else ""
    if found := _UBUNTU.search(tag) or _UBUNTU.search(short):
        digits = found[1].replace(".", "")
        return "ubuntu", f"{digits[:2]}.{digits[2:]}"
    for part in parts:
        if part in _SUITES.values() or (short in ("debian", "python") and part == "sid"):
            return "debian", part
        if part in _UBUNTUS:
            return "ubuntu", _UBUNTUS[part]
    if short == "ubuntu":
        version = _VERSION.match(tag)
        return "ubuntu", version[1] if version else ""
    if found := _DEBIAN.search(short) or _DEBIAN.search(tag):
        return "debian", _SUITES.get(found[1], "")
    if short == "debian" or (name == "ghcr.io/astral-sh/uv" and "debian" in parts):
        return "debian", _SUITES.get(tag.partition(".")[0].partition("-")[0], "")
    if name.startswith("cgr.dev/chainguard/"):
        return "wolfi", ""
    if short in _GLIBC or re.match(r"ubi\d", name.rpartition("/")[0].rpartition("/")[2]):
        version = re.match(r"\d+(?:\.\d+)?", tag)
        return short if short in _GLIBC else "ubi", version[0] if version else ""
    return "", ""
