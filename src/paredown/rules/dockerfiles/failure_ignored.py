"""Finds installs whose failure is forgotten, as the script goes on behind a `;` or on the next line."""

from collections.abc import Iterator

from paredown.dockerfile.actions import Download, PythonInstall, SystemInstall, action_of
from paredown.dockerfile.shell import Script
from paredown.dockerfile.stages import Step
from paredown.dockerfile.syntax import Span
from paredown.rules.interface import Edit, Found, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="failure-ignored",
    severity=Severity.WARNING,
    summary="a RUN goes on when an install in it went wrong",
    why="A script ends as its last command does. Without `set -e` the commands behind a `;`, and the next lines of a here-document, run whatever went before: "
    "the build is green, and the image lacks what was to be installed.",
    sources=("https://docs.docker.com/reference/dockerfile/#here-documents", "moby/buildkit#2722"),
    before="FROM python:3.13-slim\nRUN <<EOF\npip install --no-cache-dir flask==3.1.0\nrm -rf /root/.config\nEOF\n",
    after="FROM python:3.13-slim\nRUN <<EOF\nset -e\npip install --no-cache-dir flask==3.1.0\nrm -rf /root/.config\nEOF\n",
)
def failure_ignored(recipe: Recipe) -> Iterator[Found]:
    for step, script in recipe.runs():
        if _stops(step, script) or not script.understood:
            continue
        for place, command in enumerate(script.commands[:-1]):
            action = action_of(command)
            matters = isinstance(action, SystemInstall | PythonInstall | Download) and not command.nested
            if matters and _is_forgotten(recipe, script, place):
                yield Found(
                    message=f"the script goes on when {command.program} goes wrong",
                    span=command.span,
                    edits=() if step.instruction.exec_form else (_beginning(step),),
                    advice="begin the script with `set -e`",
                )
                break


def _beginning(step: Step) -> Edit:
    instruction = step.instruction
    if not instruction.heredocs:
        start = instruction.arguments.span().start
        return Edit(Span(start, start), "set -e; ")
    content = instruction.heredocs[0].content
    start = content.offsets[content.text.index("\n") + 1 if content.text.startswith("#!") else 0]
    return Edit(Span(start, start), "set -e\n")


def _is_forgotten(recipe: Recipe, script: Script, place: int) -> bool:
    """Whether what follows, up to the end of the list that the command is in, drops its status."""
    for following in script.commands[place + 1 :]:
        grouped = "{" in recipe.dockerfile.text[script.commands[place].span.end : following.span.start]
        if grouped or following.joined in ("|", "||", "&"):
            return False  # a pipe's first command is another rule's, and `||` is told what to do
        if following.joined == ";" and not following.nested:
            return True
    return False


def _stops(step: Step, script: Script) -> bool:
    """Whether the script ends with the first thing that goes wrong."""
    for command in script.commands:
        flags = [word.text for word in command.arguments]
        if command.program == "set" and any((text.startswith("-") and not text.startswith("--") and "e" in text) or text == "errexit" for text in flags):
            return True
    heredoc = step.instruction.heredocs[0].content.text if step.instruction.heredocs else ""
    first = heredoc.partition("\n")[0]
    told = [*step.state.shell[1:], *(first.split()[1:] if first.startswith("#!") else ()), *(word.text for word in step.instruction.words[1:2])]
    return any(word.startswith("-") and not word.startswith("--") and "e" in word for word in told) or "errexit" in heredoc
