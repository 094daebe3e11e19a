"""Finds services that share the host's network, processes or memory."""

from collections.abc import Iterator

from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Found, Severity, rule

_SETTINGS = {
    "network_mode": "network",
    "pid": "processes",
    "ipc": "shared memory",
    "uts": "host name",
    "userns_mode": "user numbers",
    "cgroup": "control groups",
}


@rule(
    id="compose-host-namespace",
    severity=Severity.WARNING,
    summary="a service shares the host's network, processes or memory",
    why="That wall between container and host is gone: with the host's network each of its ports is open on the host, and each of the host's open to it.",
    sources=("https://docs.docker.com/reference/compose-file/services/#network_mode", "docker/docker-bench-security tests/5_container_runtime.sh"),
    same_as=("CIS 5.10", "CIS 5.16", "CIS 5.17", "CIS 5.21", "CIS 5.31"),
    before="services:\n  web:\n    image: web:1\n    network_mode: host\n",
    after='services:\n  web:\n    image: web:1\n    ports: ["8000:8000"]\n',
)
def compose_host_namespace(compose: ComposeFile) -> Iterator[Found]:
    for service in compose.services:
        for key, what in _SETTINGS.items():
            value = service.get(key)
            if value is not None and value.text == "host":
                advice = "publish the ports that it needs with `ports`" if key == "network_mode" else "leave it out"
                yield Found(message=f"{service.name} shares the host's {what}", span=value.span, advice=advice)
