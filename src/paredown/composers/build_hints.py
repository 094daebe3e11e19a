"""What a failed build says is missing, and the Debian packages that bring it."""

import re
from collections.abc import Sequence

from paredown.errors import UserError, WorldError
from paredown.origin import Origin

_COMPILER = ("gcc", "libc6-dev")
# What the build says -> (packages to build with, packages the built library needs at run time on trixie and bookworm alike).
_KNOWN: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (r"pg_config|libpq-fe\.h", (*_COMPILER, "libpq-dev"), ("libpq5",)),
    (r"mysql_config|mysqlclient\.pc|mariadb_config|mysql\.h", (*_COMPILER, "libmariadb-dev", "pkg-config"), ("libmariadb3",)),
    (r"ffi\.h|libffi", (*_COMPILER, "libffi-dev"), ("libffi8",)),
    (r"xmlversion\.h|xml2-config|xslt-config|libxml2 and libxslt", (*_COMPILER, "libxml2-dev", "libxslt1-dev"), ("libxml2", "libxslt1.1")),
    (
        r"RequiredDependencyException: jpeg|headers or library files could not be found for jpeg|jpeglib\.h",
        (*_COMPILER, "libjpeg-dev", "zlib1g-dev"),
        ("libjpeg62-turbo",),
    ),
    (r"zlib\.h|for zlib", (*_COMPILER, "zlib1g-dev"), ("zlib1g",)),
    (r"openssl/[a-z]+\.h|Could not find directory of OpenSSL", (*_COMPILER, "libssl-dev", "pkg-config"), ("libssl3",)),
    (r"lber\.h|ldap\.h", (*_COMPILER, "libldap-dev", "libsasl2-dev"), ("libldap2",)),
    (r"sasl/sasl\.h", (*_COMPILER, "libsasl2-dev"), ("libsasl2-2",)),
    (r"gssapi|krb5-config", (*_COMPILER, "libkrb5-dev"), ("libgssapi-krb5-2",)),
    (r"sodium\.h", (*_COMPILER, "libsodium-dev"), ("libsodium23",)),
    (r"yaml\.h", (*_COMPILER, "libyaml-dev"), ("libyaml-0-2",)),
    (r"sqlite3\.h", (*_COMPILER, "libsqlite3-dev"), ("libsqlite3-0",)),
    (r"cairo\.h|cairo\.pc|Dependency \"cairo\" not found", (*_COMPILER, "libcairo2-dev", "pkg-config"), ("libcairo2",)),
    (r"zmq\.h", ("g++", "libzmq3-dev"), ("libzmq5",)),
    (r"gdal-config", ("g++", "libgdal-dev"), ("libgdal36",)),
    (r"systemd/sd-|libsystemd", (*_COMPILER, "libsystemd-dev", "pkg-config"), ("libsystemd0",)),
    (r"Python\.h", _COMPILER, ()),
    (r"[Rr]ust(?:c|up)? .*not (?:found|installed)|cargo.*not found|[Cc]argo, the Rust package manager, is not installed", (*_COMPILER, "cargo"), ()),
    (r"pkg-config.*not found|Did not find pkg-config|pkgconf", (*_COMPILER, "pkg-config"), ()),
    (r"cmake.*not found|CMake must be installed", ("g++", "cmake", "make"), ()),
    (r"(?:g\+\+|c\+\+).*(?:No such file|not found)|No such file or directory: '[^']*(?:g|c)\+\+'", ("g++",), ()),
    (r"\bmake\b.*(?:No such file|not found)", (*_COMPILER, "make"), ()),
    (r"\bgit\b.*(?:No such file|not found)", ("git",), ()),
    (
        r"(?:gcc|cc|clang)['\"]?.*(?:No such file|not found|failed: No such)|No such file or directory: '[^']*(?:gcc|cc|clang)'|Unknown compiler|command '[^']*gcc' failed|compiler cannot|no acceptable C compiler",  # noqa: E501
        _COMPILER,
        (),
    ),
)


def error_of(talk: str, *, name: str, version: str, declared: Sequence[str], where: Origin) -> UserError | WorldError:
    """What a failed build's `talk` means: the package, its last words, and what to declare."""
    title = f"{name} {version}".strip()
    last = "\n".join(f"  {line}" for line in talk.strip().splitlines()[-15:])
    if re.search(r"Failed to fetch|error sending request|dns error|Could not connect", talk):
        return WorldError(
            f"what {title} needs to be built cannot be fetched:\n{last}", where=where, fix="check the network and the index's address, then build again"
        )
    for pattern, build_packages, packages in _KNOWN:
        if not re.search(pattern, talk):
            continue
        missing = [package for package in build_packages if package not in declared]
        if missing:
            return UserError(
                f"{title} has no wheel that fits, and building it needs what is not there:\n{last}", where=where, fix=_fix(declared, missing, packages)
            )
    return UserError(
        f"{title} could not be built from its source:\n{last}",
        where=where,
        fix=f"lock a version of {name} that has a wheel, or declare what it needs as `build-packages = [...]` in paredown.toml",
    )


def _fix(declared: Sequence[str], missing: Sequence[str], packages: Sequence[str]) -> str:
    quoted = ", ".join(f'"{package}"' for package in [*declared, *missing])
    lines = ["write this in paredown.toml, or lock a version that has a wheel:", f"build-packages = [{quoted}]"]
    if packages:
        lines.append("packages = [" + ", ".join(f'"{package}"' for package in packages) + "]")
    return "\n".join(lines)


def culprit(talk: str) -> str:
    """The name of the distribution whose build uv complains of."""
    found = re.search(r"Failed to (?:build|download and build|prepare) `?([^`=\s@]+)", talk)
    return found.group(1) if found is not None else "a dependency"
