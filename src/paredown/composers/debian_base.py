"""The base of signed Debian packages: the closure that Python and the declared packages need, as a Tree, each path with its package."""

import fnmatch
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from paredown.composers import maintainer_scripts
from paredown.composers.interface import Means
from paredown.debian.archive import Archive, fetch
from paredown.debian.closure import closure
from paredown.debian.deb import UnpackedDeb, unpack_all
from paredown.errors import UserError
from paredown.lock import DebianPins, Lock
from paredown.origin import Origin
from paredown.plan import DebianBase
from paredown.store import Store
from paredown.tree import Entry, Kind, Owner, OwnerKind, Tree, file_of, folder_of, from_records, keyed, link_of, to_records

PYTHON_OF_SUITE = {"trixie": "3.13", "bookworm": "3.11"}

_CODE = 1  # raised when the same inputs shall be solved anew: it is part of what a lock's closure was solved from

_BASE = {
    "trixie": ("base-files", "ca-certificates", "libc-bin", "media-types", "netbase", "openssl", "tzdata", "tzdata-legacy"),
    # distutils is part of Python 3.11's standard library; Debian keeps it in a package of its own.
    "bookworm": ("base-files", "ca-certificates", "libc-bin", "media-types", "netbase", "openssl", "python3-distutils", "tzdata"),
}
_SHELL = ("bash", "coreutils", "dash", "findutils", "grep", "libc-bin", "sed")
# What compiling needs beside the declared packages: configure scripts and makefiles call these by name.
_BUILD = (*_SHELL, "gawk", "gzip", "hostname", "tar", "diffutils")
_TOOLBOX = (
    *_SHELL, "adduser", "base-passwd", "bsdutils", "debconf", "debianutils", "diffutils", "dpkg", "fakeroot", "gzip", "hostname", "init-system-helpers",
    "passwd", "perl-base", "sensible-utils", "tar", "ucf", "util-linux",
)  # fmt: skip

# What packages name as a dependency and a running service cannot use; asked for by name they come all the same.
LEAVE_OUT: dict[str, str] = {
    "debconf": "asks questions while packages are configured",
    "debconf-2.0": "debconf by its other name",
    "cdebconf": "debconf written in C",
    "awk": "runs in maintainer scripts",
    "perl-base": "runs debconf and maintainer scripts",
    "perl": "runs maintainer scripts and helpers around libraries; a program that really needs it is asked for with it",
    "dpkg": "installs packages; nothing is installed in an image that runs",
    "install-info": "indexes manuals",
    "adduser": "makes accounts while packages are configured",
    "passwd": "makes accounts while packages are configured",
    "base-passwd": "makes accounts while packages are configured",
    "ucf": "asks what to do with changed configuration files",
    "sensible-utils": "chooses an editor for a person",
    "debianutils": "helps maintainer scripts",
    "init-system-helpers": "starts services by an init that is not there",
    "lsb-base": "helps init scripts",
    "sysvinit-utils": "helps init scripts",
    "readline-common": "an inputrc for interactive use; libreadline works without",
    "python3": "links to the interpreter, which the base makes, and hooks that compile at installation",
    "python3-minimal": "as python3",
    "mime-support": "the older name of media-types and mailcap",
    "libpam-runtime": "configures logins",
}

# What of it a purpose cannot do without: compilers' helpers are written in Perl, maintainer scripts call everything.
_KEPT_FOR: dict[str, frozenset[str]] = {
    "run": frozenset(),
    "build": frozenset({"awk", "perl", "perl-base", "dpkg", "python3", "python3-minimal"}),
    "configure": frozenset(LEAVE_OUT),
}

# Packages of which only some paths serve, unless they are asked for whole (globs; a folder goes with what lies in it).
PARTS: dict[str, tuple[str, ...]] = {
    # Python's ssl reads OpenSSL's configuration and roots by these; the program itself is a tool for people (1.1 MB).
    "openssl": ("etc/ssl/openssl.cnf", "usr/lib/ssl/*.cnf", "usr/lib/ssl/*.pem", "usr/lib/ssl/certs", "usr/share/doc/openssl/copyright"),
    # C.UTF-8 is not built into glibc: without these files setlocale of LANG=C.UTF-8 does not work.
    "libc-bin": ("usr/lib/locale/C.utf8/*", "etc/ld.so.conf", "etc/ld.so.conf.d/*", "usr/share/doc/libc-bin/copyright"),
    # What scanners tell the release by; the rest greets people who log in.
    "base-files": (
        "etc/os-release", "usr/lib/os-release", "etc/debian_version", "etc/host.conf", "usr/share/common-licenses/*", "usr/share/doc/base-files/copyright",
    ),
    # The certificates are in the bundle, which is all that OpenSSL reads; the rest is the shell script that makes it.
    "ca-certificates": ("etc/ssl/*", "usr/share/doc/ca-certificates/copyright"),
}  # fmt: skip

