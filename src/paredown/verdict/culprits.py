"""Who is to blame for a difference: the file that it names and that is gone or other, its owner, the trim that took it and the line that keeps it."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from paredown.pydist.distributions import normalised
from paredown.pydist.imports import module_of
from paredown.result import Culprit, Difference, Removal
from paredown.tree import Entry, Kind, OwnerKind, Tree

_SITE = re.compile(r"^.*/(?:site|dist)-packages/")
_LIBRARY = re.compile(r"^.*/?lib/python3(?:\.\d+)?/")
_MODULE = re.compile(r"No module named '?([\w.]+)|cannot import name '\w+' from '([\w.]+)'|module '([\w.]+)' has no attribute")
_PATH = re.compile(r"(?<![\w./])/[\w.+@-]+(?:/[\w.+@-]+)*")
_SHARED_OBJECT = re.compile(r"\b[\w+.-]+\.so(?:\.[\w.]+)?")
_FILE = re.compile(r"[\w+@-][\w+@./-]*\.\w{1,12}\b")
# Keys that begin with the name of a distribution.
_DISTRIBUTION = re.compile(r"(?:(?:distributions|entry points|script interpreters|bytecode|elf needs): |modules: distribution )(?P<name>[\w.-]+)")
_MOST = 3
_FEW = 5  # so few files that are other are suspects even when no one names them
_BYTECODE = ("/__pycache__/", ".pyc")


def meaning(path: str) -> str:
    """`path` by what it is: a distribution's file and a standard library's lie in other folders in images that were made in other ways."""
    for pattern, name in ((_SITE, "site:"), (_LIBRARY, "library:")):
        if match := pattern.match(path):
            return name + path[match.end() :]
    return path


@dataclass(frozen=True, slots=True)
class Suspects:
    """The files of the image before that the one after lacks or has otherwise, and what its record tells of them."""

    before: Tree
    lost: frozenset[str]  # paths before
    changed: frozenset[str]
    removals: Mapping[str, Removal]  # by meaning
    made_by_paredown: bool
    by_name: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # base name -> paths before that are lost or changed

    def named_in(self, difference: Difference) -> tuple[Culprit, ...]:
        """The likeliest first; () when nothing that is other is named."""
        exact = dict.fromkeys(self._meant(difference.probe, difference.key))
        found = exact or dict.fromkeys(self._named(f"{difference.after}\n{difference.key.removeprefix('environment ')}"))
        if not found and difference.probe != "configuration":
            undeclared = [path for path in sorted(self.lost | self.changed) if meaning(path) not in self.removals]
            if 0 < len(undeclared) <= _FEW:
                found = dict.fromkeys(undeclared)
        return tuple(self._culprit(path) for path in list(found)[:_MOST])

    def _meant(self, probe: str, key: str) -> Iterator[str]:
        """The files that a probe's own keys stand for."""
        distribution = _DISTRIBUTION.match(f"{probe}: {key}")
        if key.startswith("program "):
            yield from (path for path in self.by_name.get(key.removeprefix("program "), ()) if _is_program(path))
        elif probe == "elf needs" and (compiled := self._compiled(key)):
            yield from compiled
        elif distribution:
            for metadata in ("METADATA", "PKG-INFO"):
                yield from (path for path in self.by_name.get(metadata, ()) if self._is_of(path, distribution["name"]))
        elif probe == "modules":
            yield from self._module(key)
        elif probe == "distribution files":
            yield from (path for path in self.by_name.get(posixpath.basename(key), ()) if meaning(path) == f"site:{key}")

    def _is_of(self, metadata: str, distribution: str) -> bool:
        """Whether the file is of that distribution, which a system's package may have brought: `wheel-0.46.1.dist-info` of python3-wheel."""
        return distribution in (
            self.before[metadata].owner.name,
            normalised(posixpath.basename(posixpath.dirname(metadata)).partition("-")[0].partition(".egg")[0]),
        )

    def _named(self, text: str) -> Iterator[str]:
        for match in _MODULE.finditer(text):
            yield from self._module(next(group for group in match.groups() if group))
        for place in _PATH.findall(text):
            target = self.before.resolve(place) or place.lstrip("/")
            if target in self.lost or target in self.changed:
                yield target
            elif place.lstrip("/") in self.lost:
                yield place.lstrip("/")
        for name in (*_SHARED_OBJECT.findall(text), *_FILE.findall(text)):
            for path in self.by_name.get(posixpath.basename(name), ()):
                if path.endswith(name.lstrip("/")):
                    yield path
        for word in re.findall(r"[\w.-]+(?:/[\w.-]+)*", text)[:400]:
            found = [path for path in self.by_name.get(posixpath.basename(word), ()) if f"/{path}".endswith(f"/{word}") and len(word) > 3]
            yield from sorted(found, key=lambda path: not _is_program(path))  # a bare word is more likely a program than what else is called so
            if "." in word and word.replace(".", "").replace("_", "").isalnum():
                yield from self._module(word)

    def _module(self, name: str) -> Iterator[str]:
        """The file of a module; of a folder without an `__init__`, which is one as long as something lies in it, what lay there."""
        found = list(self._file_of(name))
        found = [path for path in found if module_of(path) == name] or found
        below = f"/{name.replace('.', '/')}/"
        yield from found or sorted(path for path in self.lost if below in f"/{path}")[:1]

    def _file_of(self, name: str) -> Iterator[str]:
        tail = name.replace(".", "/")
        last = posixpath.basename(tail)
        for ending in (f"{tail}.py", f"{tail}/__init__.py"):
            for path in self.by_name.get(posixpath.basename(ending), ()):
                if f"/{path}".endswith(f"/{ending}"):
                    yield path
        for base, paths in self.by_name.items():
            if base.startswith(f"{last}.") and base.endswith(".so"):
                yield from (path for path in paths if f"/{posixpath.dirname(path)}/{last}".endswith(f"/{tail}"))

    def _compiled(self, key: str) -> list[str]:
        """The extension module that is called `yaml/_yaml.so` in any image."""
        return [path for path in self._file_of(key.removesuffix(".so").replace("/", ".")) if path.endswith(".so")]

    def _culprit(self, path: str) -> Culprit:
        owner = self.before[path].owner
        removal = self.removals.get(meaning(path))
        if removal is not None:
            return Culprit(path=f"/{path}", owner=owner, trim=removal.trim, reason=removal.reason, fix=f'keep = ["/{removal.path}"]')
        if not self.made_by_paredown:
            return Culprit(path=f"/{path}", owner=owner)
        packages = owner.kind in (OwnerKind.BASE, OwnerKind.SYSTEM) and owner.name
        return Culprit(path=f"/{path}", owner=owner, fix=f'packages = ["{owner.name}"]' if packages else "")


