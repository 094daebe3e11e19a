"""Small roots with the databases of their packages."""

from builders import tree_of
from paredown.tree import Tree, link_of

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
