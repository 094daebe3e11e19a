"""The base of signed Debian packages: the closure that Python and the declared packages need, as a Tree, each path with its package."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from paredown.composers.interface import Means
from paredown.errors import UserError
from paredown.lock import DebianPins, Lock
from paredown.origin import Origin
from paredown.packages.roles import BESIDE_THE_POINT
from paredown.plan import DebianBase
from paredown.store import Store
from paredown.tree import Entry, Kind, Tree, file_of, from_records, keyed, to_records

PYTHON_OF_SUITE = {"trixie": "3.13", "bookworm": "3.11"}

_CODE = 1  # raised when the same inputs shall be solved anew: it is part of what a lock's closure was solved from

# Wheels bring their own libraries but for a few that they may take for granted (PEP 600, auditwheel's policies): of those only the C++
# library is nobody's dependency here. The trims take it where no extension module needs it.
_BASE = {
    "trixie": ("base-files", "ca-certificates", "libc-bin", "libstdc++6", "media-types", "netbase", "openssl", "tzdata", "tzdata-legacy"),
    # distutils is part of Python 3.11's standard library; Debian keeps it in a package of its own.
    "bookworm": ("base-files", "ca-certificates", "libc-bin", "libstdc++6", "media-types", "netbase", "openssl", "python3-distutils", "tzdata"),
}
_SHELL = ("bash", "coreutils", "dash", "findutils", "grep", "libc-bin", "sed")
# What compiling needs beside the declared packages: configure scripts and makefiles call these by name.
_BUILD = (*_SHELL, "gawk", "gzip", "hostname", "tar", "diffutils")
_TOOLBOX = (
    *_SHELL, "adduser", "base-passwd", "bsdutils", "debconf", "debianutils", "diffutils", "dpkg", "fakeroot", "gzip", "hostname", "init-system-helpers",
    "passwd", "perl-base", "sensible-utils", "tar", "ucf", "util-linux",
)  # fmt: skip

# What of it a purpose cannot do without: compilers' helpers are written in Perl, maintainer scripts call everything.
_KEPT_FOR: dict[str, frozenset[str]] = {
    "run": frozenset(),
    "build": frozenset({"awk", "perl", "perl-base", "dpkg", "python3", "python3-minimal"}),
    "configure": frozenset(BESIDE_THE_POINT),
}

_RECORD_KIND = "debian-base"
_SCRIPTS_KIND = "debian-scripts"
STATUS_FOLDER = "var/lib/dpkg/status.d"


def interpreter_of(base: DebianBase) -> str:
    """The interpreter's path in the image."""
    return f"/usr/bin/python{base.python}"


def pin(
    base: DebianBase, packages: tuple[str, ...], architecture: str, *, purpose: str, lock: Lock, means: Means, where: Origin, shell: bool = False
) -> DebianPins:
    """The closure for `purpose`: `run`, `build` (a root to compile in) or `configure` (`packages` and what maintainer scripts call).

    From the lock when it was solved from the same inputs, else from the archive. UserError for a Python that no suite has, for packages
    that cannot be had, and under `means.locked` for a lock that does not fit.
    """
    _check(base)
    names = _names(base, packages, purpose, shell)
    left_out = frozenset(BESIDE_THE_POINT) - _KEPT_FOR[purpose]
    inputs = keyed([_CODE, base.suite, purpose, architecture, names, sorted(left_out)])
    known = lock.pins(base.suite, purpose, architecture)
    if known is not None and known.inputs == inputs:
        return known
    if means.locked:
        raise _out_of_date(known, names, purpose, architecture, base, where)
    from paredown.debian.archive import Archive  # noqa: PLC0415  (only what no lock pins is solved)
    from paredown.debian.closure import closure  # noqa: PLC0415

    index = Archive(mirror=means.mirror, suite=base.suite, store=means.store, progress=means.progress, now=datetime.now(UTC), keyring=means.keyring).index(
        architecture
    )
    pins = closure(index, names, leave_out=left_out, where=where)
    return DebianPins(suite=base.suite, purpose=purpose, architecture=architecture, inputs=inputs, date=index.date, packages=pins)


