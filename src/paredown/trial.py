"""An image from a file started in the embedded sandbox: no engine, no root."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from paredown.composers.build_root import host_architecture
from paredown.composers.interface import Means
from paredown.oci.layer_reader import read_layers
from paredown.oci.layout_reader import pick, read
from paredown.runners.interface import Runnable
from paredown.runners.launching import launch_of
from paredown.runners.sandbox import SandboxRunner, SandboxService


@contextmanager
def started(path: Path, *, environment: dict[str, str], network: bool, means: Means) -> Iterator[SandboxService]:
    """The service of the image at `path`, with a read-only root and its own writable folders; gone when the context ends."""
    image = pick(read(path), host_architecture().value, where=str(path))
    tree = read_layers(image.layers, means.store, means.progress)
    launch = launch_of(image.config, tree, environment=environment)
    everybodys = tuple("/" + name for name, entry in tree.items() if entry.kind.value == "folder" and entry.mode & 0o022)
    launch = replace(launch, writable=(*launch.writable, *everybodys), read_only=True, capabilities=False, network=network)
    runnable = Runnable(config=image.config, tree=tree, path=path)
    with SandboxRunner(means.store).install(runnable) as installed, installed.machine() as machine, machine.service(launch) as service:
        yield service
