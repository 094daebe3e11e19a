"""An image from a file started in the embedded sandbox: no engine, no root."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from paredown.composers.build_root import host_architecture
from paredown.composers.interface import Means
from paredown.materialise import remove_folder, write_folder
from paredown.oci.layer_reader import read_layers
from paredown.oci.layout_reader import pick, read
from paredown.runners.interface import Service, launch_of
from paredown.runners.sandbox import SandboxRunner


@contextmanager
def started(path: Path, *, environment: dict[str, str], network: bool, means: Means) -> Iterator[Service]:
    """The service of the image at `path`, with a read-only root and its own writable folders; gone when the context ends."""
    image = pick(read(path), host_architecture().value, where=str(path))
    tree = read_layers(image.layers, means.store, means.progress)
    # Whoever owns a writable folder: outside all of it belongs to the person who runs this.
    writable = tuple("/" + name for name, entry in tree.items() if entry.kind.value == "folder" and entry.mode & 0o022)
    root = Path(tempfile.mkdtemp(dir=means.store.scratch))
    try:
        write_folder(tree, root)
        launch = launch_of(image.config, writable=writable, read_only=True)
        launch = replace(launch, environment=tuple({**dict(launch.environment), **environment}.items()), network=network)
        with SandboxRunner(root, image.config.stop_signal or "SIGTERM").start_service(launch) as service:
            yield service
    finally:
        remove_folder(root)
