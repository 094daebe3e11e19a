"""What a running system expects to find and no package file holds: made from the final tree, so that it is true of it."""

import posixpath

from paredown.composers import loader_cache
from paredown.plan import Architecture, Plan
from paredown.tree import PAREDOWN, Entry, Kind, Tree, file_of, folder_of, link_of

CA_BUNDLE = "etc/ssl/certs/ca-certificates.crt"
_CA_SOURCES = ("usr/share/ca-certificates", "usr/local/share/ca-certificates")

# As Debian's libc-bin installs it: names from files, hosts also from DNS. Without it getaddrinfo skips /etc/hosts.
_NSSWITCH = """\
passwd:         files
group:          files
shadow:         files
gshadow:        files

hosts:          files dns
networks:       files

protocols:      db files
services:       db files
ethers:         db files
rpc:            db files

netgroup:       nis
"""

# Mounted over or written to by every engine; a read-only root cannot make them later.
_FOLDERS = {"tmp": 0o1777, "var/tmp": 0o1777, "run": 0o755, "proc": 0o755, "sys": 0o755, "dev": 0o755, "etc": 0o755, "opt": 0o755}

# Python's ctypes.util.find_library asks `/sbin/ldconfig -p` and, that missing, a compiler. The real one is a static program of
# 988 kB (Debian 13's libc-bin); all that is asked of it is to print the cache. 15 ms a call, 2 kB.
_LDCONFIG = '''\
#!{interpreter} -IS
"""Prints /etc/ld.so.cache as `ldconfig -p` does, for ctypes.util.find_library; the cache was made with the image, by paredown."""

import posix
import sys

from _struct import unpack_from


def text(cache, offset):
    return cache[offset:cache.index(b"\\0", offset)].decode("utf-8", "surrogateescape")


def main(arguments):
    if arguments not in (["-p"], ["--print-cache"]):
        return 1, "", "ldconfig: this image is complete as it is; only `ldconfig -p` works here\\n"
    with open("/etc/ld.so.cache", "rb") as stream:
        cache = stream.read()
    count, = unpack_from("<I", cache, 20)
    kinds = {{0x0300: ",x86-64", 0x0A00: ",AArch64"}}
    lines = [str(count) + " libs found in cache `/etc/ld.so.cache'"]
    for index in range(count):
        flags, key, value = unpack_from("<iII", cache, 48 + 24 * index)
        lines.append("\\t" + text(cache, key) + " (libc6" + kinds.get(flags & 0xFF00, "") + ") => " + text(cache, value))
    return 0, "\\n".join(lines) + "\\n", ""


status, answer, complaint = main(sys.argv[1:])
sys.stdout.write(answer)
sys.stderr.write(complaint)
sys.exit(status)
'''


def compose(tree: Tree, plan: Plan, architecture: Architecture) -> Tree:
    """What `tree` lacks or has stale: ld.so.cache, CA bundle, nsswitch.conf, time zone, Debian's version, folders every process needs.

    Base entries that are right already are not repeated. `plan` says nothing yet that changes system data, and is here as for every composer.
    """
    _ = plan
    made: dict[str, Entry] = {}
    for path, mode in _FOLDERS.items():
        if tree.resolve(path) is None or tree[tree.resolve(path) or path].mode & 0o7777 != mode:
            made[tree.resolve(path) or path] = folder_of(mode=mode, owner=PAREDOWN)
    if tree.resolve("var/run") is None:
        made["var/run"] = link_of("/run", owner=PAREDOWN)
    if tree.resolve("usr/sbin") is None:
        made["usr/sbin"] = folder_of(owner=PAREDOWN)
    made |= _trust(tree) | _time_zone(tree) | _release(tree)
    if tree.resolve("etc/nsswitch.conf") is None:
        made["etc/nsswitch.conf"] = file_of(_NSSWITCH.encode(), owner=PAREDOWN)
    made |= _loader(tree.over(Tree(made)), architecture)
    fresh = {path: entry for path, entry in made.items() if not _same(tree.get(path), entry)}
    return Tree({path: entry for path, entry in Tree(fresh).with_parents().items() if path in fresh or path not in tree})


