"""Sources to bytecode by the image's own interpreter; what was compiled once is remembered, an owner at a time, the app a file at a time."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from paredown.composers.bytecode.interpreter import Interpreter, compile_all, interpreter_in
from paredown.composers.bytecode.sources import bytecode_path, selected
from paredown.composers.interface import Means
from paredown.result import Skipped
from paredown.store import Store
from paredown.tree import Entry, Kind, Owner, OwnerKind, Slice, Tree, digest_of, folder_of, keyed, parents_of

_RECORD = "bytecode"
_MODE = 0o644
_BATCH = 32 << 20  # bytes of source in work at a time, so that memory stays flat


@dataclass(frozen=True, slots=True)
class Compiled:
    """Bytecode as entries beside their sources, and the sources that do not compile, each with the compiler's reason."""

    tree: Tree
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class _Source:
    """A source: its path in the image, the entry there, and the one that holds its bytes (another one behind a link)."""

    path: str
    entry: Entry
    bytes_of: Entry


@dataclass(frozen=True, slots=True)
class _Group:
    """Sources whose bytecode is kept together, under `key`."""

    key: str
    sources: tuple[_Source, ...]


def compile_sources(tree: Tree, modules: frozenset[str] | None, *, python: str, interpreter: str, host_tree: Tree, means: Means) -> Compiled:
    """Bytecode (PEP 552, unchecked hash) for the sources of `tree` that `modules` names, and the app's; None names all, the empty set none.

    `python` is `3.13`; `interpreter` its path in `host_tree`, a root for this machine's architecture with the same Python, whose bytecode is
    the same for any architecture. Each entry belongs to the owner of its source.
    """
    nothing = modules is not None and not modules
    sources = [] if nothing else [_Source(path, entry, bytes_of) for path, entry, bytes_of in selected(tree, modules)]
    if not sources:
        return Compiled(Tree())
    compiler = interpreter_in(host_tree, interpreter, python=python, store=means.store)
    groups = _groups(sources, compiler.key)
    rows: dict[str, list[list[Any]]] = {}
    for group in groups:
        known = means.store.recall(_RECORD, group.key)
        if known is not None and (known["blob"] is None or means.store.blob(known["blob"])):
            rows[group.key] = _placed(known, means.store)
    for batch in _batches([group for group in groups if group.key not in rows]):
        rows.update(_compiled(batch, compiler, means))
    entries: dict[str, Entry] = {}
    skipped: list[Skipped] = []
    for group in groups:
        for source, row in zip(group.sources, rows[group.key], strict=True):
            if len(row) == 1:
                skipped.append(Skipped(what=f"bytecode of /{source.path}", reason=row[0]))
            else:
                _add(entries, tree, source, row, python)
    return Compiled(Tree(entries), tuple(sorted(skipped, key=lambda one: one.what)))


def _groups(sources: Sequence[_Source], compiler: str) -> list[_Group]:
    by_owner: dict[Owner, list[_Source]] = {}
    groups: list[_Group] = []
    for source in sources:
        # The app changes a file at a time, all else as a whole.
        if source.entry.owner.kind is OwnerKind.APP:
            groups.append(_group((source,), compiler))
        else:
            by_owner.setdefault(source.entry.owner, []).append(source)
    return groups + [_group(tuple(members), compiler) for _, members in sorted(by_owner.items())]


def _group(sources: tuple[_Source, ...], compiler: str) -> _Group:
    return _Group(keyed([compiler, [[source.path, source.bytes_of.digest] for source in sources]]), sources)


def _batches(groups: list[_Group]) -> Iterator[list[_Group]]:
    batch: list[_Group] = []
    size = 0
    for group in groups:
        weight = sum(source.bytes_of.size for source in group.sources)
        if batch and size + weight > _BATCH:
            yield batch
            batch, size = [], 0
        batch.append(group)
        size += weight
    if batch:
        yield batch


def _compiled(batch: list[_Group], compiler: Interpreter, means: Means) -> dict[str, list[list[Any]]]:
    """Compile and remember the groups; their rows: (blob, offset, size, digest), or (reason,)."""
    answers = iter(compile_all(compiler, [(source.path, source.bytes_of) for group in batch for source in group.sources]))
    rows: dict[str, list[list[Any]]] = {}
    for group in batch:
        kept: list[list[Any]] = []
        with means.store.writer() as writer:
            for answer in islice(answers, len(group.sources)):
                match answer:
                    case bytes():
                        kept.append([writer.size, len(answer), digest_of(answer)])
                        writer.write(answer)
                    case str():
                        kept.append([answer])
            blob = writer.commit() if writer.size else None
        record = {"blob": blob, "rows": kept}
        means.store.remember(_RECORD, group.key, record)
        rows[group.key] = _placed(record, means.store)
    return rows


def _placed(record: dict[str, Any], store: Store) -> list[list[Any]]:
    file = os.fspath(store.blob_path(record["blob"])) if record["blob"] else ""
    return [row if len(row) == 1 else [file, *row] for row in record["rows"]]


def _add(entries: dict[str, Entry], tree: Tree, source: _Source, row: list[Any], python: str) -> None:
    file, offset, size, digest = row
    path = bytecode_path(source.path, python)
    owner = source.entry.owner
    for parent in parents_of(path):
        standing = tree.get(parent)
        if standing is not None:
            if standing.kind is not Kind.FOLDER:
                return  # bytecode would have to go through a link, where no import looks for it
            break
        entries.setdefault(parent, folder_of(owner=owner))
    entries[path] = Entry(kind=Kind.FILE, mode=_MODE, size=size, digest=digest, content=Slice(file, offset), owner=owner)
