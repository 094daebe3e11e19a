"""The packages of a Debian closure as one root: unpacked, linked, configured, with the database that scanners read."""

import fnmatch
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from paredown.composers import debian_base, maintainer_scripts
from paredown.composers.interface import Means
from paredown.debian.archive import fetch
from paredown.debian.deb import UnpackedDeb, unpack_all
from paredown.lock import DebianPins
from paredown.plan import DebianBase
from paredown.tree import Entry, Kind, Owner, OwnerKind, Tree, file_of, folder_of, link_of

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

_USR_MERGE = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib"}
_STATUS = "Status: install ok installed\n"


def composed(
    base: DebianBase, pins: DebianPins, asked: tuple[str, ...], means: Means, *, plain: list[str], toolbox: DebianPins | None, programs: tuple[str, ...]
) -> Tree:
    """The root that the pinned packages give. `plain` are the names of the bare base, `programs` those that maintainer scripts of `toolbox` may call."""
    whole = pins.purpose != "run"
    packages = unpacked(pins, asked, plain, means)
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

        assert toolbox is not None  # noqa: S101  (there is an unknown script)
        box = [package for package, _ in unpacked(toolbox, (), plain, means)]
        reached = frozenset(_reached(box, programs))
        made, removed = configure.really(frozenset(unknown), box, reached, owners=owners, toolbox=toolbox, means=means)
        root = root.without(removed).over(made)
    return root.with_parents()


def with_unknown_scripts(pins: DebianPins, means: Means) -> list[str]:
    """The packages whose maintainer scripts nobody has read: they have to be configured for real."""
    return [package.control.fields["Package"] for package, _ in unpacked(pins, (), (), means) if maintainer_scripts.unknown_scripts(package)]


def unpacked(pins: DebianPins, asked: tuple[str, ...], plain: Sequence[str], means: Means) -> list[tuple[UnpackedDeb, Owner]]:
    """Each package with its owner, in the order of the pins; downloaded where the store lacks it. `plain` names what the bare base needs."""
    files = {pin.name: means.store.blob(pin.sha256) for pin in pins.packages}
    if missing := [pin for pin in pins.packages if files[pin.name] is None]:
        files |= fetch(missing, date=pins.date, store=means.store, progress=means.progress, mirror=means.mirror)
    debs: list[tuple[Path, str, Owner]] = []
    for pin_ in pins.packages:
        file = files[pin_.name]
        assert file is not None  # noqa: S101  (fetch gives every one or raises)
        debs.append((file, pin_.sha256, Owner(OwnerKind.BASE, pin_.name, pin_.version)))
    packages = unpack_all(debs, means.store)
    base_names = _reached(packages, plain)
    pairs: list[tuple[UnpackedDeb, Owner]] = []
    for package, (_, _, owner) in zip(packages, debs, strict=True):
        kind = OwnerKind.INTERPRETER if re.match(r"(lib)?python3", owner.name) else OwnerKind.BASE
        if owner.name in asked or owner.name not in base_names:
            kind = OwnerKind.SYSTEM
        owner = Owner(kind, owner.name, owner.version)
        pairs.append((package if kind is OwnerKind.BASE else replace(package, tree=package.tree.owned(owner)), owner))
    return pairs


def _reached(packages: list[UnpackedDeb], names: Sequence[str]) -> set[str]:
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
        entries[f"{debian_base.STATUS_FOLDER}/{name}"] = file_of(f"{first}\n{_STATUS}{rest}\n".encode("utf-8", "surrogateescape"), owner=owner)
        if "md5sums" in package.scripts:
            entries[f"{debian_base.STATUS_FOLDER}/{name}.md5sums"] = file_of(package.scripts["md5sums"], owner=owner)
    return Tree(entries)