def _same(known: Entry | None, entry: Entry) -> bool:
    if known is None:
        return False
    return (known.kind, known.mode, known.uid, known.gid, known.digest, known.target) == (
        entry.kind, entry.mode, entry.uid, entry.gid, entry.digest, entry.target,
    )  # fmt: skip


def _trust(tree: Tree) -> dict[str, Entry]:
    """The bundle that update-ca-certificates would make, and the names under which OpenSSL (Debian's and others') looks for it."""
    made: dict[str, Entry] = {}
    if tree.resolve(CA_BUNDLE) is None:
        # A bundle that is there stays: an image as base may have added its own roots to it.
        bundle = _bundle(tree)
        if not bundle:
            return {}
        made[CA_BUNDLE] = file_of(bundle, owner=PAREDOWN)
    # The single file holds all roots and is read at once; hashed links in /etc/ssl/certs would be 150 more entries for the same answer.
    if tree.resolve("usr/lib/ssl/cert.pem") is None:
        made["usr/lib/ssl/cert.pem"] = link_of(f"/{CA_BUNDLE}", owner=PAREDOWN)
    if tree.resolve("usr/lib/ssl/certs") is None:
        made["usr/lib/ssl/certs"] = link_of("/etc/ssl/certs", owner=PAREDOWN)
    return made


def _bundle(tree: Tree) -> bytes:
    """Every certificate in the order of update-ca-certificates: by file name as /etc/ca-certificates.conf is sorted, local ones last."""
    pieces: list[bytes] = []
    for source in _CA_SOURCES:
        for path, entry in sorted(tree.under(source)):
            if entry.kind is Kind.FILE and path.endswith(".crt"):
                pieces.append(entry.read().rstrip(b"\n") + b"\n")
    return b"".join(pieces)


def _time_zone(tree: Tree) -> dict[str, Entry]:
    made: dict[str, Entry] = {}
    if "etc/localtime" not in tree and tree.resolve("usr/share/zoneinfo/Etc/UTC") is not None:
        made["etc/localtime"] = link_of("/usr/share/zoneinfo/Etc/UTC", owner=PAREDOWN)
    if "etc/timezone" not in tree:
        made["etc/timezone"] = file_of(b"Etc/UTC\n", owner=PAREDOWN)
    return made


def _release(tree: Tree) -> dict[str, Entry]:
    """/etc/os-release leads to the file in /usr/lib: scanners read either."""
    if tree.resolve("etc/os-release") is None and tree.resolve("usr/lib/os-release") is not None:
        return {"etc/os-release": link_of("../usr/lib/os-release", owner=PAREDOWN)}
    return {}


def _loader(tree: Tree, architecture: Architecture) -> dict[str, Entry]:
    """The loader's cache, and a way for Python to read it."""
    found = loader_cache.libraries(tree, architecture)
    if not found or tree.resolve("usr/lib/ld-musl-x86_64.so.1") is not None or tree.resolve("lib/ld-musl-x86_64.so.1") is not None:
        return {}
    made = {"etc/ld.so.cache": file_of(loader_cache.write(found, architecture), owner=PAREDOWN)}
    interpreter = _interpreter(tree)
    if tree.resolve("sbin/ldconfig") is None and interpreter is not None:
        made["usr/sbin/ldconfig"] = file_of(_LDCONFIG.format(interpreter=interpreter).encode(), mode=0o755, owner=PAREDOWN)
        if tree.resolve("sbin") != "usr/sbin":
            made["sbin/ldconfig"] = link_of("/usr/sbin/ldconfig", owner=PAREDOWN)
    return made


def _interpreter(tree: Tree) -> str | None:
    """The image's Python as a script's first line names it."""
    for path in ("usr/bin/python3", "usr/local/bin/python3", "opt/venv/bin/python"):
        found = tree.resolve(path)
        if found is not None and tree[found].executable:
            return "/" + posixpath.normpath(found)
    return None
