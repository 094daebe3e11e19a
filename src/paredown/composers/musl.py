"""Which locked distributions an image with musl cannot have as they are: those of which every wheel is for another C library."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace

from packaging.pylock import PackageSdist, Pylock, PylockSelectError
from packaging.tags import Tag, compatible_tags, cpython_tags

from paredown.composers.dependencies import Resolved
from paredown.composers.wheels import environment_of
from paredown.plan import Architecture, InstallDependencies, LockKind

# Alpine has musl 1.2 since its version 3.13: https://alpinelinux.org/posts/Alpine-3.13.0-released.html
_MINORS = (2, 1, 0)


def unfit(resolved: Resolved, step: InstallDependencies, python: str, architecture: Architecture) -> Iterator[str]:
    """Name and version of each distribution that has wheels, and none for musl; one without any wheel is built from its source on any base."""
    parsed = Pylock.from_dict({"packages": [], **tomllib.loads(resolved.pylock)})
    environment, tags = environment_of(python, architecture), _tags(python, architecture)
    own = step.kind is LockKind.PYLOCK
    groups = [*(parsed.default_groups or []), *step.groups] if own else None
    for package in parsed.packages:
        if not package.wheels:
            continue
        alone = replace(parsed, requires_python=None, packages=[package])
        try:
            chosen = list(alone.select(environment=environment, tags=tags, extras=step.extras if own else (), dependency_groups=groups))
        except PylockSelectError:
            yield f"{package.name} {package.version or ''}".strip()
            continue
        if any(isinstance(file, PackageSdist) for _, file in chosen):
            yield f"{package.name} {package.version or ''}".strip()


def _tags(python: str, architecture: Architecture) -> tuple[Tag, ...]:
    platforms = [*(f"musllinux_1_{minor}_{architecture.machine}" for minor in _MINORS), f"linux_{architecture.machine}"]
    major, minor = (int(number) for number in python.split("."))
    return (*cpython_tags((major, minor), [f"cp{major}{minor}"], platforms), *compatible_tags((major, minor), f"cp{major}{minor}", platforms))
