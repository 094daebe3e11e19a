"""The merged package index of a suite, its updates and its security updates: a name to its newest package, in milliseconds."""

import json
import lzma
import mmap
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from paredown.debian.relations import Relation, parse
from paredown.errors import UntrustedError
from paredown.lock import Pin
from paredown.store import Store
from paredown.tree import digest_of

RECORD_KIND = "debian-index-1"
_PRIORITIES = ("required", "important", "standard", "optional", "extra")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One stanza of a Packages file. `url` is the full address; `fields` are all of the stanza's, by their name in lower case."""

    name: str
    version: str
    architecture: str
    url: str
    sha256: str
    size: int
    fields: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def pin(self) -> Pin:
        """What paredown.lock keeps of it."""
        return Pin(name=self.name, version=self.version, architecture=self.architecture, sha256=self.sha256, size=self.size, url=self.url)

    def relations(self, *names: str) -> tuple[tuple[Relation, ...], ...]:
        """The relations in the fields called `names` (lower case), one after the other."""
        return tuple(group for name in names for group in parse(self.fields.get(name, "")))

    def provides(self, relation: Relation) -> bool:
        """Whether this package satisfies `relation`, by its own name or by one it provides (Debian policy 7.5)."""
        if relation.name == self.name and relation.accepts(self.version):
            return True
        for offer in chain.from_iterable(self.relations("provides")):
            if offer.name == relation.name and (not relation.operator or (offer.version and relation.accepts(offer.version))):
                return True
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One Packages file: its bytes, where each name's stanzas lie in them (offset, length, offset, length...), and its Provides.

    `provides` has a line `name<TAB>value` for each stanza that provides something; `url` is what file names are relative to.
    """

    url: str
    packages: bytes | mmap.mmap
    places: dict[str, list[int]]
    provides: bytes


def section_of(packages: bytes, *, url: str) -> Section:
    """The section in the bytes of an uncompressed Packages file. Splits by blank lines, and looks into no stanza."""
    places: dict[str, list[int]] = {}
    provides: list[bytes] = []
    begin, end_of_all = 0, len(packages.rstrip(b"\n"))
    while begin < end_of_all:
        end = packages.find(b"\n\n", begin)
        if end < 0:
            end = end_of_all
        line_end = packages.find(b"\n", begin, end)
        if not packages.startswith(b"Package: ", begin) or line_end < 0:
            raise UntrustedError(f"the package index below {url} is not one: a stanza begins with {packages[begin : begin + 40]!r}", fix="try another mirror")
        name = packages[begin + 9 : line_end]
        places.setdefault(name.decode(), []).extend((begin, end - begin))
        offer = packages.find(b"\nProvides: ", line_end, end)
        if offer >= 0:
            provides.append(name + b"\t" + packages[offer + 11 : packages.find(b"\n", offer + 1, end + 1)])
        begin = end + 2
    return Section(url=url, packages=packages, places=places, provides=b"\n" + b"\n".join(provides) + b"\n")


def kept_section(digest: str, compressed: Callable[[], Path], *, promised: tuple[str, int], url: str, store: Store) -> Section:
    """The section of the Packages file whose (xz) file has `digest`: recalled, or split from what `compressed` brings, already verified.

    `promised` is the (`sha256:<hex>`, size in bytes) that the signed release gives for the uncompressed file.
    """
    record = store.recall(RECORD_KIND, digest)
    if record is not None:
        packages, provides = store.blob(record["packages"]), store.blob(record["provides"])
        if packages is not None and provides is not None:
            return Section(url=url, packages=_mapped(packages), places=record["places"], provides=provides.read_bytes())
    content = _decompressed(compressed(), promised[1])
    if (digest_of(content), len(content)) != promised:
        raise UntrustedError(f"the unpacked package index {url} is not what the signed release promises", fix="try again, or another mirror")
    section = section_of(content, url=url)
    kept = {"packages": store.add_bytes(content), "provides": store.add_bytes(section.provides), "places": section.places}
    store.remember(RECORD_KIND, digest, kept)
    return section


def _decompressed(path: Path, size: int) -> bytes:
    packed = path.read_bytes()
    if not packed.startswith(b"\xfd7zXZ"):
        return packed
    try:
        return lzma.LZMADecompressor().decompress(packed, max_length=size + 1)
    except lzma.LZMAError as error:
        raise UntrustedError(f"{path.name} is not xz: {error}", fix="try again, or another mirror") from error


def _mapped(path: Path) -> bytes | mmap.mmap:
    if path.stat().st_size == 0:
        return b""
    with open(path, "rb") as stream:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


class Index:
    """All packages of one suite with its updates and security updates, for one architecture.

    `date` (`20260912T075541Z`) is the newest of the three InRelease dates: the snapshot archive keeps these versions under it.
    """

    def __init__(self, *, suite: str, architecture: str, date: str, sections: Sequence[Section]) -> None:
        self.suite = suite
        self.architecture = architecture
        self.date = date
        self._sections = tuple(sections)
        self._packages: dict[str, Package | None] = {}
        self._providers: dict[str, tuple[Package, ...]] = {}

    def package(self, name: str) -> Package | None:
        """The newest package called `name` by Debian's order of versions, or None."""
        if name not in self._packages:
            from debian.debian_support import Version  # noqa: PLC0415

            candidates = [found for section in self._sections for found in _stanzas(section, name) if found.architecture in (self.architecture, "all")]
            self._packages[name] = max(candidates, key=lambda candidate: Version(candidate.version), default=None)
        return self._packages[name]

    def providers(self, name: str) -> tuple[Package, ...]:
        """The packages (each the newest of its name) whose Provides name `name`, sorted by priority and name."""
        if name not in self._providers:
            found = {package for section in self._sections for package in _offering(section, name)}
            newest = (self.package(package) for package in found)
            real = [package for package in newest if package is not None and package.provides(Relation(name)) and package.name != name]
            self._providers[name] = tuple(sorted(real, key=lambda package: (_priority(package), package.name)))
        return self._providers[name]

    def names(self) -> tuple[str, ...]:
        """Every real package name, sorted."""
        return tuple(sorted({name for section in self._sections for name in section.places}))


