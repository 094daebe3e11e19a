"""What single modules say that leads to others: imports, words in strings, and calls that import by a name made at run time."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from paredown.pydist.elf import is_elf, names_in
from paredown.pydist.imports import package_of, scan_source
from paredown.pydist.remembered import Files, remembered
from paredown.store import Store
from paredown.tree import Entry, Kind, Tree

_KIND = "spoken"
_VERSION = 11  # of what a record holds; raise it when the reading changes
_SHORTEST = 3  # characters of a name in compiled code: those of two stand there by chance
_MOST = 8 << 20  # bytes of a source
# A call whose argument is not one whole string, and a search of folders for modules.
_BY_NAME = re.compile(
    r"(?:import_module|__import__|import_string|import_from_string|import_object|find_spec|run_module|load_module)\(\s*(?![\"'][\w.]+[\"']\s*[,)])"
    r"|(?:iter_modules|walk_packages|spec_from_file_location|SourceFileLoader|load_source|run_path|LazyLoader)\b"
)
# What a module does only where it is the program itself, which an imported one is not; and how modules of the standard library test themselves.
_AS_PROGRAM = re.compile(r"""^(?:if __name__ == ["']__main__["']|def _test\w*\([^)\n]*\)):[^\n]*\n(?:(?:[ \t][^\n]*)?\n)*""", re.MULTILINE)
# What it does only on Windows, on a Mac or on AIX.
_ELSEWHERE = re.compile(
    r"""^([ \t]*)(?:el)?if (?:sys\.platform == ["'](?:win32|darwin)["']|sys\.platform\.startswith\(["'](?:win(?:32)?|darwin|aix)["']\)"""
    r"""|os\.name == ["']nt["']):[^\n]*\n(?:(?:\1[ \t][^\n]*)?\n)*""",
    re.MULTILINE,
)
# What the standard library imports for a person at a prompt, who has a plainer one without: help() and the editing of lines.
_AT_A_PROMPT = (
    ("/_sitebuiltins.py", re.compile(r".*")),
    ("/site.py", re.compile(r"(?:_pyrepl|readline|rlcompleter)\b.*")),
    ("/_pyrepl/main.py", re.compile(r"_pyrepl\.(?!trace\b).*")),
)
# Modules for a person, of which compiled code has no need; it has these words for other things, as a method `readline`.
_AT_A_DESK = frozenset(
    {
        "bdb", "cProfile", "cmd", "code", "codeop", "curses", "doctest", "ensurepip", "pdb", "profile", "pstats", "pyclbr", "pydoc", "readline", "rlcompleter",
        "symtable", "tabnanny", "this", "timeit", "tkinter", "trace", "turtle", "unittest", "venv",
    }
)  # fmt: skip
# Where the beginning of a name is only looked for: `module.startswith("asyncpg.")`.
_LOOKED_FOR = re.compile(r"""(?:startswith|removeprefix|partition|split|find|index)\(\s*\(?(?:["'][\w.]+["'][,\s]*)+""")
# How packages hand out submodules by name; in others a name in `__all__` or in a text imports nothing.
_OFFERS = re.compile(r"__getattr__|import_module|__import__|_import_structure|apipkg|sys\.modules|(?i:lazy)")
_ASKS = re.compile(r"\bmetadata\b|pkg_resources|importlib_metadata")
_MAKES_NAMES = re.compile(r"^def __getattr__|import[ \t(]+\*|globals\(\)|sys\.modules|vars\(\)|\bsetattr\(|\b_convert_?\(|^(?: {4})?exec\(", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_/][\w.:/+-]{1,79}")


@dataclass(frozen=True, slots=True)
class Spoken:
    """`names` of modules in imports, `dotted` strings that may be such, and `words` of its strings; what it does only as a program does not count.

    Whether it imports `by_name`, whether it `asks` for the metadata of distributions, and whether it `offers` what lies beside it by name.
    """

    names: frozenset[str] = frozenset()
    dotted: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    by_name: bool = False
    asks: bool = False
    offers: bool = False


def spoken(paths: Iterable[str], tree: Tree, store: Store) -> dict[str, Spoken]:
    """What each of the sources and extension modules at `paths` says; remembered for each folder whose files did not change."""
    files = ((path, tree[path]) for path in sorted(paths) if tree[path].kind is Kind.FILE)
    return {
        path: Spoken(frozenset(names), frozenset(dotted), frozenset(words), by_name, asks, offers)
        for _, group, record in remembered(_KIND, _VERSION, files, _read, store)
        for (path, _), (names, dotted, words, by_name, asks, offers) in zip(group, record, strict=True)
    }


def may_define(text: str, name: str) -> bool:
    """Whether a module with the source `text` may have an attribute `name`: rather too often than not, and always where it makes names at run time."""
    word = re.escape(name)
    bound = (
        rf"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+{word}\b|^[ \t]*(?:\w+[ \t]*,[ \t]*)*{word}[ \t]*(?:[:=]|,[^\n]*=)|\bimport\b[^\n]*\b{word}\b"
        rf"""|\bas[ \t]+{word}\b|^[ \t]+(?:\w+(?:[ \t]+as[ \t]+\w+)?[ \t]*,[ \t]*)*{word}[ \t]*(?:[,)]|$)"""
    )
    return _MAKES_NAMES.search(text) is not None or (name in text and re.search(bound, text, re.MULTILINE) is not None)


def _read(files: Files) -> list[Any]:
    all_said = (_said(path, entry) for path, entry in files)
    return [[sorted(said.names), sorted(said.dotted), sorted(said.words), said.by_name, said.asks, said.offers] for said in all_said]


def _said(path: str, entry: Entry) -> Spoken:
    if entry.size > _MOST and path.endswith(".py"):
        return Spoken()
    if not path.endswith(".py"):
        words = frozenset(name for name in names_in(entry) if len(name) >= _SHORTEST) if is_elf(entry) else frozenset[str]()
        return Spoken(names=words - _AT_A_DESK, words=words, offers=True)
    text = _ELSEWHERE.sub("", _AS_PROGRAM.sub("", entry.read().decode("utf-8", "replace")))
    scanned = scan_source(text, package_of(path))
    looked_for = " ".join(_LOOKED_FOR.findall(text))
    words = frozenset(word for word in scanned.words if _WORD.fullmatch(word) and not (word.endswith(".") and _only_there(word, looked_for, text)))
    # Old names of modules beside their new ones, for what pickles name.
    dotted = frozenset[str]() if path.endswith("/_compat_pickle.py") else scanned.dotted
    prompt = next((names for end, names in _AT_A_PROMPT if path.endswith(end)), None)
    imports = scanned.imports if prompt is None else frozenset(name for name in scanned.imports if not prompt.fullmatch(name))
    return Spoken(imports, dotted, words, _BY_NAME.search(text) is not None, _ASKS.search(text) is not None, _OFFERS.search(text) is not None)


def _only_there(word: str, part: str, text: str) -> bool:
    """Whether all of the strings `word` of `text` stand in a part of it."""
    quoted = re.compile(rf"""(?<=["']){re.escape(word)}(?=["'])""")
    return len(quoted.findall(part)) == len(quoted.findall(text)) > 0
