"""Finds services without a health check."""

from collections.abc import Iterator

from paredown.rules.interface import Found, Severity, rule
from paredown.rules.probes import exposed_ports, python_probe, served_port
from paredown.rules.purpose import is_service
from paredown.rules.recipe import Recipe
from paredown.rules.service import starts


@rule(
    id="health-check-missing",
    severity=Severity.INFO,
    summary="no HEALTHCHECK",
    why="Docker, Compose and Swarm take a service that hangs for a healthy one, and start what depends on it too early. Kubernetes has its own probes.",
    sources=("docker/docker-bench-security tests/4_container_images.sh", "https://docs.docker.com/reference/dockerfile/#healthcheck"),
    same_as=("hadolint DL3057", "dockle CIS-DI-0006", "CIS 4.6"),
    before='FROM python:3.13-slim\nEXPOSE 8000\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0"]\n',
    after="FROM python:3.13-slim\nEXPOSE 8000\n"
    'HEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen(\'http://127.0.0.1:8000/health\', timeout=3)"]\n'
    'CMD ["uvicorn", "main:app", "--host", "0.0.0.0"]\n',
)
def health_check_missing(recipe: Recipe) -> Iterator[Found]:
    if not is_service(recipe) or recipe.final.last("HEALTHCHECK"):
        return
    served = served_port(recipe)
    ports = (served[1],) if served else tuple(port.number for port in exposed_ports(recipe))
    if ports and any(start.is_python for start in starts(recipe)):
        yield Found(
            message="no HEALTHCHECK tells whether the service answers",
            span=recipe.final.instruction.span,
            advice=f"write, with a path of the service, `HEALTHCHECK CMD {python_probe(f'http://127.0.0.1:{ports[0]}/health')}`",
        )
