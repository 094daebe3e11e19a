"""The Debian archive: a signed index, and packages by digest."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from paredown.debian.index import Index
from paredown.lock import Pin
from paredown.progress import Progress
from paredown.store import Store

DEFAULT_MIRROR = "https://deb.debian.org"
DEFAULT_SNAPSHOT = DEFAULT_MIRROR.replace("//deb.", "//snapshot.")


class Archive:
    """One suite at a mirror; /debian and /debian-security lie below `mirror`.

    Every InRelease must be signed by a key of `keyring` (a file of OpenPGP certificates; the keys shipped with paredown by default),
    and must not be past its Valid-Until at `now` (an aware datetime).
    """

    def __init__(self, *, mirror: str, suite: str, store: Store, progress: Progress, now: datetime, keyring: Path | None = None) -> None:
        raise NotImplementedError

    def index(self, architecture: str) -> Index:
        """The suite with its updates and security updates. Asks the mirror once per call whether its InRelease files changed.

        UntrustedError for a bad signature, digest, size or an expired index; WorldError when the mirror cannot be reached;
        UserError when the suite or the architecture does not exist there.
        """
        raise NotImplementedError


def fetch(
    pins: Sequence[Pin], *, date: str, store: Store, progress: Progress, mirror: str | None = None, snapshot: str = DEFAULT_SNAPSHOT
) -> dict[str, Path]:
    """The .deb file of each pin, by name: from the store, else downloaded in parallel, resumed where it was cut off, and verified.

    `mirror` (with /debian and /debian-security below it) replaces the one in the pins' addresses. What the mirror no longer has is
    asked of the `snapshot` archive as of `date`. Progress is told bytes per package. UntrustedError when a file is not what its pin
    says; WorldError when it cannot be had.
    """
    raise NotImplementedError
