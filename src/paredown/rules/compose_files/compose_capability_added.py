"""Finds services with a capability that is as good as root on the host."""

from collections.abc import Iterator

from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Found, Severity, rule

_STRONG = frozenset({"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "DAC_READ_SEARCH", "BPF", "SYS_BOOT"})
_HOSTS = frozenset({"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH"})


@rule(
    id="compose-capability-added",
    severity=Severity.WARNING,
    summary="a service is given a strong capability",
    why="Engines leave these out as each opens ways out of the container: SYS_ADMIN mounts, SYS_MODULE loads kernel modules, SYS_PTRACE reads other processes.",
    sources=(
        "https://docs.docker.com/engine/security/#linux-kernel-capabilities",
        "docker/docker-bench-security tests/5_container_runtime.sh",
    ),
    same_as=("CIS 5.4", "OWASP 3"),
    before="services:\n  web:\n    image: web:1\n    cap_add: [SYS_ADMIN]\n",
    after="services:\n  web:\n    image: web:1\n    cap_add: [NET_BIND_SERVICE]\n",
)
def compose_capability_added(compose: ComposeFile) -> Iterator[Found]:
    for service in compose.services:
        setting = service.get("cap_add")
        for item in setting.items if setting else ():
            name = item.text.upper().removeprefix("CAP_")
            if name in _STRONG:
                yield Found(
                    message=f"{service.name} is given {name}",
                    span=item.span,
                    advice="leave it out, or give only what it needs",
                    severity=Severity.ERROR if name in _HOSTS else None,
                )
