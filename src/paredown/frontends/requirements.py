"""Requirements: when two lists of them say the same, and what a requirements.txt names."""

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

from paredown.errors import UserError
from paredown.frontends.project_files import ProjectFiles
from paredown.frontends.pyproject import name_of_requirement, normalised
from paredown.origin import Origin

# What an extra brings that a service starts with; for files that do not name dependencies of dependencies.
_BROUGHT = {("fastapi", "standard"): ("uvicorn", "fastapi-cli"), ("fastapi", "all"): ("uvicorn", "fastapi-cli"), ("litestar", "standard"): ("uvicorn",)}
_DEEPEST_INCLUDE = 5

Key = tuple[str, frozenset[str], str]  # name, extras, specifiers or URL in one spelling


def key_of(requirement: str) -> Key:
    """What a requirement asks for, in one spelling; its marker left out, as every tool rewrites markers in its own way."""
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415 - slow to load, seldom needed

    try:
        parsed = Requirement(requirement)
    except InvalidRequirement:
        return requirement.strip(), frozenset(), ""
    return normalised(parsed.name), frozenset(normalised(extra) for extra in parsed.extras), parsed.url or specifier_key(str(parsed.specifier))


def specifier_key(specifier: str) -> str:
    """Version specifiers without spaces, sorted, versions without trailing zeroes: `>= 1.0, <2` and `<2,>=1` are the same."""
    parts = sorted(re.sub(r"\s+", "", part) for part in specifier.split(",") if part.strip())
    return ",".join(re.sub(r"(?<=\d)(?:\.0)+(?=$)", "", part) if not part.startswith(("~=", "===")) else part for part in parts)


def files_of(project: Path, path: str) -> tuple[str, ...]:
    """The requirements file `path` and those that it includes with `-r` and `-c`, relative to `project`, each once."""
    files = ProjectFiles(project)
    found: dict[str, None] = {path: None}
    waiting = [path]
    while waiting:
        file = waiting.pop()
        for included in re.findall(r"(?m)^\s*(?:-[rc]|--requirement|--constraint)[ =]\s*(\S+)", files.text(file) or ""):
            inner = posixpath.normpath(posixpath.join(posixpath.dirname(file), included))
            if inner not in found and "://" not in included and not inner.startswith("..") and files.text(inner) is not None:
                found[inner] = None
                waiting.append(inner)
    return tuple(found)


def names_in(files: ProjectFiles, path: str, *, depth: int = 0) -> frozenset[str]:
    """The normalised names of a requirements file and of those it includes with `-r`. Raises UserError for an included file that is not there."""
    found: set[str] = set()
    text = files.text(path) or ""
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split(" #")[0].strip()
        included = re.match(r"(?:-r|--requirement)[ =]\s*(\S+)", line)
        if included and depth < _DEEPEST_INCLUDE and "://" not in included[1]:
            folder = path.rpartition("/")[0]
            inner = f"{folder}/{included[1]}" if folder else included[1]
            if files.text(inner) is None:
                raise UserError(f"{path} includes {included[1]}, which does not exist", where=Origin(path, number), fix=f"add {inner}, or remove the line")
            found |= names_in(files, inner, depth=depth + 1)
        elif line and not line.startswith(("-", "#")):
            found |= names_of((line,))
    return frozenset(found)


def names_of(requirements: Iterable[str]) -> frozenset[str]:
    """The normalised names of requirement lines, and of the servers that their extras are known to bring."""
    found: set[str] = set()
    for line in requirements:
        name = name_of_requirement(line)
        if name is None:
            continue
        found.add(name)
        extras = re.match(r"[^\[;]*\[([^\]]*)\]", line)
        for extra in extras[1].split(",") if extras else ():
            found.update(_BROUGHT.get((name, extra.strip()), ()))
    return frozenset(found)
