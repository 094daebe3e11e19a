"""Which file of each locked distribution fits the target: known before the first download, with what has none."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from packaging.markers import Environment
from packaging.pylock import Package, PackageArchive, PackageDirectory, PackageSdist, PackageVcs, PackageWheel, Pylock, PylockSelectError, PylockValidationError
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from paredown.errors import UserError
from paredown.origin import Origin
from paredown.plan import Architecture

# Debian's versions of the interpreter and of glibc, by suite: https://packages.debian.org/trixie/python3, https://packages.debian.org/trixie/libc6
_FULL_VERSIONS = {"3.13": "3.13.5", "3.11": "3.11.2"}
_GLIBC_MINORS = {"3.13": 41, "3.11": 36}
_OLDER_MANYLINUX = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
UV_NEWEST_MANYLINUX = 40  # the newest glibc that `uv pip install --python-platform` has a name for


class Form(StrEnum):
    """What was chosen of a distribution."""

    WHEEL = "wheel"
    SOURCE = "source"  # an archive to be built
    FOLDER = "folder"  # a folder to be built
    REPOSITORY = "repository"  # a commit to be fetched and built


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One distribution as it will be had. `path` is absolute; `hashes` are (algorithm, hex); `size` 0 is unknown."""

    name: str
    version: str
    form: Form
    url: str = ""
    path: str = ""
    filename: str = ""
    hashes: tuple[tuple[str, str], ...] = ()
    size: int = 0
    subdirectory: str = ""
    commit: str = ""


def glibc_of(python: str) -> int:
    """The minor version of glibc 2 in the base that has `python`; for others that of bookworm, which is what images of today have at least."""
    return _GLIBC_MINORS.get(python, 36)


def environment_of(python: str, architecture: Architecture) -> Environment:
    """The values of environment markers on the target."""
    full = _FULL_VERSIONS.get(python, f"{python}.0")
    return Environment(
        implementation_name="cpython", implementation_version=full, os_name="posix", platform_machine=architecture.machine, platform_release="",
        platform_system="Linux", platform_version="", python_full_version=full, platform_python_implementation="CPython", python_version=python,
        sys_platform="linux",
    )  # fmt: skip


@cache
def tags_of(python: str, architecture: Architecture, glibc: int) -> tuple[Tag, ...]:
    """The wheel tags that the target takes, best first."""
    platforms = []
    for minor in range(min(glibc, UV_NEWEST_MANYLINUX), 4, -1):
        platforms.append(f"manylinux_2_{minor}_{architecture.machine}")
        if minor in _OLDER_MANYLINUX and (minor == 17 or architecture is Architecture.AMD64):
            platforms.append(f"{_OLDER_MANYLINUX[minor]}_{architecture.machine}")
    platforms.append(f"linux_{architecture.machine}")
    major, minor_version = (int(number) for number in python.split("."))
    version, interpreter = (major, minor_version), f"cp{major}{minor_version}"
    return (*cpython_tags(version, [interpreter], platforms), *compatible_tags(version, interpreter, platforms))


def has_linux_wheel(package: Mapping[str, Any], python: str) -> bool:
    """Whether a pylock's package needs no building on any architecture known here."""
    if "wheels" not in package and "sdist" not in package:
        return True
    takes = {tag for architecture in Architecture for tag in tags_of(python, architecture, glibc_of(python))}
    return any(not takes.isdisjoint(_tags_in(filename_of(wheel))) for wheel in package.get("wheels", []))


def filename_of(file: Mapping[str, Any]) -> str:
    """The file's name, as a pylock's `name`, `path` or `url` says it."""
    return str(file.get("name") or PurePosixPath(str(file.get("path") or unquote(urlsplit(str(file.get("url", ""))).path))).name)


def _tags_in(filename: str) -> frozenset[Tag]:
    try:
        return parse_wheel_filename(filename)[3]
    except InvalidWheelFilename:
        return frozenset()


def choose(
    pylock: str, *, folder: Path, python: str, architecture: Architecture, glibc: int, extras: Sequence[str] = (), groups: Sequence[str] | None = None,
    lock: Path, where: Origin,
) -> tuple[Chosen, ...]:  # fmt: skip
    """What to install of `pylock` (relative paths start at `folder`), sorted by name. `lock` is the user's own file, to point into.

    UserError when the pylock is invalid, does not allow this Python, or has a distribution with neither a fitting wheel nor a source.
    """
    try:
        parsed = Pylock.from_dict({"packages": [], **tomllib.loads(pylock)})  # uv leaves the key out where nothing is required
        parsed.validate()
    except (tomllib.TOMLDecodeError, PylockValidationError) as error:
        raise UserError(f"{where.file} cannot be read: {error}", where=where, fix="lock again") from error
    # What requires-python says of patch releases is about a Python this one replaces: only major and minor decide.
    environment, tags = environment_of(python, architecture), tags_of(python, architecture, glibc)
    if parsed.requires_python is not None and not any(parsed.requires_python.contains(f"{python}.{patch}") for patch in range(40)):
        raise UserError(f"{where.file} is for Python {parsed.requires_python}, the image has {python}", where=where, fix=_fix_for_python(python))
    parsed = replace(parsed, requires_python=None)
    chosen_groups = None if groups is None else [*(parsed.default_groups or []), *groups]
    try:
        found = list(parsed.select(environment=environment, tags=tags, extras=extras, dependency_groups=chosen_groups))
    except PylockSelectError as error:
        raise _unfit(parsed, environment, tags, extras, chosen_groups, error, python, architecture, lock, where) from error
    return tuple(sorted((_chosen(package, file, folder) for package, file in found), key=lambda chosen: chosen.name))


