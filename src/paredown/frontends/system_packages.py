"""Which of a Dockerfile's system packages the running service needs, and which only serve to build it."""

import re
from dataclasses import dataclass

# Tools that build, fetch and unpack; what a service itself starts stays when its code names it.
_BUILDING = re.compile(
    r"build-essential|(?:gcc|g\+\+|cpp|clang|llvm|gfortran)(?:-\d+)?|make|cmake|ninja-build|meson|autoconf|automake|libtool|pkg-config|pkgconf|rustc|cargo|rustup|golang(?:-go)?|"
    r"python3?(?:\.\d+)?-(?:dev|pip|venv|setuptools|wheel|distutils)|patchelf|swig|git|gnupg2?|dirmngr|software-properties-common|apt-transport-https|lsb-release|unzip|xz-utils|bzip2|"
    r"curl|wget|vim|nano|less|htop|procps|net-tools|iputils-ping|telnet|sudo|apt-utils|dpkg-dev|libc6-dev|linux-libc-dev|libc-dev"
)  # fmt: skip
_DEVELOPMENT = re.compile(r".+-dev")
# The libraries that headers belong to, by Debian's names in bookworm (12) and trixie (13): https://packages.debian.org
_LIBRARY_OF = {
    "libpq-dev": "libpq5", "libffi-dev": "libffi8", "zlib1g-dev": "zlib1g", "libxml2-dev": "libxml2", "libxslt1-dev": "libxslt1.1",
    "libxslt-dev": "libxslt1.1",
    "libjpeg-dev": "libjpeg62-turbo", "libjpeg62-turbo-dev": "libjpeg62-turbo", "libfreetype6-dev": "libfreetype6", "libfreetype-dev": "libfreetype6",
    "liblcms2-dev": "liblcms2-2", "libopenjp2-7-dev": "libopenjp2-7", "libwebp-dev": "libwebp7", "libmariadb-dev": "libmariadb3",
    "default-libmysqlclient-dev": "libmariadb3",
    "libldap2-dev": "libldap-2.5-0", "libsasl2-dev": "libsasl2-2", "libsqlite3-dev": "libsqlite3-0", "libyaml-dev": "libyaml-0-2", "libzmq3-dev": "libzmq5",
    "libgeos-dev": "libgeos-c1v5", "libxmlsec1-dev": "libxmlsec1-openssl", "libgmp-dev": "libgmp10", "libbz2-dev": "libbz2-1.0", "liblzma-dev": "liblzma5",
    "libcairo2-dev": "libcairo2", "libsodium-dev": "libsodium23", "libev-dev": "libev4", "libuv1-dev": "libuv1", "librdkafka-dev": "librdkafka1",
    "libsnappy-dev": "libsnappy1v5",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Debian packages by name, in the order they were found: `run` for the image, `build` for the stage that builds; `notes` on what is unsure."""

    run: tuple[str, ...] = ()
    build: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def wanted(installed: tuple[str, ...], building: tuple[str, ...] = ()) -> Wanted:
    """`installed` packages of the image parted by what they are for, with `building`, those that only a builder had.

    Headers bring the library they belong to; where that is not known they stay, which is harmless, and a note says so.
    """
    run: dict[str, None] = {}
    build: dict[str, None] = dict.fromkeys(building)
    notes: list[str] = []
    for written in installed:
        name = re.split(r"[=:/]", written, maxsplit=1)[0]
        if _BUILDING.fullmatch(name):
            build[written] = None
        elif _DEVELOPMENT.fullmatch(name):
            build[written] = None
            library = _LIBRARY_OF.get(name)
            run[library or written] = None
            if library is None:
                notes.append(f"{name} stays in the image, as the library it belongs to is not known; name that in `packages`.")
        else:
            run[written] = None
    return Wanted(tuple(run), tuple(build), tuple(notes))
