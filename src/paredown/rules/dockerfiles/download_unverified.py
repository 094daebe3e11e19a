"""Finds downloads that are run or kept without anything that tells whether they are what they were."""

import re
from collections.abc import Iterator

from paredown.dockerfile.actions import Download, action_of
from paredown.dockerfile.shell import Script, ShellCommand
from paredown.dockerfile.stages import Stage
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe

_RUNNERS = re.compile(r"(?:ba|da|a|z|k)?sh|python[\d.]*|perl|ruby|node|php|bash")
_CHECKING = re.compile(r"sha\d*sum|shasum|md5sum|b2sum|gpgv?|cosign|minisign|rhash|openssl|slsa-verifier|--require-hashes|keyring|apt-key|rpmkeys|signify")
_ARTEFACT = re.compile(r"\.(?:tar|tar\.\w+|tgz|tbz2?|txz|zip|whl|jar|war|deb|rpm|apk|exe|bin|run|sh|py|so|AppImage|gz|bz2|xz|zst|7z)\Z", re.IGNORECASE)
_UV = "https://astral.sh/uv"
_OWN = re.compile(r"https?://(?:localhost|127\.|\[::1\]|host\.docker\.internal)", re.IGNORECASE)


@rule(
    id="download-unverified",
    severity=Severity.WARNING,
    summary="something is downloaded and used whatever it is",
    why="Whoever changes the file at that address, or the release behind a name that moves, runs in this build and in the image. "
    "A checksum in the Dockerfile ends the build instead.",
    sources=("docker/docker-bench-security tests/4_container_images.sh", "https://docs.docker.com/reference/dockerfile/#add---checksum"),
    same_as=("CIS 4.11", "dockle CIS-DI-0011"),
    before="FROM python:3.13-slim\nADD https://example.com/a.tar.gz /srv/\n",
    after="FROM python:3.13-slim\nADD --checksum=sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 https://example.com/a.tar.gz /srv/\n",
)
def download_unverified(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        yield from _added(stage)
        for _, script in recipe.runs(stage):
            checked = any(_CHECKING.search(word.text) for command in script.commands for word in command.words) or not script.understood
            for place, command in enumerate(script.commands):
                action = action_of(command)
                if not isinstance(action, Download) or command.program == "git":
                    continue
                urls = [word.text for word in action.urls if not _OWN.match(word.text)]
                if not urls:
                    continue
                if (runner := _runner(script, place)) is not None:
                    yield Found(message=f"{runner} runs whatever {_host(urls[0])} answers", span=command.span, advice=_instead(urls[0]))
                elif not checked and (file := _kept(script, place, urls)) is not None:
                    yield Found(
                        message=f"{file} is taken as it comes from {_host(urls[0])}",
                        span=command.span,
                        severity=Severity.INFO,
                        advice=f"compare it: `echo '<sha256>  {file}' | sha256sum --check`, or write `ADD --checksum=sha256:... {urls[0]} ...`",
                    )


def _added(stage: Stage) -> Iterator[Found]:
    for step in stage.steps:
        instruction = step.instruction
        if instruction.name != "ADD" or instruction.flag("checksum") is not None:
            continue
        for word in instruction.words[:-1]:
            if re.match(r"https?://", word.text) and not re.search(r"\.git(?:#|\Z)", word.text):
                yield Found(
                    message=f"this is taken as it comes from {_host(word.text)}", span=word.span, advice="write `ADD --checksum=sha256:...` in front of it"
                )


def _runner(script: Script, place: int) -> str | None:
    """The interpreter at the end of the pipe that begins at `place`, or the one that the output is handed to as its script."""
    last = None
    for command in script.commands[place + 1 :]:
        if command.joined != "|":
            break
        last = command
    if last is not None and _RUNNERS.fullmatch(last.program) and not last.has("-c", "-m") and not (last.program.startswith("p") and _reads_file(last)):
        return last.program
    return None


def _reads_file(interpreter: ShellCommand) -> bool:
    """Whether it is given a script to run, and does not take one from its input."""
    first = next((word.text for word in interpreter.arguments if not word.text.startswith("-") or word.text in ("-", "--")), "-")
    return first not in ("-", "--")


def _kept(script: Script, place: int, urls: list[str]) -> str | None:
    """The file that a download makes, where it is something that is unpacked, installed or run."""
    command = script.commands[place]
    piped = [other for other in script.commands[place + 1 : place + 2] if other.joined == "|"]
    if piped:
        return urls[0].rpartition("/")[2] if piped[0].program in ("tar", "bsdtar", "unzip", "gunzip", "cpio", "dpkg") else None
    name = _target(command) or (urls[0].rpartition("/")[2] if command.program == "wget" or command.has("-O", "--remote-name") else "")
    run = re.compile(rf"(?:.*/)?{re.escape(name.rpartition('/')[2])}")
    used = name and any(
        run.fullmatch(word.text) for other in script.commands[place + 1 :] for word in other.words if other.program in ("chmod", "sh", "bash", "python")
    )
    return name if name and (used or any(_ARTEFACT.search(text.partition("?")[0]) for text in (name, *urls))) else None


def _target(command: ShellCommand) -> str:
    flag = ("-O", "--output-document") if command.program == "wget" else ("-o", "--output")
    words = [word.text for word in command.arguments]
    for place, word in enumerate(words):
        if (word in flag or (re.fullmatch(r"-[a-zA-Z]+", word) and word.endswith(flag[0][1]))) and place + 1 < len(words):
            return words[place + 1]
        if word.startswith(f"{flag[1]}="):
            return word.partition("=")[2]
    return next((word.text for word in command.writes if not word.text.startswith("/dev/")), "")


def _host(url: str) -> str:
    found = re.match(r"https?://(?:[^@/]*@)?([^/:?#]+)", url)
    return found[1] if found else "there"


def _instead(url: str) -> str:
    if url.startswith(_UV):
        return "write `COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/`, with the version you want"
    return "download it to a file, compare it (`sha256sum --check`), then run it"
