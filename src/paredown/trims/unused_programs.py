"""Takes programs of the base that no code names, and scripts whose interpreter is not there."""

import posixpath
import re
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.pydist.shebang import interpreter_named
from paredown.tree import Entry, Kind, OwnerKind, Tree
from paredown.trims.interface import Level, trim

_FOLDERS = ("bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin", "usr/lib/ssl/misc")
_PERL = re.compile(r"(?:usr/share/perl\d*|usr/lib/(?:[^/]+/)?perl\d*(?:-base)?|usr/local/lib/(?:[^/]+/)?perl|etc/perl)/")
_PROGRAMS = frozenset({"openssl"})  # of packages that are in the base for their other files


@trim(
    id="unused-programs",
    level=Level.LEAN,
    summary="the openssl program and Perl when no code names them; scripts, and Perl's modules, whose interpreter is not in the image",
    why="Debian's ca-certificates brings openssl only to rehash its folder. A script whose first line names an absent interpreter cannot start at all.",
    sources=("https://packages.debian.org/trixie/ca-certificates", "https://man7.org/linux/man-pages/man2/execve.2.html"),
    before=("usr/bin/openssl", "usr/bin/python3.13", "usr/share/perl5/Debian/DebConf.pm"),
    after=("usr/bin/python3.13",),
)
def unused_programs(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    perl = any(tree.resolve(folder + "/perl") in tree for folder in ("usr/bin", "usr/local/bin"))
    named = {posixpath.basename(word) for word in facts.command}
    started = named | (facts.named.programs if facts.named is not None else frozenset())
    takes_perl = not facts.shell and "perl" not in facts.words and not any(_is_of_perl(tree, name) for name in started)
    commands = facts.words if not facts.shell else frozenset()
    for path, entry in tree.items():
        folder, name = posixpath.split(path)
        if entry.owner.kind in (OwnerKind.SYSTEM, OwnerKind.APP):
            continue
        if takes_perl and entry.owner.name.startswith(("perl", "libperl")) and entry.owner.name not in facts.system_packages:
            if not path.startswith(("usr/share/doc/", "var/lib/dpkg/")):
                yield path, "part of Perl, which no code names"
        elif not perl and _PERL.match(path):
            yield path, "a Perl module; there is no Perl in the image"
        elif folder in _FOLDERS and entry.kind is Kind.FILE and name not in named:
            if name in _PROGRAMS and not facts.shell and name not in facts.system_packages and not _runs(name, commands):
                yield path, f"the program {name}, which no code names"
            elif path not in facts.elves and (interpreter := _missing_interpreter(tree, entry)):
                yield path, f"a script for {interpreter}, which is not in the image"


def _runs(name: str, words: frozenset[str]) -> bool:
    return any(f"{folder}/{name}" in words for folder in ("/usr/bin", "/bin", "/usr/local/bin")) or name in words


def _is_of_perl(tree: Tree, name: str) -> bool:
    """Whether one of the folders has a program of that name that is written in Perl."""
    found = (tree.resolve(f"{folder}/{name}") for folder in _FOLDERS)
    return any(path and tree[path].executable and posixpath.basename(interpreter_named(tree[path])).startswith("perl") for path in found)


def _missing_interpreter(tree: Tree, entry: Entry) -> str:
    program = interpreter_named(entry)
    places = [program] if "/" in program else [f"{folder}/{program}" for folder in ("usr/bin", "bin", "usr/local/bin", "opt/venv/bin")]
    return "" if any(tree.resolve(place) in tree for place in places) else program
