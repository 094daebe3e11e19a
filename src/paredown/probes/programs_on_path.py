"""What the PATH finds: the service's own Python, the programs of the command and the health check, and whether programs can be executed at all."""

import posixpath
from collections import defaultdict
from collections.abc import Iterator

from paredown.probes.command_meaning import meaning
from paredown.probes.configuration import health_meaning
from paredown.probes.installed import import_folders
from paredown.probes.interface import Image, Seen
from paredown.probes.surroundings import path_folders, program, why_not_startable
from paredown.pydist.elf import MAGIC, window
from paredown.result import Observation
from paredown.tree import Kind, OwnerKind

NAME = "programs on PATH"

_GROUPS = {
    OwnerKind.BASE: "of the system", OwnerKind.SYSTEM: "of the system", OwnerKind.INTERPRETER: "of Python", OwnerKind.DISTRIBUTION: "of the distributions",
    OwnerKind.PAREDOWN: "of the service", OwnerKind.APP: "of the service", OwnerKind.UNKNOWN: "of the service",
}  # fmt: skip


def observe(image: Image) -> Iterator[Seen]:
    """Programs by what they are, not by where they lie; which of the system's programs the code calls is observed in the running image."""
    for name in ("python", "python3"):
        yield _kept(name, _why_another(name, image))
    command = meaning((*image.config.entrypoint, *image.config.command), image)
    yield _kept("program of the command", _why_missing(command.program, image))
    health = health_meaning(image.config.health, image)
    yield _kept("program of the health check", _why_health_cannot_run(health.program, image) if health else None)
    refused = _not_executable(image)
    for group in sorted(set(_GROUPS.values())):
        yield _kept(f"programs {group}", f"not executable: {', '.join(refused[group])}" if refused[group] else None)


def _kept(key: str, complaint: str | None) -> Observation:
    return Observation(probe=NAME, key=key, value=complaint, kept=True)


def _why_another(name: str, image: Image) -> str | None:
    path = program(name, image)
    if path is None:
        return why_not_startable(name, image)
    own = image.tree.resolve(image.python)
    if image.tree.resolve(path) != own:
        return f"{name} on PATH is /{path}, not the Python {image.facts.python} of the service"
    if import_folders(image, path) != import_folders(image):
        return f"{name} on PATH, /{path}, does not import from the service's distributions"
    return None


def _why_missing(word: str, image: Image) -> str | None:
    if not word:
        return "there is no command"
    if "$" in word.replace("$$", "") or program(word, image):
        return None
    return why_not_startable(word, image)


def _why_health_cannot_run(word: str, image: Image) -> str | None:
    health = image.config.health
    words = health.test[1:] if health else ()
    if health and health.test[0] == "CMD-SHELL" and program("/bin/sh", image):
        # The shell is there; what its text calls first must be, too.
        words = tuple(words[0].split())
        word = words[0] if words and words[0].replace("-", "").isalnum() and words[0] not in ("test", "true", "false", "exit", "exec") else word
    if complaint := _why_missing(word, image):
        return complaint
    script = next((each for each in words[1:] if each.startswith("/") and each.endswith(".py")), "")
    return f"{script} is not in the image" if script and image.tree.resolve(script) is None else None


def _not_executable(image: Image) -> dict[str, list[str]]:
    """Programs and scripts in the folders of PATH that no one may execute, by the group of their owner."""
    folders = {image.tree.resolve(folder) for folder in path_folders(image)}
    found: dict[str, list[str]] = defaultdict(list)
    for path, entry in image.tree.items():
        if entry.kind is Kind.FILE and not entry.executable and posixpath.dirname(path) in folders:
            with window(entry) as stream:
                if stream.read(4).startswith((MAGIC, b"#!")):
                    found[_GROUPS[entry.owner.kind]].append(f"/{path}")
    return found
