"""What a command of a RUN does to the image, where that is known: installs, users, owners, modes, folders, downloads, removals."""

import functools
import re
from dataclasses import dataclass

from paredown.dockerfile.shell import ShellCommand, ShellWord, flagged

_PYTHON = re.compile(r"(?:python|pypy)[\d.]*\Z")
_PIP = re.compile(r"pip[\d.]*\Z")
_REMOTE = re.compile(r"\w[\w+.-]*://|[\w.-]+@[\w.-]+:")
_FETCHING = ("clone", "fetch", "pull", "submodule")  # of git
_MANAGERS = {
    "apt-get": "apt", "apt": "apt", "aptitude": "apt", "apk": "apk", "dnf": "dnf", "microdnf": "dnf", "yum": "dnf", "zypper": "zypper",
}  # fmt: skip
_INSTALLING = {"apt": ("install",), "apk": ("add",), "dnf": ("install", "localinstall", "groupinstall"), "zypper": ("install", "in")}
_UPDATING = {"apt": ("update",), "apk": ("update",), "dnf": ("makecache", "check-update"), "zypper": ("refresh", "ref")}
_UPGRADING = {
    "apt": ("upgrade", "dist-upgrade", "full-upgrade"), "apk": ("upgrade",), "dnf": ("upgrade", "update"), "zypper": ("update", "up", "dist-upgrade", "dup"),
}  # fmt: skip
_REMOVING = {
    "apt": ("remove", "purge", "autoremove", "autopurge"), "apk": ("del",), "dnf": ("remove", "erase", "autoremove"), "zypper": ("remove", "rm"),
}  # fmt: skip
_VIRTUAL = ("-t", "--virtual")
_USERS = (
    "-u", "--uid", "-g", "--gid", "-d", "--home", "--home-dir", "-s", "--shell", "-c", "--comment", "--gecos", "-G", "--groups", "--ingroup", "-h", "-k",
    "--skel", "-b", "--base-dir", "-K", "--key", "-p", "--password", "-e", "--expiredate", "-f", "--inactive", "-R", "--root", "--firstuid", "--lastuid",
)  # fmt: skip
_GROUPS = ("-g", "--gid", "-K", "--key", "-p", "--password", "-R", "--root", "-U", "--users")
_WITH_VALUE = {
    "apt": ("-t", "--target-release", "--default-release", "-o", "--option", "-c", "--config-file", "-a", "--host-architecture"),
    "apk": (*_VIRTUAL, "--repository", "-X", "-p", "--root", "--arch", "--keys-dir", "--cache-dir", "--repositories-file", "--wait"),
    "dnf": ("--setopt", "--enablerepo", "--disablerepo", "--repo", "--repoid", "--releasever", "--installroot", "--exclude", "-x", "-c", "--config"),
    "zypper": ("--repo", "-r", "--root", "-R", "--from"),
    "pip": (
        "-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "-t", "--target",
        "--prefix", "--root", "--timeout", "--retries", "--trusted-host", "--python-version", "--platform", "--only-binary", "--no-binary",
        "--cache-dir", "--src",
        "-p", "--python", "--index", "--default-index", "--upgrade-package", "-P", "--group", "--extra", "--user-agent", "--proxy", "--cert", "-d", "--dest",
        "-w", "--wheel-dir", "--log", "--config-settings", "-C", "--implementation", "--abi", "--report", "--override", "--overrides", "--exclude-newer",
    ),
    "uv": ("--directory", "--project", "--config-file", "--cache-dir", "--color", "--allow-insecure-host", "-p", "--python"),
    "poetry": ("-C", "--directory", "-P", "--project"),
    "pdm": ("-p", "--project", "-c", "--config", "-G", "--group", "--venv"),
    "pipenv": ("--python", "--categories", "-i", "--index", "--pypi-mirror"),
    "conda": ("-n", "--name", "-p", "--prefix", "-c", "--channel", "-f", "--file", "-r", "--root-prefix"),
}  # fmt: skip
_LOCK_VERBS = {"uv": ("sync",), "poetry": ("install", "sync"), "pdm": ("install", "sync"), "pipenv": ("install", "sync")}
_CONDA = frozenset({"conda", "mamba", "micromamba"})


@dataclass(frozen=True, slots=True)
class SystemInstall:
    """Packages of the distribution, by name or file; `manager` is apt, apk, dnf or zypper. `virtual` is the name that apk has for all of them."""

    command: ShellCommand
    manager: str
    packages: tuple[ShellWord, ...]
    virtual: str = ""


@dataclass(frozen=True, slots=True)
class SystemUpdate:
    """The package manager's index fetched."""

    command: ShellCommand
    manager: str


@dataclass(frozen=True, slots=True)
class SystemUpgrade:
    """What is installed brought up to date: `packages`, or everything where none is named."""

    command: ShellCommand
    manager: str
    packages: tuple[ShellWord, ...] = ()


@dataclass(frozen=True, slots=True)
class SystemRemoval:
    """Packages of the distribution removed: those named, among them apk's virtual ones, or what nothing needs any more."""

    command: ShellCommand
    manager: str
    packages: tuple[ShellWord, ...]


@dataclass(frozen=True, slots=True)
class PythonInstall:
    """Python distributions. `tool` is pip, uv pip, uv sync, poetry, pdm, pipenv, conda or setup.py.

    `word` is the one that says install or sync. Of pip and uv pip `packages` are the requirements on the line, `files` the requirements files,
    `editable` what `-e` names.
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
    """chown or chgrp; `owner` as written, empty where it is another file's."""

    command: ShellCommand
    owner: str
    paths: tuple[ShellWord, ...]
    recursive: bool


