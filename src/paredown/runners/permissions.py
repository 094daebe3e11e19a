"""What of a tree a user may write and read, as the kernel would decide by modes and owners."""

from paredown.tree import Entry, Kind, Tree

# Engines and read-only set-ups lay memory over these, or they are nobody's own.
_EVERYBODYS = frozenset({"tmp", "var/tmp", "dev", "proc", "sys", "run/lock", "run/shm", "var/lock"})


def writable_folders(tree: Tree, user: int, group: int) -> tuple[str, ...]:
    """The topmost folders, as absolute paths, in which this user may make and remove files; without /tmp and other places that are everybody's."""
    found: list[str] = []
    for path, open_to_it in boundaries(tree, user, group).items():
        everybodys = any(path == place or path.startswith(place + "/") for place in _EVERYBODYS)
        if open_to_it and not everybodys and not any(covers(top, path) for top in found):
            found.append(path)
    return tuple("/" + path for path in found)


def boundaries(tree: Tree, user: int, group: int) -> dict[str, bool]:
    """Folders where what the user may do changes: whether it may write there and, up to the next boundary, below. The root is one, as ""."""
    found = {"": user == 0}
    unreachable = ""
    for path, entry in tree.with_parents().items():
        if entry.kind is not Kind.FOLDER or (unreachable and covers(unreachable, path)):
            continue
        rights = _rights(entry, user, group)
        if not rights & 1:
            unreachable = path
        may_write = rights & 3 == 3
        if may_write != found[nearest(found, path)]:
            found[path] = may_write
    return found


def unreadable(tree: Tree, user: int, group: int) -> tuple[str, ...]:
    """The topmost folders that this user cannot enter, and the files it cannot read."""
    found: list[str] = []
    for path, entry in tree.items():
        if entry.kind is Kind.LINK or _rights(entry, user, group) & (1 if entry.kind is Kind.FOLDER else 4):
            continue
        if not found or not covers(found[-1], path):
            found.append(path)
    return tuple(found)


def nearest(folders: dict[str, bool], path: str) -> str:
    """The deepest of `folders` that is `path` or above it."""
    while path not in folders:
        path = path.rpartition("/")[0]
    return path


def covers(folder: str, path: str) -> bool:
    """Whether `path` is `folder` or lies in it."""
    return not folder or path == folder or path.startswith(folder + "/")


def _rights(entry: Entry, user: int, group: int) -> int:
    """Read, write and search as 4, 2 and 1."""
    shift = 6 if entry.uid == user else 3 if entry.gid == group else 0
    return entry.mode >> shift & 7
