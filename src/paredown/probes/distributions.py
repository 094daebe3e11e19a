"""Which distributions the service can import, in which versions, and whether their own record of themselves is there."""

import json
from collections.abc import Iterator

from paredown.probes.installed import installed
from paredown.probes.interface import Image, Seen, Unproven
from paredown.pydist.facts import Distribution
from paredown.result import Observation
from paredown.tree import Kind, Tree

NAME = "distributions"


def observe(image: Image) -> Iterator[Seen]:
    """A distribution by its normalised name; what its metadata files say is observed with its other files."""
    found = installed(image)
    if not found and image.facts.distributions:
        yield Unproven(what=NAME, reason=f"the image's Python, {image.python or 'of which there is none'}, imports from no folder that holds distributions")
    for each in found:
        yield Observation(probe=NAME, key=each.name, value=each.version)
        if each.metadata.endswith(".dist-info"):
            yield Observation(probe=NAME, key=f"{each.name} RECORD", value=_why_no_record(each, image.tree), kept=True)
        yield Observation(probe=NAME, key=f"{each.name} editable", value=_why_editable(each, image.tree), kept=True)


def _why_no_record(distribution: Distribution, tree: Tree) -> str | None:
    path = f"{distribution.metadata}/RECORD"
    return None if path in tree else f"/{path} is not there"


def _why_editable(distribution: Distribution, tree: Tree) -> str | None:
    """An editable distribution lives where its source is, which is not what was installed."""
    path = f"{distribution.metadata}/direct_url.json"
    if path not in tree or tree[path].kind is not Kind.FILE:
        return None
    try:
        told = json.loads(tree[path].read())
        editable = bool(told["dir_info"]["editable"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return f"{distribution.name} is installed editable from {str(told.get('url', ''))[:200]}" if editable else None
