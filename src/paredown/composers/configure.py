"""Packages whose maintainer scripts paredown does not know are installed by the real dpkg in a sandbox; what that made is carried over."""

import fnmatch
import os
import platform
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from paredown import sandbox
from paredown.composers.interface import Means
from paredown.debian.deb import UnpackedDeb
from paredown.errors import WorldError
from paredown.lock import DebianPins
from paredown.materialise import remove_folder, write_folder
from paredown.plan import Architecture
from paredown.tree import Entry, Kind, Owner, Tree, digest_of, file_of, folder_of, from_records, keyed, link_of, parents_of, to_records

_CODE = 1
_RECORD_KIND = "configured"
_TIMEOUT = 900.0
_WORK = "paredown-configure"  # a folder of ours in the scratch root

_WRITABLE = (_WORK, "etc", "home", "media", "mnt", "opt", "root", "srv", "usr", "var")

# What is the toolbox's own: databases, logs, bytecode, start-up links for an init that is not there, identities and keys that have to
# be each machine's own. Accounts, the loader's cache and the roots' bundle are made from the final tree elsewhere.
_NOT_CARRIED = (
    *(_WORK, f"{_WORK}/*", "tmp", "tmp/*", "run", "run/*", "dev", "dev/*", "proc", "proc/*", "sys", "root"),
    *("var/lib/dpkg/*", "var/cache/debconf/*", "var/cache/ldconfig/*", "var/cache/apt/*", "var/lib/apt/*", "var/lib/ucf/*", "var/log/*"),
    *("var/lib/systemd/*", "var/lib/pam/*", "var/backups/*", "var/lib/shells.state", "var/lib/python/*"),
    *("etc/passwd*", "etc/group*", "etc/shadow*", "etc/gshadow*", "etc/subuid*", "etc/subgid*", "etc/.pwd.lock", "etc/shells", "etc/ld.so.cache"),
    *("etc/rc?.d/*", "etc/systemd/*", "etc/machine-id", "var/lib/dbus/machine-id", "etc/ssl/certs/*", "etc/ssl/private/*", "etc/ssh/ssh_host_*"),
    *("etc/ca-certificates.conf*", "etc/localtime", "etc/timezone", "etc/mtab", "etc/hosts", "etc/hostname", "etc/resolv.conf"),
    *("*/__pycache__/*", "*/__pycache__", "*.pyc", "*.dpkg-new", "*.dpkg-tmp", "usr/sbin/policy-rc.d"),
)  # fmt: skip

# fakeroot keeps the owners that scripts give files: in the sandbox there is one user id, and a real chown to another fails.
_SCRIPT = """\
set -e
work=/{work}
quiet="--force-unsafe-io --force-depends --no-triggers"
if ls $work/debs/*.deb >/dev/null 2>&1; then dpkg $quiet --unpack $work/debs/*.deb; fi
# The times that the image's entries will have: caches (fontconfig's) note those of the folders they describe.
find {settled} -xdev -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {{}} +
: > $work/stamps/0
while read -r name; do
    echo "paredown-configures $name"
    dpkg $quiet --configure "$name"
    : > "$work/stamps/$name"
done < $work/order
echo "paredown-configures triggers"
dpkg --force-unsafe-io --configure -a
dpkg --force-unsafe-io --triggers-only -a
cd /; find {folders} -xdev -printf '%p\\0%U\\0%G\\0%m\\0' > $work/owners
"""


def really(
    unknown: frozenset[str], box: Sequence[UnpackedDeb], programs: frozenset[str], *, owners: dict[str, Owner], toolbox: DebianPins, means: Means
) -> tuple[Tree, tuple[str, ...]]:
    """What configuring the packages `unknown` makes and changes, each path with its package, and the paths that it removes.

    `box` holds every package of `toolbox`; `programs` are those that only serve the configuring or need none, taken as installed.
    Remembered by the packages' digests. WorldError where no sandbox can run or when a script ends badly.
    """
    key = keyed([_CODE, means.epoch, sorted(unknown), sorted(programs), [pin.sha256 for pin in toolbox.packages]])
    record = means.store.recall(_RECORD_KIND, key)
    if record is not None:
        return from_records(record["tree"]), tuple(record["removed"])
    names = ", ".join(sorted(unknown))
    reason = sandbox.unavailable()
    if reason is not None:
        raise WorldError(
            f"{names} can only be configured by running maintainer scripts, and no sandbox can run here: {reason}",
            fix="allow unprivileged user namespaces (`sysctl kernel.unprivileged_userns_clone=1`), build on another machine, or take the package out",
        )
    if platform.machine() != Architecture(toolbox.architecture).machine:
        raise WorldError(
            f"{names} can only be configured by running {toolbox.architecture} programs, and this machine is {platform.machine()}",
            fix=f"build linux/{toolbox.architecture} on a machine of that kind, or take the package out",
        )
    root = means.store.scratch / "configure"
    remove_folder(root)
    try:
        before = _scratch_root(root, unknown, box, programs, toolbox)
        _run(root, names, means)
        tree, removed = _difference(root, before, unknown, owners, box)
    finally:
        remove_folder(root)
    means.store.remember(_RECORD_KIND, key, {"tree": to_records(tree), "removed": list(removed)})
    return tree, removed


