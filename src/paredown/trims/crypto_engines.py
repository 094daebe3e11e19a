"""Takes OpenSSL's engines for hardware and files; its providers stay."""

import posixpath
import re
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import OwnerKind, Tree
from paredown.trims.interface import Level, trim

_ENGINE = re.compile(r"usr/lib/(?:[^/]+/)?engines-(?:3|1\.1)/(?P<name>[^/]+)\.so")


@trim(
    id="crypto-engines",
    level=Level.LEAN,
    once=True,
    summary="OpenSSL engines that nothing names",
    why="An engine is loaded by its name from openssl.cnf or by code; Python's ssl has no call for it, and OpenSSL 3 calls engines deprecated. The legacy "
    "provider (140 kB) stays: with it or without it, which ciphers can be had differs.",
    sources=("https://docs.openssl.org/3.5/man7/ossl-guide-migration/#engines-and-method-apis",),
    before=("usr/lib/x86_64-linux-gnu/engines-3/padlock.so", "usr/lib/x86_64-linux-gnu/ossl-modules/legacy.so"),
    after=("usr/lib/x86_64-linux-gnu/ossl-modules/legacy.so",),
)
def crypto_engines(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    for path, entry in tree.items():
        if (found := _ENGINE.fullmatch(path)) and entry.owner.kind is not OwnerKind.SYSTEM and posixpath.basename(found["name"]) not in facts.words:
            yield path, f"the OpenSSL engine {found['name']}, which nothing names"
