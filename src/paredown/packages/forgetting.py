"""The databases after files went: a package of which nothing is left is no longer told of, one that lost files is marked."""

import json
import posixpath
from collections.abc import Iterable
from dataclasses import replace

from paredown.packages.installed import APK, DPKG, Package, conda_files, conda_record, installed, paragraphs
from paredown.tree import Entry, Inline, Kind, Tree, digest_of

MARK = "Paredown-Removed"  # a field of a package's paragraph: how many of its files are not in the image
_CONDA_MARK = "paredown_removed"  # the same in a record of conda
_DOCUMENTS = "usr/share/doc/"


def true_databases(before: Tree, after: Tree) -> Tree:
    """`after` with databases that tell what is in it, where `before` is the same with all files of its packages."""
    packages = installed(before)
    lost = {package.name: told for package in packages if (told := _lost(package, before, after))}
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


def _lost(package: Package, before: Tree, after: Tree) -> str:
    own = _own(package, before)
    count = sum(path not in after for path in own)
    # dpkg and apk do not tell of a file's bytes, conda does.
    shrunk = sum(path in after and before[path].digest != after[path].digest for path in own) if package.record else 0
    return f"{count} of {len(own)} files" if count or shrunk else ""


def _is_gone(package: Package, before: Tree, after: Tree) -> bool:
    """Whether nothing but documents is left of it; of one that has only documents, not even those."""
    had = _own(package, before)
    counts = [path for path in had if not path.startswith(_DOCUMENTS)] or had
    return bool(counts) and not any(path in after for path in counts)


def _is_of(path: str, gone: frozenset[str]) -> bool:
    """Whether dpkg keeps the file for a package that is gone: `info/libgcc-s1:amd64.list`, `status.d/perl-base.md5sums`."""
    folder, name = posixpath.split(path)
    if folder == f"{DPKG}/info":
        return name.rpartition(".")[0].partition(":")[0] in gone
    return folder == f"{DPKG}/status.d" and (name in gone or name.removesuffix(".md5sums") in gone)


def _without_paragraphs(text: str, gone: frozenset[str], lost: dict[str, str]) -> str:
    kept = []
    for paragraph, fields in paragraphs(text):
        if fields["Package"] not in gone:
            lines = [line for line in paragraph.split("\n") if not line.startswith(f"{MARK}:")]
            kept.append("\n".join([*lines, *(f"{MARK}: {told}" for told in [lost.get(fields["Package"])] if told)]))
    return "".join(f"{paragraph}\n\n" for paragraph in kept)


def _without_records(text: str, gone: frozenset[str], lost: dict[str, str]) -> str:  # noqa: ARG001  (apk's records have no room for a mark)
    kept = [record for record in text.strip("\n").split("\n\n") if not any(line[2:] in gone for line in record.split("\n") if line.startswith("P:"))]
    return "".join(f"{record}\n\n" for record in kept)


def _as_it_is(package: Package, before: Tree, after: Tree, lost: str) -> str:
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
    told[_CONDA_MARK] = lost
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _with_text(entry: Entry, text: str) -> Entry:
    data = text.encode("utf-8", "surrogateescape")
    return replace(entry, size=len(data), digest=digest_of(data), content=Inline(data), inode="")
