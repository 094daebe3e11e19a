"""Differences that were meant, and by whom: what trims and the service's own requirements declare, what paredown's images always have, what the user says."""

import fnmatch
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from paredown.packages.roles import TOOLS
from paredown.plan import PAREDOWN_FOLDER, Level
from paredown.probes.command_meaning import PROJECT_TOOLS
from paredown.probes.installed import installed
from paredown.probes.interface import Image
from paredown.probes.surroundings import account_of, user_name, working_directory
from paredown.pydist.distributions import normalised
from paredown.pydist.facts import Distribution
from paredown.pydist.imports import module_of
from paredown.pydist.service_code import is_app
from paredown.result import Culprit, Difference, Removal
from paredown.tree import Kind
from paredown.trims import TRIMS
from paredown.verdict.comparison import ABSENT
from paredown.verdict.culprits import Suspects, meaning, suspects
from paredown.verdict.installed_sources import INSTALLED, TESTS, installed_sources
from paredown.verdict.other_base import OtherBase

# What these say about a file that is gone is only that it is gone; every other probe sees behaviour, where no removal is an excuse.
_OF_FILES = frozenset(
    {
        "distributions", "distribution files", "entry points", "modules", "links", "script interpreters", "programs on PATH", "named files", "elf needs",
        "python version", "standard library", "bytecode",
    }
)  # fmt: skip
_OF_PROGRAMS = frozenset({"named files", "elf needs", "platform"})
_LOOK_UPS = ("program ", "library ")  # of the platform's observations those that say whether something is there
_IN_C = "in C: "  # of the platform's observations those of a standard module's part in C, which goes with the module

