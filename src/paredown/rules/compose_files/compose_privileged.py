"""Finds services that run with all of the host's rights."""

from collections.abc import Iterator

from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Found, Severity, rule


@rule(
    id="compose-privileged",
    severity=Severity.ERROR,
    summary="a service is privileged",
    why="It has every capability and every device, without seccomp and AppArmor: root in it is root on the host.",
    sources=("https://docs.docker.com/reference/compose-file/services/#privileged", "docker/docker-bench-security tests/5_container_runtime.sh"),
    same_as=("CIS 5.5", "OWASP 3"),
    before="services:\n  web:\n    image: web:1\n    privileged: true\n",
    after="services:\n  web:\n    image: web:1\n    cap_add: [NET_ADMIN]\n",
)
def compose_privileged(compose: ComposeFile) -> Iterator[Found]:
    for service in compose.services:
        value = service.get("privileged")
        if value is not None and value.text.lower() == "true":
            yield Found(
                message=f"{service.name} has all rights on the host",
                span=value.span,
                advice="leave it out, and give what is needed one by one: `cap_add`, `devices`",
            )
