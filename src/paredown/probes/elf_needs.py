"""Every ELF file that the service can reach has what it needs in the image: libraries, symbol versions, program interpreter, all of its bytes."""

import posixpath
import re
from collections.abc import Iterator

from paredown.probes.interface import Image, Seen
from paredown.pydist.linking import Linking, linking_of
from paredown.pydist.loader import Loader
from paredown.pydist.service_code import is_app, is_of_distribution, named_by_code
from paredown.result import Observation, Skipped
from paredown.tree import Entry, Kind

PROBE = "elf needs"
_MACHINES = {"amd64": "X86_64", "arm64": "AARCH64"}
_LIBRARY = re.compile(r"\.so(?:\.[\w.]+)?$")
_TAG = re.compile(r"\.(?:cpython-[\w-]+|abi3)(?=\.so$)")
_TESTS = re.compile(r"(?:.*/)?(?:_test\w*|_ctypes_test|_xxtestfuzz|xxlimited\w*|xxsubtype)\.[^/]*")
# Extension modules that one build of Python has as files and another in the interpreter itself.
_STANDARD = frozenset(
    {
        "_asyncio", "_bisect", "_blake2", "_bz2", "_codecs_cn", "_codecs_hk", "_codecs_iso2022", "_codecs_jp", "_codecs_kr", "_codecs_tw", "_contextvars",
        "_crypt", "_csv", "_ctypes", "_curses", "_curses_panel", "_datetime", "_dbm", "_decimal", "_elementtree", "_gdbm", "_hashlib", "_heapq", "_hmac",
        "_interpchannels", "_interpqueues", "_interpreters", "_json", "_lsprof", "_lzma", "_md5", "_multibytecodec", "_multiprocessing", "_opcode", "_pickle",
        "_posixshmem", "_posixsubprocess", "_queue", "_random", "_remote_debugging", "_sha1", "_sha2", "_sha256", "_sha3", "_sha512", "_socket", "_sqlite3",
        "_ssl", "_statistics", "_struct", "_tkinter", "_types", "_uuid", "_xxinterpchannels", "_xxsubinterpreters", "_zoneinfo", "_zstd",
        "array", "audioop", "binascii", "cmath", "fcntl", "grp", "math",
        "mmap", "nis", "ossaudiodev", "pyexpat", "readline", "resource", "select", "spwd", "syslog", "termios", "unicodedata", "zlib",
    }
)  # fmt: skip
_MOST = 5  # complaints of one file that are told
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def observe(image: Image) -> Iterator[Seen]:
    """One observation for each extension module and library of the distributions, the standard library and the app, for Python, and for the programs
    and libraries of the system that the service's code names; each with all that it leads to.

    A system library is looked at through what needs it, as two good images need not have the same ones. An extension module of the standard library
    that is no file is fine here, as it may be part of the interpreter: importing tells. A library that lies among the distributions counts as found
    although the loader would not look there: something loads it by its path before. Symbol versions are checked, single symbols are not.
    """
    if not image.facts.elves and not image.python:
        yield Skipped(what=PROBE, reason="the image has no ELF file")
        return
    check = _Check(image)
    roots = _roots(image, check.loader)
    for key in sorted(roots.keys() | {_standard(name) for name in _STANDARD}):
        complaints = check.complaints(roots[key]) if key in roots else []
        yield Observation(probe=PROBE, key=key, value="; ".join(complaints[:_MOST]) or None, kept=True)


def _roots(image: Image, loader: Loader) -> dict[str, str]:
    """Key -> path of every file to start from."""
    tree, facts = image.tree, image.facts
    found: dict[str, str] = {}
    for path, entry in tree.items():
        if entry.kind is not Kind.FILE or not (_LIBRARY.search(path) or path in facts.elves):
            continue
        key = _key(image, path, entry)
        if key and not _TESTS.fullmatch(path):
            found.setdefault(key, path)
    python = tree.resolve(image.python) if image.python else None
    if python:
        found["python"] = python
    environment = dict(image.config.environment)
    named = named_by_code(tree, facts, working_directory=image.config.working_directory, store=image.store).constants
    for name in named.programs:
        for folder in (environment.get("PATH") or _PATH).split(":"):
            target = tree.resolve(f"{folder}/{name}")
            if target and target in facts.elves:
                found.setdefault(f"program {name}", target)
    for name in named.libraries:
        if ".so" in name and (target := loader.by_name(name)):
            found.setdefault(f"library {name}", target)
    return found