# What every image of paredown has, whatever it was made from: (probe, glob of keys, why).
_HOUSE = (
    ("configuration", "user", "paredown's images do not run as root"),
    ("workers", "user", "paredown's images do not run as root"),
    ("configuration", "health check*", "paredown gives a service a health check"),
    ("python version", "patch release", "the base brings another patch release of Python"),
    ("configuration", "environment HOME", "paredown's images have an account of their own"),
    ("configuration", "environment USER", "paredown's images have an account of their own"),
    ("configuration", "environment VIRTUAL_ENV", "paredown installs into an environment of its own"),
)
# Variables that paredown sets where the image before has none.
_SET = frozenset({"LANG", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"})
# Variables of base images that tell how these were built, and what installers and builders read.
_OF_BUILDING = re.compile(r"GPG_KEY|PYTHON_(?:VERSION|SHA256|PIP_VERSION|SETUPTOOLS_VERSION|GET_PIP_(?:URL|SHA256))|(?:UV|PIP|POETRY|PDM|DEBIAN|DEBCONF)_\w+")
_PROGRAM = re.compile(r"/(?:usr/(?:local/)?)?s?bin/[^/]+")
_REQUIREMENTS = "requirements"  # stands where else a trim stands, for what paredown did not install
_REQUIREMENT = re.compile(r"[A-Za-z0-9][\w.-]*")
_WORD = re.compile(r"[\w-]+")
_OUT_OF_REACH = frozenset(trim.card.id for trim in TRIMS if trim.level is Level.TIGHT)
_DISTRIBUTION = "distribution "  # before a name, in keys of the probe `modules`
_SCRIPTS = ": console_scripts: "  # in a key of the probe `modules`
_ENTRY_POINT = re.compile(rf"{_DISTRIBUTION}[\w.-]+: (?P<group>[\w.-]+): ")  # in the same way; a command's group is read by installers
_LARGEST = 4 << 20  # bytes; no file of code is larger


@dataclass(frozen=True, slots=True, kw_only=True)
class Intentions:
    """What may differ. With `remade` paredown made the image after and not the one before; `said` are the user's globs of `probe: key`.

    `words` are all that the app's own code and its environment are made of.
    """

    suspects: Suspects
    before: Image
    after: Image
    remade: bool
    words: frozenset[str]
    said: tuple[str, ...]
    other_base: OtherBase | None = None

    def judged(self, difference: Difference) -> Difference:
        """`difference` with its culprits and, when it was meant, with what says so."""
        difference = replace(difference, culprits=self.suspects.named_in(difference))
        return replace(difference, intended=self._by_rule(difference) or self._by_removal(difference))

    def _by_rule(self, difference: Difference) -> str:
        name = f"{difference.probe}: {difference.key}"
        said = next((f"`intended` names {pattern}" for pattern in self.said if fnmatch.fnmatchcase(name, pattern)), "")
        if said or not self.remade:
            return said
        for probe, pattern, reason in _HOUSE:
            if difference.probe == probe and fnmatch.fnmatchcase(difference.key, pattern):
                return reason
        if self._other_account(difference):
            return "paredown's images have an account of their own"
        if self.other_base is not None and (reason := self.other_base.reason(difference)):
            return reason
        kind, _, word = difference.key.partition(" ")
        if difference.probe == "configuration" and kind == "environment":
            return self._of_variable(word, difference)
        if _PROGRAM.fullmatch(difference.key):
            kind, word = "program", posixpath.basename(difference.key)
        if kind == "program" and TOOLS.fullmatch(word) and difference.probe in _OF_PROGRAMS and word not in self.words:
            return "a tool for developing and building, which the app's code does not name"
        first = next(iter((*self.before.config.entrypoint, *self.before.config.command)), "")
        if name == "signals: exit status" and posixpath.basename(first) in PROJECT_TOOLS and difference.after == "0":
            return f"paredown starts the service itself, which ends in order; {posixpath.basename(first)}, which stood before it, told that a signal ended it"
        return ""

    def _other_account(self, difference: Difference) -> bool:
        """Whether what was seen is the same but for the name and the home of who runs it."""
        if not difference.place:  # of what a probe tells as a whole, an account is the `configuration`'s
            return False
        was, now = ((user_name(image), f"/{account_of(image).home}") for image in (self.before, self.after))
        text = re.sub(rf"(?<![\w./-]){re.escape(was[1])}(?![\w-])", lambda _: now[1], difference.before)
        return difference.after in (text, re.sub(rf"(?<![\w./-]){re.escape(was[0])}(?![\w./-])", lambda _: now[0], text))

    def _of_variable(self, name: str, difference: Difference) -> str:
        if name in _SET and difference.before == ABSENT:
            return "paredown sets it in every image"
        if _OF_BUILDING.fullmatch(name) and difference.after == ABSENT and name not in self.words:
            return "it is of the base image's build, and the app's code does not name it"
        return ""

    def _by_removal(self, difference: Difference) -> str:
        if difference.probe == "writable paths" and self._only_sources(difference.key):
            return f"{INSTALLED}: it holds nothing but what a distribution was built from"
        of_files = difference.probe in _OF_FILES or (difference.probe == "platform" and self._is_of_files(difference.key))
        if difference.probe == "app files":
            of_files = any(each.trim == INSTALLED and each.path.endswith(f"/{difference.key}") for each in difference.culprits)
        if not of_files or not difference.culprits:
            return ""
        culprit = next((each for each in difference.culprits if not self._is_there(each)), None)
        if culprit is None or not culprit.trim:
            return ""
        if difference.probe == "modules" and self._is_missed(difference.key, culprit):
            return ""
        program = difference.key.removeprefix("program ")
        if program != difference.key and program in self.words:
            return ""
        return f"{culprit.trim}: {culprit.reason}"

    def _is_of_files(self, observed: str) -> bool:
        """Whether that of the platform only says that something is there: of a module's part in C, where nobody who is there imports it."""
        part = observed.removeprefix(_IN_C)
        return observed.startswith(_LOOK_UPS) or (part != observed and not self.after.facts.names(part))

    def _only_sources(self, folder: str) -> bool:
        path = posixpath.normpath(posixpath.join("/", working_directory(self.before), folder)).lstrip("/")
        held = [below for below, entry in self.before.tree.under(path) if entry.kind is not Kind.FOLDER]
        taken = [self.suspects.removals.get(meaning(below)) for below in held]
        return bool(held) and all(removal is not None and removal.trim == INSTALLED for removal in taken)

    def _is_there(self, culprit: Culprit) -> bool:
        """Whether a trim only made the file smaller: then it must do all that it did."""
        removal = self.suspects.removals.get(meaning(culprit.path.lstrip("/")))
        return removal is not None and removal.left > 0

    def _is_missed(self, module: str, culprit: Culprit) -> bool:
        entry = _ENTRY_POINT.match(module)
        if entry is not None and entry["group"] not in self.words and entry["group"] not in self.after.facts.words:
            return False  # no one loads what is in a group that no code names
        return self._app_imports(module) or _breaks_another(culprit, module)

    def _app_imports(self, module: str) -> bool:
        """Whether the app's own code names the module: then its loss is a difference whatever a trim says."""
        return any(_imports(image, module) for image in (self.before, self.after))


def intentions(before: Image, after: Image, said: tuple[str, ...], trimmed: tuple[Removal, ...] = ()) -> Intentions:
    """What is declared of the difference between two images, by the one after and by the user.

    `trimmed` is what paredown's trims would take of the image before; it counts when they made the image after and not that one.
    """
    remade = made_by_paredown(after) and not made_by_paredown(before)
    words = frozenset(_words(before)).union(_words(after))
    declared = (*_not_required(before, after, words), *installed_sources(before, after, words), *trimmed, *after.removals) if remade else after.removals
    blamed = suspects(before.tree, after.tree, declared, made_by_paredown=made_by_paredown(after))
    base = OtherBase(before, after, words) if after.emitted else None
    return Intentions(suspects=blamed, before=before, after=after, remade=remade, words=words, said=said, other_base=base)


def _breaks_another(culprit: Culprit, module: str) -> bool:
    """Whether a module that is there lacks one that was said to be out of reach: then it was not.

    A distribution may be gone as a whole, and a command for a person may be out of reach, too.
    """
    if module.startswith(_DISTRIBUTION) and ": " not in module:
        return False
    gone = module_of(culprit.path.lstrip("/"))
    return culprit.trim in _OUT_OF_REACH and module != gone and not module.startswith(f"{gone}.") and _SCRIPTS not in module


def made_by_paredown(image: Image) -> bool:
    """Whether the image holds what only paredown puts there, or was built as paredown wrote."""
    return image.emitted or PAREDOWN_FOLDER.lstrip("/") in image.tree


def _not_required(before: Image, after: Image, words: frozenset[str]) -> Iterator[Removal]:
    """The files of distributions that paredown did not install: no other one requires them, and the app's code does not name them."""
    there = {each.name for each in installed(after)}
    required = {normalised(found[0]) for each in installed(after) for line in each.requires if "extra ==" not in line and (found := _REQUIREMENT.match(line))}
    for each in before.facts.distributions:
        if each.name in there or each.name in required or not words.isdisjoint(_modules(each)):
            continue
        for path in sorted(path for path in each.files if path in before.tree):
            entry = before.tree[path]
            reason = f"nothing of the service requires or names {each.name}"
            yield Removal(path=path, size=entry.size, trim=_REQUIREMENTS, reason=reason, owner=entry.owner)


def _modules(distribution: Distribution) -> frozenset[str]:
    """The names by which code would speak of the distribution: its own, and those of what is imported from it."""
    site = posixpath.dirname(distribution.metadata)
    tops = {path.removeprefix(f"{site}/").partition("/")[0] for path in distribution.files if path.startswith(f"{site}/") and path.endswith((".py", ".so"))}
    return frozenset({distribution.name, distribution.name.replace("-", "_"), *(top.partition(".")[0] for top in tops)})


def _imports(image: Image, module: str) -> bool:
    return any(_counts(path, image) for path in image.facts.imported_by.get(module, ()))


def _words(image: Image) -> Iterator[str]:
    """Of the app's own code and of the values of the environment."""
    for name, value in image.config.environment:
        if name not in ("PATH", "VIRTUAL_ENV"):
            yield from _WORD.findall(value)
    for path, entry in image.tree.items():
        if path.endswith(".py") and entry.kind is Kind.FILE and entry.size <= _LARGEST and _counts(path, image):
            yield from _WORD.findall(entry.read().decode("utf-8", "replace"))


def _counts(path: str, image: Image) -> bool:
    """Whether it is a file of the app that is run as part of the service, which its tests are not."""
    return path in image.tree and is_app(path, image.tree[path], image.facts, image.config.working_directory) and not TESTS.search(path)
