"""Finds package lists that apt fetches and that stay in the layer."""

import re
from collections.abc import Iterator

from paredown.dockerfile.actions import SystemUpdate, action_of
from paredown.dockerfile.shell import ShellCommand
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.package_index import may_be_needed_later, needed_later
from paredown.rules.recipe import Recipe, is_mounted
from paredown.rules.script_edits import with_command

_LISTS = "/var/lib/apt/lists"


@rule(
    id="apt-lists-kept",
    severity=Severity.WARNING,
    summary="apt's package lists stay in the layer",
    why="`apt-get update` writes 19 MB of lists (Debian 12, measured); nothing in the image reads them, and the next `apt-get update` replaces them. "
    "The official images delete downloaded packages by themselves, the lists they keep.",
    sources=("https://docs.docker.com/build/building/best-practices/#apt-get", "https://github.com/hadolint/hadolint/wiki/DL3009"),
    same_as=("hadolint DL3009", "dockle DKL-DI-0005"),
    safety=Safety.SAFE,
    before="FROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends libpq5\n",
    after="FROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*\n",
)
def apt_lists_kept(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.final.chain:
        for step, script in recipe.runs(stage):
            updates = [place for place, command in enumerate(script.commands) if _updates(command)]
            if not updates or not script.understood or is_mounted(step, _LISTS):
                continue
            if any(_cleans(command) for command in script.commands[updates[-1] + 1 :]) or needed_later(recipe, stage, step, "apt"):
                continue
            yield Found(
                message="the package lists that apt fetches stay in this layer",
                span=script.commands[updates[-1]].span,
                edits=with_command(recipe, step, f"rm -rf {_LISTS}/*"),
                safety=Safety.VERIFIED if may_be_needed_later(recipe, stage, step) else None,
                advice=f"end this RUN with `&& rm -rf {_LISTS}/*`",
            )


def _updates(command: ShellCommand) -> bool:
    action = action_of(command)
    return isinstance(action, SystemUpdate) and action.manager == "apt"


def _cleans(command: ShellCommand) -> bool:
    if command.program in ("apt-get", "apt") and command.has("distclean", "dist-clean"):
        return True
    removes = command.program in ("rm", "find", "mv", "xargs") or not command.words
    return removes and any(re.search(r"/var/lib/?(?:\{[^}]*)?(?:apt\b|\*|$)", word.text) or word.text == "/var" for word in command.words)