def _standard(module: str) -> str:
    return f"standard library: {module}"


def _key(image: Image, path: str, entry: Entry) -> str:
    """What the file is called in any image: its path below site-packages or the standard library; "" for the system's files."""
    facts = image.facts
    if path.startswith(tuple(f"{folder}/" for folder in facts.unseen)):
        return ""
    for folder in facts.site:
        if path.startswith(f"{folder}/"):
            return _TAG.sub("", path[len(folder) + 1 :])
    if path.startswith(f"{facts.standard_library}/"):
        return _standard(posixpath.basename(path).partition(".")[0])
    if is_of_distribution(path, entry, facts):
        return f"{entry.owner.name}: {posixpath.basename(path)}"
    return f"/{path}" if is_app(path, entry, facts, image.config.working_directory) else ""


class _Check:
    """Follows needs through one image; what was found of a file is kept for the next that needs it."""

    def __init__(self, image: Image) -> None:
        self._image = image
        self._machine = _MACHINES.get(image.config.platform.architecture, "")
        self._linkings: dict[str, Linking] = {}
        self._own: dict[str, tuple[list[str], list[str]]] = {}
        self._carried: dict[str, str] = {}
        for path in image.tree:
            if path.startswith(tuple(f"{site}/" for site in image.facts.site)) and _LIBRARY.search(path):
                self._carried.setdefault(posixpath.basename(path), path)
        self.loader = Loader(
            image.tree, architecture=image.config.platform.architecture, library_path=dict(image.config.environment).get("LD_LIBRARY_PATH", "")
        )  # fmt: skip

    def complaints(self, path: str) -> list[str]:
        """What is wrong with the file or with anything that it leads to, the nearest first."""
        found: list[str] = []
        waiting, seen = [path], {path}
        while waiting:
            complaints, needs = self._looked_at(waiting.pop(0))
            found += complaints
            waiting += [need for need in needs if need not in seen]
            seen.update(needs)
        return found

    def _linking(self, path: str) -> Linking:
        if path not in self._linkings:
            self._linkings[path] = linking_of(self._image.tree[path], self._image.store)
        return self._linkings[path]

    def _looked_at(self, path: str) -> tuple[list[str], list[str]]:
        if path not in self._own:
            self._own[path] = self._look(path)
        return self._own[path]

    def _look(self, path: str) -> tuple[list[str], list[str]]:
        """What is wrong with one file, and the files that it needs."""
        linking = self._linking(path)
        if linking.damage:
            return [f"/{path} {linking.damage}"], []
        if self._machine and linking.machine != self._machine:
            return [f"/{path} is for {linking.machine}, the image for {self._machine}"], []
        complaints: list[str] = []
        needs: dict[str, str] = {}
        # The C library names a program interpreter, too, for being started itself; as a library it needs none.
        if linking.interpreter and not linking.soname and self._image.tree.resolve(linking.interpreter) is None:
            complaints.append(f"/{path} is started by {linking.interpreter}, which is not there")
        for soname in linking.needed:
            target = self.loader.find(soname, path=path, linking=linking) or self._carried.get(posixpath.basename(soname))
            if target is None:
                complaints.append(f"/{path} needs {soname}, which is nowhere in the image{self._other_libc(soname)}")
            else:
                needs[soname] = target
        for soname, version in linking.wants:
            offers = self._linking(needs[soname]).offers if soname in needs else ()
            if offers and version not in offers:
                complaints.append(f"/{path} needs {version} of {soname}, which /{needs[soname]} does not have")
        return complaints, list(dict.fromkeys(needs.values()))

    def _other_libc(self, soname: str) -> str:
        if self.loader.musl and soname == "libc.so.6":
            return " (built for glibc, the image has musl)"
        if not self.loader.musl and soname.startswith("libc.musl-"):
            return " (built for musl, the image has glibc)"
        return ""
