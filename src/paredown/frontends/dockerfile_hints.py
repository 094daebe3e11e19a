"""What an existing Dockerfile tells of the service: its last stage's command, environment, ports, folder, health check."""

import posixpath
import re
import shlex
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from paredown.dockerfile.actions import SystemInstall, action_of
from paredown.dockerfile.parse import parse
from paredown.dockerfile.shell import script_of
from paredown.dockerfile.stages import Stage, Step, stages
from paredown.dockerfile.syntax import Instruction
from paredown.errors import UserError
from paredown.frontends.project_files import ProjectFiles
from paredown.frontends.settings import HealthSettings
from paredown.origin import Origin
from paredown.plan import APP_FOLDER

_NAMES = ("Dockerfile", "Containerfile", "dockerfile")
_SECRET = re.compile(r"(?i)(secret|token|passw|passwd|api_?key|private|credential|_key$|^key$|dsn$|auth$)")
# Set by those who build images, for their own tools; paredown decides these itself.
_TOOLING = re.compile(
    r"PATH|PYTHONDONTWRITEBYTECODE|PYTHONUNBUFFERED|PYTHONHASHSEED|PYTHONFAULTHANDLER|VIRTUAL_ENV|DEBIAN_FRONTEND|HOME|LANG|LC_ALL|TERM|SHELL|(?:PIP|UV|POETRY|PDM|PIPENV|APT|NODE|NPM|YARN|PNPM|COREPACK)_\w+|PYTHON_VERSION|GPG_KEY"
)
_URL = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::[^/\s\"'|;)]*)?(/[^\s\"'|;)?#]*)?")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_PYTHON_IMAGE = re.compile(r"(?:^|/)(?:python:|uv:python)(3\.\d+)|python(3\.\d+)")


Copies = tuple[tuple[str, str], ...]  # project path, image path


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """The hints; paths are those of our image. `entry` is exec form, or one word in `entry_text` when it is shell form."""

    file: str
    python: tuple[str, Origin] | None = None
    words: tuple[str, ...] = ()
    text: str | None = None
    command_origin: Origin | None = None
    environment: tuple[tuple[str, str], ...] = ()
    ports: tuple[int, ...] = ()
    working_directory: str | None = None
    user: int | None = None
    volumes: tuple[str, ...] = ()
    health: HealthSettings | None = None
    health_origin: Origin | None = None
    stop_signal: str | None = None
    notes: tuple[str, ...] = ()


def read(files: ProjectFiles, packages: Collection[str] = (), chosen: str | None = None) -> Hints | None:
    """The hints of the project's Dockerfile, None when it has none. `packages` are those of Debian that the settings name already.

    With `chosen` it is that one, of which system packages are taken as well.
    """
    file = chosen or next((name for name in _NAMES if files.text(name) is not None), None)
    if file is None:
        return None
    try:
        found = stages(parse(files.text(file) or "", file))
    except UserError as error:  # no engine can build it, either
        return Hints(file=file, notes=(f"{file} tells nothing of the service: {error.what}.",))
    return _hints(found[-1], files, file, packages, taken=chosen is not None) if found else None


def _ports(stage: Stage) -> Iterator[int]:
    for step in _of(stage, "EXPOSE"):
        for word in " ".join(_words(step)).split():
            number = word.partition("/")[0]
            if number.isdigit() and not word.endswith("/udp") and 0 < int(number) < 65536:
                yield int(number)


def _of(stage: Stage, *names: str) -> Iterator[Step]:
    return (step for step in stage.all_steps() if step.instruction.name in names)


def _words(step: Step) -> tuple[str, ...]:
    return tuple(step.state.expand(word.text) for word in step.instruction.words)


def _copies(stage: Stage, files: ProjectFiles) -> Iterator[tuple[str, str]]:
    """What is copied from the project: its path there, and where it comes to lie."""
    for step in _of(stage, "COPY", "ADD"):
        words = _words(step)
        if step.instruction.flag("from") is not None or step.instruction.heredocs or len(words) < 2:
            continue
        destination = posixpath.normpath(posixpath.join(step.state.folder, words[-1]))
        for source in words[:-1]:
            source = posixpath.normpath(source.lstrip("/") or ".")
            if files.is_folder(source):
                yield source, destination
            elif files.exists(source):
                into = words[-1].endswith("/") or len(words) > 2 or words[-1] in (".", "./") or destination == step.state.folder
                yield source, posixpath.join(destination, posixpath.basename(source)) if into else destination


def _debian_packages(stage: Stage) -> Iterator[str]:
    for step in _of(stage, "RUN"):
        for action in map(action_of, script_of(step.instruction, step.state.shell).commands):
            if isinstance(action, SystemInstall) and action.manager == "apt":
                yield from (re.split(r"[=:/]", word.text)[0] for word in action.packages if word.plain)


