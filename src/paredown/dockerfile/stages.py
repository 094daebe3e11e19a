"""A Dockerfile's stages: what each starts from, and what is set where each of its instructions stands."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from paredown.dockerfile.syntax import Dockerfile, Instruction
from paredown.dockerfile.words import expanded, unknown

# What BuildKit sets by itself: https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope
_PLATFORM = {
    "TARGETPLATFORM": "linux/amd64", "TARGETOS": "linux", "TARGETARCH": "amd64", "TARGETVARIANT": "",
    "BUILDPLATFORM": "linux/amd64", "BUILDOS": "linux", "BUILDARCH": "amd64", "BUILDVARIANT": "",
}  # fmt: skip
# May be given with --build-arg without being declared: https://docs.docker.com/reference/dockerfile/#predefined-args
_PREDEFINED = frozenset(name for word in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY") for name in (word, word.lower()))


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is set in a stage at one instruction: ENV, the ARG of this stage, the user, the working directory and the shell."""

    environment: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, str | None] = field(default_factory=dict)  # None: declared, given at the build or not at all
    user: str = ""  # as written; empty: the base's, which is root's where nothing else is known
    folder: str = "/"
    shell: tuple[str, ...] = ("/bin/sh", "-c")

    @property
    def variables(self) -> dict[str, str]:
        """What `$NAME` means in an instruction; ENV goes before ARG."""
        return {**{name: value or "" for name, value in self.arguments.items()}, **self.environment}

    def expand(self, text: str) -> str:
        """`text` with the variables that are set here."""
        return expanded(text, self.variables)

    def path(self, text: str) -> str:
        """The absolute path that `text`, with its variables, means here."""
        return posixpath.normpath(posixpath.join(self.folder, self.expand(text) or "."))


@dataclass(frozen=True, slots=True)
class Step:
    """An instruction, and what is set before it."""

    instruction: Instruction
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage. `base` is the image it starts from with its variables replaced, or the name of `parent`, the stage it starts from.

    `undefined` names variables of its FROM that nothing sets.
    """

    index: int
    name: str
    instruction: Instruction
    base: str
    parent: "Stage | None"
    steps: tuple[Step, ...]
    state: State  # at its end
    undefined: tuple[str, ...] = ()

    @property
    def chain(self) -> "tuple[Stage, ...]":
        """The stages whose files and settings it has: those it starts from, the first one first, and itself."""
        found = [self]
        while found[-1].parent:
            found.append(found[-1].parent)
        return tuple(reversed(found))

    @property
    def image(self) -> str:
        """The image at the bottom of the chain, with its variables replaced."""
        return self.chain[0].base

    def all_steps(self) -> Iterator[Step]:
        """The steps of its chain, in order: all that makes its files."""
        for stage in self.chain:
            yield from stage.steps

    def last(self, *names: str) -> Step | None:
        """The last step of its chain with one of these instructions: the one that counts for CMD, ENTRYPOINT, USER and HEALTHCHECK."""
        return next((step for step in reversed(tuple(self.all_steps())) if step.instruction.name in names), None)


def stages(dockerfile: Dockerfile) -> tuple[Stage, ...]:
    """The stages in order. What stands before the first FROM belongs to none; only ARG has a meaning there.

    A stage starts with what its direct parent has behind ONBUILD: moby/buildkit frontend/dockerfile/dockerfile2llb.
    """
    instructions = dockerfile.instructions
    starts = [place for place, instruction in enumerate(instructions) if instruction.name == "FROM"]
    outer: dict[str, str | None] = dict(_PLATFORM)
    for instruction in instructions[: starts[0] if starts else None]:
        for pair in instruction.pairs if instruction.name == "ARG" else ():
            outer[pair.name] = None if pair.value is None else expanded(pair.value, _known(outer))
    found: list[Stage] = []
    for start, end in zip(starts, [*starts[1:], None], strict=False):
        found.append(_stage(instructions[start], instructions[start + 1 : end], found, outer))
    return tuple(found)


def source_of(step: Step, known: tuple[Stage, ...]) -> Stage | str | None:
    """What a COPY takes its files from: a stage, the reference of an image, or None for the build context."""
    written = step.instruction.flag("from")
    if written is None:
        return None
    name = step.state.expand(written)
    if name.isdigit():
        return known[int(name)] if int(name) < len(known) else name
    return next((stage for stage in known if stage.name and stage.name.lower() == name.lower()), name)


def undefined(step: Step) -> tuple[str, ...]:
    """The names that a step's words use and that nothing sets; a RUN's script has variables of its own and is left out."""
    instruction = step.instruction
    if instruction.name in ("RUN", "CMD", "ENTRYPOINT", "SHELL", "ONBUILD", "HEALTHCHECK", "ARG") or instruction.exec_form:
        return ()
    texts = [pair.value or "" for pair in instruction.pairs] or [word.text for word in instruction.words]
    names = (name for text in texts for name in unknown(text, step.state.variables))
    return tuple(dict.fromkeys(name for name in names if name not in _PREDEFINED))


def _known(outer: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in outer.items() if value is not None}


def _stage(opening: Instruction, own: Sequence[Instruction], known: Sequence[Stage], outer: Mapping[str, str | None]) -> Stage:
    words = [word.text for word in opening.words]
    written = words[0] if words else ""
    variables = {name: value or "" for name, value in outer.items()}
    base = expanded(written, variables)
    name = words[2] if len(words) >= 3 and words[1].upper() == "AS" else ""
    parent = next((stage for stage in reversed(known) if stage.name and stage.name.lower() == base.lower()), None)
    state = replace(parent.state, arguments={}) if parent else State()
    triggers = [step.instruction.inner for step in parent.steps if step.instruction.name == "ONBUILD"] if parent else []
    steps: list[Step] = []
    for instruction in (*filter(None, triggers), *own):
        steps.append(Step(instruction, state))
        state = _after(state, instruction, outer)
    return Stage(
        index=len(known), name=name, instruction=opening, base=base, parent=parent, steps=tuple(steps), state=state,
        undefined=tuple(one for one in unknown(written, variables) if one not in _PREDEFINED),
    )  # fmt: skip


def _after(state: State, instruction: Instruction, outer: Mapping[str, str | None]) -> State:
    match instruction.name:
        case "ENV":
            # All pairs of one instruction see what was set before it.
            return replace(state, environment={**state.environment, **{pair.name: state.expand(pair.value or "") for pair in instruction.pairs}})
        case "ARG":
            arguments = dict(state.arguments)
            for pair in instruction.pairs:
                arguments[pair.name] = outer.get(pair.name) if pair.value is None else replace(state, arguments=arguments).expand(pair.value)
            return replace(state, arguments=arguments)
        case "WORKDIR" if instruction.words:
            return replace(state, folder=state.path(instruction.words[0].text))
        case "USER" if instruction.words:
            return replace(state, user=state.expand(instruction.words[0].text))
        case "SHELL" if instruction.exec_form:
            return replace(state, shell=tuple(word.text for word in instruction.words))
        case _:
            return state
