"""What in an image helps an attacker: packages, programs, shells, what runs with more rights, and what can be written."""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from paredown.comparison import Exposure
from paredown.probes.interface import Image
from paredown.probes.surroundings import account_of, shebang
from paredown.tree import Entry, Kind, OwnerKind, setuid

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "csh", "tcsh", "fish", "busybox", "rbash"})
INSTALLERS = frozenset({"apt", "apt-get", "aptitude", "dpkg", "apk", "pip", "pip3", "uv", "poetry", "pdm", "pipenv", "conda", "npm", "yarn", "easy_install"})
BUILD_TOOLS = re.compile(r"(?:[\w]+-linux-(?:gnu|musl)-)?(?:gcc|g\+\+|cc|c\+\+|cpp|clang|as|ld|make|cmake|rustc|cargo|go|git|gdb|strace)(?:-[\d.]+)?")
DOWNLOADERS = frozenset({"curl", "wget", "nc", "netcat", "ncat", "socat", "ssh", "scp", "sftp", "rsync", "telnet", "ftp", "openssl", "sshd"})
_SYSTEM = frozenset({OwnerKind.BASE, OwnerKind.INTERPRETER, OwnerKind.SYSTEM})
_LIBRARY = re.compile(r"\.so(?:\.|$)")


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    why: str
    find: Callable[[Image], Iterable[str]]


def exposures(before: Image, after: Image) -> tuple[Exposure, ...]:
    """Both images by the same measure."""
    return tuple(Exposure(name=kind.name, why=kind.why, before=_found(kind, before), after=_found(kind, after)) for kind in _KINDS)


def _found(kind: _Kind, image: Image) -> tuple[str, ...]:
    return tuple(sorted(set(kind.find(image))))


def system_packages(image: Image) -> Iterator[str]:
    """Those of which files are there."""
    owners = {entry.owner for entry in image.tree.values() if entry.owner.kind in _SYSTEM and entry.owner.name}
    return (f"{owner.name} {owner.version}".strip() for owner in owners)


def programs(image: Image) -> Iterator[str]:
    """Files that can be executed: ELF programs, and scripts that name their interpreter."""
    for path, entry in image.tree.items():
        if entry.executable and not _LIBRARY.search(posixpath.basename(path)) and (path in image.facts.elves or shebang(entry)):
            yield f"/{path}"


def named(image: Image, names: Callable[[str], object]) -> Iterator[str]:
    """Programs by their names, links to them, too: `busybox` may be a shell by any of its names."""
    for path, entry in image.tree.items():
        if names(posixpath.basename(path)) and entry.kind is not Kind.FOLDER and _in_a_folder_of_programs(path):
            target = image.tree.resolve(path)
            if target and image.tree[target].executable:
                yield f"/{path}"


def _in_a_folder_of_programs(path: str) -> bool:
    return posixpath.basename(posixpath.dirname(path)) in ("bin", "sbin", "") or path.count("/") < 2


def setuid_files(image: Image) -> Iterator[str]:
    """Files that run with their owner's or group's rights."""
    return (f"/{path}" for path, entry in image.tree.items() if setuid(entry))


def everybodys(image: Image) -> Iterator[str]:
    """What everybody may write, but for folders in which everybody may only touch their own files (/tmp)."""
    return (f"/{path}" for path, entry in _lasting(image) if entry.kind is not Kind.LINK and entry.mode & 0o002 and not entry.mode & 0o1000)


def writable_files(image: Image) -> Iterator[str]:
    """Files that the service's user may overwrite, by their modes or by those of their folders."""
    account = account_of(image)

    def may_replace(path: str, entry: Entry) -> bool:
        folder = image.tree.get(posixpath.dirname(path))
        return account.may(entry, 2) or (folder is not None and not folder.mode & 0o1000 and account.may(folder, 3))

    return (f"/{path}" for path, entry in _lasting(image) if entry.kind is Kind.FILE and may_replace(path, entry))


def _lasting(image: Image) -> Iterator[tuple[str, Entry]]:
    """What is there when the image runs: its own /dev, /proc and /sys are not."""
    return ((path, entry) for path, entry in image.tree.items() if path.partition("/")[0] not in ("dev", "proc", "sys"))


def _distributions(image: Image) -> Iterator[str]:
    return (f"{each.name} {each.version}" for each in image.facts.distributions)


_KINDS = (
    _Kind("system packages", "each can have a vulnerability that has to be followed and patched", system_packages),
    _Kind("Python distributions", "each can have a vulnerability that has to be followed and patched", _distributions),
    _Kind("executables", "programs that an intruder finds ready to use", programs),
    _Kind("shells", "most exploits start one", lambda image: named(image, SHELLS.__contains__)),
    _Kind("package managers", "they fetch an intruder's tools", lambda image: named(image, INSTALLERS.__contains__)),
    _Kind("compilers and build tools", "they make an intruder's tools", lambda image: named(image, BUILD_TOOLS.fullmatch)),
    _Kind("network tools", "they fetch an intruder's tools and carry data away", lambda image: named(image, DOWNLOADERS.__contains__)),
    _Kind("setuid and setgid files", "they run with more rights than who starts them", setuid_files),
    _Kind("world-writable paths", "anybody's code can change them", everybodys),
    _Kind("files the service can overwrite", "an intruder who runs as the service changes its code", writable_files),
)
