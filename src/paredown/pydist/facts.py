"""Facts: what static reading knows of the Python side of a Tree. Trims read them; nothing here decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from paredown.pydist.constants import Constants

COMMAND = "the start command"  # stands where else a path stands, for what the command's words name


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """One installed distribution, as its .dist-info says. `metadata` is the path of the .dist-info folder in the Tree."""

    name: str  # normalised
    version: str
    metadata: str
    files: frozenset[str]
    requires: tuple[str, ...] = ()  # Requires-Dist lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Elf:
    """What one ELF file says of itself: the libraries it needs by soname, its own soname, search paths, program interpreter."""

    path: str
    needed: tuple[str, ...] = ()
    soname: str = ""
    run_paths: tuple[str, ...] = ()
    interpreter: str = ""
    machine: str = ""
    calls: tuple[str, ...] = ()  # of the functions that load more by name (dlopen, iconv_open, ...): those that end a name which it imports or defines


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a service can come to. `by`: path of a module -> the path that names it, or what else brings it in.

    `candidates` are the paths of all modules that were judged; `words` those in the strings of what is reached; `asked` the names of
    distributions whose metadata reached code may ask for; `useless` paths of modules that Python cannot or will not import -> why.
    """

    by: Mapping[str, str]
    candidates: frozenset[str]
    words: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    useless: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a Tree.

    `imports`: every dotted module name that an import statement or an import call of kept Python code names, wherever it stands.
    `imported_by`: such a name -> the paths that name it.
    `words`: identifier-like string constants and words of the start command (programs, libraries, locales, encodings looked up by name).
    `elves`: ELF files by path. `standard_library`: the folder, for instance `usr/lib/python3.13`. `site`: the site-packages folders.
    """

    python: str
    standard_library: str
    site: tuple[str, ...]
    distributions: tuple[Distribution, ...] = ()
    imports: frozenset[str] = frozenset()
    imported_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    elves: Mapping[str, Elf] = field(default_factory=dict)
    system_packages: frozenset[str] = frozenset()  # packages that the project asked for by name
    shell: bool = False  # the plan asks for a shell
    keep: tuple[str, ...] = ()  # glob patterns of paths that no trim takes
    spared: frozenset[str] = frozenset()  # paths that no trim takes, as they are
    command: tuple[str, ...] = ()  # the words of the start command and the health check
    libraries: frozenset[str] = frozenset()  # names by which code may load a shared library: `magic`, `libmagic.so.1`
    starts_shell: tuple[str, ...] = ()  # the app's own files that start a shell: os.system, os.popen, shell=True
    reach: Reach | None = None  # worked out where what is out of reach may go
    opened: frozenset[str] = frozenset()  # modules and libraries that the service came to in a watched run; none where none was watched
    unseen: tuple[str, ...] = ()  # of `site`: folders of the system's Python into which the service's does not look
    named: Constants | None = None  # what the service's code names; None where what is installed was chosen for the service, and so is needed

    @property
    def syncs(self) -> bool:
        """Whether uv brings the environment in line with the lock at each start: what is not listed as installed would be installed then."""
        return "--no-sync" not in self.command and ("uv", "run") in zip(self.command, self.command[1:], strict=False)

    def names(self, module: str) -> bool:
        """Whether any kept code names `module` or one of its submodules."""
        return module in self.imports or any(name.startswith(module + ".") for name in self.imports)
