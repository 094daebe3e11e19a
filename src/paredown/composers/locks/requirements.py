"""requirements.txt with all it includes: solved by uv, and what came out is kept in paredown.lock; its hashes stay promises."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from paredown.composers.locks.compiling import compiled
from paredown.composers.locks.interface import Asked, text_at
from paredown.errors import UserError
from paredown.origin import Origin

FLOATING = True
_INCLUDE = re.compile(r"^(?:-r|--requirement|-c|--constraint)[\s=]*(\S.*)$")
_LOCAL = re.compile(r"^(?:-e\s*|--editable[\s=]+)?((?:\.{1,2}/|\.$|\.\[)[^;\[]*)")
_INDEX = re.compile(r"^(--index-url|-i|--extra-index-url|--find-links|-f)[\s=]+(\S+)")
_NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")
_HASH = re.compile(r"--hash[=\s]sha256:([0-9a-f]{64})")


def inputs(asked: Asked) -> tuple[Path, ...]:
    """The named files, those they include, and the metadata of local folders they name."""
    found: dict[Path, None] = {}
    for file, _ in _lines(asked):
        found[file] = None
    for file, line in _lines(asked):
        local = _LOCAL.match(line)
        if local is not None:
            folder = file.parent / local.group(1).strip()
            for name in ("pyproject.toml", "setup.cfg", "setup.py"):
                if (folder / name).exists():
                    found[folder / name] = None
    return tuple(found)


def pylock(asked: Asked) -> str:
    """The selection as a pylock, as `Reader` has it."""
    promised: dict[str, set[str]] = {}
    for _, line in _lines(asked):
        name, digests = _NAME.match(line), _HASH.findall(line)
        if name is not None and digests:
            promised.setdefault(re.sub(r"[-_.]+", "-", name.group(1)).lower(), set()).update(digests)
    files = [os.path.relpath(asked.project / name, asked.main.parent) for name in asked.step.files]
    return compiled(asked, files, promised={name: frozenset(digests) for name, digests in promised.items()})


def indexes(asked: Asked) -> dict[str, str]:
    """The indexes that the files name, as the settings by which uv takes them; they may hold credentials, which no lock keeps."""
    default, extra, links = "", [], []
    for _, line in _lines(asked):
        option = _INDEX.match(line)
        if option is None:
            continue
        address = re.sub(r"\$\{([A-Z0-9_]+)\}", lambda name: asked.means.environment.get(name.group(1), name.group(0)), option.group(2))
        match option.group(1):
            case "--index-url" | "-i":
                default = address
            case "--extra-index-url":
                extra.append(address)
            case _:
                links.append(address)
    found = {"UV_DEFAULT_INDEX": default, "UV_INDEX": " ".join(extra), "UV_FIND_LINKS": ",".join(links)}
    return {name: value for name, value in found.items() if value}


def _lines(asked: Asked) -> Iterator[tuple[Path, str]]:
    """Every logical line (comments gone, continuations joined) of the files and of what they include, with its file."""
    waiting = [(asked.project / name, Origin(name)) for name in asked.step.files]
    seen: set[Path] = set()
    while waiting:
        file, where = waiting.pop(0)
        if file.resolve() in seen:
            continue
        seen.add(file.resolve())
        yield file, ""
        joined = ""
        start = 1
        for number, raw in enumerate(text_at(file, where).splitlines(), 1):
            start = start if joined else number
            line = re.sub(r"(^|\s)#.*$", "", raw).rstrip()
            if line.endswith("\\"):
                joined += line[:-1] + " "
                continue
            line, joined = (joined + line).strip(), ""
            if not line:
                continue
            yield file, line
            include = _INCLUDE.match(line)
            if include is not None and "://" not in line:
                target = file.parent / include.group(1).strip()
                name = file.relative_to(asked.project).as_posix() if file.is_relative_to(asked.project) else str(file)
                if not target.exists():
                    raise UserError(f"{include.group(1).strip()} does not exist", where=Origin(name, start), fix="add the file, or take the line out")
                waiting.append((target, Origin(name, start)))
