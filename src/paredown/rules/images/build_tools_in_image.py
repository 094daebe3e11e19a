"""Finds compilers and what they read in an image that only has to run."""

import re
from collections import defaultdict
from collections.abc import Iterator

from paredown.pydist.compilers import has_compiler
from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import listed, size
from paredown.tree import Owner, OwnerKind, file_of

_PACKAGES = re.compile(
    r"(?:gcc|g\+\+|cpp|clang|llvm|gfortran|lld|rustc|cargo|cmake|ninja-build|autoconf|automake|bison|flex|patch|dpkg-dev|binutils|build-base|build-essential|make"
    r"|musl-dev|gdb|libtool|m4|libgcc-\d+-dev|libstdc\+\+-\d+-dev|linux-libc-dev|linux-headers|.+-dev|python3(?:\.\d+)?-dev)(?:-.*)?"
)
_GCC = file_of(bytes(50), mode=0o755, owner=Owner(OwnerKind.BASE, "gcc-12", "12.2.0"))


@rule(
    id="build-tools-in-image",
    severity=Severity.WARNING,
    summary="a compiler is in the image",
    why="It builds wheels once and is shipped for ever: hundreds of megabytes of compiler, headers and static libraries, and tools for whoever gets in.",
    sources=("https://docs.docker.com/build/building/multi-stage/", "https://12factor.net/build-release-run"),
    same_as=("CIS 4.3", "12-factor V"),
    before=ImageExample(layers=(("RUN apt-get install -y gcc", {"usr/bin/gcc": _GCC}),)),
    after=ImageExample(layers=(("COPY --from=builder /opt/venv /opt/venv", {"opt/venv/bin/python": file_of(b"", mode=0o755)}),)),
)
def build_tools_in_image(image: FinishedImage) -> Iterator[Found]:
    if not has_compiler(image.tree):
        return
    packages: dict[str, int] = defaultdict(int)
    for _, entry in image.files:
        if entry.owner.kind is not OwnerKind.DISTRIBUTION and _PACKAGES.fullmatch(entry.owner.name):
            packages[entry.owner.name] += entry.size
    largest = sorted(packages, key=lambda name: -packages[name])
    told = f": {size(sum(packages.values()))} in {len(packages)} packages, {listed(largest)}" if packages else ""
    yield Found(
        message=f"a compiler is in the image{told}",
        advice="install the build packages and the dependencies in a stage of its own, and copy only the environment into the last one",
    )