def _is_program(path: str) -> bool:
    return posixpath.basename(posixpath.dirname(path)) in ("bin", "sbin")


def suspects(before: Tree, after: Tree, removals: Iterable[Removal], *, made_by_paredown: bool) -> Suspects:
    """Compare two trees by what their paths mean; bytecode counts only where nothing else is other."""
    there = {meaning(path): entry for path, entry in after.items()}
    lost: set[str] = set()
    changed: set[str] = set()
    compiled: set[str] = set()
    for path, entry in before.items():
        other = there.get(meaning(path))
        if entry.kind is Kind.FOLDER or (other is not None and not _differ(entry, other)):
            continue
        if any(part in path for part in _BYTECODE):
            compiled.update([path] if other is not None else [])
        else:
            (lost if other is None else changed).add(path)
    changed |= set() if lost or changed else compiled
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in sorted(lost | changed):
        by_name[posixpath.basename(path)].append(path)
    return Suspects(
        before=before,
        lost=frozenset(lost),
        changed=frozenset(changed),
        removals={meaning(removal.path): removal for removal in removals},
        made_by_paredown=made_by_paredown,
        by_name={name: tuple(paths) for name, paths in by_name.items()},
    )


def _differ(one: Entry, other: Entry) -> bool:
    return (one.kind, one.digest, one.target, one.executable) != (other.kind, other.digest, other.target, other.executable)