def _unfit(
    parsed: Pylock, environment: Environment, tags: Sequence[Tag], extras: Sequence[str], groups: Sequence[str] | None, error: PylockSelectError,
    python: str, architecture: Architecture, lock: Path, where: Origin,
) -> UserError:  # fmt: skip
    for package in parsed.packages:
        try:
            list(replace(parsed, packages=[package]).select(environment=environment, tags=tags, extras=extras, dependency_groups=groups))
        except PylockSelectError:
            place = Origin(where.file, line_of_package(lock, package.name))
            if package.requires_python is not None and not package.requires_python.contains(environment["python_full_version"]):
                what = f"{package.name} {package.version} is for Python {package.requires_python}, the image has {python}"
                return UserError(what, where=place, fix=_fix_for_python(python))
            return UserError(
                f"{package.name} {package.version or ''} has no wheel for linux/{architecture} (cp{python.replace('.', '')})",
                where=place,
                fix=_fix_for_wheel(package, architecture, python),
            )
    return UserError(f"{where.file} does not fit: {error}", where=where, fix="lock again for Linux")


def _fix_for_python(python: str) -> str:
    return f"lock versions for Python {python}, or choose another Python for the image"


def _fix_for_wheel(package: Package, architecture: Architecture, python: str) -> str:
    wheels = [filename for wheel in package.wheels or () for filename in [wheel.filename]]
    other = next((one for one in Architecture if one is not architecture), architecture)
    takes = set(tags_of(python, other, glibc_of(python)))
    if any(not takes.isdisjoint(_tags_in(name)) for name in wheels):
        return f"lock a version that has one, or build with `--platform linux/{other}`"
    pythons = sorted({tag.interpreter for name in wheels for tag in _tags_in(name) if "linux" in tag.platform and architecture.machine in tag.platform})
    if pythons:
        return f"lock a version that has one, or choose a Python it has wheels for ({', '.join(pythons)})"
    return "lock a version that has one"


def line_of_package(lock: Path, name: str) -> int | None:
    """The line (from 1) on which the lock first tells of `name`, or None."""
    spelled = re.escape(name).replace("\\-", "[-_.]+")
    pattern = re.compile(rf'^[ \t]*(?:name\s*=\s*)?["\']?{spelled}(?![A-Za-z0-9]|[-_.][A-Za-z0-9])', re.IGNORECASE | re.MULTILINE)
    try:
        text = lock.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    found = pattern.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1


def _chosen(package: Package, file: PackageVcs | PackageDirectory | PackageArchive | PackageWheel | PackageSdist, folder: Path) -> Chosen:
    version = str(package.version or "")
    match file:
        case PackageVcs():
            return Chosen(
                name=package.name, version=version, form=Form.REPOSITORY, url=file.url or "", path=_absolute(file.path, folder),
                subdirectory=file.subdirectory or "", commit=file.commit_id,
            )  # fmt: skip
        case PackageDirectory():
            return Chosen(name=package.name, version=version, form=Form.FOLDER, path=_absolute(file.path, folder), subdirectory=file.subdirectory or "")
        case PackageArchive():
            filename = filename_of({"path": file.path, "url": file.url})
            form, inner = (Form.WHEEL if filename.endswith(".whl") else Form.SOURCE), file.subdirectory or ""
        case PackageWheel():
            filename, form, inner = file.filename, Form.WHEEL, ""
        case PackageSdist():
            filename, form, inner = file.filename, Form.SOURCE, ""
    return Chosen(
        name=package.name, version=version or _version_in(filename), form=form, url=file.url or "", path=_absolute(file.path, folder), filename=filename,
        hashes=tuple(sorted(file.hashes.items())), size=file.size or 0, subdirectory=inner,
    )  # fmt: skip


def _version_in(filename: str) -> str:
    return str(parse_wheel_filename(filename)[1]) if filename.endswith(".whl") else ""


def _absolute(path: str | None, folder: Path) -> str:
    if path is None:
        return ""
    return str((folder / path).resolve())