@dataclass(frozen=True, slots=True)
class ModeChange:
    """chmod; `mode` as written, empty where it is another file's."""

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
    SystemInstall | SystemUpdate | SystemUpgrade | SystemRemoval | PythonInstall | Removal | FoldersMade | OwnerChange | ModeChange | UserAdded | Download
    | Other
)  # fmt: skip


@functools.lru_cache(maxsize=4096)
def action_of(command: ShellCommand) -> Action:
    """What `command` does."""
    program, words = command.program, command.arguments
    if program in _MANAGERS:
        return _system(command, _MANAGERS[program])
    if (python := _python(command)) is not None:
        return python
    operands = command.operands()
    match program:
        case "rm" | "unlink" | "rmdir":
            return Removal(command, operands)
        case "mkdir":
            return FoldersMade(command, command.operands("-m", "--mode"))
        case "install" if command.has("-d", "--directory"):
            return FoldersMade(command, command.operands("-m", "--mode", "-o", "--owner", "-g", "--group"))
        case "chown" | "chgrp":
            return _owner(command)
        case "chmod":
            return _mode(command)
        case "useradd" | "adduser" | "groupadd" | "addgroup":
            return _account(command)
        case "curl" | "wget" | "git" if program != "git" or any(word.text in _FETCHING for word in command.operands("-C", "-c")[:1]):
            return Download(command, tuple(word for word in words if _REMOTE.match(word.text)))
        case _:
            return Other(command)


def _system(command: ShellCommand, manager: str) -> Action:
    found = list(flagged(command.arguments, _WITH_VALUE[manager]))
    operands = [word for flag, word in found if not flag]
    if not operands:
        return Other(command)
    verb, *packages = operands
    if verb.text in _INSTALLING[manager]:
        virtual = next((word.text for flag, word in found if manager == "apk" and flag in _VIRTUAL), "")
        return SystemInstall(command, manager, tuple(packages), virtual)
    if verb.text in _UPDATING[manager]:
        return SystemUpdate(command, manager)
    if verb.text in _UPGRADING[manager]:
        return SystemUpgrade(command, manager, tuple(packages))
    if verb.text in _REMOVING[manager]:
        return SystemRemoval(command, manager, tuple(packages))
    return Removal(command, ()) if verb.text in ("clean", "autoclean", "distclean", "dist-clean") else Other(command)


def _python(command: ShellCommand) -> PythonInstall | None:
    words = command.arguments
    program = command.program
    if _PYTHON.match(program):
        start = next((place for place, word in enumerate(words) if word.text == "-m" or not word.text.startswith("-")), len(words))
        if words[start:] and words[start].text == "setup.py":
            verb = next((word for word in words if word.text in ("install", "develop")), None)
            return PythonInstall(command, "setup.py", verb) if verb else None
        if len(words) < start + 2:
            return None
        program, words = words[start + 1].text, words[start + 2 :]
    if _PIP.match(program):
        return _pip(command, "pip", words)
    tool = "conda" if program in _CONDA else program
    verbs = [word for flag, word in flagged(words, _WITH_VALUE.get(tool, ())) if not flag][:2]
    said = [word.text for word in verbs]
    if tool == "uv" and said[:1] == ["pip"]:
        return _pip(command, "uv pip", words[words.index(verbs[0]) + 1 :])
    if tool == "conda" and said[:1] == ["env"]:
        return PythonInstall(command, tool, verbs[1]) if said[1:] in (["create"], ["update"]) else None
    if said and said[0] in (("install", "create") if tool == "conda" else _LOCK_VERBS.get(tool, ())):
        return PythonInstall(command, "uv sync" if tool == "uv" else tool, verbs[0])
    return None


def _pip(command: ShellCommand, tool: str, words: tuple[ShellWord, ...]) -> PythonInstall | None:
    found = list(flagged(words, _WITH_VALUE["pip"]))
    operands = [word for flag, word in found if not flag]
    if not operands or operands[0].text not in ("install", "sync"):
        return None
    verb, *packages = operands
    files = tuple(word for flag, word in found if flag in ("-r", "--requirement"))
    editable = tuple(word for flag, word in found if flag in ("-e", "--editable"))
    if verb.text == "sync":
        return PythonInstall(command, tool, verb, (), (*files, *packages), editable)
    return PythonInstall(command, tool, verb, tuple(packages), files, editable)


def _owner(command: ShellCommand) -> Action:
    paths = command.operands("--from", "--reference")
    recursive = command.has("-R", "--recursive")
    if command.has("--reference"):
        return OwnerChange(command, "", paths, recursive)
    return OwnerChange(command, paths[0].text, paths[1:], recursive) if paths else Other(command)


def _mode(command: ShellCommand) -> Action:
    # A mode may look like flags: `chmod -x file`.
    words = [word for word in command.arguments if not re.fullmatch(r"-[Rvcf]+|--(?:[a-z-]+(?:=.*)?)?", word.text)]
    recursive = command.has("-R", "--recursive")
    if command.has("--reference"):
        return ModeChange(command, "", tuple(words), recursive)
    return ModeChange(command, words[0].text, tuple(words[1:]), recursive) if words else Other(command)


def _account(command: ShellCommand) -> Action:
    is_group = command.program in ("groupadd", "addgroup")
    numbered = ("-g", "--gid") if is_group else ("-u", "--uid")
    found = list(flagged(command.arguments, _GROUPS if is_group else _USERS))
    names = [word.text for flag, word in found if not flag]
    number = next((word.text for flag, word in found if flag in numbered), "")
    if len(names) > 1 and command.program in ("adduser", "addgroup"):  # of an account that is there, and a group
        return Other(command)
    return UserAdded(command, names[0] if names else "", int(number) if number.isdecimal() else None, is_group)
