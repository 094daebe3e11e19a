"""Which paths of a build context a .dockerignore leaves out, by docker's rules."""

import re
from dataclasses import dataclass
from pathlib import Path

from paredown.errors import UserError
from paredown.origin import Origin


@dataclass(frozen=True, slots=True)
class DockerRules:
    """The patterns of a .dockerignore: (pattern, whether it brings back what an earlier one left out), in their order."""

    rules: tuple[tuple[re.Pattern[str], bool], ...] = ()

    def ignores(self, path: str) -> bool:
        """Whether `path` (relative to the project) is left out: the last pattern that matches it or a folder above it decides."""
        ignored = False
        for pattern, back in self.rules:
            if back is ignored and pattern.match(path):
                ignored = not back
        return ignored

    @property
    def brings_back(self) -> bool:
        return any(back for _, back in self.rules)


def docker_rules(path: Path) -> DockerRules:
    """The rules of the .dockerignore at `path`; none when there is no file. Raises UserError for a pattern that cannot be read."""
    try:
        return rules_of(path.read_bytes().decode("utf-8-sig", "surrogateescape"), path.name)
    except OSError:
        return DockerRules()


def rules_of(text: str, file: str) -> DockerRules:
    """The rules that `text` says. Notation: https://docs.docker.com/build/concepts/context/#dockerignore-files"""
    rules = []
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        if line.startswith("#") or not line.strip():
            continue
        pattern = line.strip()
        back = pattern.startswith("!")
        parts = [part for part in pattern[back:].strip().split("/") if part not in ("", ".")]
        if not parts:
            continue
        try:
            rules.append((re.compile(_docker_expression("/".join(parts)) + r"(?:/.*)?\Z", re.DOTALL), back))
        except re.error as error:
            raise UserError(
                f"the pattern {pattern!r} cannot be read", where=Origin(file, number), fix="close its bracket, or write `\\[` for a plain one"
            ) from error
    return DockerRules(tuple(rules))


_TOKEN = re.compile(r"\*\*/|/\*\*\Z|\*\*|\*|\?|\[\^?(?:\\.|[^\]\\])+\]|\\.|.", re.DOTALL)


def _docker_expression(pattern: str) -> str:
    # Go's filepath.Match, and `**` for any number of folders.
    expression = ""
    for token in _TOKEN.findall(pattern):
        match token:
            case "**/":
                expression += "(?:.*/)?"
            case "/**":
                expression += "/.*"
            case "**":
                expression += ".*"
            case "*":
                expression += "[^/]*"
            case "?":
                expression += "[^/]"
            case "[":
                raise re.error("an open bracket")
            case _ if token.startswith("[") and len(token) > 1:
                # Only ranges mean something in there; Python is to mean more one day, and warns.
                expression += "[" + re.sub(r"(?<!\\)[\[&~|]", r"\\\g<0>", token[1:]).replace("--", r"\--")
            case _:
                expression += re.escape(token.removeprefix("\\") if len(token) > 1 else token)
    return expression
