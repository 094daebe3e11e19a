"""Which Python the image gets: what the project asks for, among those that a Debian suite has."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from paredown import toml_file
from paredown.errors import UserError
from paredown.frontends.project_files import ProjectFiles
from paredown.frontends.pyproject import Manifest, mapping
from paredown.frontends.settings import Settings
from paredown.origin import Origin, line_of

# The Python of each suite, newest first, with the full version it ships (packages.debian.org/trixie/python3, /bookworm/python3).
AVAILABLE: Mapping[str, tuple[str, str]] = {"3.13": ("trixie", "3.13.5"), "3.11": ("bookworm", "3.11.2")}
_SHOWN = "3.13 on trixie, 3.11 on bookworm"
_BOUND = re.compile(r"(>=|>|<=|<|==|!=|~=)\s*3(?:\.(\d+))?(\.\*|\.0)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonChoice:
    """The Python version (`3.13`), the suite that has it, where that was asked for, and a sentence when nobody asked."""

    python: str
    suite: str
    origin: Origin
    note: str | None = None


def choose(
    files: ProjectFiles, settings: Settings, manifest: Manifest, *, override: str | None, hint: tuple[str, Origin] | None
) -> PythonChoice:  # fmt: skip
    """The version by the first that speaks: command line, settings, .python-version, requires-python, Pipfile, runtime.txt, Dockerfile."""
    if override is not None:
        return _exactly(override, Origin("the command line"), settings, manifest)
    if settings.python is not None:
        return _exactly(settings.python, settings.origin("python"), settings, manifest)
    if settings.suite is not None:
        return _of_suite(settings)
    pinned = files.text(".python-version")
    if pinned is not None:
        line = next((line.strip() for line in pinned.splitlines() if line.strip() and not line.strip().startswith("#")), "")
        if line:
            return _exactly(line, Origin(".python-version", line_of(pinned, line)), settings, manifest)
    if manifest.requires_python is not None:
        return _newest_of(*manifest.requires_python, settings)
    for spoken in (_pipfile(files), _runtime(files), hint):
        if spoken is not None:
            return _exactly(*spoken, settings, manifest)
    python, (suite, _) = next(iter(AVAILABLE.items()))
    return PythonChoice(
        python=python, suite=suite, origin=Origin(settings.file), note=f"Nothing says which Python the project needs: {python} is the newest there is."
    )


def _exactly(asked: str, where: Origin, settings: Settings, manifest: Manifest) -> PythonChoice:
    found = re.fullmatch(r"(?:cpython[@-]?|python-?)?(3\.\d+)(?:\.\d+\S*)?", asked.strip())
    if found is None or found[1] not in AVAILABLE:
        raise UserError(f"Python {asked} is not available: there is {_SHOWN}", where=where, fix=_fix(settings, manifest))
    suite = AVAILABLE[found[1]][0]
    if settings.suite is not None and settings.suite != suite:
        raise UserError(
            f"suite {settings.suite} does not have Python {found[1]}: there is {_SHOWN}",
            where=settings.origin("suite"),
            fix=f'write suite = "{suite}", or remove it',
        )
    return PythonChoice(python=found[1], suite=suite, origin=where)


def _fix(settings: Settings, manifest: Manifest) -> str:
    """The nearest that the project says it can live with, and how another one can be brought."""
    fitting = [python for python in AVAILABLE if manifest.requires_python is None or _satisfies(python, manifest.requires_python[0])]
    lines = [settings.line(f'python = "{fitting[0]}"')] if fitting else []
    return "\nor bring another with ".join((*lines, settings.line('base = "IMAGE.tar"')))


def _of_suite(settings: Settings) -> PythonChoice:
    for python, (suite, _) in AVAILABLE.items():
        if suite == settings.suite:
            return PythonChoice(python=python, suite=suite, origin=settings.origin("suite"))
    suites = " or ".join(f'"{suite}"' for suite, _ in AVAILABLE.values())
    raise UserError(f"suite {settings.suite} is not known", where=settings.origin("suite"), fix=f"write {suites}")


def _newest_of(specifier: str, where: Origin, settings: Settings) -> PythonChoice:
    for python, (suite, _) in AVAILABLE.items():
        if _satisfies(python, specifier):
            return PythonChoice(python=python, suite=suite, origin=where)
    raise UserError(
        f"no available Python satisfies `{specifier}`: there is {_SHOWN}",
        where=where,
        fix="widen it" + "\nor bring another with " + settings.line('base = "IMAGE.tar"'),
    )


def _satisfies(python: str, specifier: str) -> bool:
    """Whether the suite's exact version fits. Plain bounds on minor versions, nearly all there are, need no parser."""
    minor = int(python.partition(".")[2])
    for alternative in re.split(r"\s*\|\|?\s*", specifier):
        if all(_fits(part.strip(), python, minor) for part in alternative.split(",") if part.strip()):
            return True
    return False


def _fits(bound: str, python: str, minor: int) -> bool:
    if bound == "*":
        return True
    plain = _BOUND.fullmatch(bound)
    if plain and plain[1] == ">=" and plain[3] != ".*":
        return minor >= int(plain[2] or 0)
    if plain and plain[1] == "<" and plain[2]:
        return minor < int(plain[2])
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415 - slow to load, seldom needed

    try:
        return AVAILABLE[python][1] in SpecifierSet(_as_specifier(bound))
    except ValueError:  # of packaging, for what is no version at all
        return True


def _as_specifier(bound: str) -> str:
    """Poetry's `^3.11`, `~3.11` and bare `3.11` in the words of PEP 440."""
    version = bound.lstrip("^~= ")
    parts = version.split(".")
    if bound.startswith("^"):
        return f">={version},<{int(parts[0]) + 1}"
    if bound.startswith("~") and not bound.startswith("~="):
        return f">={version},=={'.'.join(parts[:2])}.*"
    if bound[0].isdigit():
        return f"=={version}" if "*" in version or len(parts) > 2 else f"=={version}.*"
    return bound


def _pipfile(files: ProjectFiles) -> tuple[str, Origin] | None:
    text = files.text("Pipfile")
    if text is None:
        return None
    requires = mapping(toml_file.parse(text, "Pipfile").get("requires"))
    for key in ("python_full_version", "python_version"):
        if isinstance(requires.get(key), str):
            return requires[key], Origin("Pipfile", toml_file.line_of_key(text, ("requires", key)))
    return None


def _runtime(files: ProjectFiles) -> tuple[str, Origin] | None:
    """Heroku's runtime.txt: `python-3.11.4`."""
    line = (files.text("runtime.txt") or "").strip()
    return (line.removeprefix("python-"), Origin("runtime.txt", 1)) if line.startswith("python-3") else None
