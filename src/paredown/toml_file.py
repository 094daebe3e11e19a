"""TOML read with lines: a fault in a user's file is told with its key path and its line."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from paredown.errors import UserError
from paredown.origin import Origin

_POSITION = re.compile(r"\s*\(at (?:line (?P<line>\d+), column \d+|end of document)\)$")
_HEADER = re.compile(r"^\s*\[\[?\s*(?P<path>[^\]]+?)\s*\]?\]")
_QUOTES = "\"'"


def parse(text: str, file: str) -> dict[str, Any]:
    """`text` as TOML. Raises UserError with the line when it is not."""
    import tomllib  # noqa: PLC0415  (loaded when there is a file to read)

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        position = _POSITION.search(message)
        line = position["line"] if position else None
        if position and line is None:
            line = str(text.count("\n") + (not text.endswith("\n")))
        raise UserError(
            f"{file} is not valid TOML: {_POSITION.sub('', message)}",
            where=Origin(file, int(line) if line else None),
            fix="correct that line",
        ) from None


def line_of_key(text: str, path: tuple[str, ...]) -> int | None:
    """The line (from 1) that writes the key at `path`; its nearest enclosing table's when it stands inside of an inline table."""
    nearest: tuple[int, int] | None = None
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            table = _split(header["path"])
            here = table
        else:
            key, equals, _ = line.partition("=")
            if not equals:
                continue
            here = (*table, *_split(key))
        depth = len(here)
        if here == path[:depth] and (nearest is None or depth > nearest[0]):
            nearest = depth, number
    return nearest[1] if nearest else None


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip(_QUOTES) for part in dotted.strip().split("."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a TOML file. Its readers raise UserError with key path, line and what was expected; an absent key is None."""

    file: str
    text: str
    path: tuple[str, ...]
    values: Mapping[str, Any]

    def origin(self, key: str | None = None) -> Origin:
        """Where `key` (or the table itself) is written."""
        path = self.path if key is None else (*self.path, key)
        return Origin(self.file, line_of_key(self.text, path) if path else None)

    def refusal(self, key: str, expected: str, *, fix: str | None = None) -> UserError:
        """The error for a value that is not what the key takes."""
        return UserError(
            f"`{self._dotted(key)}` must be {expected}, not {_described(self.values[key])}", where=self.origin(key), fix=fix or f"write {expected}"
        )

    def refuse_unknown(self, known: tuple[str, ...]) -> None:
        """Raise for the first key that is not among `known`, with the one that was probably meant."""
        for key in self.values:
            if key not in known:
                close = difflib.get_close_matches(key.replace("_", "-"), known, n=1, cutoff=0.6)
                fix = f"write `{close[0]}`" if close else f"known keys are {', '.join(sorted(known))}"
                raise UserError(f"unknown key `{self._dotted(key)}`", where=self.origin(key), fix=fix)

    def string(self, key: str) -> str | None:
        value = self.values.get(key)
        if value is None or (isinstance(value, str) and value.strip()):
            return value
        raise self.refusal(key, "a string that is not empty")

    def one_of(self, key: str, choices: tuple[str, ...]) -> str | None:
        value = self.values.get(key)
        if value is None or value in choices:
            return value
        raise self.refusal(key, "one of " + ", ".join(f'"{choice}"' for choice in choices))

    def strings(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
            return tuple(value)
        example = f'["{value}"]' if isinstance(value, str) else None
        raise self.refusal(key, "an array of strings", fix=f"{key} = {example}" if example else None)

    def boolean(self, key: str) -> bool | None:
        value = self.values.get(key)
        if value is None or isinstance(value, bool):
            return value
        raise self.refusal(key, "true or false")

    def integer(self, key: str, *, lowest: int, highest: int) -> int | None:
        value = self.values.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest):
            return value
        raise self.refusal(key, f"a whole number from {lowest} to {highest}")

    def table(self, key: str) -> "Table | None":
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, dict):
            return Table(file=self.file, text=self.text, path=(*self.path, key), values=value)
        raise self.refusal(key, "a table")

    def texts(self, key: str) -> tuple[tuple[str, str], ...]:
        """A table of strings; whole numbers are written out, as an environment has only strings."""
        table = self.table(key)
        if table is None:
            return ()
        for name, value in table.values.items():
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise table.refusal(name, "a string", fix=f'{name} = "{str(value).lower()}"' if isinstance(value, bool | float) else None)
        return tuple((name, str(value)) for name, value in table.values.items())

    def _dotted(self, key: str) -> str:
        shown = self.path[2:] if self.path[:2] == ("tool", "paredown") else self.path
        return ".".join((*shown, key))


def _described(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"' if value else "an empty string"
        case int() | float():
            return str(value)
        case list():
            return "an array" if all(isinstance(item, str) for item in value) else "an array with other things in it"
        case dict():
            return "a table"
        case _:
            return f"a {type(value).__name__}"
