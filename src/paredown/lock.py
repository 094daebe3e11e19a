"""paredown.lock: what paredown itself chose for a project, pinned, so that the same input gives the same image anywhere.

The Debian packages by digest, the distributions where the project has no lock of its own, and the modules the service imports.
"""

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paredown.errors import UserError
from paredown.origin import Origin

FILE_NAME = "paredown.lock"
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One Debian package. `url` is its full address at the archive, `size` its bytes."""

    name: str
    version: str
    architecture: str
    sha256: str
    size: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DebianPins:
    """The closure for one suite, purpose (`run` or `build`) and architecture; `inputs` is the key of what it was solved from.

    `date` is that of the archive's index (`20260912T075541Z`), under which the snapshot archive keeps these versions.
    """

    suite: str
    purpose: str
    architecture: str
    inputs: str
    date: str
    packages: tuple[Pin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """All of paredown.lock. `pylock` (text, PEP 751) and `modules` come with the key of what they were made from."""

    debian: tuple[DebianPins, ...] = ()
    pylock_inputs: str = ""
    pylock: str = ""
    modules_inputs: str = ""
    modules: tuple[str, ...] = field(default=())

    def pins(self, suite: str, purpose: str, architecture: str) -> DebianPins | None:
        """The closure kept for these, or None."""
        return next((p for p in self.debian if (p.suite, p.purpose, p.architecture) == (suite, purpose, architecture)), None)

    def with_pins(self, pins: DebianPins) -> "Lock":
        """This lock with `pins` in the place of those for the same suite, purpose and architecture."""
        others = [p for p in self.debian if (p.suite, p.purpose, p.architecture) != (pins.suite, pins.purpose, pins.architecture)]
        debian = tuple(sorted([*others, pins], key=lambda p: (p.suite, p.purpose, p.architecture)))
        return Lock(debian=debian, pylock_inputs=self.pylock_inputs, pylock=self.pylock, modules_inputs=self.modules_inputs, modules=self.modules)


def read(path: Path) -> Lock:
    """The lock at `path`; an empty one when there is no file. UserError when it is not one of ours."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Lock()
    try:
        return _from_table(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, UnicodeDecodeError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else error
        raise UserError(f"{path.name} cannot be read: {what}", where=Origin(str(path)), fix=f"delete {path.name} and build again without --locked") from error


def _from_table(table: dict[str, Any]) -> Lock:
    if table["version"] != VERSION:
        raise ValueError(f"its version is {table['version']}, this paredown writes {VERSION}")
    python, bytecode = table.get("python", {}), table.get("bytecode", {})
    return Lock(
        debian=tuple(_pins_from(entry) for entry in table.get("debian", [])),
        pylock_inputs=str(python.get("inputs", "")),
        pylock=str(python.get("pylock", "")),
        modules_inputs=str(bytecode.get("inputs", "")),
        modules=tuple(str(module) for module in bytecode.get("modules", [])),
    )


def _pins_from(entry: dict[str, Any]) -> DebianPins:
    names = ("name", "version", "architecture", "sha256", "url")
    return DebianPins(
        **{key: str(entry[key]) for key in ("suite", "purpose", "architecture", "inputs", "date")},
        packages=tuple(Pin(**{key: str(package[key]) for key in names}, size=int(package["size"])) for package in entry["packages"]),
    )


def text_of(lock: Lock) -> str:
    """The lock as TOML; `read` gives it back."""
    lines = ["# Written by paredown: commit it. `paredown build --locked` refuses to drift from it.", f"version = {VERSION}"]
    for pins in lock.debian:
        lines += ["", "[[debian]]", f"suite = {_quoted(pins.suite)}", f"purpose = {_quoted(pins.purpose)}", f"architecture = {_quoted(pins.architecture)}"]
        lines += [f"inputs = {_quoted(pins.inputs)}", f"date = {_quoted(pins.date)}", "packages = ["]
        for p in pins.packages:
            pairs = [("name", p.name), ("version", p.version), ("architecture", p.architecture), ("sha256", p.sha256), ("url", p.url)]
            lines.append("  { " + ", ".join(f"{key} = {_quoted(value)}" for key, value in pairs) + f", size = {p.size} }},")
        lines.append("]")
    if lock.pylock:
        lines += ["", "[python]", f"inputs = {_quoted(lock.pylock_inputs)}", f"pylock = {_quoted_block(lock.pylock)}"]
    if lock.modules_inputs:
        lines += ["", "[bytecode]", f"inputs = {_quoted(lock.modules_inputs)}", "modules = ["]
        lines += [f"  {_quoted(module)}," for module in lock.modules]
        lines.append("]")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string, but for DEL, which JSON lets through.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _quoted_block(text: str) -> str:
    lines = [_quoted(line)[1:-1].replace('\\"', '"').replace('"""', '""\\"') for line in text.split("\n")]
    block = "\n".join(lines)
    return '"""\n' + (block[:-1] + '\\"' if block.endswith('"') else block) + '"""'
