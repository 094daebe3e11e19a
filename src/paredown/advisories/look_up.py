"""Packages looked up in advisory data: each record is read once, and only what names one of them is kept."""

import io
import json
import lzma
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from paredown.advisories import debian_tracker, osv
from paredown.advisories.claims import Claim, Wanted, wanted
from paredown.advisories.documents import Document, documents, members
from paredown.errors import BrokenArchiveError, UserError
from paredown.holdings import LookedUp, Subject
from paredown.oci.foreign_json import Node

_BROKEN = (ValueError, OSError, EOFError, zlib.error, zipfile.BadZipFile, lzma.LZMAError, RuntimeError, BrokenArchiveError)


def look_up(paths: Iterable[Path], subjects: Iterable[Subject]) -> LookedUp:
    """What the data at `paths` says of `subjects`. UserError for a path that has no advisory that can be read."""
    reading = _Reading(wanted(subjects))
    for path in paths:
        before = reading.read
        for document in documents(path):
            reading.take(document, alone=path.is_file() and document[0] == str(path))
        if reading.read == before:
            raise UserError(
                f"{path} has no advisories that can be read", where=str(path), fix="name data in OSV's JSON or in that of Debian's security tracker"
            )
    return reading.outcome()


class _Reading:
    """What was read so far."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._claims: list[Claim] = []
        self._unreadable: list[str] = []
        self._origins: set[tuple[str, str]] = set()
        self._withdrawn = 0
        self.read = 0

    def take(self, document: Document, *, alone: bool) -> None:
        """Read one document; one that cannot be read is told of, and is an error when the user named it `alone`."""
        name, opened = document
        try:
            with opened() as stream, io.TextIOWrapper(stream, "utf-8-sig") as text:
                self._take(name, text)
        except _BROKEN as error:
            if alone:
                raise UserError(f"{name} cannot be read as advisories: {_why(error)}", where=name, fix="download it again, or leave it out") from error
            self._unreadable.append(name)

    def _take(self, name: str, text: io.TextIOWrapper) -> None:
        record: dict[str, Any] = {}
        others, packages = [], 0
        for key, value in members(text):
            if debian_tracker.is_package(value):
                packages += 1
                self._take_package(key, value)
            elif key in osv.KEYS:
                record[key] = value
            else:
                others.append(f"{name}: {key}")
        if packages:
            self._unreadable += [*others, *(f"{name}: {key}" for key in record)]
        elif "id" in record and ("affected" in record or "modified" in record):
            self._take_record(Node(record, "record"))
        else:
            raise ValueError("it is neither a record of OSV nor the list of Debian's security tracker")

    def _take_package(self, name: str, issues: dict[str, Any]) -> None:
        self._claims.extend(debian_tracker.claims(Node(issues, name), name, self._wanted))
        self._origins.update((debian_tracker.ECOSYSTEM, release) for issue in issues.values() for release in issue["releases"])
        self.read += len(issues)

    def _take_record(self, record: Node) -> None:
        claims = list(osv.claims(record, self._wanted))
        self._origins.update(osv.origins(record))
        self.read += 1
        if (record / "withdrawn").text(""):
            self._withdrawn += 1
        else:
            self._claims += claims

    def outcome(self) -> LookedUp:
        names = _Names()
        for claim in self._claims:
            if claim.affected is not False:
                names.join(claim.id, *claim.same)
        matched, undecided = (
            _by_subject((claim.subject, names.told(claim.id)) for claim in self._claims if claim.affected is answer) for answer in (True, None)
        )
        subjects = {subject for each in self._wanted.values() for subject in each}
        told = frozenset[str]().union(*matched.values(), *undecided.values())
        return LookedUp(
            matched=matched,
            undecided={subject: left for subject, ids in undecided.items() if (left := ids - matched.get(subject, frozenset()))},
            aliases={name: others for name in sorted(told) if (others := names.others(name))},
            read=self.read,
            withdrawn=self._withdrawn,
            unreadable=tuple(self._unreadable),
            covered=frozenset(subject.origin for subject in subjects if self._covers(subject)),
        )

    def _covers(self, subject: Subject) -> bool:
        return any((subject.ecosystem, release) in self._origins for release in ("", *subject.releases))


def _why(error: Exception) -> str:
    match error:
        case json.JSONDecodeError():
            return f"it is not JSON, or not all of it: {error.msg[:1].lower()}{error.msg[1:]}"
        case UnicodeDecodeError():
            return "it is not UTF-8"
        case RecursionError():
            return "it is nested too deeply"
        case _:
            return str(error)


def _by_subject(pairs: Iterator[tuple[Subject, str]]) -> dict[Subject, frozenset[str]]:
    found: dict[Subject, set[str]] = defaultdict(set)
    for subject, name in pairs:
        found[subject].add(name)
    return {subject: frozenset(ids) for subject, ids in found.items()}


class _Names:
    """Advisories of which several ids are one and the same: told by that of CVE where there is one, else by the first in order."""

    def __init__(self) -> None:
        self._groups: dict[str, set[str]] = {}

    def join(self, *ids: str) -> None:
        group = set(ids).union(*(self._groups.get(name, ()) for name in ids))
        self._groups.update(dict.fromkeys(group, group))

    def told(self, id: str) -> str:
        return min(self._groups.get(id, {id}), key=lambda name: (not name.startswith("CVE-"), name))

    def others(self, id: str) -> tuple[str, ...]:
        return tuple(sorted(self._groups.get(id, {id}) - {id}))
