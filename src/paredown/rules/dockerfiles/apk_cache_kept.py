"""Finds apk installs that leave the package index in the layer."""

from collections.abc import Iterator

from paredown.dockerfile.actions import Removal, SystemInstall, SystemUpdate, action_of
from paredown.dockerfile.shell import Script
from paredown.dockerfile.stages import Step
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe, is_mounted
from paredown.rules.script_edits import with_flag, without_command


@rule(
    id="apk-cache-kept",
    severity=Severity.WARNING,
    summary="apk leaves the package index in the layer",
    why="apk keeps the index of each repository in /var/cache/apk; nothing in the image reads it. With `--no-cache` it is fetched anew and not kept, so that "
    "`apk update` is needed no more.",
    sources=("https://github.com/hadolint/hadolint/wiki/DL3019", "gliderlabs/docker-alpine document docs/usage.md"),
    same_as=("hadolint DL3019", "dockle DKL-DI-0004"),
    safety=Safety.SAFE,
    before="FROM alpine:3.22\nRUN apk update && apk add libpq\n",
    after="FROM alpine:3.22\nRUN apk add --no-cache libpq\n",
)
def apk_cache_kept(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.final.chain:
        for step, script in recipe.runs(stage):
            installs = [action for action in map(action_of, script.commands) if isinstance(action, SystemInstall) and action.manager == "apk"]
            kept = [action for action in installs if not action.command.has("--no-cache")]
            if not kept or is_mounted(step, "/var/cache/apk") or is_mounted(step, "/etc/apk/cache") or _cleans(script):
                continue
            verbs = [next(word for word in action.command.arguments if word.text == "add") for action in kept]
            edits = (*(with_flag(verb, "--no-cache") for verb in verbs), *_less_updates(recipe, step, script))
            yield Found(message="apk keeps its package index in this layer", span=kept[0].command.span, edits=edits)


def _less_updates(recipe: Recipe, step: Step, script: Script) -> Iterator[Edit]:
    """`apk update` goes where nothing but installs is left that could need the index."""
    actions = [action_of(command) for command in script.commands if command.program == "apk" and not command.has("del")]
    if not all(isinstance(action, SystemInstall | SystemUpdate | Removal) for action in actions):
        return
    for action in actions:
        if isinstance(action, SystemUpdate):
            yield from without_command(recipe, step, action.command)


def _cleans(script: Script) -> bool:
    removals = (action for action in map(action_of, script.commands) if isinstance(action, Removal))
    return any(word.text.startswith(("/var/cache", "/etc/apk/cache")) or word.text in ("/var/*", "/var") for action in removals for word in action.paths)
