"""What surrounds the service in its image: where it works, the folders of its PATH, the account that it runs as."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from paredown.probes.interface import Image
from paredown.pydist.elf import window
from paredown.tree import Entry, Kind, Tree

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who the service runs as, `home` as a Tree spells it. `known` is False when the image has no line for the user's name."""

    uid: int
    gid: int
    groups: frozenset[int]
    home: str
    known: bool = True

    def __str__(self) -> str:
        return f"{self.uid}:{self.gid}"

    def may(self, entry: Entry, bits: int) -> bool:
        """Whether the mode of `entry` allows `bits` (4 reads, 2 writes, 1 executes or enters)."""
        if self.uid == 0:
            return True
        shift = 6 if entry.uid == self.uid else 3 if entry.gid in self.groups else 0
        return (entry.mode >> shift) & bits == bits


def account_of(image: Image) -> Account:
    """The account of the configuration's user, by the image's own password and group files."""
    name, _, group = image.config.user.partition(":")
    name = name or "0"
    users, groups = list(_lines(image.tree, "etc/passwd", 7)), list(_lines(image.tree, "etc/group", 4))
    line = next((fields for fields in users if name in (fields[0], fields[2])), None)
    uid = _number(line[2] if line else name)
    gid = _number(next((fields[2] for fields in groups if group and group == fields[0]), group) or (line[3] if line else "0"))
    more = {_number(fields[2]) for fields in groups if line is not None and not group and line[0] in fields[3].split(",")}
    home = dict(image.config.environment).get("HOME") or (line[5] if line else "/")
    known = uid is not None and gid is not None
    return Account(
        uid=uid or 0, gid=gid or 0, groups=frozenset({gid or 0, *(number for number in more if number is not None)}), home=_spelled(home), known=known
    )


def user_name(image: Image) -> str:
    """The name of the service's user in the image's password file, else its number."""
    uid = str(account_of(image).uid)
    return next((fields[0] for fields in _lines(image.tree, "etc/passwd", 7) if fields[2] == uid), uid)


def working_directory(image: Image) -> str:
    """The working directory as the tree has it; "" is the root."""
    return _spelled(image.config.working_directory or "/")


def from_working_directory(path: str, image: Image) -> str:
    """`path` of the tree as the service would name it: relative when it lies in the working directory."""
    folder = working_directory(image)
    return path.removeprefix(f"{folder}/") if folder and path.startswith(f"{folder}/") else f"/{path}"


def path_folders(image: Image) -> tuple[str, ...]:
    """The folders of PATH in their order, as the tree has them; those that are not there are left out."""
    folders = (dict(image.config.environment).get("PATH") or _PATH).split(":")
    places = (posixpath.join("/", working_directory(image), folder) for folder in folders)
    return tuple(dict.fromkeys(_spelled(place) for place in places if image.tree.resolve(place) is not None))


def places_of(word: str, image: Image) -> tuple[str, ...]:
    """The paths at which a program called `word` would be looked for, in order."""
    if "/" in word:
        return (_spelled(posixpath.join("/", working_directory(image), word)),)
    return tuple(posixpath.join(folder, word) for folder in path_folders(image))


def program(word: str, image: Image) -> str | None:
    """The path of the program that `word` starts, links not followed; None when there is none that the service may execute."""
    account = account_of(image)
    for place in places_of(word, image):
        target = image.tree.resolve(place)
        if target and (entry := image.tree[target]).executable and (account.uid == 0 or account.may(entry, 1)):
            return place
    return None


def why_not_startable(word: str, image: Image) -> str:
    """What is wrong with the program `word`, which `program` did not find."""
    for place in places_of(word, image):
        target = image.tree.resolve(place)
        if target and image.tree[target].kind is Kind.FILE:
            return f"/{place} may not be executed by {account_of(image)}"
    return f"{word} is not in the image" if "/" in word else f"{word} is not on PATH"


def shebang(entry: Entry) -> tuple[str, ...]:
    """The words of a script's first line after `#!`; () when it has none."""
    if entry.kind is not Kind.FILE or entry.size < 3:
        return ()
    with window(entry) as stream:
        head = stream.read(512)
    return tuple(head[2:].split(b"\n")[0].decode("utf-8", "replace").split()) if head.startswith(b"#!") else ()


def _spelled(path: str) -> str:
    return posixpath.normpath(posixpath.join("/", path)).lstrip("/")


def _lines(tree: Tree, path: str, fields: int) -> Iterator[list[str]]:
    found = tree.resolve(path)
    if not found or tree[found].kind is not Kind.FILE:
        return
    for line in tree[found].read().decode("utf-8", "replace").splitlines():
        if len(parts := line.split(":")) >= fields:
            yield parts


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
