"""What a command of a RUN does to the image, where that is known: installs, users, owners, modes, folders, downloads, removals."""

import functools
import re
from dataclasses import dataclass

from paredown.dockerfile.shell import ShellCommand, ShellWord

_PYTHON = re.compile(r"(?:python|pypy)[\d.]*\Z")
_PIP = re.compile(r"pip[\d.]*\Z")
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]*(?:[:=~<>]\S*)?\Z", re.IGNORECASE)
_MANAGERS = {
    "apt-get": "apt", "apt": "apt", "aptitude": "apt", "apk": "apk", "dnf": "dnf", "microdnf": "dnf", "yum": "dnf", "zypper": "zypper",
}  # fmt: skip
_INSTALLING = {"apt": "install", "apk": "add", "dnf": "install", "zypper": "install"}
_UPDATING = {"apt": ("update",), "apk": ("update",), "dnf": ("makecache", "check-update"), "zypper": ("refresh",)}
_UPGRADING = {"apt": ("upgrade", "dist-upgrade", "full-upgrade"), "apk": ("upgrade",), "dnf": ("upgrade", "update"), "zypper": ("update",)}
_WITH_VALUE = {
    "apt": ("-t", "--target-release", "-o", "--option", "-c"), "apk": ("-t", "--virtual", "--repository", "-X", "-p", "--root"),
    "dnf": ("--setopt", "--enablerepo"), "zypper": (),
    "pip": (
        "-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "-t", "--target",
        "--prefix", "--root", "--timeout", "--retries", "--trusted-host", "--python-version", "--platform", "--only-binary", "--no-binary",
        "--cache-dir", "--src",
        "--python", "--index", "--default-index", "--upgrade-package", "-P", "--group", "--extra", "--user-agent", "--proxy", "--cert", "-d", "--dest",
        "-w", "--wheel-dir",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SystemInstall:
    """Packages of the distribution; `manager` is apt, apk, dnf or zypper."""

    command: ShellCommand
    manager: str
    packages: tuple[ShellWord, ...]


@dataclass(frozen=True, slots=True)
class SystemUpdate:
    """The package manager's index fetched."""

    command: ShellCommand
    manager: str


@dataclass(frozen=True, slots=True)
class SystemUpgrade:
    """Everything that is installed brought up to date."""

    command: ShellCommand
    manager: str


@dataclass(frozen=True, slots=True)
class PythonInstall:
    """Python distributions. `tool` is pip, uv pip, uv sync, poetry, pdm, pipenv, conda or setup.py.

    `word` is the one that says install or sync; `packages` are the requirements on the line, `files` the requirements files, `editable` what `-e` names.
    """

    command: ShellCommand
    tool: str
    word: ShellWord
    packages: tuple[ShellWord, ...] = ()
    files: tuple[ShellWord, ...] = ()
    editable: tuple[ShellWord, ...] = ()


@dataclass(frozen=True, slots=True)
class Removal:
    """Files removed, or what a package manager keeps (`apt-get clean`)."""

    command: ShellCommand
    paths: tuple[ShellWord, ...]


@dataclass(frozen=True, slots=True)
class FoldersMade:
    """Folders made."""

    command: ShellCommand
    paths: tuple[ShellWord, ...]


@dataclass(frozen=True, slots=True)
class OwnerChange:
    """chown or chgrp."""

    command: ShellCommand
    owner: str
    paths: tuple[ShellWord, ...]
    recursive: bool


@dataclass(frozen=True, slots=True)
class ModeChange:
    """chmod; `mode` as written."""

    command: ShellCommand
    mode: str
    paths: tuple[ShellWord, ...]
    recursive: bool


@dataclass(frozen=True, slots=True)
class UserAdded:
    """An account or a group; `number` is None when the next free one is taken."""

    command: ShellCommand
    name: str
    number: int | None
    is_group: bool


@dataclass(frozen=True, slots=True)
class Download:
    """Something fetched from the network by curl, wget or git."""

    command: ShellCommand
    urls: tuple[ShellWord, ...]


@dataclass(frozen=True, slots=True)
class Other:
    """A command that nobody here understands."""

    command: ShellCommand


Action = (
    SystemInstall | SystemUpdate | SystemUpgrade | PythonInstall | Removal | FoldersMade | OwnerChange | ModeChange | UserAdded | Download | Other
)  # fmt: skip


@functools.lru_cache(maxsize=4096)
def action_of(command: ShellCommand) -> Action:
    """What `command` does."""
    program, words = command.program, command.arguments
    if program in _MANAGERS:
        return _system(command, _MANAGERS[program])
    if (python := _python(command)) is not None:
        return python
    plain = command.operands()
    match program:
        case "rm" | "unlink" | "rmdir":
            return Removal(command, plain)
        case "mkdir":
            return FoldersMade(command, command.operands("-m", "--mode"))
        case "install" if command.has("-d", "--directory"):
            return FoldersMade(command, command.operands("-m", "-o", "-g"))
        case "chown" | "chgrp" if plain:
            return OwnerChange(command, plain[0].text, plain[1:], command.has("-R", "--recursive"))
        case "chmod" if words:
            modes = [word for word in words if not re.fullmatch(r"-[Rvcf]+|--\w[\w-]*", word.text)]
            return ModeChange(command, modes[0].text if modes else "", tuple(modes[1:]), command.has("-R", "--recursive"))
        case "useradd" | "adduser" | "groupadd" | "addgroup":
            return _account(command)
        case "curl" | "wget" | "git":
            return Download(command, tuple(word for word in words if "://" in word.text))
        case _:
            return Other(command)


def _system(command: ShellCommand, manager: str) -> Action:
    operands = command.operands(*_WITH_VALUE[manager])
    verb = operands[0].text if operands else ""
    if verb == _INSTALLING[manager]:
        return SystemInstall(command, manager, tuple(word for word in operands[1:] if _PACKAGE.match(word.text) or not word.plain))
    if verb in _UPDATING[manager]:
        return SystemUpdate(command, manager)
    if verb in _UPGRADING[manager]:
        return SystemUpgrade(command, manager)
    if verb in ("clean", "autoclean"):
        return Removal(command, ())
    return Other(command)


def _python(command: ShellCommand) -> PythonInstall | None:
    words = list(command.arguments)
    program = command.program
    if _PYTHON.match(program) and [word.text for word in words[:1]] == ["-m"] and len(words) > 1:
        program, words = words[1].text, words[2:]
    elif _PYTHON.match(program) and words and words[0].text == "setup.py":
        verb = next((word for word in words if word.text in ("install", "develop")), None)
        return PythonInstall(command, "setup.py", verb) if verb else None
    if program == "uv" and words and words[0].text == "pip":
        return _pip(command, "uv pip", words[1:])
    if _PIP.match(program):
        return _pip(command, "pip", words)
    verbs = {"uv": ("sync",), "poetry": ("install",), "pdm": ("install", "sync"), "pipenv": ("install", "sync"), "conda": ("install",), "mamba": ("install",)}
    if program in verbs:
        verb = next((word for word in words if not word.text.startswith("-")), None)
        if verb is not None and verb.text in verbs[program]:
            return PythonInstall(command, "uv sync" if program == "uv" else program, verb)
    return None


def _pip(command: ShellCommand, tool: str, words: list[ShellWord]) -> PythonInstall | None:
    verb = next((place for place, word in enumerate(words) if word.text in ("install", "sync") and not word.text.startswith("-")), None)
    if verb is None:
        return None
    packages: list[ShellWord] = []
    files: list[ShellWord] = []
    editable: list[ShellWord] = []
    rest = iter(words[verb + 1 :])
    for word in rest:
        flag, equals, _ = word.text.partition("=")
        if word.text.startswith("-") and word.text != "-":
            if re.match(r"-[re].", word.text) and not word.text.startswith("--"):
                (files if word.text[1] == "r" else editable).append(ShellWord(word.text[2:].lstrip("="), word.plain, word.span))
            elif flag in _WITH_VALUE["pip"] and not equals and (value := next(rest, None)) is not None:
                if flag in ("-r", "--requirement"):
                    files.append(value)
                elif flag in ("-e", "--editable"):
                    editable.append(value)
            elif flag in ("--requirement", "--editable"):
                (files if flag == "--requirement" else editable).append(ShellWord(word.text.partition("=")[2], word.plain, word.span))
        elif words[verb].text == "sync":
            files.append(word)
        else:
            packages.append(word)
    return PythonInstall(command, tool, words[verb], tuple(packages), tuple(files), tuple(editable))


def _account(command: ShellCommand) -> Action:
    is_group = command.program in ("groupadd", "addgroup")
    flags = ("-g", "--gid") if is_group else ("-u", "--uid")
    taking = (
        "-u", "--uid", "-g", "--gid", "-d", "--home", "--home-dir", "-s", "--shell", "-c", "--comment", "--gecos", "-G", "--groups", "--ingroup", "-h", "-k",
        "-b",
        "-K", "-p",
    )  # fmt: skip
    operands = command.operands(*taking)
    number: str | None = None
    words = [word.text for word in command.arguments]
    for place, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in flags:
            number = value if equals else next(iter(words[place + 1 :]), None)
    # `adduser -S -G group name` and `addgroup -S group` of busybox end with the name; `adduser name group` adds to a group.
    name = operands[0].text if operands else ""
    return UserAdded(command, name, int(number) if number and number.isdigit() else None, is_group)
