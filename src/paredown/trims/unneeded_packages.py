"""Takes whole packages of a system that the service needs nothing of."""

import posixpath
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator

from paredown.packages.installed import Package, installed
from paredown.packages.providers import Providers
from paredown.packages.roles import BESIDE_THE_POINT, DATA, INTERPRETERS, SHELL
from paredown.pydist.constants import Constants
from paredown.pydist.facts import Facts
from paredown.pydist.shebang import interpreter_named
from paredown.tree import Kind, OwnerKind, Tree
from paredown.trims.interface import Level, kept_by, trim

_PROGRAMS = ("usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin", "usr/games")  # in the order in which a PATH has them
_LOCAL = re.compile(r"usr/local/lib(?:64)?/(?:[\w]+-linux-[\w]+/)?[^/]+")  # where loaders look before the system's folders
_LIBRARY = re.compile(r"[^/]+\.so(?:\.[\w.]+)?")
_FOR_DEVELOPERS = re.compile(r"-(?:dev|doc|dbg|dbgsym|tests?)$")
# A folder that has to do with one project alone; folders like these are shared by all, or are not looked into by what lies there.
_SHARED = (
    r"applications|apport|bash-completion|bug|cmake|common-licenses|debconf|debug|doc|doc-base|dpkg|fish|fonts|gcc|gdb|gettext|girepository-1\.0|gir-1\.0|icons|"
    r"info|lintian|linda|locale|man|menu|metainfo|mime|mime-info|modules-load\.d|pam-configs|perl5?|perl-base|pixmaps|pkgconfig|python3?[\w.]*|systemd|"
    r"sysusers\.d|tmpfiles\.d|udev|zoneinfo|zsh|X11"
)
_OF_ONE_PROJECT = re.compile(rf"usr/(?:share|lib|libexec|lib/[\w]+-linux-[\w]+)/(?!(?:{_SHARED}|\w+-linux-\w+)(?:/|$)).+")
_MOST_OWNERS = 6  # of a folder that code names; one that more packages share says nothing of any of them


