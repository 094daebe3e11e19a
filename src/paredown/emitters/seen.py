"""What an image was seen to work with, which is all that a manifest may ask of an orchestrator."""

from dataclasses import dataclass

from paredown.comparison import Comparison, Evidence, Figure, Held

_READ_ONLY = "runs with a read-only root"
_NO_CAPABILITIES = "runs without capabilities"
_ANY_USER = "runs as any user"
_HEALTH = "has a health check that tells"
_MEMORY = "memory, under a small load"
_NOT_TRIED = Evidence(Held.UNKNOWN, "it was not tried")
_MIB = 1 << 20
_ROOM = 2  # times what was measured: a small load is not the largest
_LEAST = 64 * _MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Evidence for each restriction, and the memory that a small load took, in bytes; None when that was not measured."""

    read_only: Evidence = _NOT_TRIED
    no_capabilities: Evidence = _NOT_TRIED
    any_user: Evidence = _NOT_TRIED
    health: Evidence = _NOT_TRIED
    memory: int | None = None

    @property
    def memory_limit(self) -> int | None:
        """Mebibytes that leave room above what was measured, in steps of 16."""
        if self.memory is None:
            return None
        return -(-max(self.memory * _ROOM, _LEAST) // (16 * _MIB)) * 16

    @property
    def memory_request(self) -> int | None:
        """Mebibytes that were measured, in steps of 16."""
        return None if self.memory is None else -(-self.memory // (16 * _MIB)) * 16


def seen_in(comparison: Comparison) -> Seen:
    """What a comparison saw of its image after."""
    by_name = {practice.name: practice.after for practice in comparison.practices}
    memory = comparison.measured(_MEMORY)
    return Seen(
        read_only=by_name.get(_READ_ONLY, _NOT_TRIED),
        no_capabilities=by_name.get(_NO_CAPABILITIES, _NOT_TRIED),
        any_user=by_name.get(_ANY_USER, _NOT_TRIED),
        health=by_name.get(_HEALTH, _NOT_TRIED),
        memory=int(memory.after.value) if memory is not None and isinstance(memory.after, Figure) else None,
    )
