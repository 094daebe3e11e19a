"""Finds cache mounts that something keeps empty."""

from collections.abc import Iterator

from paredown.dockerfile.actions import PythonInstall, Removal, SystemInstall, action_of
from paredown.dockerfile.shell import Script, ShellCommand
from paredown.dockerfile.stages import Stage, Step
from paredown.dockerfile.syntax import Span
from paredown.rules.bases import base_of
from paredown.rules.installer_caches import mounted_cache, refusing_flag, refusing_variable, tool_of
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.reach import lies_in
from paredown.rules.recipe import Recipe, mounts
from paredown.rules.script_edits import without_command

_EMPTYING = {("apt-get", "clean"), ("apt", "clean"), ("dnf", "clean"), ("microdnf", "clean"), ("yum", "clean"), ("pip", "cache"), ("uv", "cache")}
_BELONGS = {"apt-get": "/var/cache/apt", "apt": "/var/cache/apt", "dnf": "/var/cache/dnf", "microdnf": "/var/cache/dnf", "yum": "/var/cache/yum"}


@rule(
    id="cache-mount-defeated",
    severity=Severity.WARNING,
    summary="a cache mount stays empty",
    why="What a cache mount holds is not in the image, and saves the next build its downloads. A flag, a variable or a removal that is there against caches "
    "in layers only takes that away.",
    sources=("https://docs.docker.com/build/cache/optimize/#use-cache-mounts", "hadolint/hadolint#1139", "hadolint/hadolint#497"),
    safety=Safety.VERIFIED,
    before="FROM python:3.13-slim\nRUN --mount=type=cache,target=/root/.cache/pip pip install --no-cache-dir flask==3.1.0\n",
    after="FROM python:3.13-slim\nRUN --mount=type=cache,target=/root/.cache/pip pip install flask==3.1.0\n",
)
def cache_mount_defeated(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        for step, script in recipe.runs(stage):
            targets = [mount.target for mount in mounts(step) if mount.kind == "cache" and mount.target]
            if targets:
                yield from _refused(step, script)
                yield from _emptied(recipe, step, script, targets)
                yield from _emptied_by_the_image(stage, script, targets)


def _refused(step: Step, script: Script) -> Iterator[Found]:
    for action in map(action_of, script.commands):
        if not isinstance(action, PythonInstall) or (target := mounted_cache(step, tool_of(action))) is None:
            continue
        if (flag := refusing_flag(action)) is not None:
            words = action.command.words
            place = next(place for place, word in enumerate(words) if word.text == flag)
            edit = Edit(Span(words[place - 1].span.end, words[place].span.end), "")
            yield Found(message=f"{flag} leaves the cache mounted at {target} empty", span=words[place].span, edits=(edit,))
        elif (variable := refusing_variable(step, action)) is not None:
            yield Found(
                message=f"{variable} leaves the cache mounted at {target} empty", span=action.command.span, advice=f"take {variable} out where it is set"
            )


def _emptied(recipe: Recipe, step: Step, script: Script, targets: list[str]) -> Iterator[Found]:
    for command in script.commands:
        if (target := next((target for target in targets if _empties(step, command, target)), None)) is not None:
            action = action_of(command)
            alone = not isinstance(action, Removal) or len(action.paths) <= 1
            yield Found(
                message=f"this empties the cache mounted at {target}",
                span=command.span,
                edits=without_command(recipe, step, command) if alone else (),
                advice="leave it out: a cache mount is not in the layer",
            )


def _empties(step: Step, command: ShellCommand, target: str) -> bool:
    verb = next((word.text for word in command.arguments if not word.text.startswith("-")), "")
    if (command.program, verb) in _EMPTYING:
        if command.program in _BELONGS:
            return lies_in(_BELONGS[command.program], target) or lies_in(target, _BELONGS[command.program])
        return target.endswith(f"/{command.program}") and command.has("purge", "clean")
    action = action_of(command)
    if not isinstance(action, Removal):
        return False
    folders = [step.state.path(word.text.removesuffix("*")) for word in action.paths if word.text.startswith("/")]
    recursive = command.has("-r", "-R", "--recursive")
    return recursive and any(folder != "/" and (lies_in(target, folder) or lies_in(folder, target)) for folder in folders)


def _emptied_by_the_image(stage: Stage, script: Script, targets: list[str]) -> Iterator[Found]:
    """The official images of Debian and Ubuntu delete packages after each install: /etc/apt/apt.conf.d/docker-clean."""
    base = base_of(stage)
    installs = [action for action in map(action_of, script.commands) if isinstance(action, SystemInstall) and action.manager == "apt"]
    target = next((target for target in targets if lies_in("/var/cache/apt/archives", target)), None)
    if base.name not in ("debian", "ubuntu", "python") or not installs or target is None:
        return
    for other in stage.chain:
        for one in other.steps:
            words = [word.text for word in one.instruction.words]
            text = one.instruction.arguments.text + "".join(heredoc.content.text for heredoc in one.instruction.heredocs)
            if "docker-clean" in text or "Keep-Downloaded" in text or (words and "/etc/apt" in words[-1]):
                return
    yield Found(
        message=f"{base.name}'s image deletes what apt downloads, so the cache mounted at {target} stays empty",
        span=installs[0].command.span,
        severity=Severity.INFO,
        advice="begin the RUN with `rm -f /etc/apt/apt.conf.d/docker-clean &&`",
    )
