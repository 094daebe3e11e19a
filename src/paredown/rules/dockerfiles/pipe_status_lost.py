"""Finds pipes whose first command may go wrong without anybody being told."""

import re
from collections.abc import Iterator

from paredown.dockerfile.shell import Script, ShellCommand
from paredown.dockerfile.stages import Step
from paredown.dockerfile.syntax import Span
from paredown.rules.bases import base_of
from paredown.rules.interface import Edit, Found, Severity, rule
from paredown.rules.recipe import Recipe

_NETWORK = frozenset({"curl", "wget", "aws", "gsutil", "pip", "uv", "poetry"})
# They go wrong themselves when nothing comes, or when it is cut off.
_STRICT = frozenset(
    {
        "tar",
        "bsdtar",
        "gpg",
        "gpgv",
        "apt-key",
        "gunzip",
        "unzip",
        "unxz",
        "bunzip2",
        "zstd",
        "xz",
        "gzip",
        "grep",
        "egrep",
        "dpkg",
        "rpm",
        "psql",
        "docker",
        "cpio",
    }
)
_QUIET = frozenset({"echo", "printf", "yes", "cat", "ls", "true", "tee", "find", "sort", "head", "tail", "env", "date", "dpkg-query"})


@rule(
    id="pipe-status-lost",
    severity=Severity.WARNING,
    summary="a pipe hides that its first command went wrong",
    why="A pipe ends as its last command does: when the download fails, the shell behind it reads nothing and is content, and the image is built without it.",
    sources=("https://docs.docker.com/build/building/best-practices/#using-pipes", "https://github.com/hadolint/hadolint/wiki/DL4006"),
    same_as=("hadolint DL4006",),
    before="FROM alpine:3.22\nRUN wget -qO- https://example.com/install.sh | sh\n",
    after="FROM alpine:3.22\nRUN set -o pipefail && wget -qO- https://example.com/install.sh | sh\n",
)
def pipe_status_lost(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        alpine = base_of(stage).system == "alpine"
        for step, script in recipe.runs(stage):
            if _is_watched(step, script):
                continue
            guilty = [pair for pair in zip(script.commands, script.commands[1:], strict=False) if _loses(*pair)]
            if guilty:
                first, second = guilty[0]
                start = step.instruction.arguments.span().start
                plain = not step.instruction.exec_form and not step.instruction.heredocs and step.state.shell == ("/bin/sh", "-c")
                yield Found(
                    message=f"nobody hears when {first.program} goes wrong: {second.program} ends well without it",
                    span=first.span,
                    edits=(Edit(Span(start, start), "set -o pipefail && "),) if alpine and plain else (),
                    advice='write `SHELL ["/bin/bash", "-o", "pipefail", "-c"]` above it, or let the first command write a file that the second one reads',
                )


def _is_watched(step: Step, script: Script) -> bool:
    heredoc = step.instruction.heredocs[0].content.text if step.instruction.heredocs else ""
    told = any("pipefail" in word.text for command in script.commands if command.program == "set" for word in command.words)
    return told or "pipefail" in " ".join(step.state.shell) or "pipefail" in heredoc or "pipefail" in step.instruction.arguments.text


def _loses(first: ShellCommand, second: ShellCommand) -> bool:
    if second.joined != "|" or first.nested or second.nested or second.program in _STRICT:
        return False
    if second.program == "tee" and not second.has("-a"):
        return first.program not in _QUIET and bool(first.program)
    checks = second.program.endswith("sum") or (re.fullmatch(r"python[\d.]*", second.program) and second.has("-m", "-c"))
    return first.program in _NETWORK and not checks
