"""The user's own settings: `paredown.toml`, or `[tool.paredown]` in pyproject.toml; they go before everything that is detected."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from paredown import toml_file
from paredown.check_settings import CheckSettings, check_settings_of
from paredown.commands.command_line import exec_command, shell_command, simple_command
from paredown.errors import UserError
from paredown.frontends.project_files import ProjectFiles, inside
from paredown.frontends.verification import verification_of
from paredown.origin import Origin
from paredown.plan import Verification

FILE = "paredown.toml"
TRIMS = ("none", "safe", "lean")
BYTECODE = ("imported", "all", "none")
_HEALTH_KEYS = ("path", "interval", "timeout", "start-period", "retries")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SIGNAL = re.compile(r"(?:SIG)?[A-Z][A-Z0-9+-]*|[0-9]{1,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthSettings:
    """The `health` setting. `wanted` False is `health = false`; times in seconds."""

    wanted: bool = True
    path: str | None = None
    interval: float = 30
    timeout: float = 5
    start_period: float = 10
    retries: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings. None and () say that the user wrote nothing; `origins` knows where each written key stands, `file` where one would be written."""

    file: str
    origins: Mapping[str, Origin]
    name: str | None = None
    python: str | None = None
    suite: str | None = None
    base: str | None = None
    command: tuple[str, ...] = ()
    command_environment: tuple[tuple[str, str], ...] = ()
    ports: tuple[int, ...] = ()
    packages: tuple[str, ...] = ()
    build_packages: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    health: HealthSettings | None = None
    user: int | None = None
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    package: str | None = None
    app: str | None = None
    working_directory: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    allow_secrets: tuple[str, ...] = ()
    stop_signal: str | None = None
    shell: bool = False
    keep: tuple[str, ...] = ()
    trim: str | None = None
    bytecode: str | None = None
    requirements: tuple[str, ...] = ()
    lock: str | None = None
    verify: Verification = field(default_factory=Verification)
    check: CheckSettings = field(default_factory=CheckSettings)

    def origin(self, key: str) -> Origin:
        return self.origins.get(key, Origin(self.file))

    def line(self, text: str) -> str:
        """How a fix tells the user to write `text`: ready to paste, with the file it belongs into."""
        return f"{text}  # in {self.file}"


_NOT_WRITTEN = ("file", "origins", "command_environment")
KEYS = ("port", *(item.name.replace("_", "-") for item in fields(Settings) if item.name not in _NOT_WRITTEN))


def read(files: ProjectFiles, pyproject: Mapping[str, object]) -> Settings:
    """The settings of a project. Raises UserError for both files at once, an unknown key, a value that is not what its key takes."""
    table = _table(files, pyproject)
    table.refuse_unknown(KEYS)
    origins = {key: table.origin(key) for key in table.values}
    if "port" in origins and "ports" in origins:
        raise UserError("both `port` and `ports` are written", where=origins["ports"], fix="keep `ports`")
    for a, b in (("lock", "requirements"), ("base", "suite"), ("base", "python")):
        if a in origins and b in origins:
            raise UserError(f"both `{a}` and `{b}` are written", where=origins[b], fix=f"remove one; `{a}` decides what `{b}` would")
    shell = table.boolean("shell") or False
    words, command_environment = _command(table, shell=shell)
    return Settings(
        file="pyproject.toml, under [tool.paredown]" if table.path else FILE,
        origins=origins,
        name=table.string("name"),
        python=_python(table),
        suite=table.string("suite"),
        base=table.string("base"),
        command=words,
        command_environment=command_environment,
        ports=_ports(table),
        packages=table.strings("packages"),
        build_packages=table.strings("build-packages"),
        writable=_absolute(table, "writable"),
        volumes=_absolute(table, "volumes"),
        environment=_environment(table),
        labels=table.texts("labels"),
        health=_health(table),
        user=table.integer("user", lowest=0, highest=2**31 - 1),
        groups=table.strings("groups"),
        extras=table.strings("extras"),
        package=table.string("package"),
        app=_inside(table, "app"),
        working_directory=_working_directory(table),
        include=table.strings("include"),
        exclude=table.strings("exclude"),
        allow_secrets=table.strings("allow-secrets"),
        stop_signal=_stop_signal(table),
        shell=shell,
        keep=table.strings("keep"),
        trim=table.one_of("trim", TRIMS),
        bytecode=table.one_of("bytecode", BYTECODE),
        requirements=tuple(inside(name, what="`requirements`", where=table.origin("requirements")) for name in table.strings("requirements")),
        lock=_inside(table, "lock"),
        verify=verification_of(table, str(files.root)),
        check=check_settings_of(table),
    )


