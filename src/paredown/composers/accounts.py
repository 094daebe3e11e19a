"""Who may run in the image and what they may write: passwd, group, the home, the declared writable folders."""

import posixpath
from dataclasses import replace

from paredown.errors import UserError
from paredown.plan import ROOT_GID, Plan
from paredown.tree import PAREDOWN, Kind, Tree, file_of, folder_of, inside, parents_of

NAME = "app"
HOME = "/home/app"
NOBODY = 65534

_MOST_LINKS = 40  # as Linux has it
_WRITABLE_MODE = 0o775  # also for the group: an engine's `--user 12345` keeps group 0, and so may write


def compose(tree: Tree, plan: Plan) -> Tree:
    """passwd, group and shadow-less accounts for `plan.user`, its home, and each writable path.

    What `tree` (an image as base, packages that make accounts) already has in passwd and group stays. UserError for a writable path
    that is the root, leaves it, or is a file.
    """
    users = _lines(tree, "etc/passwd") or [f"root:x:0:0:root:/root:{_no_login(tree)}"]
    groups = _lines(tree, "etc/group") or ["root:x:0:"]
    users = _with(users, 2, NOBODY, f"nobody:x:{NOBODY}:{NOBODY}:nobody:/nonexistent:{_no_login(tree)}")
    groups = _with(groups, 2, NOBODY, f"nogroup:x:{NOBODY}:")
    if plan.user:
        taken = {line.split(":")[0] for line in users}
        name = NAME if NAME not in taken else f"{NAME}{plan.user}"
        users = _with(users, 2, plan.user, f"{name}:x:{plan.user}:{ROOT_GID}:{name}:{HOME}:{_no_login(tree)}")
    made = {
        "etc/passwd": file_of(("\n".join(users) + "\n").encode(), owner=PAREDOWN),
        "etc/group": file_of(("\n".join(groups) + "\n").encode(), owner=PAREDOWN),
        HOME.strip("/"): folder_of(mode=_WRITABLE_MODE, uid=plan.user, gid=ROOT_GID, owner=PAREDOWN),
        "root": folder_of(mode=0o700, owner=PAREDOWN),
    }
    accounts = Tree(made)
    place = _landing(plan.working_directory.strip("/"), tree)
    if place and place not in tree:  # a project that is all package leaves none, and a read-only root lets no engine make it
        accounts = accounts.over(Tree({place: folder_of(owner=PAREDOWN)}))
    for path in plan.writable:
        accounts = accounts.over(_writable(path, tree, plan))
    parents = {path: entry for path, entry in accounts.with_parents().items() if path in accounts or path not in tree}
    return Tree(parents)


def writable_path(path: str, plan: Plan) -> str:
    """A declared writable path as the Tree spells it; relative ones start at the working directory. UserError when it cannot be one."""
    absolute = posixpath.normpath(posixpath.join(plan.working_directory, path))
    climbs = ".." in path.split("/")
    if climbs or not absolute.strip("/") or not path.strip():
        raise UserError(
            f"{path!r} cannot be a writable path: it {'leaves its folder' if climbs else 'is the whole image'}",
            where=plan.command.origin,
            fix='name a folder, absolute or relative to the working directory, for instance `writable = ["data"]`',
        )
    return inside(absolute)


def _writable(path: str, tree: Tree, plan: Plan) -> Tree:
    declared = writable_path(path, plan)
    # Through links, so that /var/run or an app's own link leads where the service will write.
    found = _landing(declared, tree)
    entry = tree.get(found)
    match entry.kind if entry is not None else Kind.FOLDER:
        case Kind.FOLDER:
            return _folder(found, tree, plan)
        case Kind.FILE | Kind.LINK:
            raise UserError(
                f"the writable path {path!r} is a file in the image",
                where=plan.command.origin,
                fix="declare the folder that holds it; what a service writes is better kept apart from what it ships",
            )


def _landing(path: str, tree: Tree) -> str:
    """Where `path` leads once links are followed, also when nothing is there yet."""
    for _ in range(_MOST_LINKS):
        link = next((part for part in [*reversed(list(parents_of(path))), path] if part in tree and tree[part].kind is Kind.LINK), None)
        if link is None:
            return path
        target = posixpath.join("/", posixpath.dirname(link), tree[link].target)
        path = posixpath.normpath(target + path[len(link) :]).lstrip("/")
    return path


def _folder(path: str, tree: Tree, plan: Plan) -> Tree:
    """The folder with what lies in it: a database shipped in a writable folder is to be written to."""
    entries = {path: folder_of(mode=_WRITABLE_MODE, uid=plan.user, gid=ROOT_GID, owner=tree[path].owner if path in tree else PAREDOWN)}
    for child, entry in tree.under(path):
        if entry.kind is Kind.LINK:
            continue
        mode = entry.mode | (entry.mode >> 3 & 0o070) | 0o660 | (0o110 if entry.kind is Kind.FOLDER else (entry.mode & 0o100) >> 3)
        entries[child] = replace(entry, mode=mode, uid=plan.user, gid=ROOT_GID)
    return Tree(entries)


def _no_login(tree: Tree) -> str:
    return "/usr/sbin/nologin" if "usr/sbin/nologin" in tree or "usr/bin/sh" in tree else "/sbin/nologin"


def _lines(tree: Tree, path: str) -> list[str]:
    """The account lines of a file; links followed, a missing one is empty."""
    try:
        text = tree.read(path).decode("utf-8", "surrogateescape")
    except KeyError:
        return []
    return [line for line in text.splitlines() if line.count(":") >= 3]


def _with(lines: list[str], field: int, number: int, line: str) -> list[str]:
    """`lines` with `line` unless one of them already has `number` in `field`."""
    return lines if any(known.split(":")[field] == str(number) for known in lines) else [*lines, line]
