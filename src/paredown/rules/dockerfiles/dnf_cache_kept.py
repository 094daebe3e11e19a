"""Finds installs of RPM packages that leave metadata and packages in the layer."""

import re
from collections.abc import Iterator

from paredown.dockerfile.actions import SystemInstall, SystemUpdate, SystemUpgrade, action_of
from paredown.dockerfile.shell import ShellCommand
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe, is_mounted
from paredown.rules.script_edits import with_command

_CACHES = {"dnf": "/var/cache/dnf", "microdnf": "/var/cache/dnf", "yum": "/var/cache/yum", "zypper": "/var/cache/zypp"}


@rule(
    id="dnf-cache-kept",
    severity=Severity.WARNING,
    summary="dnf, yum or zypper leaves its cache in the layer",
    why="The metadata of each repository, and with some settings the packages, stay in /var/cache; nothing in the image reads them.",
    sources=("https://github.com/hadolint/hadolint/wiki/DL3040", "https://github.com/hadolint/hadolint/wiki/DL3032"),
    same_as=("hadolint DL3040", "hadolint DL3032", "hadolint DL3036"),
    safety=Safety.SAFE,
    before="FROM fedora:42\nRUN dnf install -y libpq\n",
    after="FROM fedora:42\nRUN dnf install -y libpq && dnf clean all\n",
)
def dnf_cache_kept(recipe: Recipe) -> Iterator[Found]:
    for step, script in recipe.runs(*recipe.final.chain):
        using = [place for place, command in enumerate(script.commands) if _uses(command)]
        if not using or not script.understood:
            continue
        command = script.commands[using[-1]]
        program, cache = command.program, _CACHES[command.program]
        mounted = any(is_mounted(step, path) for path in (cache, "/var/cache/libdnf5", "/var/cache/yum", "/var/cache/dnf"))
        if mounted or any(_cleans(other) for other in script.commands[using[-1] + 1 :]):
            continue
        cleaning = f"{program} clean {'--all' if program == 'zypper' else 'all'}"
        yield Found(
            message=f"{program} keeps its cache in this layer",
            span=command.span,
            edits=with_command(recipe, step, cleaning),
            advice=f"end this RUN with `&& {cleaning}`",
        )


def _uses(command: ShellCommand) -> bool:
    action = action_of(command)
    return isinstance(action, SystemInstall | SystemUpdate | SystemUpgrade) and command.program in _CACHES


def _cleans(command: ShellCommand) -> bool:
    if command.program in _CACHES:
        return any(word.text in ("clean", "cc") for word in command.arguments)
    return command.program in ("rm", "find") and any(re.match(r"/var(?:/cache(?:/|\Z)|/?\*?\Z)", word.text) for word in command.words)
