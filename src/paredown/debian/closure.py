"""What a set of packages needs, all the way down: Depends and Pre-Depends, alternatives, provided names, versions."""

from collections.abc import Sequence

from paredown.debian.index import Index
from paredown.lock import Pin
from paredown.origin import Origin


def closure(index: Index, names: Sequence[str], *, leave_out: frozenset[str], where: Origin) -> tuple[Pin, ...]:
    """`names` and everything they depend on, sorted by name.

    A dependency on a name in `leave_out` counts as satisfied and brings nothing in; asking for that name in `names` overrides this.
    Recommends and Suggests are not followed. UserError, pointing at `where`, for an unknown name (with close matches) or a set that
    cannot be had together (who needs what, and what is available).
    """
    raise NotImplementedError
