"""Finds `sudo` in a RUN."""

from collections.abc import Iterator

from paredown.dockerfile.syntax import Span
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="sudo-used",
    severity=Severity.WARNING,
    summary="a RUN uses sudo",
    why="Where the build is root's, sudo does nothing; where it is not, the image has a way to become root without a password, for whoever gets into it.",
    sources=("https://docs.docker.com/build/building/best-practices/#user", "https://github.com/hadolint/hadolint/wiki/DL3004"),
    same_as=("hadolint DL3004", "dockle DKL-DI-0001"),
    safety=Safety.VERIFIED,
    before="FROM debian:12-slim\nUSER root\nRUN sudo mkdir /data\n",
    after="FROM debian:12-slim\nUSER root\nRUN mkdir /data\n",
)
def sudo_used(recipe: Recipe) -> Iterator[Found]:
    for step, command in recipe.commands():
        if command.words and command.words[0].text == "sudo" and len(command.words) > 1:
            root = step.state.user.partition(":")[0] in ("", "root", "0")
            by_itself = command.words[1].span.start if not command.words[1].text.startswith("-") and "=" not in command.words[1].text else None
            yield Found(
                message="the build is root's here: sudo does nothing" if root else f"sudo lets {step.state.user} become root in the image, too",
                span=command.words[0].span,
                edits=(Edit(Span(command.words[0].span.start, by_itself), ""),) if root and by_itself else (),
                advice="leave sudo out" if root else "write `USER root` above this RUN, and the user again below it",
            )
