"""What a rule for Dockerfiles looks at: the file, its stages, what their scripts do, and the build context."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from paredown.dockerfile.actions import Action, action_of
from paredown.dockerfile.ignore_file import DockerRules, rules_of
from paredown.dockerfile.shell import Script, ShellCommand, script_of
from paredown.dockerfile.stages import Stage, Step, stages
from paredown.dockerfile.syntax import Dockerfile

Kind = TypeVar("Kind", bound=Action)
_LARGEST_FILE = 4_000_000  # of the context, to be looked into; in bytes


class Context(Protocol):
    """The folder that a build gets; paths are relative to it, with `/`."""

    def text(self, path: str) -> str | None:
        """A file's text, None when there is no such file."""

    def names(self, folder: str) -> tuple[str, ...]:
        """The sorted names in a folder, those of folders with a final slash; () when there is none."""


@dataclass(frozen=True, slots=True)
class FolderContext:
    """A folder of this machine. Nothing outside of it is read, links that lead out included; a file is read once."""

    root: Path
    _texts: dict[str, str | None] = field(default_factory=dict, compare=False)

    def text(self, path: str) -> str | None:
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def _read(self, path: str) -> str | None:
        file = (self.root / path).resolve()
        try:
            if not file.is_relative_to(self.root.resolve()) or file.stat().st_size > _LARGEST_FILE:
                return None
            return file.read_bytes().decode("utf-8-sig", "replace")
        except OSError:
            return None

    def names(self, folder: str) -> tuple[str, ...]:
        try:
            entries = list((self.root / folder).iterdir())
        except OSError:
            return ()
        return tuple(sorted(entry.name + "/" * entry.is_dir() for entry in entries))


@dataclass(frozen=True, slots=True)
class TextContext:
    """A context made of texts, for examples."""

    files: Mapping[str, str]

    def text(self, path: str) -> str | None:
        return self.files.get(path)

    def names(self, folder: str) -> tuple[str, ...]:
        start = "" if folder in ("", ".") else folder.rstrip("/") + "/"
        below = [path.removeprefix(start) for path in self.files if path.startswith(start)]
        return tuple(sorted({name.partition("/")[0] + "/" * ("/" in name) for name in below}))


@dataclass(frozen=True, slots=True)
class Recipe:
    """A Dockerfile as rules see it. `context` is None when nobody knows the folder that is built from.

    `name` is that of its file, `ignore_file` the name of the ignore file that holds for it, None when there is none.
    """

    dockerfile: Dockerfile
    stages: tuple[Stage, ...]
    context: Context | None
    ignore_file: str | None
    ignored: DockerRules
    name: str = "Dockerfile"
    _scripts: dict[int, Script] = field(default_factory=dict, compare=False)  # by the place of their instruction
    _runs: dict[int, tuple[tuple[Step, Script], ...]] = field(default_factory=dict, compare=False)  # by the index of their stage

    @property
    def final(self) -> Stage:
        """The last stage: the image."""
        return self.stages[-1]

    def script(self, step: Step) -> Script:
        """What a RUN, CMD, ENTRYPOINT, or a HEALTHCHECK's CMD starts."""
        instruction = step.instruction.inner or step.instruction
        place = instruction.span.start
        if place not in self._scripts:
            self._scripts[place] = script_of(instruction, step.state.shell)
        return self._scripts[place]

    def runs(self, *which: Stage) -> Iterator[tuple[Step, Script]]:
        """Every RUN of these stages (all of them when none is named) with what it does."""
        for stage in which or self.stages:
            if stage.index not in self._runs:
                self._runs[stage.index] = tuple((step, self.script(step)) for step in stage.steps if step.instruction.name == "RUN")
            yield from self._runs[stage.index]

    def commands(self, *which: Stage) -> Iterator[tuple[Step, ShellCommand]]:
        """Every command of every RUN of these stages (all of them when none is named)."""
        for step, script in self.runs(*which):
            for command in script.commands:
                yield step, command

    def actions(self, kind: type[Kind], *which: Stage) -> Iterator[tuple[Step, Kind]]:
        """Every command of one kind in the RUNs of these stages (all of them when none is named)."""
        for step, command in self.commands(*which):
            action = action_of(command)
            if isinstance(action, kind):
                yield step, action


@dataclass(frozen=True, slots=True)
class Mount:
    """A `--mount` of a RUN: `kind` is bind, cache, secret, ssh or tmpfs; `target` with the variables of its place."""

    kind: str
    target: str
    options: Mapping[str, str]


def mounts(step: Step) -> tuple[Mount, ...]:
    """What is mounted while this RUN runs."""
    found: list[Mount] = []
    for flag in step.instruction.flags:
        if flag.name == "mount":
            pairs = (part.partition("=") for part in flag.value.split(","))
            options = {name.strip().lower(): step.state.expand(value) for name, _, value in pairs}
            target = options.get("target") or options.get("dst") or options.get("destination") or ""
            found.append(Mount(options.get("type", "bind"), step.state.path(target) if target else "", options))
    return tuple(found)


def is_mounted(step: Step, path: str) -> bool:
    """Whether what is written to `path` during this RUN goes into a cache or a tmpfs, not into the layer."""
    return any(mount.kind in ("cache", "tmpfs") and mount.target and f"{path}/".startswith(f"{mount.target.rstrip('/')}/") for mount in mounts(step))


def recipe_of(dockerfile: Dockerfile, context: Context | None, name: str = "Dockerfile") -> Recipe:
    """`dockerfile`, called `name`, in its `context`. It needs at least one FROM."""
    own = f"{name}.dockerignore"  # goes before the common one: https://docs.docker.com/build/concepts/context/#filename-and-location
    found = next((file for file in (own, ".dockerignore") if context is not None and context.text(file) is not None), None)
    text = context.text(found) if context is not None and found else None
    rules = rules_of(text, found) if text is not None and found else DockerRules()
    return Recipe(dockerfile=dockerfile, stages=stages(dockerfile), context=context, ignore_file=found, ignored=rules, name=name)