def _scratch_root(root: Path, unknown: frozenset[str], box: Sequence[UnpackedDeb], programs: frozenset[str], toolbox: DebianPins) -> Tree:
    """The toolbox on disk with a dpkg database, and the other packages as files for dpkg to install; gives what is known beforehand."""
    installed = [package for package in box if _name(package) in programs]
    others = [package for package in box if _name(package) not in programs]
    entries: dict[str, Entry] = {}
    for package in box:
        entries |= {path: entry for path, entry in package.tree.items() if entry.kind is not Kind.FOLDER or path not in entries}
    expected = Tree(entries)
    own: dict[str, Entry] = {}
    for package in installed:
        own |= {path: entry for path, entry in package.tree.items() if entry.kind is not Kind.FOLDER or path not in own}
    own |= {path: link_of(f"usr/{path}") for path in ("bin", "sbin", "lib", "lib64")}
    own |= {f"usr/{path}": folder_of() for path in ("bin", "sbin", "lib", "lib64") if f"usr/{path}" not in own}
    own |= _accounts(Tree(own)) | _database(installed, unknown, toolbox)
    if "usr/bin/sh" not in own:
        own["usr/bin/sh"] = link_of("dash")
    for name in ("awk", "which"):
        chosen = next((path for path in (f"usr/bin/m{name}", f"usr/bin/g{name}", f"usr/bin/{name}.debianutils") if path in own), None)
        if chosen is not None and f"usr/bin/{name}" not in own:
            own[f"usr/bin/{name}"] = link_of(f"/{chosen}")
    own["usr/sbin/policy-rc.d"] = file_of(b"#!/bin/sh\nexit 101\n", mode=0o755)
    own |= {path: folder_of(mode=mode) for path, mode in {"tmp": 0o1777, "dev": 0o755, "proc": 0o755, "sys": 0o755, "run": 0o755}.items()}
    own |= {path: folder_of() for path in _WRITABLE if path not in own}
    own |= {f"{_WORK}/{path}": folder_of() for path in ("blobs", "debs", "stamps")}
    own[f"{_WORK}/run.sh"] = file_of(_SCRIPT.format(work=_WORK, folders=" ".join(_WRITABLE), settled="/etc /opt /srv /usr /var").encode())
    order = [name for name in _in_order(box) if name in unknown or name not in programs]
    own[f"{_WORK}/order"] = file_of(("\n".join(order) + "\n").encode())
    before = Tree(own).with_parents()
    write_folder(before, root)
    digests = {pin.name: pin.sha256 for pin in toolbox.packages}
    for package in others:
        os.symlink(f"/{_WORK}/blobs/{digests[_name(package)].removeprefix('sha256:')}", root / _WORK / "debs" / f"{_name(package)}.deb")
    return expected.over(before)


def _run(root: Path, names: str, means: Means) -> None:
    environment = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
        "DEBIAN_FRONTEND": "noninteractive", "DEBCONF_NONINTERACTIVE_SEEN": "true", "SOURCE_DATE_EPOCH": str(means.epoch),
        # libfakeroot forgives a refused chown only when it says EPERM; a user namespace of one id says EINVAL.
        "FAKEROOTDONTTRYCHOWN": "1",
    }  # fmt: skip
    blobs = means.store.root / "blobs" / "sha256"
    # The sandbox's root is read-only; what scripts may write is the scratch root's every folder.
    writable = tuple(sandbox.Bind(root / name, f"/{name}", writable=True) for name in _WRITABLE)
    box = sandbox.Sandbox(
        root=root, environment=environment, binds=(*writable, sandbox.Bind(blobs, f"/{_WORK}/blobs")), tmpfs=("/tmp", "/run")  # noqa: S108
    )  # fmt: skip
    finished = sandbox.run(box, ("/usr/bin/fakeroot-sysv", "/bin/sh", f"/{_WORK}/run.sh"), timeout=_TIMEOUT)
    if finished.status != 0:
        output = (finished.stdout + b"\n" + finished.stderr).decode("utf-8", "replace").strip()
        last = re.findall(r"^paredown-configures (\S+)$", output, re.M)
        raise WorldError(
            f"configuring {last[-1] if last else names} ended with status {finished.status}: {' / '.join(output.splitlines()[-6:])}",
            fix='take the package out of `packages`, or build on an image that has it: `base = "path/to/image.tar"`',
        )


