"""Where the service may write, by modes and owners: volumes, its home, the folders for temporary files, and folders that are there to be written to."""

import posixpath
from collections.abc import Iterator

from paredown.probes.app_files import BUILT, environments
from paredown.probes.interface import Image, Seen
from paredown.probes.surroundings import Account, account_of, from_working_directory, working_directory
from paredown.result import Observation
from paredown.tree import Entry, Kind, OwnerKind

NAME = "writable paths"

_TEMPORARY = ("tmp", "var/tmp")
_OF_INIT = frozenset({"run/lock", "var/lock"})  # for the locks of daemons that an init starts, of which a container has none
_OWN = frozenset({OwnerKind.APP, OwnerKind.UNKNOWN, OwnerKind.PAREDOWN})
_DATA = frozenset(
    {"data", "media", "uploads", "upload", "instance", "storage", "cache", ".cache", "log", "logs", "tmp", "temp", "db", "database", "run", "state", "var"}
)
_DATABASES = (".db", ".sqlite", ".sqlite3")
_CODE = (".py", ".so", ".pyc")
_SYSTEM = frozenset(
    {
        "bin",
        "boot",
        "dev",
        "etc",
        "home",
        "lib",
        "lib32",
        "lib64",
        "libx32",
        "media",
        "mnt",
        "opt",
        "proc",
        "root",
        "run",
        "sbin",
        "srv",
        "sys",
        "tmp",
        "usr",
        "var",
    }
)


def observe(image: Image) -> Iterator[Seen]:
    """That the whole app can be written to, as root or by `chown -R`, is no use that one image may demand of another.

    So of the app's folders those count that are empty, hold databases, or have a name that data goes by; and of all folders those that were made
    writable for a user who is not root and that hold no code.
    """
    account = account_of(image)
    volumes = sorted({volume.strip("/") for volume in image.config.volumes})
    for path in volumes:
        yield _kept(f"volume /{path}", _why_not(path, account, image))
    yield _kept("home", _why_not(account.home, account, image) if account.home else "there is no home but /")
    for path in _TEMPORARY:
        yield _kept(f"/{path}", _why_not(path, account, image))
    apart = tuple(f"{path}/" for path in (*volumes, account.home, *_TEMPORARY) if path)
    for path in _meant_for_data(image, account):
        if not f"{path}/".startswith(apart):
            yield _kept(from_working_directory(path, image), _why_not(path, account, image))


def _kept(key: str, complaint: str | None) -> Observation:
    return Observation(probe=NAME, key=key, value=complaint, kept=True)


def _why_not(path: str, account: Account, image: Image) -> str | None:
    found = image.tree.resolve(path)
    if not found:
        return f"/{path} is not there"
    entry = image.tree[found]
    if account.may(entry, 2 if entry.kind is Kind.FILE else 3):
        return None
    return f"/{path} cannot be written to by {account}: it is {entry.uid}:{entry.gid}'s with mode {entry.mode & 0o7777:04o}"


def _meant_for_data(image: Image, account: Account) -> Iterator[str]:
    tree, app = image.tree, working_directory(image)
    others = tuple(f"{path}/" for path in environments(image))
    holding = {posixpath.dirname(path) for path in tree}
    with_code = _with_code(image)
    for path, entry in tree.items():
        if (
            entry.owner.kind not in _OWN
            or path in _OF_INIT
            or f"{path}/".startswith(others)
            or "__pycache__" in path
            or BUILT.match(path.removeprefix(f"{app}/"))
        ):
            continue
        place = (app and path.startswith(f"{app}/")) or path.partition("/")[0] not in _SYSTEM
        if entry.kind is Kind.FILE:
            if place and path.endswith(_DATABASES):
                yield path
        elif entry.kind is Kind.FOLDER and path not in with_code:
            empty = path not in holding
            if (place and path != app and (empty or posixpath.basename(path) in _DATA)) or _made_writable(path, entry, account, image):
                yield path


def _made_writable(path: str, entry: Entry, account: Account, image: Image) -> bool:
    if account.uid == 0 or not account.may(entry, 3):
        return False
    parent = image.tree.get(posixpath.dirname(path))
    return parent is None or not account.may(parent, 3)


def _with_code(image: Image) -> frozenset[str]:
    found: set[str] = set()
    for path in image.tree:
        if path.endswith(_CODE):
            folder = posixpath.dirname(path)
            while folder and folder not in found:
                found.add(folder)
                folder = posixpath.dirname(folder)
    return frozenset(found)
