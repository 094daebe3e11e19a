"""Which installed modules a service can come to: from its own files and its start command along imports, names in strings, plug-ins and entry points."""

import posixpath
import re
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping

from paredown.pydist.distributions import normalised
from paredown.pydist.facts import COMMAND, Facts, Reach
from paredown.pydist.speaking import Spoken, may_define, spoken
from paredown.pydist.useless import shadowed, unusable
from paredown.store import Store
from paredown.tree import Kind, Tree

# What the interpreter itself imports, from C or at its start and end, and when it tells of an error.
_STARTUP = (
    "__future__", "_collections_abc", "_compat_pickle", "_pyrepl.main", "_sitebuiltins", "_strptime", "_weakrefset", "abc", "ast", "atexit",
    "codecs", "collections", "contextlib", "contextvars", "copyreg", "encodings", "enum", "functools", "genericpath", "importlib", "inspect", "io", "keyword",
    "linecache", "locale", "ntpath", "operator", "os", "posixpath", "re", "reprlib", "runpy", "signal", "site", "sitecustomize", "stat", "string", "struct",
    "threading", "token", "tokenize", "traceback", "types", "typing", "usercustomize", "warnings", "weakref", "zipimport",
)  # fmt: skip
# What modules in C import; where one is built into the interpreter, as Debian does it, no file of its own says so.
_BUILT_IN = {"_elementtree": "xml.etree.ElementPath"}
THE_INTERPRETER = "the interpreter"
_MODULE = re.compile(r"(?P<stem>.+?)(?:/__init__)?(?:\.[\w-]+)?\.(?:py|so)")
_HELPERS = re.compile(r"python3\.\d+/(?:test|idlelib|turtledemo|lib2to3)/")
_TESTING = re.compile(r"\.(?:tests?|testing|testclient|conftest)(?:\.|$)")
_PROGRAMS = re.compile(r"(?:^|/)s?bin/[^/]+$")
_COMMANDS = frozenset({"console_scripts", "gui_scripts"})
_GROUP = re.compile(r"\[\s*([^\]]+?)\s*\]")


def reach(
    tree: Tree, facts: Facts, store: Store, *, app: Iterable[str], more: Iterable[str] = (), stays: Iterable[tuple[str, str]] = (),
    failing: Mapping[str, str] = {},
) -> Reach:  # fmt: skip
    """Search from the files of the `app`, from the modules and programs that the command and the code name, and from `more` modules.

    `stays` are paths that are kept for another reason, each with it; `failing` modules that could not be imported, each with what Python said.
    """
    return _Search(tree, facts, store, app, failing).run(more, stays)


