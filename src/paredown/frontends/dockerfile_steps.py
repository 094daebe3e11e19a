"""What a Dockerfile does beyond the service's own parts: its base, its system packages, its folders, and what has to be kept as it is written."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from paredown.dockerfile.actions import FoldersMade, ModeChange, Other, OwnerChange, PythonInstall, Removal, SystemInstall, SystemUpdate, UserAdded, action_of
from paredown.dockerfile.parse import parse
from paredown.dockerfile.shell import ShellCommand, script_of
from paredown.dockerfile.stages import Stage, Step, source_of, stages
from paredown.dockerfile.syntax import Comment, Dockerfile
from paredown.errors import UserError
from paredown.frontends.system_packages import Wanted, wanted
from paredown.origin import Origin
from paredown.plan import Kept, Where

# Commands that do nothing to the image, or nothing that this build does not do by itself.
_HARMLESS = frozenset({"set", "true", ":", "echo", "test", "[", "uv", "ldconfig", "find", "cd", "export", "umask", "date"})
_TOOL_SETTINGS = re.compile(
    r"(?:pip|poetry|pdm|pipenv|npm)\s+config\b|(?:pip|uv)\s+cache\b|virtualenv\b|(?:poetry|pdm)\s+(?:lock|export|cache)\b|"
    r"python[\d.]*\s+-m\s+(?:venv|compileall|ensurepip|virtualenv)\b"
)
_LOCKS = re.compile(
    r"[\w.-]*requirements[\w.-]*\.(?:txt|in)|requirements/.*|pyproject\.toml|uv\.lock|poetry\.lock|pdm\.lock|Pipfile(?:\.lock)?|"
    r"setup\.(?:py|cfg)|pylock[\w.]*\.toml|README\S*|LICENSE\S*"
)
_INSTALLER_IMAGES = re.compile(r"(?:.*/)?(?:uv|pip|poetry)(?:[:@].*)?")
_SYSTEM = ("/etc", "/usr", "/bin", "/lib", "/lib64", "/sbin", "/boot", "/dev", "/proc", "/sys", "/root", "/opt/venv", "/tmp")  # noqa: S108


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherited:
    """What the Dockerfile brings. `image` is what its last stage starts from; `writable` are folders that it makes for the service to write to."""

    image: str
    packages: Wanted
    writable: tuple[str, ...]
    kept: tuple[Kept, ...]
    origin: Origin


def read(text: str, file: str) -> Inherited:
    """What the Dockerfile `text` brings. Raises UserError where it has no stage, or starts from a variable that nothing sets."""
    document = parse(text, file)
    known = stages(document)
    if not known:
        raise UserError(f"{file} has no FROM, so it is no Dockerfile", where=file, fix="start it with FROM and the image to start from")
    final = known[-1]
    origin = Origin(file, final.chain[0].instruction.line)
    if final.chain[0].undefined:
        name = final.chain[0].undefined[0]
        raise UserError(f"nothing sets {name}, which FROM uses", where=origin, fix=f"write ARG {name}=... above the first FROM")
    _refuse_circles(known, file)
    reader = _Reader(document, known, file)
    kept, copied_from = reader.kept(final)
    return Inherited(
        image=final.image, packages=reader.packages(final), writable=tuple(reader.folders(final)),
        kept=(*reader.stages(copied_from), *kept), origin=origin,
    )  # fmt: skip


def _refuse_circles(known: tuple[Stage, ...], file: str) -> None:
    for stage in known:
        for step in stage.steps:
            source = source_of(step, known) if step.instruction.name == "COPY" else None
            if isinstance(source, Stage) and source.index >= stage.index:
                which = "this stage itself" if source.index == stage.index else f"{source.name or source.index}, a stage below"
                raise UserError(f"a stage copies from {which}", where=Origin(file, step.instruction.line), fix="copy from a stage above, or move that one up")


@dataclass(frozen=True, slots=True)
class _Reader:
    document: Dockerfile
    known: tuple[Stage, ...]
    file: str

    def packages(self, final: Stage) -> Wanted:
        """The system packages of the stages that make the image, and those that only its builders have."""
        builders = self._builders(final)
        installed = dict.fromkeys(name for step in final.all_steps() for name in self._installed(step))
        building = dict.fromkeys(name for stage in builders for step in stage.all_steps() for name in self._installed(step))
        return wanted(tuple(installed), tuple(name for name in building if name not in installed))

    def folders(self, final: Stage) -> Iterator[str]:
        """Folders that a RUN makes or gives away, outside of what belongs to the system and to the code."""
        for step in final.all_steps():
            for command in self._commands(step):
                action = action_of(command)
                if isinstance(action, FoldersMade | OwnerChange | ModeChange):
                    yield from (path for word in action.paths if word.plain and self._is_own(path := step.state.path(word.text), final))

    def _is_own(self, path: str, final: Stage) -> bool:
        return path not in ("/", final.state.folder) and not any(f"{path}/".startswith(f"{one}/") for one in _SYSTEM)

    def kept(self, final: Stage) -> tuple[tuple[Kept, ...], tuple[Stage, ...]]:
        """What of the image's own stages stays as it is written, and the stages it copies from."""
        found: list[Kept] = []
        needed: list[Stage] = []
        copied = False
        declared: list[Step] = []
        used = False
        for step in final.all_steps():
            name = step.instruction.name
            where = Where.AFTER_APP if copied else Where.BEFORE_APP
            if name == "ARG":
                declared.append(step)
            elif name in ("COPY", "ADD"):
                source = source_of(step, self.known)
                if isinstance(source, Stage):
                    if not self._is_python(source):
                        needed.append(source)
                        found.append(self._as_written(step, where))
                elif isinstance(source, str):
                    if not _INSTALLER_IMAGES.fullmatch(source):
                        found.append(self._as_written(step, where))
                elif self._is_app(step, final):
                    copied = copied or not self._is_lock(step)
                else:
                    found.append(self._as_written(step, where))
            elif name == "ONBUILD":
                if step in final.steps:  # those of a stage below ran where this one starts
                    found.append(self._as_written(step, where))
            elif name in ("LABEL", "SHELL") or (name == "RUN" and not self._is_understood(step)):
                used = used or name == "RUN"
                found.append(self._as_written(step, where))
        arguments = tuple(self._as_written(step, Where.BEFORE_APP) for step in declared) if used else ()
        return (*arguments, *found), tuple(needed)

    def stages(self, needed: tuple[Stage, ...]) -> Iterator[Kept]:
        """`needed` and the stages these need, each as it is written, in the file's order."""
        chosen: dict[int, Stage] = {}
        waiting = list(needed)
        while waiting:
            stage = waiting.pop()
            if stage.index not in chosen:
                chosen[stage.index] = stage
                waiting += stage.chain[:-1]
                waiting += [source for step in stage.steps if isinstance(source := source_of(step, self.known[: stage.index]), Stage)]
        for _, stage in sorted(chosen.items()):
            last = stage.steps[-1].instruction if stage.steps else stage.instruction
            start = self._start(stage.instruction.span.start, stage.instruction.line)
            yield Kept(text=self.document.text[start : last.span.end], where=Where.STAGE, origin=Origin(self.file, stage.instruction.line))

    def _builders(self, final: Stage) -> tuple[Stage, ...]:
        """Stages that the image copies Python's parts from."""
        sources = (source_of(step, self.known) for step in final.all_steps() if step.instruction.name == "COPY")
        return tuple(source for source in sources if isinstance(source, Stage) and self._is_python(source))

    def _installed(self, step: Step) -> Iterator[str]:
        for command in self._commands(step):
            action = action_of(command)
            if isinstance(action, SystemInstall) and action.manager == "apt":
                yield from (word.text for word in action.packages if word.plain)

    def _commands(self, step: Step) -> tuple[ShellCommand, ...]:
        return script_of(step.instruction, step.state.shell).commands if step.instruction.name == "RUN" else ()

    def _is_python(self, stage: Stage) -> bool:
        """Whether a stage makes what uv makes here: it installs distributions."""
        return any(isinstance(action_of(command), PythonInstall) for step in stage.all_steps() for command in self._commands(step))

    def _is_understood(self, step: Step) -> bool:
        script = script_of(step.instruction, step.state.shell)
        return script.understood and all(self._is_known(command) for command in script.commands)

    def _is_known(self, command: ShellCommand) -> bool:
        action = action_of(command)
        if isinstance(action, Other):
            line = " ".join((command.program, *(word.text for word in command.arguments)))
            return not command.writes and (command.program in _HARMLESS or _TOOL_SETTINGS.match(line) is not None)
        if isinstance(action, SystemInstall):
            return action.manager == "apt" and all(word.plain and "/" not in word.text for word in action.packages)
        if isinstance(action, Removal):
            return True
        return isinstance(action, SystemUpdate | PythonInstall | FoldersMade | OwnerChange | ModeChange | UserAdded)

    def _is_app(self, step: Step, final: Stage) -> bool:
        """Whether a COPY brings what the app's folder gets anyway."""
        if step.instruction.heredocs or not step.instruction.words or any("://" in word.text for word in step.instruction.words):
            return False
        destination = step.state.path(step.instruction.words[-1].text)
        return self._is_lock(step) or destination == final.state.folder or destination.startswith(final.state.folder.rstrip("/") + "/")

    def _is_lock(self, step: Step) -> bool:
        return all(_LOCKS.fullmatch(posixpath.normpath(word.text)) for word in step.instruction.words[:-1])

    def _as_written(self, step: Step, where: Where) -> Kept:
        instruction = step.instruction
        start = self._start(instruction.span.start, instruction.line)
        return Kept(text=self.document.text[start : instruction.span.end], where=where, origin=Origin(self.file, instruction.line))

    def _start(self, start: int, line: int) -> int:
        """Where the comments begin that stand right above."""
        above: dict[int, Comment] = {comment.line: comment for comment in self.document.comments}
        while line - 1 in above and not _is_directive(above[line - 1]):
            line -= 1
            start = above[line].span.start
        return start


def _is_directive(comment: Comment) -> bool:
    return re.match(r"(?:syntax|escape|check)\s*=", comment.text) is not None
