"""The databases after files went: a package of which nothing is left is no longer told of, one that lost files is marked."""

import json
import posixpath
import re
from collections.abc import Iterable
from dataclasses import replace

from paredown.packages.installed import APK, APK_MARK, CONDA_MARK, DPKG, MARK, Package, conda_files, conda_record, installed, paragraphs
from paredown.tree import Entry, Inline, Kind, Tree, digest_of

_MARKED = re.compile(rf"(?m)^{MARK}: (.*)\n?")
_COUNTS = re.compile(r"(\d+) of (\d+) files")
DOCUMENTS = "usr/share/doc/"

Lost = dict[str, tuple[int, int]]  # a package: how many of its files are not as they were, of how many


def true_databases(before: Tree, after: Tree) -> Tree:
    """`after` with databases that tell what is in it, where `before` is the same with all files of its packages."""
    packages = installed(before)
    lost = {package.name: counts for package in packages if (counts := _lost(package, before, after))[0]}
    gone = frozenset(package.name for package in packages if _is_gone(package, before, after))
    if not gone and not lost:
        return after
    unwanted = [path for path in after if _is_of(path, gone)]
    unwanted += [package.record for package in packages if package.name in gone and package.record in after]
    changed = {f"{DPKG}/status": _without_paragraphs, **dict.fromkeys(APK, _without_records)}
    databases = [(path, rewrite) for path, rewrite in changed.items() if path in after and after[path].kind is Kind.FILE]
    databases += [(path, _without_paragraphs) for path, entry in after.under(f"{DPKG}/status.d") if entry.kind is Kind.FILE and path in _names(packages)]
    entries = {path: _with_text(after[path], rewrite(after[path].read().decode("utf-8", "surrogateescape"), gone, lost)) for path, rewrite in databases}
    for package in packages:
        if package.record in after and package.name in lost.keys() - gone:
            entries[package.record] = _with_text(after[package.record], _as_it_is(package, before, after, lost[package.name]))
    return after.over(Tree(entries)).without(unwanted)


def _names(packages: Iterable[Package]) -> frozenset[str]:
    """The control files of packages as distroless keeps them."""
    return frozenset(path for package in packages for path in package.files[:1] if path.startswith(f"{DPKG}/status.d/"))


def _own(package: Package, tree: Tree) -> list[str]:
    mine = (path for path in package.files if path != package.record and not path.startswith(f"{DPKG}/"))
    return [path for path in mine if path in tree and tree[path].kind is not Kind.FOLDER]


def _lost(package: Package, before: Tree, after: Tree) -> tuple[int, int]:
    """How many of its files are not there as they were, of how many."""
    own = _own(package, before)
    return sum(path not in after or before[path].digest != after[path].digest for path in own), len(own)


def _told(marked: str, lost: tuple[int, int]) -> str:
    known = _COUNTS.fullmatch(marked)
    # What went at an earlier time is no longer there to be counted.
    count, of = (int(known[1]) + lost[0], int(known[2])) if known else lost
    return f"{min(count, of)} of {of} files"


def _is_gone(package: Package, before: Tree, after: Tree) -> bool:
    """Whether nothing but documents is left of it; of one that has only documents, not even those."""
    had = _own(package, before)
    counts = [path for path in had if not path.startswith(DOCUMENTS)] or had
    return bool(counts) and not any(path in after for path in counts)


def _is_of(path: str, gone: frozenset[str]) -> bool:
    """Whether dpkg keeps the file for a package that is gone: `info/libgcc-s1:amd64.list`, `status.d/perl-base.md5sums`."""
    folder, name = posixpath.split(path)
    if folder == f"{DPKG}/info":
        return name.rpartition(".")[0].partition(":")[0] in gone
    return folder == f"{DPKG}/status.d" and (name in gone or name.removesuffix(".md5sums") in gone)


def _without_paragraphs(text: str, gone: frozenset[str], lost: Lost) -> str:
    kept = []
    for paragraph, fields in paragraphs(text):
        name = fields["Package"]
        if name in lost and name not in gone:
            paragraph = f"{_MARKED.sub('', paragraph).rstrip()}\n{MARK}: {_told(fields.get(MARK, ''), lost[name])}"
        if name not in gone:
            kept.append(paragraph)
    return "".join(f"{paragraph}\n\n" for paragraph in kept)


def _without_records(text: str, gone: frozenset[str], lost: Lost) -> str:
    kept = []
    for record in text.strip("\n").split("\n\n"):
        lines = record.split("\n")
        name = next((line[2:] for line in lines if line.startswith("P:")), "")
        if name not in gone:
            kept.append("\n".join(_marked(lines) if name in lost else lines))
    return "".join(f"{record}\n\n" for record in kept)


def _as_it_is(package: Package, before: Tree, after: Tree, lost: tuple[int, int]) -> str:
    """The record of a conda package without the files that went, and with what is told of those that shrank as they are now."""
    told = conda_record(before.read(package.record).decode("utf-8", "surrogateescape"))
    there = {name: posixpath.normpath(posixpath.join(package.prefix, name)) for name in conda_files(told)}
    gone = {name for name, path in there.items() if path in before and path not in after}
    told["files"] = [name for name in conda_files(told) if name not in gone]
    paths = told.get("paths_data", {}).get("paths") if isinstance(told.get("paths_data"), dict) else None
    if isinstance(paths, list):
        kept = [each for each in paths if not (isinstance(each, dict) and each.get("_path") in gone)]
        for each in kept:
            path = there.get(each["_path"], "") if isinstance(each, dict) and isinstance(each.get("_path"), str) else ""
            if path in after and path in before and after[path].digest != before[path].digest:
                each |= {"sha256_in_prefix": after[path].digest.removeprefix("sha256:"), "size_in_bytes": after[path].size}
        told["paths_data"]["paths"] = kept
    told[CONDA_MARK] = _told(str(told.get(CONDA_MARK, "")), lost)
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _marked(lines: list[str]) -> list[str]:
    """A record with apk's flag, which stands before the package's folders."""
    flags = "".join(line[2:] for line in lines if line.startswith("f:"))
    plain = [line for line in lines if not line.startswith("f:")]
    place = next((index for index, line in enumerate(plain) if line.startswith("F:")), len(plain))
    return [*plain[:place], f"f:{APK_MARK}{flags.replace(APK_MARK, '')}", *plain[place:]]


def _with_text(entry: Entry, text: str) -> Entry:
    data = text.encode("utf-8", "surrogateescape")
    return replace(entry, size=len(data), digest=digest_of(data), content=Inline(data), inode="")
