"""What probes work with. A probe is a module with an `observe` function that looks at one image and yields what it saw; comparing comes later."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from paredown.oci.model import ImageConfig
from paredown.plan import Verification
from paredown.pydist.facts import Facts
from paredown.result import Coverage, Observation, Removal, Skipped
from paredown.runners.interface import Launch, Machine
from paredown.store import Store
from paredown.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image at rest. `python` is the absolute path of its interpreter ("" when it has none); `removals` is what its own record tells.

    `emitted` when paredown wrote the Dockerfile that made it. `before` is the image that this one is to behave as: what that one's code names is
    looked for in this one, whoever names it here.
    """

    name: str
    config: ImageConfig
    tree: Tree
    facts: Facts
    python: str
    removals: tuple[Removal, ...]
    store: Store
    emitted: bool = False
    before: "Image | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An image that programs can be run in. `launch` starts its service as its configuration and the user's settings say."""

    image: Image
    machine: Machine
    launch: Launch
    settings: Verification


@dataclass(frozen=True, slots=True)
class Unproven:
    """Something that had to be exercised and could not be, and why: with it no verdict is `equivalent`."""

    what: str
    reason: str


Seen = Observation | Coverage | Skipped | Unproven

AtRest = Callable[[Image], Iterator[Seen]]
Inside = Callable[[Subject], Iterator[Seen]]
