"""Finds services that listen below port 1024."""

from collections.abc import Iterator

from paredown.rules.interface import Found, Severity, rule
from paredown.rules.probes import exposed_ports, served_port
from paredown.rules.recipe import Recipe
from paredown.rules.service import starts
from paredown.rules.service_users import service_user


@rule(
    id="privileged-port",
    severity=Severity.INFO,
    summary="a port below 1024",
    why="Ports below 1024 need root or a capability wherever the engine does not lift it, as Docker does and rootless Podman and Kubernetes do not: a service "
    "that is not root ends with `Permission denied`. Inside of a container nobody needs port 80.",
    sources=("docker/docker-bench-security tests/5_container_runtime.sh", "https://man7.org/linux/man-pages/man7/ip.7.html"),
    same_as=("CIS 5.8",),
    before='FROM python:3.13-slim\nEXPOSE 80\nCMD ["gunicorn", "--bind", "0.0.0.0:80", "main:app"]\n',
    after='FROM python:3.13-slim\nEXPOSE 8000\nCMD ["gunicorn", "--bind", "0.0.0.0:8000", "main:app"]\n',
)
def privileged_port(recipe: Recipe) -> Iterator[Found]:
    served = served_port(recipe)
    user = service_user(recipe)
    if served is not None and served[1] < 1024:
        rootless = user is not None and user.step is not None and user.name not in ("root", "0")
        who = f", and runs as {user.name}" if user is not None and rootless else ""
        yield Found(
            message=f"{served[0].program} listens on port {served[1]}{who}", span=served[0].span, severity=Severity.WARNING if rootless else None,
            advice=f"listen on {8000 + served[1] % 1000}, and publish it as {served[1]} (`docker run -p {served[1]}:{8000 + served[1] % 1000}`)",
        )  # fmt: skip
    elif served is None and any(start.is_python for start in starts(recipe)):
        for port in exposed_ports(recipe):
            if port.number < 1024:
                yield Found(message=f"port {port.number} is below 1024", span=port.span, advice="listen on 8000, and publish it as you like")
