"""Finds own services that keep rights which a web service does not need."""

from collections.abc import Iterator

from paredown.rules.compose_file import ComposeFile, Service
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import listed

_WANTED = {"read_only": "read_only: true", "cap_drop": "cap_drop: [ALL]", "security_opt": "security_opt: [no-new-privileges:true]"}


@rule(
    id="compose-hardening-missing",
    severity=Severity.INFO,
    summary="a service that is built here keeps a writable root, capabilities, or the way to new rights",
    why="Who takes over the service can then replace its programs, and use what capabilities and setuid programs give. Most services need none of it.",
    sources=("OWASP/CheatSheetSeries cheatsheets/Docker_Security_Cheat_Sheet.md", "docker/docker-bench-security tests/5_container_runtime.sh"),
    same_as=("CIS 5.4", "CIS 5.13", "CIS 5.26", "OWASP 3", "OWASP 4", "OWASP 8"),
    before="services:\n  web:\n    build: .\n",
    after="services:\n  web:\n    build: .\n    read_only: true\n    tmpfs: [/tmp]\n    cap_drop: [ALL]\n    security_opt: [no-new-privileges:true]\n",
)
def compose_hardening_missing(compose: ComposeFile) -> Iterator[Found]:
    if compose.for_development:
        return
    lacking = {service: [text for key, text in _WANTED.items() if service.get(key) is None] for service in compose.services if _own(service)}
    open_ones = [service for service, texts in lacking.items() if texts]
    if open_ones:
        wanted = [text for text in _WANTED.values() if any(text in texts for texts in lacking.values())]
        yield Found(
            message=f"{listed([service.name for service in open_ones])} {'keeps' if len(open_ones) == 1 else 'keep'} rights that few services need",
            span=open_ones[0].key.span,
            advice=f"add and try: {', '.join(f'`{text}`' for text in wanted)}, with `tmpfs` or volumes for what it writes",
        )


def _own(service: Service) -> bool:
    return service.whole and service.get("build") is not None and service.get("privileged") is None
