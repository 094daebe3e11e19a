"""What a rule for finished images looks at: configuration, history, what each layer changes, and the file system that is left."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from paredown.oci.layer_reader import Layer, flattened
from paredown.oci.model import History, ImageConfig, ImagePlatform
from paredown.tree import Entry, Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedImage:
    """An image. `name` is what findings call it, `reference` what it is tagged as ("" when it has no tag).

    `tree` is what is left of all `layers` (the lowest first), with owners. `python` is its interpreter's version (`3.13`), "" when it has none.
    """

    name: str
    reference: str
    config: ImageConfig
    layers: tuple[Layer, ...]
    tree: Tree
    python: str = ""

    def made_by(self, number: int) -> str:
        """The history's line of a layer, counted from 0; "" where the history does not tell."""
        lines = [history.created_by for history in self.config.history if not history.empty_layer]
        return lines[number] if len(lines) == len(self.layers) else ""

    def shipped(self) -> Iterator[tuple[int, str, Entry]]:
        """Every (layer's number, path, entry) that some layer brings, taken away later or not: whoever has the image has them all."""
        for number, layer in enumerate(self.layers):
            for path, entry in layer.entries.items():
                yield number, path, entry


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageExample:
    """A small image as a rule's card writes it: fields of its ImageConfig, and for each layer its line of history and its files.

    A file that is None is one that the layer takes away.
    """

    layers: tuple[tuple[str, Mapping[str, Entry | None]], ...] = ()
    reference: str = "service:1"
    config: Mapping[str, Any] = field(default_factory=dict)
    python: str = "3.13"

    def image(self) -> FinishedImage:
        """It, as rules see it."""
        layers = tuple(_layer(number, files) for number, (_, files) in enumerate(self.layers))
        history = tuple(History(created_by=line) for line, _ in self.layers)
        config = ImageConfig(platform=ImagePlatform(architecture="amd64"), history=history, **self.config)
        return FinishedImage(name="service", reference=self.reference, config=config, layers=layers, tree=flattened(layers), python=self.python)

    def __str__(self) -> str:
        lines = [f"tagged {self.reference}"] if self.reference else []
        lines += [f"{name}: {value}" for name, value in self.config.items()]
        for line, files in self.layers:
            lines.append(line)
            lines += [f"  - /{path}" if entry is None else f"  + /{path} {entry.mode:04o} {entry.uid}:{entry.gid}" for path, entry in files.items()]
        return "\n".join(lines)


def _layer(number: int, files: Mapping[str, Entry | None]) -> Layer:
    entries = {path: entry for path, entry in files.items() if entry is not None}
    return Layer(diff_id=f"layer {number}", entries=entries, removed=tuple(path for path, entry in files.items() if entry is None))
