"""Takes the SASL plug-in that only servers load, when nothing in the image is one."""

import re
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

_PLUGIN = re.compile(r"usr/lib/(?:[^/]+/)?sasl2/libsasldb\.(?:so|la)(?:\.\d+)*")
_LIBRARY = re.compile(r"libsasl2\.so")


@trim(
    id="sasl-server-plugins",
    level=Level.LEAN,
    summary="sasldb, the password file of SASL servers, when no kept ELF file is a SASL server",
    why="libpq needs libldap, which needs libsasl2, which recommends this plug-in. Cyrus SASL looks in it for passwords (an `auxprop` plug-in) only where "
    "`sasl_server_init` was called; clients such as libldap call `sasl_client_init`. It is the only user of Berkeley DB there: 1.9 MB on Debian 12.",
    sources=(
        "https://www.cyrusimap.org/sasl/sasl/components.html#auxprop-plugins",
        "https://www.cyrusimap.org/sasl/sasl/reference/manpages/library/sasl_server_init.html",
    ),
    before=("usr/lib/x86_64-linux-gnu/libsasl2.so.2", "usr/lib/x86_64-linux-gnu/sasl2/libsasldb.so", "usr/lib/x86_64-linux-gnu/sasl2/libscram.so"),
    after=("usr/lib/x86_64-linux-gnu/libsasl2.so.2", "usr/lib/x86_64-linux-gnu/sasl2/libscram.so"),
)
def sasl_server_plugins(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    if not facts.libraries.isdisjoint(("sasl2", "libsasl2", "libsasl2.so", "libsasl2.so.2")):  # code that loads the library itself may be a server
        return
    for path, elf in facts.elves.items():
        if path in tree and "sasl_server_init" in elf.calls and not _LIBRARY.match(path.rpartition("/")[2]):
            return
    for path in tree:
        if "/sasl2/" in path and _PLUGIN.fullmatch(path):
            yield path, "passwords of a SASL server; no kept program or library is one"
