"""Where the dynamic loader of an image finds a shared library: search paths, cache, and the folders it looks in by itself."""

import posixpath
import re
import struct
from collections.abc import Iterator

from paredown.pydist.linking import Linking
from paredown.tree import Kind, Tree

_MULTIARCH = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
_CACHE = "etc/ld.so.cache"
_MAGIC = b"glibc-ld.so.cache1.1"  # glibc's sysdeps/generic/dl-cache.h; an older format may stand before it
_HEADER = struct.Struct("<20sII20x")
_ENTRY = struct.Struct("<iIIIQ")
_MUSL_LOADER = re.compile(r"lib/ld-musl-(\w+)\.so\.1")
_MUSL_OWN = re.compile(r"lib(?:c|pthread|rt|m|dl|util|xnet)\.(?:so|musl-\w+\.so\.1)")  # musl's loader is all of these itself
_MOST_ENTRIES = 1 << 16


class Loader:
    """The loader of `tree`, in an environment with this LD_LIBRARY_PATH. `musl` says whose it is."""

    def __init__(self, tree: Tree, *, architecture: str, library_path: str = "") -> None:
        self._tree = tree
        self._library_path = tuple(part for part in re.split(r"[:;]", library_path) if part)
        loaders = [found for path in tree if (found := _MUSL_LOADER.fullmatch(path.removeprefix("usr/")))]
        multiarch = _MULTIARCH.get(architecture, "")
        glibc = any(tree.resolve(f"{folder}/libc.so.6") is not None for folder in (f"lib/{multiarch}", f"usr/lib/{multiarch}", "lib64", "usr/lib64", "lib"))
        self.musl = bool(loaders) and not glibc
        if self.musl:
            self._folders = _musl_folders(tree, loaders[0][1])
            self._cache: dict[str, list[str]] = {}
        else:
            self._folders = (f"/lib/{multiarch}", f"/usr/lib/{multiarch}", "/lib64", "/usr/lib64", "/lib", "/usr/lib")
            self._cache = _cache(tree)

    def find(self, soname: str, *, path: str, linking: Linking) -> str | None:
        """The path in the tree of the library that the file at `path` gets when it needs `soname`."""
        if "/" in soname:
            return self._file(soname)
        if self.musl and _MUSL_OWN.fullmatch(soname):
            return next((found for folder in ("lib", "usr/lib") for found in self._loaders(folder)), None)
        return next((found for place in self._places(soname, path, linking) if (found := self._file(place)) is not None), None)

    def by_name(self, soname: str) -> str | None:
        """The path of the library that is loaded when a program asks for `soname`."""
        return self.find(soname, path="", linking=Linking())

    def _places(self, soname: str, path: str, linking: Linking) -> Iterator[str]:
        before, after = ((), linking.runpath) if linking.runpath else (linking.rpath, ())
        for folder in (*_from_origin(before, path), *self._library_path, *_from_origin(after, path)):
            yield f"{folder}/{soname}"
        yield from self._cache.get(soname, ())
        for folder in self._folders:
            yield f"{folder}/{soname}"

    def _file(self, place: str) -> str | None:
        found = self._tree.resolve(place)
        return found if found and self._tree[found].kind is Kind.FILE else None

    def _loaders(self, folder: str) -> Iterator[str]:
        for path, entry in self._tree.under(folder):
            if entry.kind is Kind.FILE and _MUSL_LOADER.fullmatch(path.removeprefix("usr/")):
                yield path


def _from_origin(folders: tuple[str, ...], path: str) -> Iterator[str]:
    origin = "/" + posixpath.dirname(path)
    for folder in folders:
        yield folder.replace("${ORIGIN}", origin).replace("$ORIGIN", origin)


def _musl_folders(tree: Tree, architecture: str) -> tuple[str, ...]:
    try:
        text = tree.read(f"etc/ld-musl-{architecture}.path").decode("utf-8", "replace")
    except (KeyError, ValueError):
        return ("/lib", "/usr/local/lib", "/usr/lib")
    return tuple(part for part in re.split(r"[:\n]", text) if part)


def _cache(tree: Tree) -> dict[str, list[str]]:
    """Soname -> paths, as /etc/ld.so.cache lists them; nothing where there is none that glibc would take."""
    try:
        data = tree.read(_CACHE)
        data = data[data.index(_MAGIC) :]
        _, count, _ = _HEADER.unpack_from(data)
        found: dict[str, list[str]] = {}
        for index in range(min(count, _MOST_ENTRIES)):
            _, key, value, _, _ = _ENTRY.unpack_from(data, _HEADER.size + _ENTRY.size * index)
            found.setdefault(_text(data, key), []).append(_text(data, value))
    except (KeyError, ValueError, struct.error):
        return {}
    return found


def _text(data: bytes, offset: int) -> str:
    return data[offset : data.index(b"\0", offset)].decode("utf-8", "surrogateescape")
