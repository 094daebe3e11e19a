"""The Debian archive as a mirror serves it: a suite's signed index, and packages by digest."""

import re
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from paredown.debian.index import Index
from paredown.debian.release import DATE_FORMAT, Release, parts_of
from paredown.errors import UserError
from paredown.lock import Pin
from paredown.progress import Progress
from paredown.store import Store

# What is heavy (httpx, OpenPGP) is imported where a download is really made: mostly everything is in the store.

DEFAULT_MIRROR = "https://deb.debian.org"
DEFAULT_SNAPSHOT = DEFAULT_MIRROR.replace("//deb.", "//snapshot.")
_POOL_ADDRESS = re.compile(r"/(?P<archive>debian|debian-security)/(?P<path>pool/.+)\Z")


class Archive:
    """One suite at a mirror; /debian and /debian-security lie below `mirror`.

    Every InRelease must be signed by a key of `keyring` (a file of OpenPGP certificates; the keys shipped with paredown by default),
    and must not be past its Valid-Until at `now` (an aware datetime). `pause` waits some seconds before another attempt.
    """

    def __init__(
        self,
        *,
        mirror: str,
        suite: str,
        store: Store,
        progress: Progress,
        now: datetime,
        keyring: Path | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9.+-]*", suite):
            raise UserError(f"{suite!r} is not the name of a Debian suite", fix="for instance `trixie` or `bookworm`")
        self._mirror = _checked(mirror)
        self._suite = suite
        self._store = store
        self._progress = progress
        self._now = now
        self._keyring = keyring
        self._pause = pause
        self._releases: tuple[Release, ...] | None = None
        self._indexes: dict[str, Index] = {}

    def index(self, architecture: str) -> Index:
        """The suite with its updates and security updates. Asks the mirror once whether its InRelease files changed.

        UntrustedError for a bad signature, digest, size or an expired index; WorldError when the mirror cannot be reached;
        UserError when the suite or the architecture does not exist there.
        """
        if architecture not in self._indexes:
            from paredown.debian import suites  # noqa: PLC0415

            if self._releases is None:
                parts = parts_of(self._suite, self._mirror)
                self._releases = suites.releases(parts, store=self._store, keyring=self._keyring, now=self._now, pause=self._pause)
            sections = suites.sections(self._releases, architecture, store=self._store, progress=self._progress, pause=self._pause)
            date = max(release.date for release in self._releases)
            self._indexes[architecture] = Index(suite=self._suite, architecture=architecture, date=date.strftime(DATE_FORMAT), sections=sections)
        return self._indexes[architecture]


def fetch(
    pins: Sequence[Pin],
    *,
    date: str,
    store: Store,
    progress: Progress,
    mirror: str | None = None,
    snapshot: str = DEFAULT_SNAPSHOT,
    pause: Callable[[float], None] = time.sleep,
) -> dict[str, Path]:
    """The .deb file of each pin, by name: from the store, else downloaded in parallel, resumed where it was cut off, and verified.

    `mirror` (with /debian and /debian-security below it) replaces the one in the pins' addresses. What the mirror no longer has is
    asked of the `snapshot` archive as of `date`. Progress is told bytes per package. UntrustedError when a file is not what its pin
    says; WorldError when it cannot be had.
    """
    found = {pin.name: store.blob_path(pin.sha256) for pin in pins}
    absent = [pin for pin in pins if not found[pin.name].exists()]
    if absent:
        from paredown.debian import download  # noqa: PLC0415

        # The largest first: the last download then ends with the others.
        wanted = [
            download.Wanted(
                label=f"{pin.name} {pin.version}", urls=_addresses(pin, date, mirror and _checked(mirror), snapshot), digest=pin.sha256, size=pin.size
            )
            for pin in sorted(absent, key=lambda pin: (-pin.size, pin.name))
        ]
        download.download_all(wanted, store=store, progress=progress, pause=pause)
    return found


def _addresses(pin: Pin, date: str, mirror: str | None, snapshot: str) -> tuple[str, ...]:
    place = _POOL_ADDRESS.search(pin.url)
    if place is None:
        return (_checked(pin.url),)
    archive, path = place["archive"], place["path"]
    first = f"{mirror}/{archive}/{path}" if mirror else _checked(pin.url)
    try:
        moment = datetime.strptime(date, DATE_FORMAT)  # noqa: DTZ007  (only shifted, never compared)
    except ValueError as error:
        raise UserError(f"{date!r} is not the date of an archive's index", fix="delete paredown.lock and build again without --locked") from error
    # A snapshot holds what the archive had *before* its moment, and a release is only served some hours after its date.
    dates = (date, (moment + timedelta(days=1)).strftime(DATE_FORMAT))
    return first, *(f"{snapshot}/archive/{archive}/{day}/{path}" for day in dates)


def _checked(address: str) -> str:
    try:
        parts = urlsplit(address)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise UserError(f"{address!r} is not the http(s) address of a Debian mirror", fix=f"for instance {DEFAULT_MIRROR}")
    return address.rstrip("/")
