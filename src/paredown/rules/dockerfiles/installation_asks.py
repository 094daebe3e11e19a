"""Finds package managers that ask before they install, where nobody can answer."""

from collections.abc import Iterator

from paredown.dockerfile.actions import SystemInstall, SystemUpgrade, action_of
from paredown.dockerfile.shell import ShellCommand, ShellWord
from paredown.dockerfile.syntax import Edit, Span
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.script_edits import with_flag

_CONFIRMED = {
    "apt": ("-y", "--yes", "--assume-yes", "-qq", "-q=2", "--force-yes", "--dry-run", "-s", "--download-only"),
    "dnf": ("-y", "--assumeyes", "--setopt=assumeyes"),
    "zypper": ("-n", "--non-interactive", "-y", "--no-confirm"),
}  # fmt: skip


@rule(
    id="installation-asks",
    severity=Severity.WARNING,
    summary="a package manager asks before it installs",
    why="As soon as more than the named packages would come, it asks and reads the answer from nowhere: the build ends with `Abort`.",
    sources=("https://github.com/hadolint/hadolint/wiki/DL3014", "hadolint/hadolint#1042"),
    same_as=("hadolint DL3014", "hadolint DL3030", "hadolint DL3034", "hadolint DL3038"),
    safety=Safety.SAFE,
    before="FROM debian:12-slim\nRUN apt-get update && apt-get install --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*\n",
    after="FROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*\n",
)
def installation_asks(recipe: Recipe) -> Iterator[Found]:
    if any("assume-yes" in step.instruction.arguments.text.lower() for step, _ in recipe.runs()):
        return  # apt's configuration may say it
    for _, script in recipe.runs():
        for place, command in enumerate(script.commands):
            action = action_of(command)
            answered = command.joined == "|" and script.commands[place - 1].program in ("yes", "echo", "printf")
            if (
                isinstance(action, SystemInstall | SystemUpgrade)
                and action.manager in _CONFIRMED
                and not answered
                and not _is_confirmed(command, action.manager)
            ):
                verb = _verb(command)
                zypper = action.manager == "zypper"
                flag = Edit(Span(verb.span.start, verb.span.start), "--non-interactive ") if zypper else with_flag(verb, "-y")
                yield Found(message=f"{command.program} asks before it goes on, and nobody answers", span=command.span, edits=(flag,))


def _is_confirmed(command: ShellCommand, manager: str) -> bool:
    quiet = sum(word.text.count("q") for word in command.arguments if word.text.startswith("-") and not word.text.startswith("--"))
    unclear = any(not word.plain and word.text.startswith("$") and len(word.text) > 1 and place < 3 for place, word in enumerate(command.arguments))
    return command.has(*_CONFIRMED[manager]) or unclear or (manager == "apt" and (quiet >= 2 or command.program == "aptitude"))


def _verb(command: ShellCommand) -> ShellWord:
    return next(word for word in command.arguments if word.text in ("install", "update", "upgrade", "dist-upgrade", "full-upgrade"))