def _difference(root: Path, before: Tree, unknown: frozenset[str], owners: dict[str, Owner], box: Sequence[UnpackedDeb]) -> tuple[Tree, tuple[str, ...]]:
    """The scratch root against what was known of it, less what is the toolbox's own."""
    stamps = sorted((entry.stat().st_ctime_ns, entry.name) for entry in os.scandir(root / _WORK / "stamps"))
    order = [name for _, name in stamps if name in unknown] or sorted(unknown)
    recorded = _recorded_owners(root / _WORK / "owners")
    wanted = frozenset(owners)
    foreign = {path for package in box if _name(package) not in wanted for path in package.tree}
    entries: dict[str, Entry] = {}
    present: set[str] = set()
    for path, state in _walk(root):
        present.add(path)
        known = before.get(path)
        if path in foreign or _own_state(path, folder=stat.S_ISDIR(state.st_mode)):
            continue
        uid, gid, mode = recorded.get(path, (0, 0, state.st_mode & 0o7777))
        owner = _owner_at(state.st_ctime_ns, stamps, order, owners)
        entry = _entry(root / path, state, mode, uid, gid, owner)
        if entry is None or (known is not None and _same(known, entry)):
            continue
        entries[path] = entry
    removed = [path for path, entry in before.items() if path not in present and entry.kind is not Kind.FOLDER and not _own_state(path) and path not in foreign]
    entries |= _new_accounts(root, before, owners.get(order[-1], Owner(next(iter(owners.values())).kind)))
    return Tree(entries), tuple(path for path in removed if not any(parent in before and before[parent].kind is Kind.LINK for parent in parents_of(path)))


def _owner_at(changed: int, stamps: list[tuple[int, str]], order: list[str], owners: dict[str, Owner]) -> Owner:
    """The package that was being configured when a path last changed; triggers, which run last, count for the last unknown package."""
    name = next((name for at, name in stamps if changed <= at and name in owners), order[-1])
    return owners.get(name, owners[order[-1]])


def _entry(path: Path, state: os.stat_result, mode: int, uid: int, gid: int, owner: Owner) -> Entry | None:
    kind = stat.S_IFMT(state.st_mode)
    if kind == stat.S_IFREG:
        return file_of(path.read_bytes(), mode=mode, uid=uid, gid=gid, owner=owner)
    if kind == stat.S_IFDIR:
        return folder_of(mode=mode, uid=uid, gid=gid, owner=owner)
    if kind == stat.S_IFLNK:
        return link_of(os.readlink(path), owner=owner)
    return None  # sockets, pipes and devices: nothing that an image can hold


def _same(known: Entry, entry: Entry) -> bool:
    if known.kind is not entry.kind:
        return False
    match known.kind:
        case Kind.FILE:
            digest = known.digest or digest_of(known.read())
            return digest == entry.digest and (known.uid, known.gid, known.mode & 0o777) == (entry.uid, entry.gid, entry.mode & 0o777)
        case Kind.FOLDER:
            return (known.uid, known.gid, known.mode & 0o777) == (entry.uid, entry.gid, entry.mode & 0o777)
        case Kind.LINK:
            return known.target == entry.target


