"""Takes the second and third copy of the time zones; the real ones stay."""

import posixpath
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

_SOURCE = "usr/share/zoneinfo/tzdata.zi"
_READERS = ("libstdc++.so", "libc++.so", "libarrow")  # <chrono> of C++20, and what it was before


@trim(
    id="duplicate-time-zones",
    level=Level.LEAN,
    once=True,
    summary="zoneinfo/posix (the same again), zoneinfo/right (with leap seconds) and tzdata.zi (all of them as text)",
    why="posix/ repeats every zone, right/ counts leap seconds, which Python's clock does not. tzdata.zi is what zones are compiled from: the libraries of "
    "C++ read it, and where one is in the image, or code names the file, it stays. Zones themselves stay, the old names too.",
    sources=("https://data.iana.org/time-zones/tz-link.html", "scaleapi/scale-agentex#370", "https://gcc.gnu.org/gcc-14/changes.html"),
    before=(
        "usr/share/zoneinfo/posix/Europe/Berlin",
        "usr/share/zoneinfo/right/UTC",
        "usr/share/zoneinfo/Europe/Berlin",
        "usr/share/zoneinfo/tzdata.zi",
    ),
    after=("usr/share/zoneinfo/Europe/Berlin",),
)
def duplicate_time_zones(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    named = {word for word in facts.words if word.startswith(("right/", "posix/"))}
    for folder, reason in (("posix", "the same zone again"), ("right", "the zone with leap seconds, which no code names")):
        if not any(word.startswith(folder + "/") for word in named):
            for path, _ in tree.under(f"usr/share/zoneinfo/{folder}"):
                yield path, reason
    read = any(posixpath.basename(path).startswith(_READERS) for path in facts.elves) or any("tzdata.zi" in word for word in facts.words)
    if _SOURCE in tree and not read:
        yield _SOURCE, "the zones again, as text that no code names"
