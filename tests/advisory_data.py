"""Small advisories in the formats in which they are published."""

from typing import Any

from paredown.holdings import Subject


def affected(ecosystem: str, name: str, *events: dict[str, str], versions: tuple[str, ...] = (), kind: str = "ECOSYSTEM") -> dict[str, Any]:
    """What a record of OSV says of one package; `events` make one range."""
    told: dict[str, Any] = {"package": {"ecosystem": ecosystem, "name": name}}
    if events:
        told["ranges"] = [{"type": kind, "events": list(events)}]
    return {**told, **({"versions": list(versions)} if versions else {})}


def record(name: str, *about: dict[str, Any], **others: Any) -> dict[str, Any]:
    """A record of OSV about these packages."""
    return {"schema_version": "1.7.0", "id": name, "modified": "2026-01-01T00:00:00Z", "affected": list(about), "database_specific": {}, **others}


def issue(**releases: tuple[str, str]) -> dict[str, Any]:
    """An issue of Debian's list: for each release its status and the version that fixes it, "" for none."""
    states = {
        release: {"status": status, "repositories": {release: "1.0-1"}, "urgency": "not yet assigned", **({"fixed_version": fixed} if fixed else {})}
        for release, (status, fixed) in releases.items()
    }
    return {"description": "something is wrong", "scope": "local", "releases": states}


def distribution(name: str, version: str) -> Subject:
    return Subject(ecosystem="PyPI", name=name, version=version)


def debian(name: str, version: str) -> Subject:
    return Subject(ecosystem="Debian", name=name, version=version, releases=("12", "bookworm"))


def alpine(name: str, version: str) -> Subject:
    return Subject(ecosystem="Alpine", name=name, version=version, releases=("v3.20",))