def _in_image(copies: Copies, path: str) -> str | None:
    """Where a path of the Dockerfile's image lies in ours, by what was copied there; None when nothing was."""
    best: tuple[int, str] | None = None
    for source, destination in copies:
        # `COPY app /code/app`: what is copied keeps its place below /code, so that /code is the project.
        above = destination.removesuffix(f"/{source}") if destination.endswith(f"/{source}") else ""
        for folder, start in ((destination, posixpath.join(APP_FOLDER, source)), (above, APP_FOLDER)):
            if folder and (path == folder or path.startswith(folder.rstrip("/") + "/")) and (best is None or len(folder) >= best[0]):
                best = len(folder), posixpath.normpath(posixpath.join(start, posixpath.relpath(path, folder)))
    return best[1] if best else None


def _hints(stage: Stage, files: ProjectFiles, file: str, packages: Collection[str], *, taken: bool) -> Hints:
    copies = tuple(_copies(stage, files))
    words, text, origin = _command(stage, file)
    words = tuple(_in_image(copies, word) or word if word.startswith("/") else word for word in words)
    environment, left_out = _environment(stage, copies)
    notes: list[str] = []
    if left_out:
        notes.append(f"{file} sets what looks like secrets, which was not taken: {', '.join(left_out)}.")
    missing = [name for name in dict.fromkeys(_debian_packages(stage)) if name not in packages]
    if missing and not taken:
        line = ", ".join(f'"{name}"' for name in missing)
        notes.append(f"{file} installs Debian packages that were not taken; those that the running service needs belong into `packages = [{line}]`.")
    version = _PYTHON_IMAGE.search(stage.image)
    account = stage.state.user.partition(":")[0]
    health = stage.last("HEALTHCHECK")
    stop = stage.last("STOPSIGNAL")
    return Hints(
        file=file,
        python=(version[1] or version[2], Origin(file, stage.chain[0].instruction.line)) if version else None,
        words=words,
        text=text,
        command_origin=origin,
        environment=environment,
        ports=tuple(dict.fromkeys(_ports(stage))),
        working_directory=_in_image(copies, stage.state.folder),
        user=int(account) or None if account.isdigit() else None,  # root is not what anybody wants on purpose
        volumes=tuple(_in_image(copies, path) or path for step in _of(stage, "VOLUME") for path in map(_absolute, _words(step))),
        health=_health(health) if health else None,
        health_origin=Origin(file, health.instruction.line) if health else None,
        stop_signal=" ".join(_words(stop)) if stop else None,
        notes=tuple(notes),
    )


def _absolute(path: str) -> str:
    return posixpath.join("/", path)


def _command(stage: Stage, file: str) -> tuple[tuple[str, ...], str | None, Origin | None]:
    """ENTRYPOINT and CMD as docker joins them: words, or the text of a shell form."""
    entry = command = None
    for step in _of(stage, "ENTRYPOINT", "CMD"):
        if step.instruction.name == "CMD":
            command = step.instruction
        else:
            entry, command = step.instruction, None
    last = entry if entry and not entry.exec_form else command or entry
    if last is None:
        return (), None, None
    origin = Origin(file, last.line)
    before = _strings(entry) if entry and last is not entry else ()
    if last.exec_form:
        return (*before, *_strings(last)), None, origin
    return (), " ".join((*map(shlex.quote, before), last.arguments.text)), origin


def _strings(instruction: Instruction) -> tuple[str, ...]:
    return tuple(word.text for word in instruction.words)


def _environment(stage: Stage, copies: Copies) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    kept: list[tuple[str, str]] = []
    secrets: list[str] = []
    for name, value in stage.state.environment.items():
        if _TOOLING.fullmatch(name):
            continue
        if _SECRET.search(name):
            secrets.append(name)
        elif name == "PYTHONPATH":
            parts = [_in_image(copies, part) or "" for part in value.split(":") if part.startswith("/")]
            if any(parts):
                kept.append((name, ":".join(dict.fromkeys(part for part in parts if part))))
        else:
            kept.append((name, (_in_image(copies, value) or value) if value.startswith("/") else value))
    return tuple(kept), sorted(secrets)


def _health(step: Step) -> HealthSettings | None:
    """The URL's path and the times; None when the check is not a request that is understood."""
    check = step.instruction
    if [word.upper() for word in _strings(check)] == ["NONE"]:
        return HealthSettings(wanted=False)
    url = _URL.search(step.state.expand(check.inner.arguments.text)) if check.inner else None
    if url is None:
        return None
    options = {flag.name: flag.value for flag in check.flags}
    retries = options.get("retries", "3")
    return HealthSettings(
        path=url[1] or "/",
        interval=_seconds(options.get("interval"), 30),
        timeout=_seconds(options.get("timeout"), 5),
        start_period=_seconds(options.get("start-period"), 10),
        retries=int(retries) if retries.isdigit() and int(retries) else 3,
    )


def _seconds(text: str | None, otherwise: float) -> float:
    total = sum(float(number) * _UNITS[unit] for number, unit in _DURATION.findall(text or ""))
    return total or otherwise
