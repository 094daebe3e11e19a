"""Asking `uv pip compile` for a pylock: without building anything first, in the build root where metadata must be built."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from paredown.composers import uv_tool
from paredown.composers.locks.interface import Asked
from paredown.composers.locks.toml_text import for_keeping, text_of
from paredown.errors import UserError


def compiled(
    asked: Asked, arguments: Sequence[str], *, promised: Mapping[str, frozenset[str]], environment: Mapping[str, str] | None = None, builds: bool = False
) -> str:  # fmt: skip
    """The pylock for uv's `arguments` (files and their options), run in the main file's folder.

    `promised` as `for_keeping` has it; `environment` is added to the caller's; with `builds` it is known that nothing works without building.
    """
    from paredown.composers.wheels import has_linux_wheel  # noqa: PLC0415

    folder = asked.main.parent
    surroundings = {**asked.means.environment, **(environment or {})}
    options = ["pip", "compile", "--quiet", "--format", "pylock.toml", "--universal", "--python-version", asked.python, "--no-header", "--no-annotate"]
    if not (builds and asked.build is not None):
        try:
            text = uv_tool.run(
                [*options, "--no-build", "--python", uv_tool.host_python(), *arguments], folder=folder, environment=surroundings, where=asked.where
            )
        except UserError as error:
            if "building from source is disabled" not in error.what and "Building source distributions" not in error.what:
                raise
            if asked.build is None:
                fix = "lock versions that have wheels, or commit a lock (`uv lock`)"
                raise UserError(f"{error.what}", where=asked.where, fix=fix) from error
        else:
            packages = tomllib.loads(text).get("packages", [])
            if asked.build is None or all(has_linux_wheel(package, asked.python) for package in packages):
                return _kept(text, folder, promised, asked)
    # Code of the distributions runs here to say what it depends on: never outside of the sandbox.
    assert asked.build is not None  # noqa: S101 -- the ways without one returned or raised above
    text = asked.build().run_uv([*options, *arguments], folder=folder, environment=surroundings, means=asked.means, where=asked.where)
    return _kept(text, folder, promised, asked)


def _kept(text: str, folder: Path, promised: Mapping[str, frozenset[str]], asked: Asked) -> str:
    return text_of(for_keeping(tomllib.loads(text), folder, promised, asked.where))
