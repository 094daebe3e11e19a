"""Finds bytecode that is compiled and then not used, or read twice, as its sources' times or the build's time change."""

import re
from collections.abc import Iterator

from paredown.dockerfile.shell import ShellCommand
from paredown.dockerfile.syntax import Span
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="bytecode-goes-stale",
    severity=Severity.INFO,
    summary="compiled bytecode is compared with sources whose times change",
    why="Bytecode names the time of its source. What gives files new times afterwards (`touch`, a build that rewrites times) makes it worthless: starts took "
    "2 to 5 times as long (measured). With SOURCE_DATE_EPOCH set, Python reads and hashes each source at each start instead. `unchecked-hash` does neither.",
    sources=("https://docs.python.org/3/library/compileall.html#cmdoption-compileall-invalidation-mode", "python/cpython#5200"),
    safety=Safety.VERIFIED,
    before="FROM python:3.13-slim\nARG SOURCE_DATE_EPOCH\nCOPY app /app\nRUN python -m compileall /app\n",
    after="FROM python:3.13-slim\nARG SOURCE_DATE_EPOCH\nCOPY app /app\nRUN python -m compileall --invalidation-mode unchecked-hash /app\n",
)
def bytecode_goes_stale(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        compiled: ShellCommand | None = None
        for step, command in recipe.commands(stage):
            module = next((word for word in command.arguments if word.text == "compileall"), None)
            if module is not None and not command.has("--invalidation-mode"):
                compiled = command
                if "SOURCE_DATE_EPOCH" in {**step.state.variables, **dict(command.assignments)}:
                    yield Found(message="with SOURCE_DATE_EPOCH each start reads and hashes all sources", span=command.span, edits=(_unchecked(command),))
                    compiled = None
            elif compiled is not None and _rewrites_times(command):
                yield Found(message=f"line {step.instruction.line} makes this bytecode stale", span=compiled.span, edits=(_unchecked(compiled),))
                compiled = None


def _unchecked(command: ShellCommand) -> Edit:
    module = next(word for word in command.words if word.text == "compileall")
    return Edit(Span(module.span.end, module.span.end), " --invalidation-mode unchecked-hash")


def _rewrites_times(command: ShellCommand) -> bool:
    touched = [word.text for word in command.words]
    return command.program in ("touch", "find", "xargs") and "touch" in touched and any(re.search(r"\.py\Z|\*|^/|find", text) for text in touched[1:])
