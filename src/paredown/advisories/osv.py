"""Records as OSV has them (https://ossf.github.io/osv-schema): ids, affected packages, ranges of versions."""

from collections.abc import Iterator

from paredown.advisories.claims import Claim, Wanted
from paredown.advisories.versions import in_range, placed
from paredown.holdings import PYTHON, Subject
from paredown.oci.foreign_json import Node
from paredown.pydist.distributions import normalised

KEYS = frozenset({"id", "modified", "aliases", "upstream", "withdrawn", "affected"})  # all that is read of a record
_ORDERED = ("ECOSYSTEM", "SEMVER")
_EVENTS = ("introduced", "fixed", "last_affected", "limit")


def origins(record: Node) -> frozenset[tuple[str, str]]:
    """The ecosystems that a record is about, each with its release, "" where it is about all."""
    return frozenset(_origin(each / "package") for each in (record / "affected").items())


def claims(record: Node, wanted: Wanted) -> Iterator[Claim]:
    """What `record` says of those packages that are `wanted`. BrokenArchiveError names the key that is not as the schema has it."""
    name = (record / "id").text()
    found: dict[Subject, list[bool | None]] = {}
    for affected in (record / "affected").items():
        ecosystem, release = _origin(affected / "package")
        package = (affected / "package" / "name").text("")
        for subject in wanted.get((ecosystem, normalised(package) if ecosystem == PYTHON else package), ()):
            if not release or release in subject.releases:
                found.setdefault(subject, []).append(_is_affected(affected, subject))
    # DEBIAN-CVE-2024-1 is what Debian says of CVE-2024-1; a DSA is about several and none of them.
    upstream = tuple(each for each in (record / "upstream").texts() if name.endswith(f"-{each}")) if found else ()
    for subject, answers in found.items():
        affected_at_all = True if True in answers else None if None in answers else False
        yield Claim(subject=subject, id=name, affected=affected_at_all, same=(*(record / "aliases").texts(), *upstream))


def _origin(package: Node) -> tuple[str, str]:
    ecosystem, _, release = (package / "ecosystem").text("").partition(":")
    return ecosystem, release


def _is_affected(affected: Node, subject: Subject) -> bool | None:
    """By the schema's own algorithm; None where only Git's history could tell, or a version is none."""
    versions = (affected / "versions").texts()
    ranges = [each for each in (affected / "ranges").items() if (each / "type").text() in _ORDERED]
    answers = [in_range(subject.ecosystem, subject.version, _events(each)) for each in ranges]
    mine = placed(subject.ecosystem, subject.version)
    if subject.version in versions or True in answers or (mine is not None and any(placed(subject.ecosystem, each) == mine for each in versions)):
        return True
    return False if versions or (answers and None not in answers) else None


def _events(range: Node) -> Iterator[tuple[str, str]]:
    for event in (range / "events").items():
        for kind in _EVENTS:
            if text := (event / kind).text(""):
                yield kind, text
