"""A .deb becomes a Tree: its files as slices of the unpacked archive in the store, its control file, its maintainer scripts."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from paredown.store import Store
from paredown.tree import Owner, Tree


@dataclass(frozen=True, slots=True)
class Control:
    """The package's control file: `text` as it was, `fields` by their name as written (`Package`, `Multi-Arch`, ...)."""

    text: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackedDeb:
    """A package taken apart.

    `scripts` is everything of the control archive but the control file: preinst, postinst, prerm, postrm, triggers, conffiles,
    md5sums, templates, config, shlibs, symbols... `tree` is merged-/usr: what the archive has in /bin, /sbin, /lib, /lib32, /lib64 or
    /libx32 stands under usr/. The links bin -> usr/bin and so on are NOT made here: whoever composes a root from several packages
    makes them, once (see `merged`). Hard links share an `inode` token; `md5sums` and `conffiles` keep the names of the archive.
    """

    control: Control
    scripts: dict[str, bytes]
    tree: Tree


def merged(path: str) -> str:
    """Where `path` (no leading slash) lies in a merged-/usr root: `lib/x` -> `usr/lib/x`; others stay. A bare `lib` stays too."""
    raise NotImplementedError


def unpack(deb: Path, digest: str, store: Store, owner: Owner) -> UnpackedDeb:
    """The package in the file `deb`, whose digest (`sha256:<hex>`) the caller has verified; every entry belongs to `owner`.

    The unpacked data.tar stays in the store and what was read is remembered under `digest`: a second call takes milliseconds.
    BrokenArchiveError for a file that is not a package, is cut off, holds a device, or has a name that leaves its root or lies
    beneath a link of the package.
    """
    raise NotImplementedError


def unpack_all(debs: Iterable[tuple[Path, str, Owner]], store: Store) -> list[UnpackedDeb]:
    """`unpack` of each (file, digest, owner), on all processors, in the order given."""
    raise NotImplementedError