def _stanzas(section: Section, name: str) -> list[Package]:
    places = section.places.get(name, [])
    return [_package(section.packages[at : at + length], section.url) for at, length in zip(places[::2], places[1::2], strict=True)]


def _package(stanza: bytes, url: str) -> Package:
    from debian.deb822 import Deb822  # noqa: PLC0415

    fields = {name.lower(): value for name, value in Deb822(stanza).items()}
    try:
        path, size, sha256 = fields["filename"], int(fields["size"]), fields["sha256"]
        if not _DIGEST.fullmatch(sha256) or size < 0:
            raise ValueError(sha256)
        if path.startswith("/") or ".." in path.split("/"):
            raise ValueError(path)
        return Package(
            name=fields["package"], version=fields["version"], architecture=fields["architecture"],
            url=f"{url}/{path}", sha256=f"sha256:{sha256}", size=size, fields=fields,
        )  # fmt: skip
    except (KeyError, ValueError) as error:
        raise UntrustedError(
            f"the package index below {url} has a stanza that cannot be read: {json.dumps(fields.get('package', '?'))} ({error})", fix="try another mirror"
        ) from error


def _offering(section: Section, name: str) -> set[str]:
    needle = name.encode()
    found: set[str] = set()
    at = section.provides.find(needle)
    while at >= 0:
        begin = section.provides.rfind(b"\n", 0, at) + 1
        end = section.provides.find(b"\n", at)
        found.add(section.provides[begin : section.provides.find(b"\t", begin)].decode())
        at = section.provides.find(needle, end)
    return found


def _priority(package: Package) -> int:
    priority = package.fields.get("priority", "")
    return _PRIORITIES.index(priority) if priority in _PRIORITIES else len(_PRIORITIES)
