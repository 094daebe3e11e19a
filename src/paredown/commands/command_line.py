"""A command as people write it in a line: split into words without a shell, or the reason why it needs one."""

import re
import shlex
from dataclasses import dataclass

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_EXPANDED = re.compile(r"\$\{([^}]*)\}")
_SUPPORTED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?::?[-+?][^}]*)?")
_NEEDED = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})")
_SHELLS = frozenset(("sh", "bash", "ash", "dash", "/bin/sh", "/bin/bash", "/usr/bin/sh", "/usr/bin/bash", "/bin/ash", "/bin/dash"))
_BUILTINS = frozenset(("cd", "source", ".", "export", "if", "for", "while", "set", "eval", "trap", "ulimit", "umask", "test", "["))
_BIN = re.compile(r"(?:/\S*|(?:\./)?\.?v?env)/bin/([^/\s.]+|[^/\s]+(?<!\.sh)(?<!\.py))")
_PYTHON = re.compile(r"(?:/usr(?:/local)?/bin/)?python(?:3(?:\.\d+)?)?")

# Programs that run another one: their options that take a value, and whether `--` may stand before the command.
_RUNNERS: dict[tuple[str, ...], frozenset[str]] = {
    ("uv", "run"): frozenset((
        "--with", "--extra", "--group", "--no-group", "--only-group", "--package", "--python", "-p", "--env-file", "--directory", "--project", "--index",
        "--with-requirements", "--no-extra",
    )),
    ("poetry", "run"): frozenset(("-C", "-P", "--directory", "--project")),
    ("pdm", "run"): frozenset(("-p", "--project")),
    ("pipenv", "run"): frozenset(),
    ("hatch", "run"): frozenset(),
    ("rye", "run"): frozenset(),
    ("tini",): frozenset(("-p", "-e")),
    ("/sbin/tini",): frozenset(("-p", "-e")),
    ("/usr/bin/tini",): frozenset(("-p", "-e")),
    ("dumb-init",): frozenset(("-r", "--rewrite")),
    ("/usr/bin/dumb-init",): frozenset(("-r", "--rewrite")),
    ("env",): frozenset(("-u",)),
    ("/usr/bin/env",): frozenset(("-u",)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SimpleCommand:
    """Words without a shell's syntax, and the variables that were set before them."""

    words: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()


def simple_command(text: str) -> SimpleCommand | str:
    """One plain command from a shell line; `exec`, `NAME=value` and runners such as `uv run` are taken off. A string is why it is not plain."""
    lexer = shlex.shlex(text.replace("\\\n", " ").strip(), posix=True, punctuation_chars=";<>|&\n")
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        words = list(lexer)
    except ValueError:
        return "unbalanced quotes"
    if "`" in text or "$(" in text:
        return "it runs another command for its output"
    for word in words:
        if (word and not word.strip(";<>|&\n")) or word.startswith("("):
            return f"it holds `{word.strip() or 'a second line'}`"
    if "$$" in text or "$@" in text or "$*" in text:
        return "it uses a variable of the shell's own"
    return _plain(words)


def exec_command(words: tuple[str, ...]) -> SimpleCommand | str:
    """The same for an exec-form command; `sh -c TEXT` is looked into."""
    return _plain(list(words))


def _plain(words: list[str]) -> SimpleCommand | str:
    environment: list[tuple[str, str]] = []
    while words:
        assignment = _ASSIGNMENT.fullmatch(words[0])
        if assignment:
            environment.append((assignment[1], assignment[2]))
            words = words[1:]
        elif words[0] == "exec":
            words = words[1:]
        else:
            stripped = _without_runner(words)
            if stripped is None:
                break
            words = stripped
    if not words:
        return "it is empty"
    if words[0] in _SHELLS:
        return _of_shell(words, environment)
    if words[0] in _BUILTINS:
        return f"`{words[0]}` is a word of the shell"
    for word in words:
        for inner in _EXPANDED.findall(word):
            if not _SUPPORTED.fullmatch(inner):
                return f"`${{{inner}}}` is more than a variable with a default"
    return SimpleCommand((_program(words[0]), *words[1:]), tuple(environment))


def _of_shell(words: list[str], environment: list[tuple[str, str]]) -> SimpleCommand | str:
    match words:
        case [_, option, text, *_] if option in ("-c", "-ec", "-lc", "-exc"):
            inner = simple_command(text)
            return inner if isinstance(inner, str) else SimpleCommand(inner.words, (*environment, *inner.environment))
        case [_, *rest] if rest:
            return f"`{rest[-1]}` is a shell script"
        case _:
            return "it starts a shell"


def _without_runner(words: list[str]) -> list[str] | None:
    for runner, valued in _RUNNERS.items():
        if tuple(words[: len(runner)]) != runner:
            continue
        rest = words[len(runner) :]
        while rest and rest[0].startswith("-"):
            option = rest[0]
            if option == "--":
                rest = rest[1:]
                break
            if option in ("-m", "--module"):
                return ["python", "-m", *rest[1:]]
            rest = rest[2:] if option in valued else rest[1:]
        if rest and rest[0].endswith(".py") and runner[-1] == "run":
            rest = ["python", *rest]
        return rest
    return None


def _program(word: str) -> str:
    """The program by its plain name, where the path to it would not hold in the image."""
    if _PYTHON.fullmatch(word):
        return "python"
    found = _BIN.fullmatch(word)
    if found is None:
        return word
    return "python" if _PYTHON.fullmatch(found[1]) else found[1]


def shell_command(text: str) -> tuple[str, ...]:
    """The words that give `text` to the image's shell. Its `$` are doubled: the shell expands them, not the launcher before it."""
    return "sh", "-c", text.replace("$", "$$")


def needed(words: tuple[str, ...]) -> tuple[str, ...]:
    """The variables that the words take without a default."""
    found = [match[1] or match[2] for word in words for match in _NEEDED.finditer(word.replace("$$", ""))]
    return tuple(dict.fromkeys(found))


def shown(words: tuple[str, ...]) -> str:
    """Words as a user would write them in a line of configuration: quoted where they need it, `$` left alone."""
    return " ".join(word if re.fullmatch(r"[^\s'\"\\|&;<>()`#*?\[\]]+|.*\$\{[^}\s]*\}[^\s'\"]*", word) else shlex.quote(word) for word in words)


def setting(words: tuple[str, ...]) -> str:
    """The line of configuration that sets this command."""
    line = shown(words)
    if '"' not in line and "\\" not in line:
        return f'command = "{line}"'
    return "command = [" + ", ".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words) + "]"
