"""A pylock as text: the same table gives the same bytes, without credentials, times, or wheels for other systems than Linux."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from paredown.errors import UntrustedError
from paredown.origin import Origin

_USER_INFORMATION = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]*://)[^/@]+@")
_LINUX_WHEEL = re.compile(r"-(?:any|[^-]*linux[^-]*_(?:x86_64|aarch64))\.whl(?:$|[?#])")


def text_of(table: Mapping[str, Any]) -> str:
    """A pylock's table as TOML."""
    lines = [f"{key} = {_value(value)}" for key, value in table.items() if key != "packages"]
    for package in table.get("packages", []):
        lines += ["", "[[packages]]"]
        for key, value in package.items():
            if key == "wheels":
                lines += ["wheels = [", *(f"  {_value(wheel)}," for wheel in value), "]"]
            else:
                lines.append(f"{key} = {_value(value)}")
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case int() | float():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return "[" + ", ".join(_value(item) for item in value) + "]"
        case Mapping():
            return "{ " + ", ".join(f"{_key(name)} = {_value(item)}" for name, item in value.items()) + " }"
        case _:
            raise TypeError(f"TOML has no {type(value).__name__}")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)


def for_keeping(table: Mapping[str, Any], folder: Path, promised: Mapping[str, frozenset[str]], where: Origin) -> dict[str, Any]:
    """`table` as it is fit for paredown.lock.

    Paths below `folder` become relative to it. `promised`: normalised name -> the `sha256` digests (hex) that the user's lock
    allows; other files go, and a package of which none is left is an UntrustedError.
    """
    kept = {key: value for key, value in table.items() if key in ("lock-version", "created-by", "requires-python", "environments", "extras")}
    packages = []
    for package in sorted(table.get("packages", []), key=lambda entry: (entry["name"], entry.get("version", ""), entry.get("marker", ""))):
        allowed = promised.get(package["name"])
        entry = {key: value for key, value in package.items() if key not in ("wheels", "sdist", "attestation-identities", "tool")}
        for key in ("archive", "directory", "vcs"):
            if key in entry:
                entry[key] = _file(entry[key], folder)
        sdist, wheels = package.get("sdist"), package.get("wheels", [])
        if allowed is not None:
            found = [digest for digest in [_digest(file) for file in [*wheels, sdist] if file] if digest]
            wheels = [wheel for wheel in wheels if _digest(wheel) in allowed]
            sdist = sdist if sdist is not None and _digest(sdist) in allowed else None
            if found and not wheels and sdist is None:
                what = f"{package['name']} {package.get('version', '')} is not what the lock promises"
                raise UntrustedError(
                    f"{what}: expected {_several(allowed)}, the index has {_several(found)}",
                    where=where,
                    fix="do not use it before you know why: the index serves other files than those that were locked",
                )
        linux = [wheel for wheel in wheels if _LINUX_WHEEL.search(str(wheel.get("url") or wheel.get("path") or wheel.get("name")))]
        if sdist is not None:
            entry["sdist"] = _file(sdist, folder)
        if linux or wheels:
            entry["wheels"] = [_file(wheel, folder) for wheel in sorted(linux or wheels, key=lambda wheel: str(wheel.get("url") or wheel.get("path")))]
        packages.append(entry)
    return {**kept, "packages": packages}


def _several(digests: Any) -> str:
    first, *rest = sorted(digests)
    return f"sha256:{first}" + (f" (or {len(rest)} others)" if rest else "")


def _digest(file: Mapping[str, Any]) -> str:
    return str(file.get("hashes", {}).get("sha256", ""))


def _file(file: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    kept = {key: value for key, value in file.items() if key not in ("upload-time", "editable")}
    if "url" in kept:
        kept["url"] = _USER_INFORMATION.sub(r"\1", str(kept["url"]))
        if kept["url"].startswith("file://"):
            kept["path"] = kept.pop("url").removeprefix("file://")
    if "path" in kept:
        path = Path(str(kept["path"]))
        if path.is_absolute() and path.is_relative_to(folder):
            kept["path"] = path.relative_to(folder).as_posix()
    return kept