def _walk(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Every path below `root` with what lstat says; links are not followed."""
    for place, folders, files in os.walk(root):
        for name in sorted([*folders, *files]):
            path = os.path.join(place, name)
            yield os.path.relpath(path, root), os.lstat(path)


def _own_state(path: str, *, folder: bool = False) -> bool:
    if folder and path.startswith("var/log/"):
        return False  # a program may expect its own folder for logs
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in _NOT_CARRIED)


def _recorded_owners(path: Path) -> dict[str, tuple[int, int, int]]:
    fields = path.read_bytes().decode("utf-8", "surrogateescape").split("\0")
    return {fields[at]: (int(fields[at + 1]), int(fields[at + 2]), int(fields[at + 3], 8)) for at in range(0, len(fields) - 4 + 1, 4) if fields[at]}


def _new_accounts(root: Path, before: Tree, owner: Owner) -> dict[str, Entry]:
    """passwd and group with root and the accounts that scripts made; the customary ones of every Debian system are left out."""
    made: dict[str, Entry] = {}
    for path in ("etc/passwd", "etc/group"):
        known = before[path].read().decode().splitlines()
        now = (root / path).read_text("utf-8", "surrogateescape").splitlines()
        new = [line for line in now if line not in known]
        if new:
            made[path] = file_of(("\n".join([known[0], *new]) + "\n").encode("utf-8", "surrogateescape"), owner=owner)
    return made


def _accounts(tree: Tree) -> dict[str, Entry]:
    """The accounts that base-passwd would make."""
    made = {f"etc/{name}": file_of(tree.read(f"usr/share/base-passwd/{name}.master").replace(b":*:", b":x:")) for name in ("passwd", "group")}
    made["etc/shadow"] = file_of(b"root:*:19000:0:99999:7:::\n", mode=0o640)
    made["etc/gshadow"] = file_of(b"root:*::\n", mode=0o640)
    return made


def _database(installed: Sequence[UnpackedDeb], unknown: frozenset[str], toolbox: DebianPins) -> dict[str, Entry]:
    """dpkg's database, in which `installed` is installed, or unpacked where it is still to be configured."""
    folder = "var/lib/dpkg"
    made = {f"{folder}/{name}": folder_of() for name in ("info", "updates", "triggers", "alternatives", "parts")}
    made |= {f"{folder}/{name}": file_of(b"") for name in ("available", "diversions", "statoverride", "lock", "triggers/Unincorp", "triggers/Lock")}
    made[f"{folder}/info/format"] = file_of(b"1\n")
    made[f"{folder}/arch"] = file_of(f"{toolbox.architecture}\n".encode())
    stanzas: list[str] = []
    for package in installed:
        name = _name(package)
        state = "unpacked" if name in unknown else "installed"
        first, _, rest = package.control.text.strip("\n").partition("\n")
        stanzas.append(f"{first}\nStatus: install ok {state}\n{rest}\n")
        same = package.control.fields.get("Multi-Arch") == "same"
        stem = f"{folder}/info/{name}" + (f":{toolbox.architecture}" if same else "")
        made[f"{stem}.list"] = file_of(("/.\n" + "".join(f"/{path}\n" for path in package.tree)).encode("utf-8", "surrogateescape"))
        for script, content in package.scripts.items():
            if script != "conffiles":
                made[f"{stem}.{script}"] = file_of(content, mode=0o755 if script in ("preinst", "postinst", "prerm", "postrm", "config") else 0o644)
    made |= {f"{folder}/triggers/{name}": file_of(text.encode()) for name, text in _interests(installed, toolbox.architecture).items()}
    made[f"{folder}/status"] = file_of("\n".join(stanzas).encode("utf-8", "surrogateescape"))
    return made


def _interests(installed: Sequence[UnpackedDeb], architecture: str) -> dict[str, str]:
    """dpkg's trigger files: by trigger the packages, and `File` with the paths that some package watches."""
    found: dict[str, str] = {"File": ""}
    for package in installed:
        same = package.control.fields.get("Multi-Arch") == "same"
        name = _name(package) + (f":{architecture}" if same else "")
        for line in package.scripts.get("triggers", b"").decode("utf-8", "replace").splitlines():
            words = line.partition("#")[0].split()
            if len(words) == 2 and words[0].startswith("interest"):
                flag = "/noawait" if words[0] == "interest-noawait" else ""
                if words[1].startswith("/"):
                    found["File"] += f"{words[1]} {name}{flag}\n"
                else:
                    found[words[1]] = found.get(words[1], "") + f"{name}{flag}\n"
    return found


def _in_order(box: Sequence[UnpackedDeb]) -> list[str]:
    """Names with what they depend on first; a circle is cut where it is met."""
    needs = {
        _name(p): re.findall(r"(?:^|[,|])\s*([a-z0-9][a-z0-9+.-]*)", f"{p.control.fields.get('Pre-Depends', '')},{p.control.fields.get('Depends', '')}")
        for p in box
    }
    done: dict[str, None] = {}
    seen: set[str] = set()

    def visit(name: str) -> None:
        if name in seen or name not in needs:
            return
        seen.add(name)
        for need in needs[name]:
            visit(need)
        done[name] = None

    for name in sorted(needs):
        visit(name)
    return list(done)


def _name(package: UnpackedDeb) -> str:
    return package.control.fields["Package"]
