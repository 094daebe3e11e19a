"""What a service's own command line says of where it listens: the options for host and port in its code, and their defaults."""

import ast
from dataclasses import dataclass

from paredown.frontends.interface import Start
from paredown.frontends.sources import Sources, keyword, text_of
from paredown.origin import Origin

_ADDS_OPTION = r"""(?s)(?:add_argument|addoption|option)\(.{0,60}?["']--(?:port|host|bind|address)["']"""
_HOSTS = ("--host", "--bind", "--address")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """The default port, and the option for the host when the default is loopback; None for what is not known or not certain."""

    port: int | None
    host_option: str | None
    origin: Origin | None


def find(sources: Sources, start: Start) -> Listening:
    """By the calls of argparse and click, in the module that is started if it has any. Different defaults in several places are no answer."""
    ports: dict[int, Origin] = {}
    hosts: dict[str, Origin] = {}
    paths = sources.matching(_ADDS_OPTION)
    own = tuple(path for path in paths if sources.module_name(path) == start.module)
    for path in own or paths:
        for node in ast.walk(sources.tree(path) or ast.Module(body=[], type_ignores=[])):
            if not isinstance(node, ast.Call):
                continue
            names = [text_of(argument) for argument in node.args]
            default = keyword(node, "default")
            where = Origin(sources.shown(path), node.lineno)
            if "--port" in names and isinstance(default, ast.Constant) and isinstance(default.value, int | str) and str(default.value).isdigit():
                ports.setdefault(int(default.value), where)
            for name in _HOSTS:
                if name in names and text_of(default) in _LOOPBACK:
                    hosts.setdefault(name, where)
    port = next(iter(ports)) if len(ports) == 1 and 0 < next(iter(ports)) < 65536 else None
    host = next(iter(hosts)) if len(hosts) == 1 else None
    return Listening(port=port, host_option=host, origin=hosts[host] if host else ports[port] if port else None)


def doubt(listening: Listening, start: Start) -> str | None:
    """A sentence when the service, started as it is, would listen on loopback only."""
    option = listening.host_option
    if option is None or any(word.partition("=")[0] == option for word in start.words):
        return None
    what = f"{listening.origin}: `{option}` is the loopback address if not given, where nobody outside of the container reaches the service"
    return f"{what}: write a command with `{option} 0.0.0.0`."
