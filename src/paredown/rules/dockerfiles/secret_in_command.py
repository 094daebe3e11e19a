"""Finds passwords and tokens in the commands of RUN."""

import re
from collections.abc import Iterator

from paredown.dockerfile.shell import ShellCommand, ShellWord
from paredown.dockerfile.stages import Step
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.secret_variables import is_token

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://(?P<user>[^\s/@:\"']*)(?::(?P<password>[^\s/@\"']+))?@[\w.$\[{-]", re.IGNORECASE)
_HEADER = re.compile(r"(?i)(?:authorization:\s*(?:bearer|basic|token)|private-token:|x-api-key:|job-token:)\s*(?P<password>\S+)")
_VARIABLE = re.compile(r"\$\{?(\w+)")
_NAMED = re.compile(r"(?i)(?:pass(?:word|wd)?|secret|token|key|cred\w*|pat|auth)(?:_|\b|$)|(?:^|_)pw(?:_|$)")
_HARMLESS = frozenset(("git", "anonymous", "hg", "svn", "oauth2", "x-access-token", "token", "user", "username", "__token__", "ssh"))


@rule(
    id="secret-in-command",
    severity=Severity.ERROR,
    summary="a password or token in a command",
    why="A RUN's text stands in the image's history, with the values of its ARGs, and what it downloads may keep the address with the password in it.",
    sources=("https://docs.docker.com/build/building/secrets/", "astral-sh/uv#9809", "astral-sh/uv#11740", "pypa/pip#4789"),
    same_as=("CIS 4.10", "NIST 4.1.4", "OWASP 12"),
    before="FROM python:3.13-slim\nRUN pip download --index-url https://ci:s3cr3tW0rd@pypi.example.org/simple shop==1.0\n",
    after="FROM python:3.13-slim\nRUN --mount=type=secret,id=pip,target=/root/.config/pip/pip.conf pip download shop==1.0\n",
)
def secret_in_command(recipe: Recipe) -> Iterator[Found]:
    for step, command in recipe.commands():
        for place, word in enumerate(command.words):
            what = _secret(step, command, place, word)
            if what:
                yield Found(message=f"{what} in what {command.program or 'the command'} is given", span=word.span, advice=_ADVICE)


def _secret(step: Step, command: ShellCommand, place: int, word: ShellWord) -> str:
    """What kind of secret the word is, empty for none. Variables count when they are ARG or ENV: others may come from a mounted secret."""
    if is_token(word.text):
        return "a token"
    address = _ADDRESS.search(word.text)
    if address and address["password"] and _tells(step, address["password"]):
        return "a password"
    if address and not address["password"] and address["user"].lower() not in _HARMLESS and "$" in address["user"] and _tells(step, address["user"]):
        return "a token"
    header = _HEADER.search(word.text)
    if header and command.program in ("curl", "wget", "http") and _tells(step, header["password"]):
        return "a token"
    before = command.words[place - 1].text if place else ""
    if command.program == "curl" and before in ("-u", "--user") and ":" in word.text and _tells(step, word.text.partition(":")[2]):
        return "a password"
    return ""


def _tells(step: Step, text: str) -> bool:
    """Whether `text` is a secret itself, or a build argument or variable of the image that holds one."""
    names = _VARIABLE.findall(text)
    if "$(" in text or "`" in text:
        return False
    if not names:
        return bool(text) and not re.fullmatch(r"[*x]+|<.*>|\{.*\}|x-oauth-basic|password|pass|token|secret", text, re.IGNORECASE)
    return any(name in step.state.variables and _NAMED.search(name) for name in names)


_ADVICE = "mount it for this RUN alone: `RUN --mount=type=secret,id=NAME`, which leaves it in no layer and no history"
