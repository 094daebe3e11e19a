"""What an existing Dockerfile tells of the service: its last stage's command, environment, ports, folder, health check."""

import posixpath
import re
import shlex
from dataclasses import dataclass, field, replace

from paredown.frontends.dockerfile import Instruction, exec_form, expanded, instructions, pairs
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


@dataclass(slots=True)
class _Stage:
    """A stage while it is read: what docker would have in the image's configuration."""

    python: tuple[str, Origin] | None = None
    environment: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)
    entry: Instruction | None = None
    command: Instruction | None = None
    ports: list[int] = field(default_factory=list)
    folder: str = "/"
    user: str = ""
    volumes: list[str] = field(default_factory=list)
    health: Instruction | None = None
    stop_signal: str | None = None
    copies: list[tuple[str, str]] = field(default_factory=list)  # project path, image path
    packages: list[str] = field(default_factory=list)

    def copy(self) -> "_Stage":
        return replace(
            self, environment=dict(self.environment), arguments={}, ports=list(self.ports), volumes=list(self.volumes), copies=list(self.copies),
            packages=list(self.packages),
        )  # fmt: skip

    def expand(self, text: str) -> str:
        return expanded(text, {**self.arguments, **self.environment})


def read(files: ProjectFiles) -> Hints | None:
    """The hints of the project's Dockerfile, None when it has none."""
    file = next((name for name in _NAMES if files.text(name) is not None), None)
    if file is None:
        return None
    stages: dict[str, _Stage] = {}
    stage: _Stage | None = None
    outer: dict[str, str] = {}
    for item in instructions(files.text(file) or ""):
        if item.name == "FROM":
            stage = _from(item, stages, outer, file)
        elif stage is None:
            if item.name == "ARG":
                outer.update(_argument(item.rest, outer))
        else:
            _apply(stage, item, outer, files)
    return None if stage is None else _hints(stage, file)


def _from(item: Instruction, stages: dict[str, _Stage], outer: dict[str, str], file: str) -> _Stage:
    words = [word for word in expanded(item.rest, outer).split() if not word.startswith("--")]
    image = words[0] if words else ""
    below = stages.get(image.lower())
    stage = below.copy() if below else _Stage()
    version = _PYTHON_IMAGE.search(image)
    if version and below is None:
        stage.python = version[1] or version[2], Origin(file, item.line)
    stages[str(len({id(known) for known in stages.values()}))] = stage
    if len(words) >= 3 and words[1].upper() == "AS":
        stages[words[2].lower()] = stage
    return stage


def _argument(rest: str, known: dict[str, str]) -> dict[str, str]:
    name, equals, value = rest.partition("=")
    return {name.strip(): expanded(value.strip().strip("\"'"), known)} if equals else {}


def _apply(stage: _Stage, item: Instruction, outer: dict[str, str], files: ProjectFiles) -> None:
    rest = item.rest
    match item.name:
        case "ARG":
            name = rest.partition("=")[0].strip()
            stage.arguments.update(_argument(rest, stage.arguments) or ({name: outer[name]} if name in outer else {}))
        case "ENV":
            stage.environment.update([(name, stage.expand(value)) for name, value in pairs(rest)])
        case "ENTRYPOINT":
            stage.entry, stage.command = item, None
        case "CMD":
            stage.command = item
        case "EXPOSE":
            for word in stage.expand(rest).split():
                number = word.partition("/")[0]
                if number.isdigit() and not word.endswith("/udp") and 0 < int(number) < 65536 and int(number) not in stage.ports:
                    stage.ports.append(int(number))
        case "WORKDIR":
            stage.folder = posixpath.normpath(posixpath.join(stage.folder, stage.expand(rest).strip("\"'")))
        case "USER":
            stage.user = stage.expand(rest).strip()
        case "VOLUME":
            stage.volumes += [posixpath.join("/", path) for path in (exec_form(rest) or tuple(stage.expand(rest).split()))]
        case "HEALTHCHECK":
            stage.health = item
        case "STOPSIGNAL":
            stage.stop_signal = stage.expand(rest).strip()
        case "COPY" | "ADD" if "--from" not in rest and "<<" not in rest:
            _copied(stage, rest, files)
        case "RUN":
            stage.packages += [name for name in _apt_packages(rest) if name not in stage.packages]
        case _:
            pass


def _copied(stage: _Stage, rest: str, files: ProjectFiles) -> None:
    words = [word for word in (exec_form(rest) or tuple(stage.expand(rest).split())) if not word.startswith("--")]
    if len(words) < 2:
        return
    destination = posixpath.normpath(posixpath.join(stage.folder, words[-1]))
    for source in words[:-1]:
        source = posixpath.normpath(source.lstrip("/") or ".")
        if files.is_folder(source):
            stage.copies.append((source, destination))
        elif files.exists(source):
            into = words[-1].endswith("/") or len(words) > 2 or words[-1] in (".", "./") or destination == stage.folder
            stage.copies.append((source, posixpath.join(destination, posixpath.basename(source)) if into else destination))


