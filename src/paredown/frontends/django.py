"""Django: manage.py and the wsgi.py or asgi.py that the project has."""

import re

from paredown.frontends.applications import words_of
from paredown.frontends.interface import Locked, Start
from paredown.frontends.sources import Sources
from paredown.origin import Origin, line_of

_SETTINGS = re.compile(r"""["']DJANGO_SETTINGS_MODULE["']\s*[,\]=]+\s*["']([\w.]+)["']""")


def find(sources: Sources, locked: Locked, port: int) -> tuple[Start, ...]:
    """The starts of a Django project; () when there is none, or when nothing that serves it is locked."""
    found: list[Start] = []
    for word, servers, asgi in (
        ("get_wsgi_application", ("gunicorn", "waitress"), False),
        ("get_asgi_application", ("uvicorn", "daphne", "hypercorn", "granian"), True),
    ):
        server = next((name for name in servers if locked.has(name)), None)
        if server is None or found:
            continue
        for path in sources.matching(word):
            name = _object(sources, path, word)
            if name is None:
                continue
            module = sources.module_name(path)
            folder = _root(sources, path)
            if folder:
                module = sources.module_name(path[len(folder) + 1 :])
            words = words_of(server, module, name, factory=False, asgi=asgi, port=port)
            where = Origin(sources.shown(path), line_of(sources.text(path), word))
            found.append(
                Start(
                    words=words,
                    origin=where,
                    reason=f"{sources.shown(path)} is a Django application and {server} is there",
                    working_directory=folder,
                    module=module,
                )
            )
    shallowest = min((start.origin.file.count("/") for start in found), default=0)
    return tuple(start for start in found if start.origin.file.count("/") == shallowest)


def is_project(sources: Sources) -> str | None:
    """The path of manage.py, or None when this is no Django project."""
    return next((path for path in sources.paths if path.rpartition("/")[2] == "manage.py" and "DJANGO_SETTINGS_MODULE" in sources.text(path)), None)


def settings_module(sources: Sources) -> str | None:
    """The module that manage.py names for settings."""
    path = is_project(sources)
    found = _SETTINGS.search(sources.text(path)) if path else None
    return found[1] if found else None


def _object(sources: Sources, path: str, word: str) -> str | None:
    found = re.search(rf"^(\w+)\s*(?::[^=\n]+)?=\s*.*?\b{word}\(", sources.text(path), re.MULTILINE)
    if found is None and path.rpartition("/")[2] in ("wsgi.py", "asgi.py"):
        found = re.search(r"^(application|app)\s*=", sources.text(path), re.MULTILINE)
    return found[1] if found else None


def _root(sources: Sources, path: str) -> str | None:
    """The folder of manage.py, from which Django's modules are named, when it is not the app's own."""
    folder = (is_project(sources) or "").rpartition("/")[0]
    return folder if folder and path.startswith(f"{folder}/") else None