_RECORD_KIND = "debian-base"
_SCRIPTS_KIND = "debian-scripts"
_USR_MERGE = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib"}
_STATUS = "Status: install ok installed\n"
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
    left_out = frozenset(LEAVE_OUT) - _KEPT_FOR[purpose]
    inputs = keyed([_CODE, base.suite, purpose, architecture, names, sorted(left_out)])
    known = lock.pins(base.suite, purpose, architecture)
    if known is not None and known.inputs == inputs:
        return known
    if means.locked:
        raise _out_of_date(known, names, purpose, architecture, base, where)
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
    tree = _composed(base, pins, asked, means, toolbox=toolbox)
    means.store.remember(_RECORD_KIND, key, _record_of(tree))
    return tree


def toolbox_of(base: DebianBase, pins: DebianPins, *, lock: Lock, means: Means, where: Origin) -> DebianPins | None:
    """What `compose` needs as its toolbox, and paredown.lock pins too; None when no package of the closure has an unknown script."""
    key = keyed([_CODE, [pin_.sha256 for pin_ in pins.packages]])
    known = means.store.recall(_SCRIPTS_KIND, key)
    if known is None:
        known = [package.control.fields["Package"] for package, _ in unpacked(pins, (), base, means) if maintainer_scripts.unknown_scripts(package)]
        means.store.remember(_SCRIPTS_KIND, key, known)
    if not known:
        return None
    names = tuple(pin_.name for pin_ in pins.packages)
    return pin(base, names, pins.architecture, purpose="configure", lock=lock, means=means, where=where)


def _composed(base: DebianBase, pins: DebianPins, asked: tuple[str, ...], means: Means, *, toolbox: DebianPins | None) -> Tree:
    whole = pins.purpose != "run"
    packages = unpacked(pins, asked, base, means)
    owners = {package.control.fields["Package"]: owner for package, owner in packages}
    entries: dict[str, Entry] = {}
    for package, _ in packages:
        name = package.control.fields["Package"]
        kept = package.tree if whole or name in asked or name not in PARTS else _part(package.tree, PARTS[name])
        for path, entry in kept.items():
            if entry.kind is Kind.FOLDER and path in entries:
                continue
            entries[path] = entry
    if "ca-certificates" in owners:
        entries |= _bundle(packages, owners["ca-certificates"])
    root = _with_links(Tree(entries), base, pins.architecture, owners)
    root = root.over(maintainer_scripts.effects(packages, root), _database(packages))
    unknown = [package.control.fields["Package"] for package, _ in packages if maintainer_scripts.unknown_scripts(package)]
    if unknown and pins.purpose != "configure":
        from paredown.composers import configure  # noqa: PLC0415  (the sandbox is only loaded where it is needed)

        if toolbox is None:
            toolbox = toolbox_of(base, pins, lock=Lock(), means=replace(means, locked=False), where=base.origin)
        assert toolbox is not None  # noqa: S101  (there is an unknown script)
        box = [package for package, _ in unpacked(toolbox, (), base, means)]
        programs = frozenset(_reached(box, [*_TOOLBOX, *_names(base, (), "run", False)]))
        made, removed = configure.really(frozenset(unknown), box, programs, owners=owners, toolbox=toolbox, means=means)
        root = root.without(removed).over(made)
    return root.with_parents()


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


