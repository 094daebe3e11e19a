"""Instructions as text: exec forms, pairs, long lines continued one clause a line."""

import json
import posixpath
import re
from collections.abc import Iterable, Sequence

from paredown.plan import APP_FOLDER

_PLAIN = re.compile(r"[\w./:@%+,=~-]+")
_LONG = 118


def exec_form(words: Iterable[str]) -> str:
    """`words` as a JSON array."""
    return json.dumps(list(words), ensure_ascii=False)


def env(pairs: Sequence[tuple[str, str]]) -> str:
    """One ENV with a pair on each line."""
    return "ENV " + " \\\n    ".join(f"{name}={quoted(value)}" for name, value in pairs)


def quoted(value: str) -> str:
    """`value` as ENV, LABEL and ARG take it; a `$` stays a variable only in `$PATH`."""
    if value and _PLAIN.fullmatch(value.replace("$PATH", "")):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$") + '"'


def run(commands: Sequence[str], mounts: Sequence[str] = ()) -> str:
    """A RUN of `commands` joined by `&&`, with its mounts first."""
    lines = [*(f"--mount={mount}" for mount in mounts), commands[0], *(f"&& {command}" for command in commands[1:])]
    joined = "RUN " + " ".join(lines)
    if len(joined) <= _LONG and not mounts:
        return joined
    return "RUN " + " \\\n".join(lines[:1] + [f" {line}" if line.startswith("&&") else f"    {line}" for line in lines[1:]])


def bind(path: str) -> str:
    """A bind mount of a file of the context at its place in the app's folder; its path in full, as Podman 4.3 and Buildah 1.28 take no other."""
    return f"type=bind,source={path},target={posixpath.join(APP_FOLDER, path)}"


def shell_words(words: Iterable[str]) -> str:
    """`words` for a script; what the Plan expands at start (`$NAME`) a shell expands."""
    return " ".join(_shell_word(word) for word in words)


def _shell_word(word: str) -> str:
    if word and _PLAIN.fullmatch(word):
        return word
    if "$" in word:
        return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\`") + '"'
    return "'" + word.replace("'", "'\\''") + "'"
