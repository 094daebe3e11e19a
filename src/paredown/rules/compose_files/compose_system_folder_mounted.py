"""Finds services that may write to folders of the host's system."""

from collections.abc import Iterator

from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Found, Severity, rule

_FOLDERS = ("/", "/etc", "/usr", "/bin", "/sbin", "/lib", "/boot", "/dev", "/proc", "/sys", "/root", "/var", "/var/lib/docker", "/run", "/var/run")


@rule(
    id="compose-system-folder-mounted",
    severity=Severity.WARNING,
    summary="a service may write to a system folder of the host",
    why="Root in the container changes the host's accounts, programs or settings there, and with them the host.",
    sources=("docker/docker-bench-security tests/5_container_runtime.sh",),
    same_as=("CIS 5.6",),
    before="services:\n  web:\n    image: web:1\n    volumes:\n      - /etc:/host/etc\n",
    after="services:\n  web:\n    image: web:1\n    volumes:\n      - /etc:/host/etc:ro\n",
)
def compose_system_folder_mounted(compose: ComposeFile) -> Iterator[Found]:
    for service in compose.services:
        for bind in service.binds:
            if (bind.source.rstrip("/") or "/") in _FOLDERS and not bind.read_only:
                yield Found(
                    message=f"{service.name} may write to the host's {bind.source}",
                    span=bind.value.span,
                    advice="mount it with `:ro`, or only the file that is needed",
                )