@trim(
    id="unneeded-packages",
    level=Level.LEAN,
    summary="packages of Debian or Alpine of which the service needs nothing: compilers, git, Perl, editors, mail, desktop libraries",
    why="A package stays when it has the interpreter, a program that the start command or the service's code names, a library that a kept file needs or "
    "loads by name, or a path that the code names; and so does all that it depends on, and data and plug-ins that lie in a folder of its own: languages "
    "of tesseract, loaders of gdk-pixbuf. Data that anything may read (certificates, time zones, accounts, media types) stays. No part of the service can "
    "come to whatever else is installed.",
    sources=(
        "https://www.debian.org/doc/debian-policy/ch-relationships.html",
        "https://wiki.alpinelinux.org/wiki/Apk_spec",
        "GoogleContainerTools/distroless#1409",
    ),
    before=(
        "usr/bin/python3.13",
        "usr/lib/x86_64-linux-gnu/libc.so.6",
        "usr/bin/git",
        "usr/share/doc/git/copyright",
        "var/lib/dpkg/info/libc6.list",
        "var/lib/dpkg/info/git.list",
    ),
    after=("usr/bin/python3.13", "usr/lib/x86_64-linux-gnu/libc.so.6", "var/lib/dpkg/info/libc6.list", "var/lib/dpkg/info/git.list"),
    contents=(
        ("var/lib/dpkg/info/libc6.list", "/usr\n/usr/lib/x86_64-linux-gnu/libc.so.6\n"),
        ("var/lib/dpkg/info/git.list", "/usr\n/usr/bin/git\n/usr/share/doc/git/copyright\n"),
    ),
)
def unneeded_packages(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    packages = installed(tree)
    reasons = needed_packages(tree, facts, packages)
    if reasons is None:
        return
    shared = {path for package in packages if package.name in reasons for path in package.files}
    for package in packages:
        if package.name not in reasons:
            for path in package.files:
                if path in tree and path not in shared:
                    yield path, f"of the package {package.name}, of which the service needs nothing"


def needed_packages(tree: Tree, facts: Facts, packages: Iterable[Package]) -> dict[str, str] | None:
    """Package -> why it stays; None where all that is installed was chosen for the service, or nothing is known of a command."""
    if facts.named is None or not facts.command:
        return None
    return _Search(tree, facts, facts.named, packages).reasons()


class _Search:
    """Goes from what the service starts and names to the packages that have it, and on along libraries and dependencies."""

    def __init__(self, tree: Tree, facts: Facts, named: Constants, packages: Iterable[Package]) -> None:
        self._tree, self._facts, self._named = tree, facts, named
        self._packages = {package.name: package for package in packages}
        self._owners = {path: package.name for package in self._packages.values() for path in package.files}
        self._providers = Providers(self._packages.values())
        self._libraries: dict[str, set[str]] = defaultdict(set)  # soname or file name -> paths
        for path, entry in tree.items():
            if ".so" in path and entry.kind is not Kind.FOLDER and _LIBRARY.fullmatch(posixpath.basename(path)):
                elf = facts.elves.get(path)
                for name in {posixpath.basename(path), elf.soname if elf is not None and elf.soname else posixpath.basename(path)}:
                    self._libraries[name].add(path)
        self._reasons: dict[str, str] = {}
        self._waiting: deque[str] = deque()
        self._scripts: set[str] = set()  # programs of which the interpreter was reached
        self._scripted: set[str] = set()  # the packages that have them

    def reasons(self) -> dict[str, str]:
        for path, why in self._seeds():
            self._reach(path, why)
        for package in self._packages.values():
            if package.plain in DATA:
                self._need(package.name, "anything may read it")
            elif package.plain in SHELL and self._facts.starts_shell:
                self._need(package.name, "the service starts a shell")
        while self._waiting:
            while self._waiting:
                self._follow(self._packages[self._waiting.popleft()])
            for name, why in self._beside():
                self._need(name, why)
        return self._reasons

    def _beside(self) -> Iterator[tuple[str, str]]:
        """Plug-ins and data that were installed for what is needed, and that nothing names: languages of tesseract, loaders of gdk-pixbuf."""
        homes: dict[str, str] = {}
        for package in self._packages.values():
            if package.name in self._reasons:
                homes |= {
                    folder: package.name for path in package.files if (folder := posixpath.dirname(path)) not in homes and _OF_ONE_PROJECT.fullmatch(folder)
                }
        for package in self._packages.values():
            if package.name in self._reasons or _FOR_DEVELOPERS.search(package.plain) or any(posixpath.dirname(path) in _PROGRAMS for path in package.files):
                continue
            found = next((path for path in package.files if posixpath.dirname(path) in homes and self._is_file(path)), "")
            if found:
                yield package.name, f"/{found} lies beside what {homes[posixpath.dirname(found)]} has"

    def _is_file(self, path: str) -> bool:
        return path in self._tree and self._tree[path].kind is not Kind.FOLDER

    def _seeds(self) -> Iterator[tuple[str, str]]:
        """Paths that the service comes to by itself, each with why."""
        facts, named = self._facts, self._named
        for path, _ in self._tree.under(facts.standard_library):
            folder, name = posixpath.split(path.removeprefix(f"{facts.standard_library}/"))
            if (not folder and name.endswith(".py")) or folder == "lib-dynload":
                yield path, "Python's standard library"
        site = tuple(f"{folder}/" for folder in _site_of(facts.standard_library) if folder not in facts.unseen)
        yield from ((path, "the service's Python imports from there") for path in self._owners if path.startswith(site) and path in self._tree)
        words = {word for text in facts.command for word in re.split(r"[\s;|&()\"']+", text)}
        for word in sorted(words):
            if word.startswith("/"):
                yield word.lstrip("/"), "the start command names it"
        folders = (*_PROGRAMS, *sorted({f"{package.prefix}/bin" for package in self._packages.values() if package.prefix}))
        for name in sorted({posixpath.basename(word) for word in words} | named.programs):
            for folder in folders:
                yield f"{folder}/{name}", f"the service's code or its start command names the program {name}"
        for path in sorted(named.paths):
            yield from ((one, f"the service's code names {path}") for one in self._at(path.strip("/")))
        for name in sorted(named.libraries):
            for spelled in (name, f"lib{name}.so", f"{name}.so"):
                for soname in self._spelled(spelled):
                    yield from ((path, f"the service's code loads {name}") for path in self._libraries[soname])
        stays = kept_by(facts)
        for path, entry in self._tree.items():
            if entry.owner.kind is OwnerKind.SYSTEM:
                yield path, "the project asks for it"
            elif stays(path):
                yield path, "it is to be kept"
            elif path not in self._owners and path in facts.elves:
                yield from self._needs_of(path)

    def _spelled(self, name: str) -> Iterator[str]:
        """The library `name`, or with a version behind it."""
        if name in self._libraries:
            yield name
        elif name.endswith(".so"):
            yield from (soname for soname in self._libraries if soname.startswith(f"{name}."))

    def _at(self, path: str) -> Iterator[str]:
        """`path` itself, or where it is a folder of few packages what is below it."""
        entry = self._tree.get(path)
        if entry is not None and entry.kind is not Kind.FOLDER:
            yield path
        elif entry is not None and path.count("/") > 1:
            below = [one for one, there in self._tree.under(path) if there.kind is not Kind.FOLDER]
            if len({self._owners.get(one) for one in below}) <= _MOST_OWNERS:
                yield from below

    def _needs_of(self, path: str) -> Iterator[tuple[str, str]]:
        for soname in self._facts.elves[path].needed:
            there = sorted(self._libraries.get(posixpath.basename(soname), ()))
            first = [library for library in there if _LOCAL.fullmatch(library)]
            yield from ((library, f"/{path} needs {posixpath.basename(soname)}") for library in first or there)
        if interpreter := self._facts.elves[path].interpreter:
            yield interpreter.lstrip("/"), f"/{path} is loaded by it"

    def _reach(self, path: str, why: str) -> None:
        """The packages of `path`, of the links on its way and of what it leads to."""
        hops = 0
        while path in self._tree and hops < 40:
            entry = self._tree[path]
            self._need(self._owners.get(path, ""), why)
            if entry.kind is not Kind.LINK:
                self._reach_interpreter(path)
                return
            hops += 1
            target = posixpath.normpath(posixpath.join("/", posixpath.dirname(path), entry.target)).lstrip("/")
            path = target if target in self._tree else self._tree.resolve(path) or ""
        found = self._tree.resolve(path)
        if found and found != path and hops < 40:
            self._reach(found, why)

    def _reach_interpreter(self, path: str) -> None:
        """What a program that the service comes to runs on, where it is a script; its package does not depend on that in vain."""
        entry = self._tree[path]
        if not entry.executable or path in self._facts.elves or path in self._scripts or not (interpreter := interpreter_named(entry)):
            return
        self._scripts.add(path)
        self._scripted.add(self._owners.get(path, ""))
        places = [interpreter.lstrip("/")] if "/" in interpreter else [f"{folder}/{interpreter}" for folder in _PROGRAMS]
        if found := next((place for place in places if self._tree.resolve(place) in self._tree), ""):
            self._reach(found, f"/{path} runs on it")

    def _need(self, name: str, why: str) -> None:
        if name in self._packages and name not in self._reasons:
            self._reasons[name] = why
            self._waiting.append(name)

    def _follow(self, package: Package) -> None:
        for path in package.files:
            if path in self._facts.elves and path in self._tree:
                for library, why in self._needs_of(path):
                    self._reach(library, why)
        beside = BESIDE_THE_POINT.keys() - (INTERPRETERS if package.name in self._scripted else frozenset())
        for group in package.depends:
            there = self._providers.of(group)
            if there and not any(name in self._reasons for name in there) and not any(name in beside for name in (*group, *there)):
                self._need(there[0], f"{package.name} depends on it")


def _site_of(standard_library: str) -> tuple[str, ...]:
    """Where the interpreter imports distributions from that a package may have brought; Debian's has folders of its own."""
    debian = ("usr/lib/python3/dist-packages", f"{standard_library}/dist-packages") if standard_library.startswith("usr/lib/") else ()
    return (f"{standard_library}/site-packages", *debian)
