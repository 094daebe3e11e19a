"""The databases after files went: a package of which nothing is left is no longer told of, one that lost files is marked."""

import posixpath
from collections.abc import Iterable
from dataclasses import replace

from paredown.packages.installed import APK, DPKG, Package, installed, paragraphs
from paredown.tree import Entry, Inline, Kind, Tree, digest_of

MARK = "Paredown-Removed"  # a field of a package's paragraph: how many of its files are not in the image
_DOCUMENTS = "usr/share/doc/"


def true_databases(before: Tree, after: Tree) -> Tree:
    """`after` with databases that tell what is in it, where `before` is the same with all files of its packages."""
    packages = installed(before)
    lost = {package.name: told for package in packages if (told := _lost(package, before, after))}
    gone = frozenset(package.name for package in packages if _is_gone(package, before, after))
    if not gone and not lost:
        return after
    unwanted = [path for path in after if _is_of(path, gone)]
    changed = {f"{DPKG}/status": _without_paragraphs, **dict.fromkeys(APK, _without_records)}
    databases = [(path, rewrite) for path, rewrite in changed.items() if path in after and after[path].kind is Kind.FILE]
    databases += [(path, _without_paragraphs) for path, entry in after.under(f"{DPKG}/status.d") if entry.kind is Kind.FILE and path in _names(packages)]
    entries = {path: _with_text(after[path], rewrite(after[path].read().decode("utf-8", "surrogateescape"), gone, lost)) for path, rewrite in databases}
    return after.over(Tree(entries)).without(unwanted)


def _names(packages: Iterable[Package]) -> frozenset[str]:
    """The control files of packages as distroless keeps them."""
    return frozenset(path for package in packages for path in package.files[:1] if path.startswith(f"{DPKG}/status.d/"))


def _own(package: Package, tree: Tree) -> list[str]:
    return [path for path in package.files if path in tree and tree[path].kind is not Kind.FOLDER and not path.startswith(f"{DPKG}/")]


def _lost(package: Package, before: Tree, after: Tree) -> str:
    own = _own(package, before)
    count = sum(path not in after for path in own)
    return f"{count} of {len(own)} files" if count else ""


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


def _with_text(entry: Entry, text: str) -> Entry:
    data = text.encode("utf-8", "surrogateescape")
    return replace(entry, size=len(data), digest=digest_of(data), content=Inline(data), inode="")
