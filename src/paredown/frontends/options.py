"""What a service's own code says of where it listens: its options for host and port, the variable PORT, and their defaults."""

import ast
from dataclasses import dataclass

from paredown.frontends.interface import Start
from paredown.frontends.sources import Sources, keyword, text_of
from paredown.origin import Origin

_ADDS_OPTION = r"""(?s)(?:add_argument|addoption|option)\(.{0,60}?["']--(?:port|host|bind|address)["']"""
_ASKS_ENVIRONMENT = r"""(?:environ\.get|getenv)\(\s*["']PORT["']\s*,"""
_HOSTS = ("--host", "--bind", "--address")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """The default port, and the option for the host when the default is loopback; None for what is not known or not certain."""

    port: int | None
    host_option: str | None
    origin: Origin | None


def find(sources: Sources, start: Start) -> Listening:
    """By the calls of argparse and click, and by what stands in for the variable PORT, in the module that is started if it has any.

    Different defaults in several places are no answer.
    """
    ports: dict[int, Origin] = {}
    hosts: dict[str, Origin] = {}
    paths = sources.matching(f"{_ADDS_OPTION}|{_ASKS_ENVIRONMENT}")
    own = tuple(path for path in paths if sources.module_name(path) == start.module)
    for path in own or paths:
        for node in ast.walk(sources.tree(path) or ast.Module(body=[], type_ignores=[])):
            if not isinstance(node, ast.Call):
                continue
            names = [text_of(argument) for argument in node.args]
            asks = _asks_environment(node)
            default = node.args[1] if asks else keyword(node, "default")
            where = Origin(sources.shown(path), node.lineno)
            number = str(default.value) if isinstance(default, ast.Constant) and isinstance(default.value, int | str) else ""
            if (asks or "--port" in names) and number.isdigit():
                ports.setdefault(int(number), where)
            for name in _HOSTS:
                if name in names and text_of(default) in _LOOPBACK:
                    hosts.setdefault(name, where)
    port = next(iter(ports)) if len(ports) == 1 and 0 < next(iter(ports)) < 65536 else None
    host = next(iter(hosts)) if len(hosts) == 1 else None
    return Listening(port=port, host_option=host, origin=hosts[host] if host else ports[port] if port else None)


def _asks_environment(call: ast.Call) -> bool:
    """Whether it is `os.environ.get("PORT", ...)` or `os.getenv("PORT", ...)`."""
    return len(call.args) == 2 and text_of(call.args[0]) == "PORT" and isinstance(call.func, ast.Attribute) and call.func.attr in ("get", "getenv")


def doubt(listening: Listening, start: Start) -> str | None:
    """A sentence when the service, started as it is, would listen on loopback only."""
    option = listening.host_option
    if option is None or any(word.partition("=")[0] == option for word in start.words):
        return None
    what = f"{listening.origin}: `{option}` is the loopback address if not given, where nobody outside of the container reaches the service"
    return f"{what}: write a command with `{option} 0.0.0.0`."
