"""Takes the second and third copy of the time zones; the real ones stay."""

from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Tree
from paredown.trims.interface import Level, trim


@trim(
    id="duplicate-time-zones",
    level=Level.LEAN,
    summary="zoneinfo/posix (the same again) and zoneinfo/right (with leap seconds)",
    why="posix/ repeats every zone, right/ counts leap seconds, which Python's clock does not. Zones themselves stay, the old names too.",
    sources=("https://data.iana.org/time-zones/tz-link.html", "scaleapi/scale-agentex#370"),
    before=("usr/share/zoneinfo/posix/Europe/Berlin", "usr/share/zoneinfo/right/UTC", "usr/share/zoneinfo/Europe/Berlin"),
    after=("usr/share/zoneinfo/Europe/Berlin",),
)
def duplicate_time_zones(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    named = {word for word in facts.words if word.startswith(("right/", "posix/"))}
    for folder, reason in (("posix", "the same zone again"), ("right", "the zone with leap seconds, which no code names")):
        if not any(word.startswith(folder + "/") for word in named):
            for path, _ in tree.under(f"usr/share/zoneinfo/{folder}"):
                yield path, reason
