"""The interpreters that the service's own scripts name in their first line: each is there and can be executed."""

import posixpath
from collections.abc import Iterator

from paredown.probes.app_files import app_folders, environments
from paredown.probes.installed import entry_points, installed, scripts_folder
from paredown.probes.interface import Image, Seen
from paredown.probes.surroundings import program, shebang, why_not_startable
from paredown.result import Observation
from paredown.tree import Entry, Kind, OwnerKind

NAME = "script interpreters"


def observe(image: Image) -> Iterator[Seen]:
    """A distribution's script goes by `distribution: name`, one of the app by its path there. Which of the system's scripts are called is seen running."""
    for distribution in installed(image):
        folder = f"{scripts_folder(distribution)}/"
        named = {f"{folder}{point.name}" for point in entry_points(distribution, image.tree) if point.group in ("console_scripts", "gui_scripts")}
        for path in sorted(named.union(distribution.files).intersection(image.tree)):
            if path.startswith(folder) and (words := _script(image.tree[path])):
                yield _kept(f"{distribution.name}: {path.removeprefix(folder)}", _why_not(path, words, image))
    others = tuple(f"{path}/" for path in environments(image))
    for folder in app_folders(image):
        for path, entry in image.tree.under(folder):
            if entry.executable and entry.owner.kind in (OwnerKind.APP, OwnerKind.UNKNOWN) and not path.startswith(others) and (words := _script(entry)):
                yield _kept(path[len(folder) + 1 :], _why_not(path, words, image))
    first = next(iter((*image.config.entrypoint, *image.config.command)), "")
    started = program(first, image) if first else None
    words = _script(image.tree[image.tree.resolve(started) or started]) if started else ()
    yield _kept("the command", _why_not(started, words, image) if started and words else None)


def _kept(key: str, complaint: str | None) -> Observation:
    return Observation(probe=NAME, key=key, value=complaint, kept=True)


def _script(entry: Entry) -> tuple[str, ...]:
    return shebang(entry) if entry.kind is Kind.FILE else ()


def _why_not(path: str, words: tuple[str, ...], image: Image) -> str | None:
    if not program(words[0], image):
        return f"/{path} names {words[0]}: {why_not_startable(words[0], image)}"
    if posixpath.basename(words[0]) == "env":
        called = next((word for word in words[1:] if not word.startswith("-") and "=" not in word), "")
        if called and not program(called, image):
            return f"/{path} names {called}: {why_not_startable(called, image)}"
    return None
