"""What a rule for finished images looks at: configuration, history, what each layer changes, and the file system that is left."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from paredown.oci.layer_reader import Layer, flattened
from paredown.oci.model import History, ImageConfig, ImagePlatform
from paredown.tree import Entry, Kind, Tree

_TAG = "service:1"  # what an example is called that is not about names
_MOST_SHOWN = 4  # files of an example's layer
_LONGEST_LINE = 72  # characters of a history's line that a finding quotes
_COPIED = re.compile(r"\b(?:dir|file|multi):[0-9a-f]{64} in ")  # what the builder before BuildKit wrote for the sources of a COPY
_SHELL = re.compile(r"(RUN )?(?:\|\d+ (?:\S+=.*? )?)?/bin/(?:ba)?sh -[a-z]*c (#\(nop\) *)?", re.DOTALL)


class Change(Enum):
    """How an upper layer makes a lower one's file useless."""

    DELETED = "deleted"
    REPLACED = "replaced"
    REPEATED = "repeated"  # the same bytes, of another owner or mode


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
        """What made a layer, counted from 0, as the history's line has it less what builders add; `layer 3` where the history does not tell."""
        lines = [history.created_by for history in self.config.history if not history.empty_layer]
        line = instruction_of(lines[number]) if len(lines) == len(self.layers) else ""
        return (f"`{line}`" if len(line) <= _LONGEST_LINE else f"`{line[: _LONGEST_LINE - 4]} ...`") if line else f"layer {number + 1}"

    @property
    def files(self) -> Iterator[tuple[str, Entry]]:
        """Every file that is left."""
        return ((path, entry) for path, entry in self.tree.items() if entry.kind is Kind.FILE)

    def text(self, path: str, most: int = 1 << 20) -> str:
        """The text of the file that `path` leads to; "" when there is none, or it has more than `most` bytes."""
        found = self.tree.resolve(path)
        if not found or self.tree[found].kind is not Kind.FILE or self.tree[found].size > most:
            return ""
        return self.tree[found].read().decode("utf-8", "replace")

    def program(self, path: str) -> str:
        """What the file is called that `path` leads to: `dash` for /bin/sh on Debian. "" when there is none."""
        return (self.tree.resolve(path) or "").rpartition("/")[2]

    def accounts(self, path: str) -> Iterator[list[str]]:
        """The fields of each line of /etc/passwd, /etc/shadow or /etc/group."""
        return (line.split(":") for line in self.text(path).splitlines() if line.strip() and not line.startswith(("#", "+", "-")))

    def wasted(self, change: Change) -> Mapping[tuple[int, int], tuple[str, ...]]:
        """The paths of files that a lower layer brings and an upper one makes useless in this way, by (lower, upper), the layers' numbers."""
        holders: dict[str, int] = {}
        found: dict[tuple[int, int], list[str]] = {}
        for upper, layer in enumerate(self.layers):
            for path in layer.removed:
                lower = holders.pop(path, None)
                if lower is not None and change is Change.DELETED:
                    found.setdefault((lower, upper), []).append(path)
            for path, entry in layer.entries.items():
                lower = holders.get(path)
                if lower is not None and change is _change(self.layers[lower].entries[path], entry):
                    found.setdefault((lower, upper), []).append(path)
                if entry.kind is Kind.FILE:
                    holders[path] = upper
                else:
                    holders.pop(path, None)
        return {places: tuple(paths) for places, paths in sorted(found.items())}

    def shipped(self) -> Iterator[tuple[int, str, Entry]]:
        """Every (layer's number, path, entry) that some layer brings, taken away later or not: whoever has the image has them all."""
        for number, layer in enumerate(self.layers):
            for path, entry in layer.entries.items():
                yield number, path, entry


def instruction_of(created_by: str) -> str:
    """A history's line as the instruction that it comes from, on one line: without the shell, build arguments and remarks that builders add."""
    line = _COPIED.sub("... ", " ".join(created_by.removesuffix("# buildkit").split()))
    if found := _SHELL.match(line):
        line = ("" if found[2] else "RUN ") + line[found.end() :]
    return line


def _change(lower: Entry, upper: Entry) -> Change:
    same = upper.kind is Kind.FILE and upper.digest == lower.digest
    other = (lower.mode, lower.uid, lower.gid) != (upper.mode, upper.uid, upper.gid)
    return Change.REPEATED if same and other else Change.REPLACED


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageExample:
    """A small image as a rule's card writes it: fields of its ImageConfig, and for each layer its line of history and its files.

    A file that is None is one that the layer takes away.
    """

    layers: tuple[tuple[str, Mapping[str, Entry | None]], ...] = ()
    reference: str = _TAG
    config: Mapping[str, Any] = field(default_factory=dict)
    python: str = "3.13"

    def image(self) -> FinishedImage:
        """It, as rules see it."""
        layers = tuple(_layer(number, files) for number, (_, files) in enumerate(self.layers))
        history = tuple(History(created_by=line) for line, _ in self.layers)
        config = ImageConfig(platform=ImagePlatform(architecture="amd64"), history=history, **self.config)
        return FinishedImage(name="service", reference=self.reference, config=config, layers=layers, tree=flattened(layers), python=self.python)

    def __str__(self) -> str:
        lines = [f"tagged {self.reference}"] if self.reference != _TAG else []
        lines += [f"{name}: {value}" for name, value in self.config.items()]
        for line, files in self.layers:
            lines.append(line)
            shown = [f"  deletes /{path}" if entry is None else f"  brings /{path} (mode {entry.mode:o}, of {entry.uid})" for path, entry in files.items()]
            lines += [*shown[:_MOST_SHOWN], f"  and {len(shown) - _MOST_SHOWN} more"] if len(shown) > _MOST_SHOWN else shown
        return "\n".join(lines)


def _layer(number: int, files: Mapping[str, Entry | None]) -> Layer:
    entries = {path: entry for path, entry in files.items() if entry is not None}
    return Layer(diff_id=f"layer {number}", entries=entries, removed=tuple(path for path, entry in files.items() if entry is None))
