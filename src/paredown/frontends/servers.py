"""What front ends say of a start under a server: what it cannot do, and what will not do well in an image."""

from paredown.commands.servers import SERVERS, option, program
from paredown.errors import UserError
from paredown.frontends.interface import Locked, Start

PORT = 8000


def refuse_impossible(start: Start, locked: Locked) -> None:
    """Raise UserError for a server that is not installed, or for an option that it does not have."""
    name = program(start.words)
    server = SERVERS.get(name)
    if server is None:
        return
    if locked.complete and not locked.has(server.distribution):
        raise UserError(f"the command starts {name}, which {locked.file} does not have", where=start.origin, fix=f"{locked.add} {server.distribution}")
    for word in start.words[1:]:
        flag = word.partition("=")[0]
        if server.foreign and flag in server.foreign:
            raise UserError(f"{name} has no option `{flag}`", where=start.origin, fix=f"{name}'s own is {server.foreign[flag]}")


def doubts(start: Start, locked: Locked, *, has_configuration: bool) -> list[str]:
    """Sentences on what in a user's command will not do well in an image."""
    words, name = start.words, program(start.words)
    server = SERVERS.get(name)
    found: list[str] = []
    if server is not None and server.loopback and not has_configuration:
        host = option(words, server.host) or option(words, server.bind)
        if host is None or host.startswith(("127.", "localhost")):
            wanted = f"{server.host[0]} 0.0.0.0" if server.host else f"{server.bind[0]} 0.0.0.0:${{PORT:-{PORT}}}"
            found.append(f"{start.origin}: {name} listens on 127.0.0.1 only, where nobody outside of the container reaches it: add `{wanted}`.")
    if server is not None and not locked.complete and locked.names and not locked.has(server.distribution):
        missing = f"{start.origin}: the command starts {name}, which {locked.file} does not name"
        found.append(f"{missing}: if no other dependency brings it, {locked.add} {server.distribution}.")
    if "--reload" in words or "--debug" in words:
        found.append(f"{start.origin}: `{'--reload' if '--reload' in words else '--debug'}` is for development: leave it out.")
    if "runserver" in words or words[:2] in (("flask", "run"), ("fastapi", "dev")):
        found.append(f"{start.origin}: `{' '.join(words[:2])}` is a development server: gunicorn or uvicorn serves better.")
    return found
