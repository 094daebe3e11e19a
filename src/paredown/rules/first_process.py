"""Which command of a script is the container's first process, and how it becomes it: a shell in front keeps signals to itself."""

import re

from paredown.dockerfile.shell import Script, ShellCommand
from paredown.dockerfile.syntax import Edit, Span
from paredown.rules.recipe import Recipe
from paredown.rules.service import Process

OF_THE_SHELL = frozenset((
    ".", ":", "[", "alias", "bg", "break", "cd", "command", "continue", "echo", "eval", "exec", "exit", "export", "false", "fg", "getopts", "hash", "jobs",
    "kill", "local", "printf", "pwd", "read", "readonly", "return", "set", "shift", "source", "test", "times", "trap", "true", "type", "ulimit", "umask",
    "unalias", "unset", "wait",
))  # fmt: skip


def is_handed_over(script: Script) -> bool:
    """Whether some command takes the shell's place by `exec`, or the shell looks after its children itself."""
    return any(command.words and command.words[0].text in ("exec", "trap", "wait", "gosu", "su-exec") for command in script.commands)


def hand_over(recipe: Recipe, script: Script, end: int) -> tuple[Edit, ...]:
    """`exec` in front of the last command; () where that is not a plain one that ends the script, whose text ends at `end`."""
    if not script.understood or not script.commands:
        return ()
    last = script.commands[-1]
    rest = recipe.dockerfile.text[last.span.end : end]
    plain = not last.nested and last.joined in ("", "&&", ";") and not rest.strip(" \t\r\n\"]';") and not _is_the_shells(last)
    exact = last.words and recipe.dockerfile.text[last.words[0].span.start : last.words[0].span.end].strip("\"'\\") in last.words[0].text
    return (Edit(Span(last.words[0].span.start, last.words[0].span.start), "exec "),) if plain and exact and last.words[0].text else ()


def _is_the_shells(command: ShellCommand) -> bool:
    return not command.words or command.words[0].text in OF_THE_SHELL


def is_looked_after(process: Process) -> bool:
    """Whether an init in front sends its signals to all processes, not to its own child alone."""
    step = process.entrypoint or process.command
    text = step.instruction.arguments.text if step else ""
    return re.search(r"\bdumb-init\b|\btini\b[^a-z]*-g\b|\bs6-|\bsupervisord\b|\bphusion", text) is not None
