"""Finds a package manager's index that is fetched in a RUN of its own, so that it is as old as that layer's cache."""

import re
from collections.abc import Iterator

from paredown.dockerfile.actions import Removal, SystemUpdate, action_of
from paredown.dockerfile.shell import Script
from paredown.dockerfile.stages import Step
from paredown.dockerfile.syntax import Span
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.package_index import needed_later
from paredown.rules.recipe import Recipe

_HARMLESS = frozenset({"set", "echo", "printf", "true", ":", "sleep"})


@rule(
    id="package-index-updated-alone",
    severity=Severity.WARNING,
    summary="the package index is fetched in a RUN of its own",
    why="That layer comes from the cache while the archive moves on: later installs take old versions, or end with 404 for packages that are gone. "
    "What the index weighs stays in the layer, too.",
    sources=("https://docs.docker.com/build/building/best-practices/#apt-get", "docker/docker-bench-security tests/4_container_images.sh"),
    same_as=("CIS 4.7", "dockle CIS-DI-0007"),
    safety=Safety.SAFE,
    before="FROM debian:12-slim\nRUN apt-get update\nRUN apt-get install -y --no-install-recommends libpq5\n",
    after="FROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends libpq5\n",
)
def package_index_updated_alone(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        for step, script in recipe.runs(stage):
            actions = [action_of(command) for command in script.commands if command.program not in _HARMLESS]
            update = next((action for action in actions if isinstance(action, SystemUpdate)), None)
            if update is None or not script.understood or not all(isinstance(action, SystemUpdate | Removal) for action in actions):
                continue
            later = needed_later(recipe, stage, step, update.manager)
            if later is not None:
                yield Found(
                    message=f"the index fetched here may be older than the archive that line {later.instruction.line} installs from",
                    span=update.command.span,
                    edits=_merged(recipe, step, later, script),
                    advice=f"begin the RUN of line {later.instruction.line} with `{' '.join(word.text for word in update.command.words)} &&`",
                )


def _merged(recipe: Recipe, first: Step, second: Step, script: Script) -> tuple[Edit, ...]:
    """Both RUNs as one, where nothing stands between them and the second one ends with the first thing that goes wrong."""
    one, other = first.instruction, second.instruction
    plain = not any(instruction.exec_form or instruction.heredocs or instruction.flags for instruction in (one, other))
    chained = all(command.joined in ("&&", "") for command in recipe.script(second).commands) and recipe.script(second).understood
    between = Span(one.span.end, other.arguments.span().start)
    text = recipe.dockerfile.text[between.start : between.end]
    if not plain or not chained or script.commands[-1].span.end != one.span.end or not re.fullmatch(r"\s*RUN\s+", text, re.IGNORECASE):
        return ()
    return (Edit(between, " && "),)