def _apt_packages(rest: str) -> list[str]:
    found: list[str] = []
    for command in re.split(r"&&|\|\||;|\|", rest):
        words = command.split()
        if any(word in ("apt-get", "apt") for word in words[:4]) and "install" in words:
            found += [word.partition("=")[0] for word in words[words.index("install") + 1 :] if re.fullmatch(r"[a-z0-9][a-z0-9+.-]*(?:=\S+)?", word)]
    return found


def _in_image(stage: _Stage, path: str) -> str | None:
    """Where a path of the Dockerfile's image lies in ours, by what was copied there; None when nothing was."""
    best: tuple[int, str] | None = None
    for source, destination in stage.copies:
        # `COPY app /code/app`: what is copied keeps its place below /code, so that /code is the project.
        above = destination.removesuffix(f"/{source}") if destination.endswith(f"/{source}") else ""
        for folder, start in ((destination, posixpath.join(APP_FOLDER, source)), (above, APP_FOLDER)):
            if folder and (path == folder or path.startswith(folder.rstrip("/") + "/")) and (best is None or len(folder) >= best[0]):
                best = len(folder), posixpath.normpath(posixpath.join(start, posixpath.relpath(path, folder)))
    return best[1] if best else None


def _hints(stage: _Stage, file: str) -> Hints:
    words, text, origin = _command(stage, file)
    words = tuple(_in_image(stage, word) or word if word.startswith("/") else word for word in words)
    environment, left_out = _environment(stage)
    notes: list[str] = []
    if left_out:
        notes.append(f"{file} sets what looks like secrets, which was not taken: {', '.join(left_out)}.")
    if stage.packages:
        line = ", ".join(f'"{name}"' for name in stage.packages)
        notes.append(f"{file} installs Debian packages that were not taken; those that the running service needs belong into `packages = [{line}]`.")
    user = int(stage.user.partition(":")[0]) if stage.user.partition(":")[0].isdigit() else None
    return Hints(
        file=file,
        python=stage.python,
        words=words,
        text=text,
        command_origin=origin,
        environment=environment,
        ports=tuple(stage.ports),
        working_directory=_in_image(stage, stage.folder),
        user=user or None,  # root is not what anybody wants on purpose
        volumes=tuple(_in_image(stage, path) or path for path in stage.volumes),
        health=_health(stage),
        health_origin=Origin(file, stage.health.line) if stage.health else None,
        stop_signal=stage.stop_signal,
        notes=tuple(notes),
    )


def _command(stage: _Stage, file: str) -> tuple[tuple[str, ...], str | None, Origin | None]:
    """ENTRYPOINT and CMD as docker joins them: words, or the text of a shell form."""
    entry, command = stage.entry, stage.command
    if entry is not None:
        words = exec_form(entry.rest)
        if words is None:
            return (), entry.rest, Origin(file, entry.line)
        more = () if command is None else exec_form(command.rest)
        if more is None and command is not None:
            return (), " ".join((*map(shlex.quote, words), command.rest)), Origin(file, command.line)
        return (*words, *(more or ())), None, Origin(file, (command or entry).line)
    if command is None:
        return (), None, None
    words = exec_form(command.rest)
    return (words, None, Origin(file, command.line)) if words is not None else ((), command.rest, Origin(file, command.line))


def _environment(stage: _Stage) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    kept: list[tuple[str, str]] = []
    secrets: list[str] = []
    for name, value in stage.environment.items():
        if _TOOLING.fullmatch(name):
            continue
        if _SECRET.search(name):
            secrets.append(name)
        elif name == "PYTHONPATH":
            parts = [_in_image(stage, part) or "" for part in value.split(":") if part.startswith("/")]
            if any(parts):
                kept.append((name, ":".join(dict.fromkeys(part for part in parts if part))))
        else:
            kept.append((name, (_in_image(stage, value) or value) if value.startswith("/") else value))
    return tuple(kept), sorted(secrets)


def _health(stage: _Stage) -> HealthSettings | None:
    """The URL's path and the times; None when the check is not a request that is understood."""
    if stage.health is None:
        return None
    rest = stage.health.rest
    if rest.strip().upper() == "NONE":
        return HealthSettings(wanted=False)
    url = _URL.search(stage.expand(rest))
    if url is None:
        return None
    options = dict(re.findall(r"--([a-z-]+)=(\S+)", rest.partition("CMD")[0]))
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
