"""A suite's release: what its signed text says, and the three releases that a suite is made of."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

from paredown.errors import UntrustedError

DATE_FORMAT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the releases a suite is made of: `codename` below `archive`, the address that package file names are relative to."""

    archive: str
    codename: str

    @property
    def url(self) -> str:
        """The folder of the release."""
        return f"{self.archive}/dists/{self.codename}"

    @property
    def public_archive(self) -> str:
        """`archive` without the user information: what may be written into a lock."""
        parts = urlsplit(self.archive)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a verified InRelease says. `contents` gives (`sha256:<hex>`, size in bytes) by path below the suite's folder."""

    part: Part
    date: datetime
    architectures: frozenset[str]
    by_hash: bool
    contents: dict[str, tuple[str, int]]


def parts_of(suite: str, mirror: str) -> tuple[Part, ...]:
    """The suite itself, its updates and its security updates, where the Debian archive has them below `mirror`."""
    return (
        Part(archive=f"{mirror}/debian", codename=suite),
        Part(archive=f"{mirror}/debian", codename=f"{suite}-updates"),
        Part(archive=f"{mirror}/debian-security", codename=f"{suite}-security"),
    )


def read(text: bytes, part: Part, *, now: datetime) -> Release:
    """The release in `text`, the part of an InRelease that its signature covers.

    UntrustedError when it is for another suite, or when `now` is past its Valid-Until.
    """
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    from debian.deb822 import Deb822  # noqa: PLC0415

    fields = Deb822(text)
    try:
        release = Release(
            part=part,
            date=parsedate_to_datetime(fields["Date"]).astimezone(UTC),
            architectures=frozenset(fields["Architectures"].split()),
            by_hash=fields.get("Acquire-By-Hash", "no").strip().lower() == "yes",
            contents=_contents(fields["SHA256"]),
        )
        valid_until = parsedate_to_datetime(fields["Valid-Until"]).astimezone(UTC) if "Valid-Until" in fields else None
    except (KeyError, ValueError) as error:
        raise UntrustedError(f"the signed release cannot be read: {error}", where=part.url, fix="use another mirror") from error
    if fields.get("Codename") != part.codename:
        raise UntrustedError(
            f"the mirror answers with the release of {fields.get('Codename')!r} instead of {part.codename!r}", where=part.url, fix="use another mirror"
        )
    if valid_until is not None and now > valid_until:
        raise UntrustedError(
            f"the release of {part.codename} expired on {valid_until:%Y-%m-%d %H:%M} UTC, and it is {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
            where=part.url,
            fix="correct this machine's clock if it is wrong; else the mirror is out of date, or hides updates: use another mirror",
        )
    return release


def _contents(text: str) -> dict[str, tuple[str, int]]:
    rows = (line.split() for line in text.splitlines() if line.strip())
    return {path: (f"sha256:{digest}", int(size)) for digest, size, path in rows}
