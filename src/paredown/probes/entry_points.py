"""What the distributions offer by name: their entry points, and the scripts of these on the PATH."""

from collections import defaultdict
from collections.abc import Iterator

from paredown.probes.installed import EntryPoint, entry_points, import_folders, installed, scripts_folder
from paredown.probes.interface import Image, Seen
from paredown.probes.surroundings import program, shebang, why_not_startable
from paredown.pydist.facts import Distribution
from paredown.result import Observation

NAME = "entry points"


def observe(image: Image) -> Iterator[Seen]:
    """A distribution's entry points by group and name under its name; each of its scripts by `distribution: script`."""
    for distribution in installed(image):
        groups: dict[str, dict[str, str]] = defaultdict(dict)
        points = list(entry_points(distribution, image.tree))
        for point in points:
            groups[point.group][point.name] = " ".join(point.value.split())
        if groups:
            yield Observation(probe=NAME, key=distribution.name, value=dict(groups))
        for point in points:
            if point.group in ("console_scripts", "gui_scripts"):
                yield Observation(probe=NAME, key=f"{distribution.name}: {point.name}", value=_why_not_found(point, distribution, image), kept=True)


def _why_not_found(point: EntryPoint, distribution: Distribution, image: Image) -> str | None:
    path = program(point.name, image)
    if path is None:
        return why_not_startable(point.name, image)
    own = image.tree.resolve(f"{scripts_folder(distribution)}/{point.name}")
    found = image.tree.resolve(path)
    if found is None or found != own:
        return f"{point.name} on PATH is /{path}, not the script of {distribution.name}"
    words = shebang(image.tree[found])
    if words and words[0].rpartition("/")[2].startswith("python") and import_folders(image, words[0]) != import_folders(image):
        return f"/{path} runs on {words[0]}, which does not import from the service's distributions"
    return None
