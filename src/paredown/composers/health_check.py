"""The health check: one GET over a raw socket by the image's own Python, exit 0 when the service is well and 1 when not."""

import re

from paredown.composers.launcher import EXPAND, VARIABLE
from paredown.plan import PAREDOWN_FOLDER, HealthCheck, Plan
from paredown.tree import PAREDOWN, Tree, file_of, folder_of

PATH = f"{PAREDOWN_FOLDER}/health.py"
DEFAULT_PORT = "8000"

_PORT_OPTION = re.compile(r"^(?:--port|--http-port|-p)(?:=(.+))?$")
_BIND_OPTION = re.compile(r"^(?:--bind|-b|--listen|--addr|--address|--host-port)(?:=(.+))?$")
_PORT_OF_ADDRESS = re.compile(r"^(?:\[[^\]]*\]|[^:/]*):(\d+|\$\w+|\$\{[^}]*\})$")

# The socket module costs 6 ms, http.client 40 ms; `_socket` is what both stand on.
_HEALTH = f'''\
"""Asks the service for one answer: exit 0 when it is well, 1 (with the reason on stderr) when not. Made by paredown."""

import posix
import sys
from time import monotonic

import _socket


{EXPAND}

def ask(family, address, port, path, timeout):
    """The status of the answer to a GET; a server that answers nothing sensible is an OSError."""
    until = monotonic() + timeout
    connection = _socket.socket(family, _socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        connection.connect((address, port))
        host = address if family == _socket.AF_INET else "[" + address + "]"
        request = "GET " + path + " HTTP/1.1\\r\\nHost: " + ("localhost" if host in ("127.0.0.1", "[::1]") else host) + ":" + str(port)
        connection.sendall((request + "\\r\\nUser-Agent: paredown-health\\r\\nAccept: */*\\r\\nConnection: close\\r\\n\\r\\n").encode())
        head = b""
        while b"\\n" not in head and len(head) < 4096:
            left = until - monotonic()
            if left <= 0:
                raise OSError("no answer within " + str(timeout) + " s")
            connection.settimeout(left)
            piece = connection.recv(4096)
            if not piece:
                break
            head += piece
    finally:
        connection.close()
    words = head.split(None, 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
        raise OSError("the answer is not HTTP")
    return int(words[1])


def main(port, path, limit, timeout):
    environment = {{key.decode("utf-8", "surrogateescape"): value.decode("utf-8", "surrogateescape") for key, value in posix.environ.items()}}
    try:
        number = int(expand(port, environment))
        if not 0 < number < 65536:
            raise ValueError
    except LookupError as error:
        return "unhealthy: " + error.args[0]
    except ValueError:
        return "unhealthy: " + repr(port) + " gives no port"
    reason = ""
    # A service may listen on IPv4 alone or on IPv6 alone; the first that answers decides.
    for family, address in ((_socket.AF_INET, "127.0.0.1"), (_socket.AF_INET6, "::1")):
        try:
            status = ask(family, address, number, path, float(timeout))
        except OSError as error:
            if not isinstance(error, ConnectionRefusedError) and reason == "":
                reason = str(error) or type(error).__name__
            if isinstance(error, TimeoutError):
                break
            continue
        return "" if status < int(limit) else "unhealthy: GET " + path + " answered " + str(status)
    return "unhealthy: port " + str(number) + ": " + (reason or "connection refused")


message = main(*sys.argv[1:5])
if message:
    posix.write(2, (message + "\\n").encode("utf-8", "surrogateescape"))
posix._exit(1 if message else 0)
'''


def compose(plan: Plan, interpreter: str) -> tuple[Tree, tuple[str, ...]]:
    """The script and the exec-form test argv; nothing when the plan has no health check."""
    match plan.health:
        case None:
            return Tree(), ()
        case HealthCheck(path=path, timeout=timeout):
            # The engine kills a late check; answering before that gives a reason to read.
            patience = f"{max(timeout * 0.9, 0.1):g}"
            argv = (interpreter, "-I", "-S", PATH, port_of(plan), path or "/", "500" if path is None else "400", patience)
    folder = PAREDOWN_FOLDER.strip("/")
    tree = Tree({folder: folder_of(owner=PAREDOWN), PATH.strip("/"): file_of(_HEALTH.encode(), owner=PAREDOWN)}).with_parents()
    return tree, argv


def port_of(plan: Plan) -> str:
    """The port as the start command says it, variables not yet expanded: `8000`, `${PORT:-8000}`.

    From a port or bind option, an address-like word, the PORT of the command or the environment, the first exposed port.
    """
    words = plan.command.words
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else ""
        if found := _PORT_OPTION.match(word):
            port = found.group(1) or following
            if port.isdigit() or VARIABLE.fullmatch(port):
                return port
        if found := _BIND_OPTION.match(word):
            address = found.group(1) or following
            if (port_part := _PORT_OF_ADDRESS.match(address)) is not None:
                return port_part.group(1)
    for word in words[1:]:
        if (port_part := _PORT_OF_ADDRESS.match(word)) is not None:
            return port_part.group(1)
    for word in words:
        for found in VARIABLE.finditer(word):
            if "PORT" in (found.group(1) or found.group(2) or "").split("_"):
                return found.group(0)
    default = str(plan.ports[0]) if plan.ports else DEFAULT_PORT
    return f"${{PORT:-{default}}}" if any(name == "PORT" for name, _ in plan.environment) else default
