"""A Sandbox in bubblewrap's words. Mount points are looked up here, inside the root, so that no link in it can point a mount elsewhere."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from paredown.errors import UserError
from paredown.sandbox.description import Sandbox

_NAMESPACES = ("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
HOST_NAME = "sandbox"
_OWN = ("proc", "dev")  # never the root's: the sandbox has its own
_MOST_LINKS = 40


@dataclass(frozen=True, slots=True)
class _Mount:
    """Something laid over the root: where (resolved), and bubblewrap's words for it but for the place."""

    place: str
    words: tuple[str, ...]


def arguments(sandbox: Sandbox, handles: tuple[int, ...], *, own_network: bool) -> list[str]:
    """The options for `sandbox`; `handles` are open files with the bytes of `sandbox.files`, in their order."""
    words = [*_NAMESPACES, "--hostname", HOST_NAME, "--die-with-parent", "--new-session"]
    if own_network:
        words.append("--unshare-net")
    words += ["--uid", str(sandbox.uid), "--gid", str(sandbox.gid), "--cap-drop", "ALL"]
    if sandbox.uid == 0:
        words += [word for name in sandbox.capabilities for word in ("--cap-add", name)]
    mounts = _mounts(sandbox, handles)
    words += _root(sandbox, mounts)
    words += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/dev/shm"]  # noqa: S108 - a path inside
    for mount in mounts:
        words += [*mount.words, mount.place]
    if not sandbox.overlay:
        words += ["--remount-ro", "/"]
    if sandbox.uid != 0:
        words += ["--remount-ro", "/dev"]  # its devices and what is mounted below stay as they are
    words += ["--chdir", sandbox.working_directory, "--clearenv"]
    for name, value in sandbox.environment.items():
        words += ["--setenv", name, value]
    return words


def _root(sandbox: Sandbox, mounts: list[_Mount]) -> list[str]:
    if sandbox.overlay or _lacks_mount_points(sandbox.root, mounts):
        for name in _OWN:
            if (sandbox.root / name).is_symlink():
                raise UserError(f"/{name} is a link in the root {sandbox.root}", fix="make it a folder")
        return ["--overlay-src", str(sandbox.root), "--tmp-overlay", "/"]
    words = []
    for child in sorted(os.scandir(sandbox.root), key=lambda found: found.name):
        if child.is_symlink():
            words += ["--symlink", os.readlink(child.path), f"/{child.name}"]
        elif child.name not in _OWN:
            words += ["--ro-bind", child.path, f"/{child.name}"]
    return words


def _mounts(sandbox: Sandbox, handles: tuple[int, ...]) -> list[_Mount]:
    """What is laid over the root, parents before children."""
    mounts = [_Mount(resolved(sandbox.root, target), ("--perms", "1777", "--tmpfs")) for target in sandbox.tmpfs]
    mounts += [_Mount(resolved(sandbox.root, bind.target), ("--bind" if bind.writable else "--ro-bind", str(bind.source))) for bind in sandbox.binds]
    for (target, _), handle in zip(sandbox.files, handles, strict=True):
        mounts += [_Mount(resolved(sandbox.root, target), ("--perms", "0644", "--ro-bind-data", str(handle)))]
    return sorted(mounts, key=lambda mount: mount.place.split("/"))


def _lacks_mount_points(root: Path, mounts: list[_Mount]) -> bool:
    """Whether a mount needs a place that would have to be made in a folder of the root, which is read-only."""
    for mount in mounts:
        top = mount.place.split("/")[1]
        covered = any(mount.place.startswith(other.place + "/") for other in mounts if other is not mount)
        if not covered and top not in _OWN and os.path.lexists(root / top) and not os.path.lexists(root / mount.place[1:]):
            return True
    return False


def resolved(root: Path, target: str) -> str:
    """`target` with every link inside `root` followed as a process on that root would; UserError for circles and relative paths."""
    if not target.startswith("/") or "\0" in target:
        raise UserError(f"{target!r} is not an absolute path in the sandbox")
    rest = target.split("/")[::-1]
    done: list[str] = []
    links = 0
    while rest:
        part = rest.pop()
        if part in ("", "."):
            continue
        if part == "..":
            del done[-1:]
            continue
        here = root.joinpath(*done, part)
        try:
            is_link = stat.S_ISLNK(here.lstat().st_mode)
        except OSError:
            is_link = False
        if not is_link:
            done.append(part)
            continue
        links += 1
        if links > _MOST_LINKS:
            raise UserError(f"{target} goes in circles in {root}")
        text = os.readlink(here)
        if text.startswith("/"):
            done = []
        rest += text.split("/")[::-1]
    if not done:
        raise UserError(f"{target} is the root of the sandbox: nothing can be laid over it")
    return "/" + "/".join(done)
