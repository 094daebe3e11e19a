"""Finds servers that stay down once they have stopped."""

from collections.abc import Iterator

from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import listed

_POLICIES = (("restart",), ("deploy", "restart_policy"))


@rule(
    id="compose-restart-missing",
    severity=Severity.INFO,
    summary="a server has no restart policy",
    why="After a crash, or when the host starts again, it stays down until somebody looks.",
    sources=("https://docs.docker.com/engine/containers/start-containers-automatically/", "docker/docker-bench-security tests/5_container_runtime.sh"),
    same_as=("CIS 5.15", "12-factor IX"),
    before='services:\n  web:\n    image: web:1\n    ports: ["8000:8000"]\n',
    after='services:\n  web:\n    image: web:1\n    ports: ["8000:8000"]\n    restart: unless-stopped\n',
)
def compose_restart_missing(compose: ComposeFile) -> Iterator[Found]:
    if compose.for_development:
        return
    found = [s for s in compose.services if s.whole and s.is_server and s.get("profiles") is None and not any(s.get(*keys) for keys in _POLICIES)]
    if found:
        yield Found(
            message=f"{listed([service.name for service in found])} {'stays' if len(found) == 1 else 'stay'} down after a crash",
            span=found[0].key.span,
            advice="add `restart: unless-stopped`, or `restart: on-failure:5`",
        )
