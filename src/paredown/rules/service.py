"""What an image starts: its command without the shell, init or installer in front of it, each word with its place."""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from paredown.commands.command_line import SimpleCommand, exec_command
from paredown.commands.servers import SERVERS, program
from paredown.dockerfile.shell import ShellCommand, ShellWord
from paredown.dockerfile.stages import Step
from paredown.dockerfile.syntax import Edit, Span
from paredown.rules.recipe import Recipe

_PYTHON = re.compile(r"python[\d.]*|pypy[\d.]*|\S+\.py")
_SCRIPT = re.compile(r".*\.sh|.*entry-?point[^/]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A command that the image starts. `words` begin with the program; `places` has each word's place, None for one that is not written there.

    `command` is the same with all that stands in front. `environment` is the image's, with what is set before the command.
    """

    step: Step
    command: ShellCommand
    words: tuple[str, ...]
    places: tuple[ShellWord | None, ...]
    environment: Mapping[str, str]

    @property
    def program(self) -> str:
        """The program, less its folder; `python -m uvicorn` is uvicorn."""
        return posixpath.basename(program(self.words))

    @property
    def is_python(self) -> bool:
        """Whether it is evident that Python runs it."""
        return self.program in SERVERS or self.words[0] in SERVERS or _PYTHON.fullmatch(posixpath.basename(self.words[0])) is not None

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.command.span

    def place(self, index: int) -> Span:
        """Where a word stands, the whole command when it stands nowhere."""
        place = self.places[index]
        return place.span if place else self.span


@dataclass(frozen=True, slots=True)
class Process:
    """ENTRYPOINT and CMD as they count for the image; None for what is not there, or without effect."""

    entrypoint: Step | None
    command: Step | None


def process_of(recipe: Recipe) -> Process:
    """What counts in the final stage. A later stage's ENTRYPOINT takes an earlier one's CMD away, as BuildKit has it."""
    entrypoint: Step | None = None
    command: Step | None = None
    for stage in recipe.final.chain:
        own = {step.instruction.name: step for step in stage.steps}
        entrypoint = own.get("ENTRYPOINT", entrypoint)
        command = own.get("CMD", None if "ENTRYPOINT" in own else command)
    if entrypoint is not None and not entrypoint.instruction.exec_form:
        command = None
    return Process(entrypoint, command)


def starts(recipe: Recipe) -> tuple[Start, ...]:
    """The commands that the final image starts, in order; () when the Dockerfile does not tell."""
    process = process_of(recipe)
    first, second = process.entrypoint, process.command
    if first and second and not _is_script(first) and not is_shell(first):
        if not second.instruction.exec_form or not second.instruction.words or is_shell(second):
            return ()
        words = tuple(word for step in (first, second) for command in recipe.script(step).commands for word in command.words)
        return tuple(_start(recipe, second, ShellCommand(words=words, span=recipe.script(second).commands[-1].span)))
    steps = (first,) if first and (second is None or is_shell(first)) else (first, second)
    return tuple(start for step in steps if step for command in recipe.script(step).commands for start in _start(recipe, step, command))


def _is_script(step: Step) -> bool:
    words = step.instruction.words
    return any(_SCRIPT.fullmatch(word.text) for word in words[:3]) or not step.instruction.exec_form


def is_shell(step: Step) -> bool:
    """Whether it is the exec form of a shell with `-c`."""
    words = [word.text for word in step.instruction.words[:2]]
    return len(words) == 2 and posixpath.basename(words[0]) in ("sh", "bash", "ash", "dash") and words[1].endswith("c")


def _start(recipe: Recipe, step: Step, command: ShellCommand) -> Iterator[Start]:
    plain = exec_command(tuple(word.text for word in command.words))
    if not isinstance(plain, SimpleCommand):
        return
    places: list[ShellWord | None] = list(command.words[-len(plain.words) :])
    places[:0] = [None] * (len(plain.words) - len(places))
    environment = {**recipe.final.state.environment, **dict(command.assignments), **dict(plain.environment)}
    yield Start(step=step, command=command, words=plain.words, places=tuple(places), environment=environment)


def more_words(recipe: Recipe, start: Start, index: int, *words: str) -> tuple[Edit, ...]:
    """`words` behind the word at `index`, in the form that the command is written in; () where its place is not known exactly."""
    place = start.places[index]
    if place is None:
        return ()
    written = recipe.dockerfile.text[place.span.start : place.span.end]
    if start.step.instruction.exec_form and written.startswith('"'):
        return (Edit(Span(place.span.end, place.span.end), "".join(f", {json.dumps(word)}" for word in words)),) if len(written) > 1 else ()
    return (Edit(Span(place.span.end, place.span.end), "".join(f" {word}" for word in words)),)
