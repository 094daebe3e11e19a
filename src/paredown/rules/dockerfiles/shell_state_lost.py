"""Finds what a script sets for itself alone, as its last word: the next instruction has a new shell."""

from collections.abc import Iterator

from paredown.dockerfile.shell import ShellCommand
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe

_SETTING = frozenset({"cd", "pushd", "export", "alias", "umask", "ulimit", "unset", "set"})


@rule(
    id="shell-state-lost",
    severity=Severity.WARNING,
    summary="a RUN ends with something that only its own shell knows",
    why="Each RUN has a shell of its own: a folder changed to, a variable exported or an environment activated is gone when the RUN ends.",
    sources=("https://docs.docker.com/reference/dockerfile/#workdir", "https://github.com/hadolint/hadolint/wiki/DL3003"),
    same_as=("hadolint DL3003",),
    before="FROM python:3.13-slim\nRUN cd /srv/app\nRUN python -m venv .venv\n",
    after="FROM python:3.13-slim\nWORKDIR /srv/app\nRUN python -m venv .venv\n",
)
def shell_state_lost(recipe: Recipe) -> Iterator[Found]:
    for _, script in recipe.runs():
        last = script.commands[-1] if script.commands else None
        if last is None or last.nested or last.writes or last.joined in ("||", "|") or not script.understood or not _sets(last):
            continue
        if last.program == "set" and len(script.commands) > 1:
            continue
        written = " ".join(word.text for word in last.words)
        yield Found(message=f"`{written}` has no effect: the shell that it tells ends here", span=last.span, advice=_instead(last))


def _sets(command: ShellCommand) -> bool:
    match command.program:
        case "." | "source":
            return any(word.text.endswith("/activate") for word in command.arguments)
        case "conda" | "mamba" | "micromamba" | "pyenv":
            return any(word.text in ("activate", "shell") for word in command.arguments[:1])
        case _:
            return command.program in _SETTING and bool(command.arguments)


def _instead(command: ShellCommand) -> str:
    target = command.arguments[0].text if command.arguments else ""
    match command.program:
        case "cd" | "pushd":
            return f"write `WORKDIR {target}`"
        case "export":
            return f"write `ENV {target}`"
        case "." | "source":
            return f'write `ENV PATH="{target.removesuffix("/activate")}:$PATH"`'
        case _:
            return "put it into the RUN that needs it, in front of the command that does"
