"""Finds removals in a later layer than the one that has what they remove."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from paredown.credentials import by_name
from paredown.dockerfile.actions import Download, PythonInstall, Removal, SystemInstall, SystemRemoval, action_of
from paredown.dockerfile.shell import Script, ShellCommand
from paredown.dockerfile.stages import Step
from paredown.rules.context_files import copied_paths
from paredown.rules.installer_caches import cache_folder, mounted_cache, refusing_flag, refusing_variable, tool_of
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.reach import lies_in, target_of
from paredown.rules.recipe import Recipe, is_mounted

_ARCHIVE = re.compile(r"\.(?:tar|tgz|tar\.\w+|tbz2?|txz|zip|whl|deb|rpm|apk|run|bin|iso|gz|bz2|xz|zst|7z|jar)\Z", re.IGNORECASE)
_LISTS = "/var/lib/apt/lists"  # of which another rule tells


@dataclass(frozen=True, slots=True)
class _Made:
    """A path, or a package as `name (package)`, and the line that brought it."""

    what: str
    line: int


@rule(
    id="removed-too-late",
    severity=Severity.WARNING,
    summary="something is removed in a later layer than the one that has it",
    why="A layer cannot take bytes out of one below it: the image is as large as before, and who looks into the lower layer finds the file, a secret too.",
    sources=("https://docs.docker.com/build/building/best-practices/#run", "https://docs.docker.com/build/building/secrets/"),
    before="FROM debian:12-slim\nRUN curl -fsSLo /tmp/a.tgz https://example.com/a\nRUN tar -xf /tmp/a.tgz -C /srv && rm /tmp/a.tgz\n",
    after="FROM debian:12-slim\nRUN curl -fsSLo /tmp/a.tgz https://example.com/a && tar -xf /tmp/a.tgz -C /srv && rm /tmp/a.tgz\n",
)
def removed_too_late(recipe: Recipe) -> Iterator[Found]:
    made: list[_Made] = []
    for step in recipe.final.all_steps():
        instruction = step.instruction
        if instruction.name != "RUN":
            made += [_Made(path, instruction.line) for path in _copied(step)]
            continue
        script = recipe.script(step)
        mine = [_Made(what, instruction.line) for what in _made(step, script)]
        for command in script.commands:
            gone = [one for one in (*made, *mine) if _removes(step, script, command, one.what)]
            late = [one for one in gone if one in made and not command.nested]
            if late:
                secret = next((one for one in late if by_name(one.what)), None)
                first = secret or late[0]
                yield Found(
                    message=f"{first.what} stays in the layer of line {first.line}",
                    span=command.span,
                    severity=Severity.ERROR if secret else None,
                    advice="mount it with `RUN --mount=type=secret`" if secret else _advice(recipe, first),
                )
            made = [one for one in made if one not in gone]
            mine = [one for one in mine if one not in gone]
        made += mine


def _advice(recipe: Recipe, one: _Made) -> str:
    line = next(instruction for instruction in recipe.dockerfile.instructions if instruction.line == one.line)
    if line.name == "RUN":
        return f"remove it at the end of the RUN of line {one.line}"
    return "do not copy it: mount it with `RUN --mount=type=bind` where it is needed"


def _copied(step: Step) -> Iterator[str]:
    """What weighs or must not be seen: archives and secrets. A script of a few lines is not worth a word."""
    words = step.instruction.words
    into = len(words) > 2 or (bool(words) and words[-1].text.endswith(("/", ".")))
    for path, _ in copied_paths(step):
        name = posixpath.basename(path)
        if _ARCHIVE.search(name) or (name and by_name(name)):
            yield posixpath.join(target_of(step), name) if into else target_of(step)


def _made(step: Step, script: Script) -> Iterator[str]:
    moves = any(command.program in ("cd", "pushd") for command in script.commands)
    for command in script.commands:
        action = action_of(command)
        if isinstance(action, SystemInstall):
            yield from (f"{word.text} (package)" for word in action.packages)
            words = [word.text for word in command.arguments]
            yield from (f"{words[place + 1]} (package)" for place, word in enumerate(words[:-1]) if word in ("-t", "--virtual"))
        elif isinstance(action, PythonInstall):
            folder = cache_folder(step.state, tool_of(action))
            kept = not refusing_flag(action) and not refusing_variable(step, action) and mounted_cache(step, tool_of(action)) is None
            if folder is not None and kept:
                yield folder
        elif isinstance(action, Download):
            for path in _downloaded(command):
                absolute = step.state.path(path)
                if (path.startswith("/") or not moves) and not is_mounted(step, absolute) and "$" not in absolute:
                    yield absolute


def _downloaded(command: ShellCommand) -> Iterator[str]:
    words = [word.text for word in command.arguments]
    output = "O" if command.program == "wget" else "o"
    urls = [word for word in words if "://" in word]
    if command.program == "git":
        if "clone" in words and urls:
            rest = words[words.index(urls[0]) + 1 :]
            yield rest[0] if rest and not rest[0].startswith("-") else posixpath.basename(urls[0]).removesuffix(".git")
        return
    for place, word in enumerate(words[:-1]):
        if re.fullmatch(rf"-[a-zA-Z]*{output}|--output(?:-document)?", word):
            yield words[place + 1]
            return
    if urls and (command.program == "wget" or command.has("-O", "--remote-name")) and not command.writes:
        yield posixpath.basename(urls[0])
    yield from (word.text for word in command.writes if not word.text.startswith("/dev/"))


def _removes(step: Step, script: Script, command: ShellCommand, what: str) -> bool:
    name, package, _ = what.partition(" (package)")
    action = action_of(command)
    if package:
        return isinstance(action, SystemRemoval) and any(word.text == name for word in action.packages)
    if not isinstance(action, Removal) or what.startswith(_LISTS):
        return False
    moves = any(other.program in ("cd", "pushd") for other in script.commands)
    for word in action.paths:
        if "$" in step.state.expand(word.text) or (moves and not word.text.startswith("/")):
            continue
        folder = step.state.path(re.sub(r"^~", "/root", word.text).removesuffix("*").rstrip("/") or "/")
        if folder != "/" and lies_in(what, folder) and not re.search(r"[*?\[]", folder):
            return True
    return False
