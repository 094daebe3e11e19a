"""How an engine would start an image: its configuration and its accounts made into a Launch."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from paredown.errors import UserError
from paredown.oci.model import ImageConfig
from paredown.runners.interface import Launch
from paredown.runners.permissions import covers, writable_folders
from paredown.tree import Tree

__all__ = ["launch_of", "writable_folders"]

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PORT = 8000
_BIGGEST_LIST = 1 << 20  # bytes of a list of accounts
_VARIABLE = re.compile(r"\$(?:PORT\b|\{PORT(?::?-(?P<default>\d+))?\})")
_PORT_WORD = re.compile(r"(?:^|\s)(?:--port|--bind|-b)(?:\s+|=)?(?P<value>[^\s'\"]+)")
_ALWAYS_THERE = ("/tmp", "/dev/shm")  # noqa: S108 - paths in an image


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    name: str
    user: int
    group: int
    home: str


def launch_of(config: ImageConfig, tree: Tree, *, environment: Mapping[str, str] | None = None) -> Launch:
    """The start of an image with this configuration and content; `environment` is added to its own.

    UserError for a user or group that is neither a number nor in the image's lists.
    """
    user, group, home = _identity(config.user, tree)
    variables = {**dict(config.environment), **(environment or {})}
    variables = {"PATH": _PATH, **variables, "HOME": variables.get("HOME") or home}
    argv = (*config.entrypoint, *config.command)
    return Launch(
        argv=argv,
        environment=tuple(variables.items()),
        user=user,
        group=group,
        working_directory=config.working_directory or "/",
        ports=_ports(config, argv, variables),
        writable=_writable(config, tree, user, group),
        stop_signal=config.stop_signal or "SIGTERM",
    )


def _identity(spelled: str, tree: Tree) -> tuple[int, int, str]:
    """User, group and home, of a configuration's `User`."""
    name, _, group_name = spelled.partition(":")
    accounts = list(_accounts(tree))
    found = next((account for account in accounts if account.name == (name or "root")), None)
    if found is None and name and not (name.isascii() and name.isdigit()):
        raise _unknown("user", name, "passwd")
    user = found.user if found else int(name or 0)
    found = found or next((account for account in accounts if account.user == user), None)
    group = _group(group_name, tree) if group_name else found.group if found else 0
    return user, group, (found.home if found else "") or "/"


def _group(name: str, tree: Tree) -> int:
    for fields in _fields(tree, "etc/group", 3):
        if fields[0] == name and fields[2].isdigit():
            return int(fields[2])
    if not (name.isascii() and name.isdigit()):
        raise _unknown("group", name, "group")
    return int(name)


def _unknown(kind: str, name: str, file: str) -> UserError:
    return UserError(f"the image starts as the {kind} {name!r}, which its /etc/{file} does not have", fix="name it by its number, or make the account")


def _accounts(tree: Tree) -> Iterator[_Account]:
    for fields in _fields(tree, "etc/passwd", 6):
        if fields[2].isdigit() and fields[3].isdigit():
            yield _Account(name=fields[0], user=int(fields[2]), group=int(fields[3]), home=fields[5])


def _fields(tree: Tree, path: str, least: int) -> Iterator[list[str]]:
    """The lines of a list of accounts that have `least` fields; none when the image has no such list."""
    found = tree.resolve(path)
    entry = tree.get(found) if found else None
    if entry is None or entry.content is None or entry.size > _BIGGEST_LIST:
        return
    for line in entry.read().decode("utf-8", "replace").splitlines():
        fields = line.split(":")
        if len(fields) >= least:
            yield fields


def _ports(config: ImageConfig, argv: tuple[str, ...], environment: Mapping[str, str]) -> tuple[int, ...]:
    """The exposed ports that take streams, or the one that the command or PORT names."""
    numbers = sorted({number for number, _, kind in (port.partition("/") for port in config.ports) if kind in ("", "tcp")}, key=lambda text: (len(text), text))
    exposed = tuple(int(number) for number in numbers if _is_port(number))
    if exposed:
        return exposed
    given = environment.get("PORT", "")
    said = _VARIABLE.sub(lambda found: given or found["default"] or "", " ".join(argv))
    for found in _PORT_WORD.finditer(said):
        number = found["value"].rpartition(":")[2]
        if _is_port(number):
            return (int(number),)
    return (int(given) if _is_port(given) else _PORT,)


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < 65536


def _writable(config: ImageConfig, tree: Tree, user: int, group: int) -> tuple[str, ...]:
    volumes = (posixpath.normpath("/" + volume.strip("/")) for volume in config.volumes)
    folders = writable_folders(tree, user, group) if user else ()
    found: list[str] = []
    for path in sorted({*volumes, *folders} - {"/", *_ALWAYS_THERE}):
        if not any(covers(top, path) for top in found):
            found.append(path)
    return tuple(found)
