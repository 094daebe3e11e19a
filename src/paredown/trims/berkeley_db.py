"""Takes the extension module for Berkeley DB files when nothing uses dbm or shelve."""

from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.pydist.naming import Naming
from paredown.tree import Tree
from paredown.trims.interface import Level, trim


@trim(
    id="berkeley-db",
    level=Level.LEAN,
    summary="the back end of dbm.ndbm, when neither app nor distributions name dbm or shelve",
    why="It is one of four back ends of dbm and the only user of Berkeley DB, at 1.9 MB the largest "
    "library of Debian's Python after OpenSSL and the C library.",
    sources=("https://docs.python.org/3/library/dbm.html", "https://packages.debian.org/trixie/libdb5.3t64"),
    before=("usr/lib/python3.13/os.py", "usr/lib/python3.13/dbm/ndbm.py", "usr/lib/python3.13/lib-dynload/_dbm.cpython-313-x86_64-linux-gnu.so"),
    after=("usr/lib/python3.13/dbm/ndbm.py", "usr/lib/python3.13/os.py"),
)
def berkeley_db(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    library = facts.standard_library + "/"
    naming = Naming(facts, tree)
    if any(naming.outside(module, library) for module in ("dbm", "_dbm", "shelve")):
        return
    for path, _ in tree.under(facts.standard_library + "/lib-dynload"):
        if path.startswith(f"{library}lib-dynload/_dbm."):
            yield path, "the Berkeley DB back end of dbm; neither app nor distributions name dbm or shelve"
