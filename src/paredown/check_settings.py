"""What the user says of checking: the table `check` among the settings of the nearest folder that has any."""

from dataclasses import dataclass
from pathlib import Path

from paredown import toml_file
from paredown.errors import UserError
from paredown.finding import Severity
from paredown.origin import Origin

KEYS = ("select", "ignore", "fail-on", "per-file-ignores")
_FILES = ("paredown.toml", "pyproject.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Rules by the names that a user wrote, paredown's or other linters', and where."""

    names: tuple[str, ...]
    where: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings:
    """None and () say that the user wrote nothing. `per_file` holds (pattern as in .gitignore, relative to `folder`; the rules ignored there)."""

    folder: Path | None = None
    select: Named | None = None
    ignore: Named | None = None
    fail_on: Severity | None = None
    per_file: tuple[tuple[str, Named], ...] = ()


def check_settings_of(settings: toml_file.Table, folder: Path | None = None) -> CheckSettings:
    """The `check` table of the `settings` in `folder`. Raises UserError for an unknown key and for what is not what its key takes."""
    table = settings.table("check")
    if table is None:
        return CheckSettings(folder=folder)
    table.refuse_unknown(KEYS)
    level = table.one_of("fail-on", tuple(Severity))
    return CheckSettings(
        folder=folder,
        select=_named(table, "select"),
        ignore=_named(table, "ignore"),
        fail_on=Severity(level) if level else None,
        per_file=_per_file(table),
    )


def check_settings(folder: Path) -> CheckSettings | None:
    """The settings of checking that stand in `folder`; None when there are no settings at all, so that those of a folder above hold."""
    for name in _FILES:
        path = folder / name
        try:
            text = path.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            continue
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror}", where=str(path), fix=f"chmod u+r {path}") from None
        if name == "paredown.toml":
            return check_settings_of(toml_file.Table(file=str(path), text=text, path=(), values=toml_file.parse(text, str(path))), folder)
        tool = toml_file.parse(text, str(path)).get("tool") if "paredown" in text else None
        section = tool.get("paredown") if isinstance(tool, dict) else None
        if isinstance(section, dict):
            return check_settings_of(toml_file.Table(file=str(path), text=text, path=("tool", "paredown"), values=section), folder)
    return None


def _named(table: toml_file.Table, key: str) -> Named | None:
    return Named(names=table.strings(key), where=table.origin(key)) if key in table.values else None


def _per_file(table: toml_file.Table) -> tuple[tuple[str, Named], ...]:
    inner = table.table("per-file-ignores")
    if inner is None:
        return ()
    return tuple((pattern, Named(names=inner.strings(pattern), where=inner.origin(pattern))) for pattern in inner.values)
