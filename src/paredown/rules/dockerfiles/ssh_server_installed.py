"""Finds SSH servers in the image."""

from collections.abc import Iterator

from paredown.dockerfile.actions import SystemInstall
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe

_SERVERS = frozenset(("openssh-server", "dropbear", "dropbear-bin", "tinysshd"))


@rule(
    id="ssh-server-installed",
    severity=Severity.WARNING,
    summary="an SSH server in the image",
    why="A second way in, with keys and accounts of its own to look after; `docker exec` and `kubectl exec` give a shell without one.",
    sources=("docker/docker-bench-security tests/5_container_runtime.sh", "https://nvlpubs.nist.gov/nistpubs/SpecialPublications/NIST.SP.800-190.pdf"),
    same_as=("CIS 5.7", "NIST 4.1.2"),
    before="FROM python:3.13-slim\nRUN apt-get update && apt-get install -y openssh-server\n",
    after="FROM python:3.13-slim\nRUN apt-get update && apt-get install -y openssh-client\n",
)
def ssh_server_installed(recipe: Recipe) -> Iterator[Found]:
    for _, action in recipe.actions(SystemInstall, *recipe.final.chain):
        servers = _SERVERS | {"openssh"} if action.manager == "apk" else _SERVERS
        for word in action.packages:
            if word.text.partition("=")[0] in servers:
                advice = "install openssh-client" if word.text == "openssh" else "leave it out, and use `docker exec`"
                yield Found(message=f"{word.text} lets others log in to the container", span=word.span, advice=advice)
