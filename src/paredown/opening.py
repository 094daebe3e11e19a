"""Images opened: from a file, a folder or a local engine, with their owners, interpreter and facts."""

from dataclasses import dataclass
from pathlib import Path

from paredown.composers import ownership, record
from paredown.composers.build_root import host_architecture
from paredown.composers.interface import Means
from paredown.errors import UserError
from paredown.oci import engine
from paredown.oci.layer_reader import read_layers
from paredown.oci.layout_reader import pick, read
from paredown.oci.model import ImageConfig
from paredown.probes.interface import Image
from paredown.pydist.read import read_facts
from paredown.runners.interface import Runnable
from paredown.runners.interpreter import interpreter_of
from paredown.store import Store
from paredown.tree import Tree


@dataclass(frozen=True, slots=True)
class Opened:
    """An image, and what a runner needs to start it."""

    image: Image
    runnable: Runnable


def opened(name: str, means: Means) -> Opened:
    """The image for this machine's architecture in a file, a layout folder or, by reference, in a local engine."""
    path = Path(name)
    if path.exists():
        return _read(path, name, means)
    if name.startswith(("/", "./", "../", "~")) or name.endswith((".tar", "/")):
        raise UserError(f"there is no {name}", where=name, fix="check the path")
    # The file is there as long as this process: a runner takes the image from it.
    saved = engine.save(name, engine.engine_holding(name, means.environment), means.environment, means.store.scratch)
    return _read(saved, name, means)


def _read(path: Path, name: str, means: Means) -> Opened:
    found = pick(read(path), host_architecture().value, where=name)
    tree = ownership.attribute(read_layers(found.layers, means.store, means.progress))
    return Opened(image_of(name, found.config, tree, means.store), Runnable(config=found.config, tree=tree, path=path))


def image_of(name: str, config: ImageConfig, tree: Tree, store: Store) -> Image:
    """`tree` with its configuration, and what static reading knows of it."""
    interpreter = interpreter_of(config, tree)
    words = (*config.entrypoint, *config.command, *(config.health.test if config.health else ()))
    facts = read_facts(tree, python=interpreter.version, words=words, system_packages=frozenset(), shell=False, keep=(), store=store)
    return Image(name=name, config=config, tree=tree, facts=facts, python=interpreter.path, removals=record.read(tree), store=store)
