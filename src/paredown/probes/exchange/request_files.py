"""The requests that the user wrote down or recorded: `.http` and `.rest` files, and HTTP archives."""

from collections.abc import Generator
from dataclasses import replace

from paredown.errors import UserError
from paredown.probes.exchange import har, rest_client
from paredown.probes.exchange.interface import Answer, Guide, HttpRequest, Known, Request
from paredown.probes.exchange.request_variables import Reading
from paredown.probes.exchange.route_templates import route_of

_MOST_BYTES = 64 * 1024 * 1024


def parse(name: str, data: bytes, project: str = "") -> tuple[Request, ...]:
    """The requests of the file `name`, which is relative to the folder `project`; UserError says which line is wrong."""
    if len(data) > _MOST_BYTES:
        raise UserError(f"the request file is larger than {_MOST_BYTES} bytes", where=name, fix="give a smaller one")
    if name.lower().endswith(".har"):
        return tuple(har.read(name, data))
    if not name.lower().endswith((".http", ".rest")):
        raise UserError("the file is none that requests are read from", where=name, fix="give a .http, .rest or .har file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UserError("the request file is not UTF-8", where=f"{name}:{line}", fix="save it as UTF-8") from None
    return tuple(rest_client.read(Reading(name), text, project))


def ask(guide: Guide) -> Generator[Request | Known, Answer | None, None]:
    """All requests of all files, in their order."""
    for name, data in guide.files:
        for request in parse(name, data, guide.settings.project):
            method = request.method if isinstance(request, HttpRequest) else "WS"
            yield replace(request, route=route_of(method, request.target, guide.routes))
