"""What an image had that some route may ask for one day: metadata of distributions, time zones, codecs; and what of it another still has."""

import posixpath
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.slim.engine import contents

_ZONE = re.compile(r"(?:usr/share/zoneinfo|tzdata/zoneinfo)/(?!posix/|right/)(?P<zone>[A-Z].*)$")
_CODEC = re.compile(r"/encodings/(?P<codec>[a-z]\w*)\.py$|/lib-dynload/(?P<tables>_codecs_\w+)\.")
_METADATA = re.compile(r"(?P<site>.*-packages)/(?P<distribution>[^/]+)\.dist-info/(?P<file>METADATA|RECORD)$")
_INSTALLERS = re.compile(r"(?:pip|setuptools|wheel|uv)-")


@dataclass(frozen=True, slots=True)
class Holdings:
    """All paths, the zones and the codecs by name, and what each distribution has beside its metadata ({} for one without any)."""

    paths: frozenset[str]
    zones: frozenset[str]
    codecs: frozenset[str]
    distributions: dict[str, frozenset[str]]


def holdings(tag: str, archive: Path) -> Holdings:
    """What the engine's image `tag` holds."""
    with contents(tag, archive) as tar:
        there = {member.name.removeprefix("./"): member for member in tar if not member.isdir()}
        found = {path: match for path in there if (match := _METADATA.search(path))}
        distributions = {match["distribution"]: _files(tar, there, match) for match in found.values() if match["file"] == "METADATA"}
    archive.unlink()
    paths = frozenset(there)
    return Holdings(
        paths,
        frozenset(match["zone"] for path in paths if (match := _ZONE.search(path)) and not path.endswith(".tab")),
        frozenset(match["codec"] or match["tables"] for path in paths if (match := _CODEC.search(path))),
        distributions,
    )


def lost(before: Holdings, after: Holdings) -> list[str]:
    """What is gone, in words: metadata counts where the distribution itself is still there."""
    bare = [
        name
        for name, files in before.distributions.items()
        if name not in after.distributions and not _INSTALLERS.match(name) and any(path in after.paths for path in files)
    ]
    found = [f"metadata of {len(bare)} distributions"] if bare else []
    for what in ("zones", "codecs"):
        gone = getattr(before, what) - getattr(after, what)
        found += [f"{len(gone)} of {len(getattr(before, what))} {what}"] if gone else []
    return found


def _files(tar: tarfile.TarFile, there: dict[str, tarfile.TarInfo], match: re.Match[str]) -> frozenset[str]:
    record = there.get(f"{match['site']}/{match['distribution']}.dist-info/RECORD")
    stream = tar.extractfile(record) if record else None
    if stream is None:
        return frozenset()
    names = [line.partition(",")[0] for line in stream.read().decode("utf-8", "replace").splitlines()]
    return frozenset(posixpath.normpath(f"{match['site']}/{name}") for name in names if name.endswith((".py", ".so")) and ".dist-info/" not in name)