class _Search:
    def __init__(self, tree: Tree, facts: Facts, store: Store, app: Iterable[str], failing: Mapping[str, str]) -> None:
        self._tree, self._facts, self._app = tree, facts, sorted(app)
        self._own = frozenset(self._app)
        self._modules: dict[str, list[str]] = defaultdict(list)  # dotted name -> paths
        self._names: dict[str, str] = {}  # path -> dotted name
        self._packages: set[str] = set()  # dotted names of those with an __init__
        for path, name in _modules(tree, facts):
            self._modules[name].append(path)
            self._names[path] = name
            if posixpath.basename(path).startswith("__init__."):
                self._packages.add(name)
        missing = unusable(tree, failing)
        self._unusable = {path: f"it cannot be imported: the image has no {missing[name]}" for path, name in self._names.items() if name in missing}
        self._shadowed = dict.fromkeys(shadowed(self._modules, facts.python), "Python takes the compiled module beside it")
        self._sorted = sorted(self._modules)
        self._says: dict[str, list[str]] = defaultdict(list)  # path -> what it imports and names
        for name, paths in facts.imported_by.items():
            for path in paths:
                self._says[path].append(name)
        self._spoken = spoken({*self._names, *(path for path in self._app if path.endswith(".py"))}, tree, store)
        self._reached: dict[str, str] = {}
        self._waiting: deque[str] = deque()
        self._words: set[str] = set()
        self._asked: set[str] = set()
        self._entry_points = _entry_points(tree)
        commands = {name for group in _COMMANDS & self._entry_points.keys() for name, _ in self._entry_points[group]}
        self._starts = commands - self._packages  # modules that are there for a command
        self._texts: dict[str, str] = {}

    def run(self, more: Iterable[str], stays: Iterable[tuple[str, str]]) -> Reach:
        for name in (*_STARTUP, *(name for module, name in _BUILT_IN.items() if module not in self._modules), *more):
            self._name(name, THE_INTERPRETER)
        for path in self._app:
            self._follow(path, own=True)
        for name in self._says[COMMAND]:
            self._name(name, COMMAND)
            self._name(f"{name}.__main__", COMMAND)
            for path in self._modules.get(name, ()):  # it may be the program itself
                for other in self._says[path]:
                    self._name(other, path)
        programs = {posixpath.basename(piece) for word in self._facts.command for piece in word.split()}
        if self._facts.named is not None:
            programs |= self._facts.named.programs
        for path in sorted(self._says):
            if path.endswith(".pth") or (_PROGRAMS.search(path) and posixpath.basename(path) in programs):
                self._follow(path, own=False)
        kept = dict(stays)
        for path, why in kept.items():
            self._take(path, why)
        plugins = {group: found for group, found in self._entry_points.items() if group not in _COMMANDS}
        while self._waiting:
            while self._waiting:
                self._follow(self._waiting.popleft(), own=False)
            for group in sorted(self._words & plugins.keys()):
                for name, path in plugins.pop(group):
                    self._name(name, path)
        asked = frozenset(each.name for each in self._facts.distributions if each.name in self._asked)
        by = {path: why for path, why in self._reached.items() if path not in self._shadowed or path in kept}
        useless = {**self._unusable, **self._shadowed}
        return Reach(by=by, candidates=frozenset(self._names), words=frozenset(self._words), asked=asked, useless=useless)

    def _follow(self, path: str, *, own: bool) -> None:
        """Everything that the file at `path` leads to; of the app's `own` files, each word may be the name of a package."""
        said = self._spoken.get(path) or Spoken(names=frozenset(self._says.get(path, ())))
        for name in sorted(said.names | {name for name in said.dotted if self._may_be_meant(name)}):
            self._name(name, path)
        self._words |= said.words
        if said.asks:
            self._asked |= {normalised(word) for word in said.words}
        for word in sorted(said.words):
            if word.endswith("."):
                self._all_of(word.rstrip("."), path)  # "tzdata.zoneinfo." + name
            elif own and word.replace(":", ".") in self._packages:
                self._all_of(word, path)
        module = self._names.get(path)
        if module is None:
            return
        # A package hands out its submodules by name; compiled code keeps a relative import as the bare name of what lies beside it.
        beside = module if module in self._packages else module.rpartition(".")[0] if path.endswith(".so") else ""
        for word in sorted(said.words) if beside and said.offers else ():
            self._name(f"{beside}.{word}", path)
        if said.by_name:
            self._all_of(self._home(module), path)

    def _home(self, module: str) -> str:
        """The outermost package that `module` is in; itself when it is in none."""
        parts = module.split(".")
        return next((name for end in range(1, len(parts)) if (name := ".".join(parts[:end])) in self._packages), module)

    def _all_of(self, package: str, by: str) -> None:
        """Whatever lies in `package`, but for programs, and what its own tests and those of its plug-ins are made of."""
        self._name(package, by)
        first = bisect_left(self._sorted, package + ".")
        for name in self._sorted[first : bisect_left(self._sorted, package + "/")]:
            if name.endswith(".__main__") or name in self._starts or _TESTING.search(name, len(package)):
                continue
            for path in self._modules[name]:
                if not self._serves_tests(path, self._home(name)):
                    self._add(path, by)

    def _serves_tests(self, path: str, home: str) -> bool:
        """Whether the module imports what the tests of its own distribution are made of: it is one of them."""
        said = self._spoken.get(path, Spoken())
        return any(_TESTING.search(name, len(home)) for name in said.names if name.startswith(f"{home}."))

    def _name(self, name: str, by: str) -> None:
        """Whatever importing `name` executes, and the longest part of it that is a module."""
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            for path in self._modules.get(".".join(parts[:end]), ()):
                self._add(path, by)

    def _may_be_meant(self, name: str) -> bool:
        """Whether a string can be the name of a module, or of something in one: `http.server.active_requests` is the name of a measure."""
        parts = name.split(".")
        for end in range(len(parts), 0, -1):
            if paths := self._modules.get(".".join(parts[:end])):
                return end == len(parts) or any(self._may_have(path, parts[end]) for path in paths)
        return True

    def _may_have(self, path: str, name: str) -> bool:
        if not path.endswith(".py") or self._tree[path].kind is not Kind.FILE:
            return True
        if path not in self._texts:
            self._texts[path] = self._tree[path].read().decode("utf-8", "replace")
        return may_define(self._texts[path], name)

    def _add(self, path: str, by: str) -> None:
        """Follow it, unless it cannot be imported; what the app itself imports stays all the same, to fail in the same way."""
        if path not in self._unusable or by in self._own:
            self._take(path, by)

    def _take(self, path: str, by: str) -> None:
        if path in self._names and path not in self._reached:
            self._reached[path] = by
            self._waiting.append(path)


def _modules(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    """(path, dotted name) of every module of the service's own Python."""
    library = facts.standard_library
    version = f"/python{facts.python}/"
    seen = [folder for folder in facts.site if folder not in facts.unseen]
    site = [folder for folder in seen if re.search(r"/python3\.\d+/", f"{folder}/") is None or version in f"{folder}/"]
    for folder in (library, *site):
        for path, entry in tree.under(folder):
            below = path.removeprefix(f"{folder}/")
            if entry.kind is Kind.FOLDER or not below.endswith((".py", ".so")) or _HELPERS.search(path):
                continue
            if folder == library and below.startswith(("site-packages/", "dist-packages/")):
                continue
            found = _MODULE.fullmatch(below.removeprefix("lib-dynload/") if folder == library else below)
            name = found["stem"].replace("/", ".") if found else ""
            if name and all(part.isidentifier() for part in name.split(".")):
                yield path, name


def _entry_points(tree: Tree) -> dict[str, list[tuple[str, str]]]:
    """Group of entry points -> the modules that are in it, each with the file that says so."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, entry in tree.items():
        if not path.endswith("/entry_points.txt") or entry.kind is not Kind.FILE:
            continue
        group = ""
        for line in entry.read().decode("utf-8", "replace").splitlines():
            if heading := _GROUP.match(line.strip()):
                group = heading[1]
            elif "=" in line and group:
                found[group].append((line.partition("=")[2].partition("[")[0].partition(":")[0].strip(), path))
    return found
