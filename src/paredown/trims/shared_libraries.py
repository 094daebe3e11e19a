"""Takes shared libraries that no kept ELF file needs and no code loads by name."""

import posixpath
import re
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Kind, OwnerKind, Tree
from paredown.trims.interface import Level, trim

# Where ld.so looks by itself; below them lie plug-ins, which are loaded by path.
_FOLDER = re.compile(r"(?:usr/local/|usr/)?lib(?:32|64|x32)?(?:/[a-z0-9_]+-linux-[a-z0-9]+)?")
_NAME = re.compile(r"(?P<stem>[^/]+?)(?:-[\d.]+)?\.so(?:\.[\w.]+)?")
# The C library loads these itself, by name; old wheels and ctypes users name the rest of it.
_ALWAYS = re.compile(r"(?:ld[.-]|lib(?:c|m|dl|rt|pthread|util|resolv|nss_\w+|gcc_s)[.-])")


@trim(
    id="shared-libraries",
    level=Level.LEAN,
    summary="libraries that no kept ELF file needs and no code loads by name",
    why="ld.so loads a library because an ELF file needs its soname, or because code asks for it: ctypes and find_library with a string, dlopen with a "
    "name in a library's own strings. What neither reaches is never loaded. Libraries of packages that the project asks for stay.",
    sources=(
        "https://man7.org/linux/man-pages/man8/ld.so.8.html",
        "GoogleContainerTools/distroless#150",
        "https://docs.python.org/3/library/ctypes.html#finding-shared-libraries",
    ),
    before=("usr/bin/python3.13", "usr/lib/x86_64-linux-gnu/libc.so.6", "usr/lib/x86_64-linux-gnu/libdb-5.3.so", "usr/lib/x86_64-linux-gnu/libnss_files.so.2"),
    after=("usr/bin/python3.13", "usr/lib/x86_64-linux-gnu/libc.so.6", "usr/lib/x86_64-linux-gnu/libnss_files.so.2"),
)
def shared_libraries(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    candidates = {
        path: entry for path, entry in tree.items() if ".so" in path and entry.kind is not Kind.FOLDER and _FOLDER.fullmatch(posixpath.dirname(path))
    }  # fmt: skip
    loaded = _loaded_by_name(facts)
    providers: dict[str, list[str]] = {}
    waiting = []
    for path, entry in candidates.items():
        name = posixpath.basename(path)
        elf = facts.elves.get(path)
        for known in {name, elf.soname if elf is not None and elf.soname else name}:
            providers.setdefault(known, []).append(path)
        if entry.kind is Kind.FILE and elf is None:
            waiting.append(path)  # a linker script, or something that cannot be judged
        elif entry.owner.kind in (OwnerKind.SYSTEM, OwnerKind.APP) or _ALWAYS.match(name) or _is_named(name, loaded):
            waiting.append(path)
    waiting += [path for path in facts.elves if path in tree and path not in candidates]
    needed: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in needed:
            continue
        needed.add(path)
        target = tree.resolve(path)
        if target is not None and target != path:
            waiting.append(target)
        elf = facts.elves.get(target or path)
        for soname in elf.needed if elf is not None else ():
            waiting.extend(providers.get(posixpath.basename(soname), ()))
    for path, entry in candidates.items():
        # A link goes with its file: it stays when what it leads to stays, since ctypes may go through it.
        if path not in needed and not (entry.kind is Kind.LINK and tree.resolve(path) in needed):
            yield path, "no kept program, library or extension module needs it, and no code loads it by name"


def _loaded_by_name(facts: Facts) -> frozenset[str]:
    names = {posixpath.basename(word) for word in facts.libraries}
    return frozenset(name for name in names if name)


def _is_named(name: str, loaded: frozenset[str]) -> bool:
    found = _NAME.fullmatch(name)
    stem = found["stem"] if found else name
    return bool(loaded & {name, stem, stem.removeprefix("lib"), f"{stem}.so", name.partition(".so")[0], name.partition(".so")[0].removeprefix("lib")})
