"""What a container engine's command line wants said its own way; all else Docker and Podman understand alike."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Words of one engine.

    `platform` makes it print what it runs, as `linux/amd64`; `created` are flags of every container, `joined` of one that joins another's network,
    `read_only` of one whose root cannot be written; `forget` is the flag before the name of a variable that the image has and the program must not;
    `forgotten` are variables that the engine itself might add; `attach` starts a container with its streams, `remove` removes some with their own
    volumes at once. With `own_hosts` a container that joins a network does not share its names.
    """

    name: str
    platform: tuple[str, ...]
    created: tuple[str, ...]
    joined: tuple[str, ...]
    read_only: tuple[str, ...]
    forget: str
    forgotten: tuple[str, ...]
    attach: tuple[str, ...]
    remove: tuple[str, ...]
    own_hosts: bool
