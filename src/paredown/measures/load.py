"""A small load: one page asked for some hundred times, by a few clients at once."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from paredown.comparison import NotMeasured
from paredown.measures.usage import Usage, usage
from paredown.oci.model import Pairs
from paredown.probes import asking
from paredown.runners.interface import Service

CLIENTS = 4
_PATIENCE = 10.0  # seconds for one answer
_FAILED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a service took while it was asked: bytes at the most, and seconds on processors for each answer."""

    memory: int
    processor: float


def described(path: str, requests: int) -> str:
    """The load in words."""
    return f"{requests} × GET {path}, {CLIENTS} at a time"


def loaded(service: Service, python: str, port: int, path: str, headers: Pairs, *, requests: int) -> Loaded | NotMeasured:
    """Ask so many times, and look at the service all the while."""
    first = usage(service, python)
    if isinstance(first, NotMeasured):
        return first
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(_asked, service, port, path, headers, requests // CLIENTS) for _ in range(CLIENTS)]
        looks = [first, *_looks(service, python, clients)]
    if complaint := next((found for client in clients if (found := client.result())), ""):
        return NotMeasured(complaint)
    last = usage(service, python)
    if isinstance(last, NotMeasured):
        return last
    return Loaded(memory=max(look.memory for look in (*looks, last)), processor=max(0.0, last.processor - first.processor) / requests)


def _looks(service: Service, python: str, clients: "list[Future[str]]") -> list[Usage]:
    looks = []
    while not all(client.done() for client in clients):
        look = usage(service, python)
        if isinstance(look, NotMeasured):
            break
        looks.append(look)
    return looks


def _asked(service: Service, port: int, path: str, headers: Pairs, times: int) -> str:
    """The complaint, if an answer does not come or is that of a failing service."""
    for _ in range(times):
        try:
            status = asking.status_of(service, port, path, headers=headers, timeout=_PATIENCE)
        except OSError as error:
            return f"GET {path} was not answered under a small load: {error}"
        if status >= _FAILED:
            return f"GET {path} was answered {status} under a small load"
    return ""
