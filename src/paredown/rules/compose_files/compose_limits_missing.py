"""Finds services that may take all of the host's memory."""

from collections.abc import Iterator

from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import listed

_LIMITS = (("mem_limit",), ("deploy", "resources", "limits", "memory"))


@rule(
    id="compose-limits-missing",
    severity=Severity.INFO,
    summary="a service that is built here has no memory limit",
    why="One leak or one large upload takes the host's memory, and the kernel ends whichever process it likes, the database for instance.",
    sources=("https://docs.docker.com/engine/containers/resource_constraints/", "docker/docker-bench-security tests/5_container_runtime.sh"),
    same_as=("CIS 5.11", "OWASP 7"),
    before="services:\n  web:\n    build: .\n",
    after="services:\n  web:\n    build: .\n    mem_limit: 512m\n",
)
def compose_limits_missing(compose: ComposeFile) -> Iterator[Found]:
    if compose.for_development:
        return
    found = [s for s in compose.services if s.whole and s.get("build") is not None and not any(s.get(*keys) for keys in _LIMITS)]
    if found:
        yield Found(
            message=f"{listed([service.name for service in found])} may take all of the host's memory",
            span=found[0].key.span,
            advice="measure what it uses and set about twice that: `mem_limit: 512m`, and `cpus` where it has neighbours",
        )
