"""Finds services that hold the container engine's socket."""

from collections.abc import Iterator

from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Found, Severity, rule

_SOCKETS = ("docker.sock", "podman.sock", "containerd.sock", "crio.sock")


@rule(
    id="compose-engine-socket-mounted",
    severity=Severity.WARNING,
    summary="a service gets the engine's socket",
    why="Who may write to the socket may start a privileged container, and so owns the host; `:ro` protects the file, not what is asked through it.",
    sources=("OWASP/CheatSheetSeries cheatsheets/Docker_Security_Cheat_Sheet.md", "docker/docker-bench-security tests/5_container_runtime.sh"),
    same_as=("CIS 5.32", "OWASP 1"),
    before="services:\n  web:\n    image: web:1\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock:ro\n",
    after="services:\n  web:\n    image: web:1\n",
)
def compose_engine_socket_mounted(compose: ComposeFile) -> Iterator[Found]:
    for service in compose.services:
        for bind in service.binds:
            if bind.source.endswith(_SOCKETS):
                yield Found(
                    message=f"{service.name} commands the host's container engine",
                    span=bind.value.span,
                    advice="leave it out, or put a proxy before it that lets only the needed requests through",
                )
