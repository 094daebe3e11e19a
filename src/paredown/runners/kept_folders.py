"""The folders of a machine that can be written: made of what the image has there when first asked for, and kept for the next start."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from paredown.materialise import remove_folder, write_folder
from paredown.runners.interface import Launch
from paredown.runners.permissions import boundaries, covers, nearest, unreadable
from paredown.sandbox import Bind
from paredown.sandbox.arguments import resolved
from paredown.tree import Kind, Tree

_TEMPORARY = "tmp"
_MACHINES = ("dev", "proc", "sys")
_MOST_MOUNTS = 1000  # bubblewrap takes 9000 words


class KeptFolders:
    """The writable folders of one machine, on the host's disk below `place`; `root` is where the image's `tree` was written.

    Inside there is one user, to whom all files belong: what modes and owners forbid others is made read-only by mounts, folder by folder.
    """

    def __init__(self, tree: Tree, root: Path, place: Path) -> None:
        self._tree = tree
        self._root = root
        self._place = place
        self._lock = threading.Lock()
        self._closed_folder, self._closed_file = place / "closed-folder", place / "closed-file"
        self._closed_folder.mkdir(mode=0)
        self._closed_file.touch(mode=0)
        self._kept: dict[str, Path] = {}
        self._limits: dict[tuple[int, int], dict[str, bool]] = {}

    def binds(self, launch: Launch) -> tuple[Bind, ...]:
        """What lies over the root for `launch`, parents before children."""
        with self._lock:
            limits = self._limits_of(launch)
            kept = self._asked_for(launch, limits)
        places = {path: Bind(source, f"/{path}", writable=path not in self._tree or limits[nearest(limits, path)]) for path, source in kept.items()}
        for path, may_write in limits.items():
            above = max((top for top in kept if covers(top, path)), key=len, default=None)
            if path in kept or not path:
                continue
            if above is not None:
                places[path] = Bind(kept[above] / path[len(above) + 1 :], f"/{path}", writable=may_write)
            elif launch.user == 0 and not launch.read_only:
                places[path] = Bind(self._root / path, f"/{path}", writable=may_write)
        hidden = self._hidden(launch)
        places = {path: bind for path, bind in places.items() if not any(covers(above, path) for above in hidden)}
        places |= {path: Bind(self._closed_folder if self._tree[path].kind is Kind.FOLDER else self._closed_file, f"/{path}") for path in hidden}
        return tuple(places[path] for path in sorted(places, key=lambda path: path.split("/"))[:_MOST_MOUNTS])

    @contextmanager
    def temporary(self, launch: Launch) -> Iterator[tuple[tuple[str, ...], tuple[Bind, ...]]]:
        """The temporary folder of one start, as memory or as a folder: empty with a read-only root, else as the image has it."""
        if launch.read_only:
            yield (f"/{_TEMPORARY}",), ()
            return
        with self._lock:
            limits = self._limits_of(launch)
        entry = self._tree.get(_TEMPORARY)
        if launch.user == 0 or entry is None or entry.kind is not Kind.FOLDER or not limits[nearest(limits, _TEMPORARY)]:
            yield (), ()
        elif not any(True for _ in self._tree.under(_TEMPORARY)):
            yield (f"/{_TEMPORARY}",), ()
        else:
            copy = self._copied(_TEMPORARY)
            try:
                yield (), (Bind(copy, f"/{_TEMPORARY}", writable=True),)
            finally:
                remove_folder(copy.parent)

    def _limits_of(self, launch: Launch) -> dict[str, bool]:
        if _rules_everything(launch):
            return {"": True}
        who = (launch.user, launch.group)
        if who not in self._limits:
            self._limits[who] = boundaries(self._tree, *who)
        return self._limits[who]

    def _hidden(self, launch: Launch) -> tuple[str, ...]:
        return () if _rules_everything(launch) else unreadable(self._tree, launch.user, launch.group)[:_MOST_MOUNTS]

    def _asked_for(self, launch: Launch, limits: dict[str, bool]) -> dict[str, Path]:
        asked = {resolved(self._root, path)[1:] for path in launch.writable if path.strip("/")}
        if launch.user != 0 and not launch.read_only:
            asked |= {path for path, may_write in limits.items() if may_write and path}
        tops: list[str] = []
        for path in sorted(asked):
            if path.split("/")[0] not in _MACHINES and path != _TEMPORARY and not any(covers(top, path) for top in tops):
                tops.append(path)
        made = {top: self._folder(top) for top in tops}
        # What an earlier start kept of a part stays that part.
        return {**made, **{path: source for path, source in self._kept.items() if any(covers(top, path) for top in tops)}}

    def _folder(self, path: str) -> Path:
        above = max((top for top in self._kept if covers(top, path)), key=len, default=None)
        if above is None:
            return self._kept.setdefault(path, self._copied(path))
        if above == path:
            return self._kept[path]
        part = self._kept[above] / path[len(above) + 1 :]
        part.mkdir(parents=True, exist_ok=True)
        return part

    def _copied(self, path: str) -> Path:
        """What the image has at `path`, in a folder of its own."""
        copy = Path(tempfile.mkdtemp(dir=self._place))
        entry = self._tree.get(path)
        content = {"content" + found[len(path) :]: below for found, below in self._tree.under(path)}
        if entry is not None:
            content["content"] = entry
        write_folder(Tree(content), copy)
        if entry is None:
            (copy / "content").mkdir(exist_ok=True)
        return copy / "content"


def _rules_everything(launch: Launch) -> bool:
    return launch.user == 0 and launch.capabilities
