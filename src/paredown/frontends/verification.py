"""What the user says of verifying: the table `verify` among the settings."""

import re

from paredown.commands.command_line import SimpleCommand, simple_command
from paredown.errors import UserError
from paredown.frontends.project_files import inside
from paredown.plan import Companion, Verification
from paredown.toml_file import Table

KEYS = ("environment", "setup", "services", "requests", "test", "headers", "intended", "patience", "grace")
_SERVICE_KEYS = ("command", "image", "ports", "port", "environment")
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?")


def verification_of(settings: Table, project: str) -> Verification:
    """The settings' `verify` table, `project` being the folder that its files are relative to. UserError for what is not what its key takes."""
    table = settings.table("verify")
    if table is None:
        return Verification(project=project)
    table.refuse_unknown(KEYS)
    services = table.table("services")
    return Verification(
        environment=table.texts("environment"),
        setup=_command(table, "setup"),
        companions=() if services is None else tuple(_companion(services, name, project) for name in services.values),
        requests=tuple(inside(path, what="`requests`", where=table.origin("requests")) for path in table.strings("requests")),
        test=_command(table, "test"),
        headers=table.texts("headers"),
        intended=table.strings("intended"),
        patience=_seconds(table, "patience", 60),
        grace=_seconds(table, "grace", 10),
        project=project,
    )


def _companion(services: Table, name: str, project: str) -> Companion:
    if not _NAME.fullmatch(name):
        raise UserError(
            f"`{name}` is not a host name, by which the service could reach it", where=services.origin(name), fix="write small letters, digits and -"
        )
    table = services.table(name)
    if table is None:
        raise services.refusal(name, "a table")
    table.refuse_unknown(_SERVICE_KEYS)
    command, image = _command(table, "command"), table.string("image") or ""
    if bool(command) == bool(image):
        raise UserError(
            f"the service `{name}` has {'both a command and an image' if image else 'neither a command nor an image'}",
            where=services.origin(name),
            fix='keep one: command = ["postgres", "-D", "data"], or image = "postgres:17"',
        )
    port = table.integer("port", lowest=1, highest=65535)
    ports = table.values.get("ports", [port] if port else [])
    if not isinstance(ports, list) or not ports or not all(isinstance(item, int) and not isinstance(item, bool) and 0 < item < 65536 for item in ports):
        raise UserError(f"the service `{name}` needs the port that it listens on", where=services.origin(name), fix="port = 5432")
    return Companion(
        name=name, command=command, image=image, ports=tuple(ports), environment=table.texts("environment"), project=project, origin=services.origin(name)
    )  # fmt: skip


def _command(table: Table, key: str) -> tuple[str, ...]:
    """The words of a command that is written as an array or as one line."""
    value = table.values.get(key)
    if isinstance(value, list) and all(isinstance(word, str) for word in value) and value and value[0].strip():
        return tuple(value)  # a word may be empty: `redis-server --save ""`
    if not isinstance(value, str):
        return table.strings(key)
    split = simple_command(table.string(key) or "")
    if not isinstance(split, SimpleCommand) or split.environment:
        reason = split if isinstance(split, str) else "it sets a variable"
        raise UserError(f"`{key}` cannot run without a shell: {reason}", where=table.origin(key), fix="write one plain command; variables go to `environment`")
    return split.words


def _seconds(table: Table, key: str, otherwise: float) -> float:
    value = table.values.get(key, otherwise)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 3600:
        return float(value)
    raise table.refusal(key, "a number of seconds above 0 and up to 3600")
