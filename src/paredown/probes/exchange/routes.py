"""The routes that a service's own framework lists, found by importing its application in the image."""

import json
import posixpath
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from paredown.errors import WorldError
from paredown.probes.exchange.interface import Input, Listed
from paredown.probes.interface import Subject
from paredown.result import Skipped

_PROGRAM = Path(__file__).parents[1] / "programs" / "list_routes.py"
_WHAT = "the routes that the framework lists"
_SECONDS = 60.0
_MOST = 2000
_MOST_INPUTS = 50
_SERVERS = frozenset(("uvicorn", "gunicorn", "hypercorn", "granian", "daphne", "waitress-serve", "waitress", "sanic", "litestar", "fastapi", "flask", "quart"))
_NAMES_BY_OPTION = frozenset(("flask", "quart", "litestar"))  # --app, or a variable
_APP_OPTIONS = ("--app", "-A")
_FOLDER_OPTIONS = ("--app-dir", "--chdir", "--pythonpath", "--working-dir")
_FILES = ("main.py", "app.py", "api.py", "app/main.py", "app/app.py", "app/api.py", "wsgi.py")  # where fastapi and flask look


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Where the application object is. `module` is a dotted name, `attribute` "" when it is to be looked for."""

    module: str
    attribute: str = ""
    folders: tuple[str, ...] = ()


def known_routes(subject: Subject) -> Listed | Skipped:
    """The routes: a hole says its kind where the framework knows it (int, float, uuid, path, date)."""
    if not subject.image.python:
        return Skipped(what=_WHAT, reason="the image has no Python")
    environment = dict(subject.launch.environment)
    folder = subject.launch.working_directory
    files = frozenset(name for name in _FILES if posixpath.join(folder, name).strip("/") in subject.image.tree)
    application = application_of(subject.launch.argv, environment, files)
    if application is None:
        return Skipped(what=_WHAT, reason="the start command does not name an application")
    order = {
        "module": application.module, "attribute": application.attribute,
        "folders": [posixpath.join(folder, each) for each in (*application.folders, folder)],
    }  # fmt: skip
    argv = (subject.image.python, "-c", _PROGRAM.read_text("utf-8"))
    try:
        ended = subject.machine.run(replace(subject.launch, argv=argv), stdin=json.dumps(order).encode(), timeout=_SECONDS)
    except WorldError as error:
        return Skipped(what=_WHAT, reason=error.what)
    return _listed(ended.stdout) or Skipped(what=_WHAT, reason=f"listing them ended with status {ended.status}")


def _listed(output: bytes) -> Listed | Skipped | None:
    found: dict[str, None] = {}
    inputs: dict[Input, None] = {}
    for line in output.splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            continue
        match told:
            case {"route": str() as route} if len(route) < 1000 and len(found) < _MOST:
                route = " ".join(route.split())
                found[route] = None
                inputs |= dict.fromkeys(_inputs(route, told.get("inputs")))
            case {"failed": str() as reason}:
                return Skipped(what=_WHAT, reason=reason[:300])
            case {"end": str()}:
                return Listed(routes=tuple(found), inputs=tuple(inputs)) if found else Skipped(what=_WHAT, reason="it lists none")
    return None


def _inputs(route: str, told: Any) -> Iterator[Input]:
    for one in told[:_MOST_INPUTS] if isinstance(told, list) else ():
        match one:
            case ["query" | "field" | "file" | "body" as place, str() as name] if len(name) < 100:
                yield Input(route=route, place=place, name=name)


def application_of(argv: Sequence[str], environment: Mapping[str, str], files: frozenset[str]) -> Application | None:
    """What the start command makes its server serve; `files` are those that exist of the names where a server looks by itself."""
    words = _plain(argv)
    start = next((place for place, word in enumerate(words) if _program(word) in _SERVERS), None)
    if start is None:
        settings = environment.get("DJANGO_SETTINGS_MODULE", "")
        return Application(module=settings.removesuffix(".settings") + ".wsgi", attribute="application") if "runserver" in words and settings else None
    server, rest = _program(words[start]), words[start + 1 :]
    folders = tuple(folder for folder in (_option(rest, (name,)) for name in _FOLDER_OPTIONS) if folder)
    if server in _NAMES_BY_OPTION:
        named = _option(rest, _APP_OPTIONS) or environment.get(f"{server.upper()}_APP") or _file(files)
    elif server == "fastapi":
        named = next((word for word in rest[1:] if word.endswith(".py")), None) or _option(rest, ("--entrypoint", "-e")) or _file(files)
    else:
        targets = [word for word in rest if not word.startswith("-") and "/" not in word and _names_module(word)]
        named = targets[-1] if targets else None
    return None if named is None else _application(named, folders)


def _application(named: str, folders: tuple[str, ...]) -> Application:
    module, _, attribute = named.partition(":") if ":" in named else (named, "", "")
    if module.endswith(".py"):
        folder, file = posixpath.split(module)
        # As flask and fastapi do: the file is a module of the package that its folder may be.
        return Application(module=".".join([*folder.strip("./").split("/"), file[:-3]]).strip("."), attribute=attribute, folders=(*folders, folder or "."))
    return Application(module=module, attribute=attribute, folders=folders)


def _plain(argv: Sequence[str]) -> list[str]:
    """The words of the command; those in a shell's line too."""
    words: list[str] = []
    for place, word in enumerate(argv):
        if place and argv[place - 1].lstrip("-") in ("c", "ec", "lc") and " " in word:
            try:
                words += shlex.split(word)
            except ValueError:
                words.append(word)
        else:
            words.append(word)
    return words


def _program(word: str) -> str:
    return posixpath.basename(word)


def _option(words: Sequence[str], names: Sequence[str]) -> str | None:
    for place, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in names:
            return value if equals else next(iter(words[place + 1 :]), None)
    return None


def _file(files: frozenset[str]) -> str | None:
    return next((name for name in _FILES if name in files), None)


def _names_module(word: str) -> bool:
    module, colon, attribute = word.partition(":")
    called = attribute.partition("(")[0]
    return bool(colon) and all(part.isidentifier() for part in (*module.split("."), *called.split(".")))
