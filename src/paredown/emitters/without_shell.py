"""A command with variables for an image without a shell: Python's interpreter fills them in and becomes the command."""

import re
from collections.abc import Iterator, Sequence

from paredown.errors import UserError
from paredown.origin import Origin

_VARIABLE = re.compile(r"\$(?:(?P<escaped>\$)|(?P<plain>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?:(?P<operator>:?-)(?P<default>[^}$]*))?\})")


def words(command: Sequence[str], python: str, where: Origin) -> tuple[str, ...]:
    """The words that start `command` through the interpreter `python`. Raises UserError for variables with more than a default."""
    parts = ", ".join(_expression(word, where) for word in command)
    return (python, "-c", f"import os; env = os.environ.get; words = [{parts}]; os.execvp(words[0], words)")


def _expression(word: str, where: Origin) -> str:
    return " + ".join(_parts(word, where)) or "''"


def _parts(word: str, where: Origin) -> Iterator[str]:
    done = 0
    for found in _VARIABLE.finditer(word):
        yield from _literal(word[done : found.start()], where)
        done = found.end()
        name, default = found["plain"] or found["name"], found["default"] or ""
        if found["escaped"]:
            yield repr("$")
        elif found["operator"] == ":-":
            yield f"(env({name!r}) or {default!r})"
        else:
            yield f"env({name!r}, {default!r})"
    yield from _literal(word[done:], where)


def _literal(text: str, where: Origin) -> Iterator[str]:
    if "$" in text:
        raise UserError(f"`{text}` of the command needs a shell, and a distroless image has none", where=where, fix="take `--style slim`")
    if text:
        yield repr(text)