def unpacked(pins: DebianPins, asked: tuple[str, ...], base: DebianBase, means: Means) -> list[tuple[UnpackedDeb, Owner]]:
    """Each package with its owner, in the order of the pins; downloaded where the store lacks it."""
    files = {pin.name: means.store.blob(pin.sha256) for pin in pins.packages}
    if missing := [pin for pin in pins.packages if files[pin.name] is None]:
        files |= fetch(missing, date=pins.date, store=means.store, progress=means.progress, mirror=means.mirror)
    debs: list[tuple[Path, str, Owner]] = []
    for pin_ in pins.packages:
        file = files[pin_.name]
        assert file is not None  # noqa: S101  (fetch gives every one or raises)
        debs.append((file, pin_.sha256, Owner(OwnerKind.BASE, pin_.name, pin_.version)))
    packages = unpack_all(debs, means.store)
    base_names = _reached(packages, _names(base, (), "run", False))
    pairs: list[tuple[UnpackedDeb, Owner]] = []
    for package, (_, _, owner) in zip(packages, debs, strict=True):
        kind = OwnerKind.INTERPRETER if re.match(r"(lib)?python3", owner.name) else OwnerKind.BASE
        if owner.name in asked or owner.name not in base_names:
            kind = OwnerKind.SYSTEM
        owner = Owner(kind, owner.name, owner.version)
        pairs.append((package if kind is OwnerKind.BASE else replace(package, tree=package.tree.owned(owner)), owner))
    return pairs


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


def _reached(packages: list[UnpackedDeb], names: list[str]) -> set[str]:
    """The packages of the closure that `names` alone would bring."""
    by_name: dict[str, list[str]] = {}
    needs: dict[str, list[str]] = {}
    for package in packages:
        fields = package.control.fields
        name = fields["Package"]
        for provided in (name, *_relation_names(fields.get("Provides", ""))):
            by_name.setdefault(provided, []).append(name)
        needs[name] = _relation_names(fields.get("Depends", "") + "," + fields.get("Pre-Depends", ""))
    reached: set[str] = set()
    open_ = list(names)
    while open_:
        for name in by_name.get(open_.pop(), ()):
            if name not in reached:
                reached.add(name)
                open_.extend(needs[name])
    return reached


def _relation_names(field: str) -> list[str]:
    # Names alone, versions aside: the closure was solved already, only who brought whom is asked.
    return [found.group(0) for piece in re.split(r"[,|]", field) if (found := re.match(r"[a-z0-9][a-z0-9+.-]*", piece.strip()))]


def _part(tree: Tree, patterns: tuple[str, ...]) -> Tree:
    kept = {path: entry for path, entry in tree.items() if any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)}
    return Tree({**kept, **{path: entry for path, entry in Tree(kept).with_parents().items() if path not in kept and path in tree}})


def _bundle(packages: list[tuple[UnpackedDeb, Owner]], owner: Owner) -> dict[str, Entry]:
    """/etc/ssl/certs/ca-certificates.crt as update-ca-certificates makes it of all certificates, in the order of their names."""
    tree = next(package.tree for package, _ in packages if package.control.fields["Package"] == "ca-certificates")
    found = sorted((path, entry) for path, entry in tree.under("usr/share/ca-certificates") if path.endswith(".crt"))
    return {"etc/ssl/certs/ca-certificates.crt": file_of(b"".join(entry.read().rstrip(b"\n") + b"\n" for _, entry in found), owner=owner)}


def _with_links(root: Tree, base: DebianBase, architecture: str, owners: dict[str, Owner]) -> Tree:
    """The links that no package of the closure ships: usr-merge, /bin/sh, the interpreter's plain names."""
    base_owner = owners.get("base-files", owners["libc6"])
    python_owner = owners[f"python{base.python}-minimal"]
    merge = _USR_MERGE | ({"lib64": "usr/lib64"} if architecture == "amd64" else {})
    made = {path: link_of(target, owner=base_owner) for path, target in merge.items()}
    made |= {target: folder_of(owner=base_owner) for target in merge.values() if target not in root}
    made |= {f"usr/bin/{name}": link_of(f"python{base.python}", owner=python_owner) for name in ("python3", "python") if f"usr/bin/{name}" not in root}
    if "usr/bin/dash" in root and "usr/bin/sh" not in root:
        made["usr/bin/sh"] = link_of("dash", owner=owners["dash"])
    return root.over(Tree(made))


def _database(packages: list[tuple[UnpackedDeb, Owner]]) -> Tree:
    """/var/lib/dpkg/status.d, where scanners look for packages when there is no package manager."""
    entries: dict[str, Entry] = {}
    for package, owner in packages:
        name = package.control.fields["Package"]
        first, _, rest = package.control.text.strip("\n").partition("\n")
        entries[f"{STATUS_FOLDER}/{name}"] = file_of(f"{first}\n{_STATUS}{rest}\n".encode("utf-8", "surrogateescape"), owner=owner)
        if "md5sums" in package.scripts:
            entries[f"{STATUS_FOLDER}/{name}.md5sums"] = file_of(package.scripts["md5sums"], owner=owner)
    return Tree(entries)
