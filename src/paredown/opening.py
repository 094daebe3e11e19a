"""Images opened: from a file, a folder or a local engine, with their owners, interpreter and facts."""

from dataclasses import dataclass, replace
from pathlib import Path

from paredown.composers import ownership, record
from paredown.composers.build_root import host_architecture
from paredown.composers.interface import Means
from paredown.errors import UserError
from paredown.oci import engine
from paredown.oci.layer_reader import flattened, read_each_layer, read_layers
from paredown.oci.layout_reader import FoundImage, pick, read
from paredown.oci.model import ImageConfig
from paredown.probes.installed import unseen_folders
from paredown.probes.interface import Image
from paredown.pydist.read import read_facts
from paredown.rules.finished_image import FinishedImage
from paredown.runners.interface import Runnable
from paredown.runners.interpreter import interpreter_of
from paredown.store import Store
from paredown.tree import Tree


@dataclass(frozen=True, slots=True)
class Opened:
    """An image, and what a runner needs to start it."""

    image: Image
    runnable: Runnable


def opened(name: str, means: Means, *, foreign: bool = False) -> Opened:
    """The image for this machine's architecture in a file, a layout folder or, by reference, in a local engine.

    With `foreign`, of one made for other machines only the first: it can be looked at and not be run.
    """
    path = _place_of(name, means)
    found = _own_or_first(path) if foreign else pick(read(path), host_architecture().value, where=name)
    tree = ownership.attribute(read_layers(found.layers, means.store, means.progress))
    return Opened(image_of(name, found.config, tree, means.store), Runnable(config=found.config, tree=tree, path=path))


def stored(name: str, means: Means, architecture: str) -> FoundImage:
    """The image for `architecture` as it is stored, from where `opened` takes one."""
    return pick(read(_place_of(name, means)), architecture, where=name)


def finished(name: str, means: Means) -> FinishedImage:
    """The image as rules see it, from where `opened` takes one; of one made for other machines only, the first."""
    found = _own_or_first(_place_of(name, means))
    layers = read_each_layer(found.layers, means.store, means.progress)
    tree = ownership.attribute(flattened(layers))
    # A layout may name the bare tag, which says as little as none.
    reference = name if not Path(name).exists() else found.reference if ":" in found.reference else ""
    python = interpreter_of(found.config, tree).version
    return FinishedImage(name=name, reference=reference, config=found.config, layers=layers, tree=tree, python=python)


def _place_of(name: str, means: Means) -> Path:
    path = Path(name)
    if path.exists():
        return path
    if name.startswith(("/", "./", "../", "~")) or name.endswith((".tar", "/")):
        raise UserError(f"there is no {name}", where=name, fix="check the path")
    # It is there as long as this process: a runner takes the image from it.
    return engine.save(name, engine.engine_holding(name, means.environment), means.environment, means.store)


def _own_or_first(path: Path) -> FoundImage:
    there = read(path)
    own = (found for found in there if (found.platform.os, found.platform.architecture) == ("linux", host_architecture().value))
    return next(own, there[0])


def image_of(name: str, config: ImageConfig, tree: Tree, store: Store) -> Image:
    """`tree` with its configuration, and what static reading knows of it."""
    interpreter = interpreter_of(config, tree)
    words = (*config.entrypoint, *config.command, *(config.health.test if config.health else ()))
    facts = read_facts(
        tree, python=interpreter.version, words=words, system_packages=frozenset(), shell=False, keep=(), store=store, program=interpreter.path,
    )  # fmt: skip
    image = Image(name=name, config=config, tree=tree, facts=facts, python=interpreter.path, removals=record.read(tree), store=store)
    return replace(image, facts=replace(facts, unseen=unseen_folders(image)))
