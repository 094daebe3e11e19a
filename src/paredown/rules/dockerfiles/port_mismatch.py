"""Finds an EXPOSE or a health check with another port than the service listens on."""

from collections.abc import Iterator

from paredown.rules.interface import Edit, Found, Severity, rule
from paredown.rules.probes import checked_port, exposed_ports, served_port
from paredown.rules.recipe import Recipe


@rule(
    id="port-mismatch",
    severity=Severity.WARNING,
    summary="EXPOSE or the health check names another port than the command",
    why="`docker run -P`, reverse proxies and platforms connect to the exposed port, where nobody listens; a health check on the wrong port never succeeds.",
    sources=("https://docs.docker.com/reference/dockerfile/#expose", "https://12factor.net/port-binding"),
    same_as=("CIS 5.9", "12-factor VII"),
    before='FROM python:3.13-slim\nEXPOSE 80\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"]\n',
    after='FROM python:3.13-slim\nEXPOSE 8000\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"]\n',
)
def port_mismatch(recipe: Recipe) -> Iterator[Found]:
    served = served_port(recipe)
    if served is None:
        return
    start, port = served
    exposed = tuple(exposed_ports(recipe))
    if exposed and all(one.number != port for one in exposed):
        written = recipe.dockerfile.text[exposed[-1].span.start : exposed[-1].span.end]
        yield Found(
            message=f"EXPOSE names {exposed[-1].number}, and {start.program} listens on {port}",
            span=exposed[-1].span,
            edits=(Edit(exposed[-1].span, str(port)),) if len(exposed) == 1 and written.isdigit() else (),
            advice=f"write `EXPOSE {port}`, or let {start.program} listen on {exposed[-1].number}",
        )
    checked = checked_port(recipe)
    if checked is not None and checked.number != port:
        yield Found(
            message=f"the health check asks port {checked.number}, and {start.program} listens on {port}",
            span=checked.span, edits=(Edit(checked.span, str(port)),), severity=Severity.ERROR,
        )  # fmt: skip