def _table(files: ProjectFiles, pyproject: Mapping[str, object]) -> toml_file.Table:
    text = files.text(FILE)
    tool = pyproject.get("tool")
    section = tool.get("paredown") if isinstance(tool, dict) else None
    if section is None:
        return toml_file.Table(file=FILE, text=text or "", path=(), values=toml_file.parse(text or "", FILE))
    pyproject_text = files.text("pyproject.toml") or ""
    where = Origin("pyproject.toml", toml_file.line_of_key(pyproject_text, ("tool", "paredown")))
    if text is not None:
        raise UserError(f"settings stand in both {FILE} and [tool.paredown] of pyproject.toml", where=where, fix=f"move all of them to {FILE}, or delete it")
    if not isinstance(section, dict):
        raise UserError("`tool.paredown` must be a table", where=where, fix="write [tool.paredown] and the keys below it")
    return toml_file.Table(file="pyproject.toml", text=pyproject_text, path=("tool", "paredown"), values=section)


def _python(table: toml_file.Table) -> str | None:
    value = table.values.get("python")
    if isinstance(value, float):
        raise table.refusal("python", "a string", fix=f'python = "{value}"')
    return table.string("python")


def _command(table: toml_file.Table, *, shell: bool) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The words, and variables that stood before them (`DEBUG=0 gunicorn ...`)."""
    value = table.values.get("command")
    if value is None:
        return (), ()
    where = table.origin("command")
    if isinstance(value, list):
        words = table.strings("command")
        if not words:
            raise table.refusal("command", "a command", fix='command = "uvicorn main:app --host 0.0.0.0 --port ${PORT:-8000}"')
        split = exec_command(words)
        if isinstance(split, str) and shell:
            return words, ()
    else:
        text = table.string("command") or ""
        split = simple_command(text)
        if isinstance(split, str) and shell and split != "unbalanced quotes":
            return shell_command(text), ()
    if isinstance(split, str):
        fix = "balance the quotes" if split == "unbalanced quotes" else "write one plain command, or let the image keep a shell:\nshell = true"
        raise UserError(f"`command` cannot run without a shell: {split}", where=where, fix=fix)
    return split.words, split.environment


def _ports(table: toml_file.Table) -> tuple[int, ...]:
    port = table.integer("port", lowest=1, highest=65535)
    if port is not None:
        return (port,)
    value = table.values.get("ports", [])
    if isinstance(value, list) and all(isinstance(item, int) and not isinstance(item, bool) and 1 <= item <= 65535 for item in value):
        return tuple(value)
    raise table.refusal("ports", "an array of whole numbers from 1 to 65535", fix=f"ports = [{value}]" if isinstance(value, int) else None)


def _absolute(table: toml_file.Table, key: str) -> tuple[str, ...]:
    for path in table.strings(key):
        if not path.startswith("/") or ".." in path.split("/"):
            raise UserError(
                f"`{key}` holds `{path}`, which is not a path in the image",
                where=table.origin(key),
                fix=f'write it from the root, for instance "/app/{path.lstrip("./")}"',
            )
    return table.strings(key)


def _inside(table: toml_file.Table, key: str) -> str | None:
    value = table.string(key)
    return None if value is None else inside(value, what=f"`{key}`", where=table.origin(key))


def _environment(table: toml_file.Table) -> tuple[tuple[str, str], ...]:
    pairs = table.texts("environment")
    for name, value in pairs:
        if not _VARIABLE.fullmatch(name) or "\0" in value:
            raise UserError(f"`{name}` is not the name of a variable", where=table.origin("environment"), fix="write letters, digits and _ only")
    return pairs


def _health(table: toml_file.Table) -> HealthSettings | None:
    value = table.values.get("health")
    match value:
        case None:
            return None
        case False:
            return HealthSettings(wanted=False)
        case str() if value.startswith("/"):
            return HealthSettings(path=value)
        case dict():
            inner = toml_file.Table(file=table.file, text=table.text, path=(*table.path, "health"), values=value)
            inner.refuse_unknown(_HEALTH_KEYS)
            path = inner.string("path")
            if path is not None and not path.startswith("/"):
                raise inner.refusal("path", "a path that starts with /")
            return HealthSettings(
                path=path,
                interval=_seconds(inner, "interval", 30),
                timeout=_seconds(inner, "timeout", 5),
                start_period=_seconds(inner, "start-period", 10),
                retries=inner.integer("retries", lowest=1, highest=100) or 3,
            )
        case _:
            raise table.refusal("health", 'a path such as "/health", a table, or false')


def _seconds(table: toml_file.Table, key: str, otherwise: float) -> float:
    value = table.values.get(key)
    if value is None:
        return otherwise
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 86_400:
        return value
    raise table.refusal(key, "a number of seconds above 0")


def _working_directory(table: toml_file.Table) -> str | None:
    value = table.string("working-directory")
    if value is not None and not value.startswith("/"):
        raise table.refusal("working-directory", "an absolute path in the image", fix=f'working-directory = "/app/{value}"')
    return value


def _stop_signal(table: toml_file.Table) -> str | None:
    value = table.values.get("stop-signal")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or (isinstance(value, str) and _SIGNAL.fullmatch(value)):
        return value
    raise table.refusal("stop-signal", 'a signal such as "SIGINT"')
