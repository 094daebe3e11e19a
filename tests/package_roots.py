"""Small roots with the databases of their packages."""

import json

from builders import tree_of
from paredown.tree import Tree, digest_of, link_of

STATUS = b"""\
Package: libc6
Status: install ok installed
Version: 2.41
Provides: libc6-abi (= 1)

Package: git
Status: install ok installed
Version: 1:2.47
Depends: libc6 (>= 2.38), perl:any | perl-tiny,
 zlib1g (>= 1:1.2)
Description: a revision control system
 of many words

"""
ROOT = {
    "var/lib/dpkg/status": STATUS,
    "var/lib/dpkg/info/libc6:amd64.list": b"/.\n/lib\n/lib/libc.so.6\n/usr/share/doc/libc6/copyright\n",
    "var/lib/dpkg/info/git.list": b"/.\n/usr/bin/git\n/usr/bin/git-shell\n/usr/share/doc/git/copyright\n",
    "var/lib/dpkg/info/git.md5sums": b"",
    "usr/lib/libc.so.6": b"c",
    "usr/bin/git": b"g",
    "usr/bin/git-shell": b"g",
    "usr/share/doc/git/copyright": b"gpl",
    "usr/share/doc/libc6/copyright": b"lgpl",
}
APK = b"""\
P:musl
V:1.2.5
p:so:libc.musl-x86_64.so.1=1
F:lib
R:ld-musl-x86_64.so.1

P:curl
V:8.1
D:so:libc.musl-x86_64.so.1 !wget ca-certificates>=2
F:usr/bin
R:curl

"""


def debian() -> Tree:
    return tree_of(ROOT).over(Tree({"lib": link_of("usr/lib")})).with_parents()


def conda_record(name: str, *files: str, **fields: object) -> bytes:
    """A record as conda writes it into an environment's conda-meta."""
    paths = [{"_path": path, "path_type": "hardlink", "sha256_in_prefix": digest_of(b"x").removeprefix("sha256:"), "size_in_bytes": 1} for path in files]
    told = {"name": name, "version": "1.0", "build": "h1_0", "depends": [], "files": list(files), "paths_data": {"paths": paths, "paths_version": 1}}
    return json.dumps({**told, **fields}, indent=2).encode()


def conda(**records: bytes) -> Tree:
    """/opt/conda with these records and a byte in each file that they name."""
    files = {f"opt/conda/{name}": b"x" for record in records.values() for name in json.loads(record)["files"]}
    listed = {f"opt/conda/conda-meta/{name}-1.0-h1_0.json": record for name, record in records.items()}
    return tree_of({"opt/conda/conda-meta/history": b"", **files, **listed}).with_parents()