def compose(base: DebianBase, pins: DebianPins, asked: tuple[str, ...], means: Means, *, shell: bool, toolbox: DebianPins | None = None) -> Tree:
    """The closure as a root: files, usr-merge links, the dpkg database that scanners read, and what maintainer scripts would make.

    `asked` are the packages that the project names. A package with an unknown script is configured for real with the programs of
    `toolbox` (solved here when None); WorldError where no sandbox can run. Remembered in the store: a second call takes milliseconds.
    """
    asked = tuple(sorted({*asked, *(_SHELL if shell else ())}))
    tools = [pin_.sha256 for pin_ in toolbox.packages] if toolbox is not None else None
    key = keyed([_CODE, base.suite, base.python, pins.purpose, pins.architecture, [pin_.sha256 for pin_ in pins.packages], asked, shell, tools, means.epoch])
    record = means.store.recall(_RECORD_KIND, key)
    if record is not None and all(means.store.blob(digest) is not None for digest in record["blobs"]):
        return _recalled(record, means.store)
    from paredown.composers import debian_packages  # noqa: PLC0415  (a rebuild recalls the tree and unpacks nothing)

    if toolbox is None and pins.purpose != "configure":
        toolbox = toolbox_of(base, pins, lock=Lock(), means=replace(means, locked=False), where=base.origin)
    plain = _names(base, (), "run", False)
    programs = (*_TOOLBOX, *plain)
    tree = debian_packages.composed(base, pins, asked, means, plain=plain, toolbox=toolbox, programs=programs)
    means.store.remember(_RECORD_KIND, key, _record_of(tree))
    return tree


def toolbox_of(base: DebianBase, pins: DebianPins, *, lock: Lock, means: Means, where: Origin) -> DebianPins | None:
    """What `compose` needs as its toolbox, and paredown.lock pins too; None when no package of the closure has an unknown script."""
    key = keyed([_CODE, [pin_.sha256 for pin_ in pins.packages]])
    known = means.store.recall(_SCRIPTS_KIND, key)
    if known is None:
        from paredown.composers import debian_packages  # noqa: PLC0415

        known = debian_packages.with_unknown_scripts(pins, means)
        means.store.remember(_SCRIPTS_KIND, key, known)
    if not known:
        return None
    names = tuple(pin_.name for pin_ in pins.packages)
    return pin(base, names, pins.architecture, purpose="configure", lock=lock, means=means, where=where)


def _record_of(tree: Tree) -> dict[str, Any]:
    """The tree as JSON; bytes that lie in blobs are named by digest, as the store may be found elsewhere later."""
    rows = to_records(tree)
    blobs: set[str] = set()
    for row in rows:
        if isinstance(row[7], list):
            row[7][0] = "sha256:" + row[7][0].rpartition("/")[2]
            blobs.add(row[7][0])
    return {"blobs": sorted(blobs), "tree": rows}


def _recalled(record: dict[str, Any], store: Store) -> Tree:
    places = {digest: str(store.blob_path(digest)) for digest in record["blobs"]}
    for row in record["tree"]:
        if isinstance(row[7], list):
            row[7][0] = places[row[7][0]]
    return from_records(record["tree"])


def filtered_md5sums(tree: Tree) -> Tree:
    """The .md5sums files under status.d that name paths no longer in `tree`, without those lines: the metadata stays true after trims."""
    changed: dict[str, Entry] = {}
    for path, entry in tree.under(STATUS_FOLDER):
        if path.endswith(".md5sums") and entry.kind is Kind.FILE:
            lines = entry.read().decode("utf-8", "surrogateescape").splitlines(keepends=True)
            kept = [line for line in lines if tree.resolve(line.partition("  ")[2].rstrip("\n")) is not None]
            if len(kept) != len(lines):
                changed[path] = file_of("".join(kept).encode("utf-8", "surrogateescape"), owner=entry.owner)
    return Tree(changed)


def _check(base: DebianBase) -> None:
    if PYTHON_OF_SUITE.get(base.suite) == base.python:
        return
    available = ", ".join(f"{python} (Debian {suite})" for suite, python in PYTHON_OF_SUITE.items())
    if base.suite in PYTHON_OF_SUITE:
        what = f"Debian {base.suite} has Python {PYTHON_OF_SUITE[base.suite]}, not {base.python}"
    else:
        what = f"there is no base for Python {base.python} on {base.suite!r}"
    raise UserError(
        what,
        where=base.origin,
        fix=f'choose one that is available: {available}; any other Python can come from an image: `base = "path/to/image.tar"` or an OCI layout folder',
    )


def _names(base: DebianBase, packages: tuple[str, ...], purpose: str, shell: bool) -> list[str]:
    names = {*_BASE[base.suite], *packages, f"python{base.python}-minimal", f"libpython{base.python}-stdlib"}
    if shell:
        names |= set(_SHELL)
    if purpose == "build":
        names |= set(_BUILD)
    if purpose == "configure":
        names |= set(_TOOLBOX)
    return sorted(names)


def _out_of_date(known: DebianPins | None, names: list[str], purpose: str, architecture: str, base: DebianBase, where: Origin) -> UserError:
    if known is None:
        changed = f"it pins no Debian packages for {base.suite}, {architecture} ({purpose})"
    else:
        missing = sorted(set(names) - {pin.name for pin in known.packages})
        changed = f"it lacks {', '.join(missing)}" if missing else f"the packages asked for on {base.suite}, {architecture} ({purpose}) are others now"
    return UserError(f"paredown.lock is out of date: {changed}", where=where, fix="build once without --locked and commit paredown.lock")
