"""What is said to a service and what it answers. An asker is a generator: it yields requests and is sent their answers; the first run drives it.

The other runs repeat the requests that the first one made, each with what its own earlier answers held where a request is bound to them.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass

from paredown.oci.model import Pairs
from paredown.plan import Verification
from paredown.probes.interface import Image
from paredown.result import Skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Text that each run takes from its own earlier answers: where `placeholder` stands in target, headers, body or messages.

    `source` is the key of the earlier request; `pointer` says what of its answer: a JSON pointer (`/0/id`), `field NAME` (the value of a form field
    of an HTML page), or `header NAME`.
    """

    placeholder: str
    source: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Until:
    """What an answer has to say for work to be done: one of `values` at a JSON pointer."""

    pointer: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One request. `key` is unique in a run and reads well (`POST /items, valid`); `route` is the known route it exercises (`POST /items/{id}`), or "".

    An answer is awaited `timeout` seconds. Cookies are kept from answer to request as a browser does.

    How it is sent: the body `chunked`, or in four pieces with a `pause` of seconds between; in HTTP `version`; requests of one non-empty `connection`
    go over the same one while the service keeps it. A body that goes on for ever is cut after `take` seconds, if that is not 0.
    With `until` it is made again and again; the last answer counts.
    """

    key: str
    method: str
    target: str
    headers: Pairs = ()
    body: bytes = b""
    bindings: tuple[Binding, ...] = ()
    route: str = ""
    timeout: float = 30
    chunked: bool = False
    pause: float = 0
    version: str = "1.1"
    connection: str = ""
    take: float = 0
    until: Until | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What came back. `error` says what broke off, if anything did; `body` is all of it up to 64 MiB, or what came of one that was `cut`."""

    status: int = 0
    reason: str = ""
    headers: Pairs = ()
    body: bytes = b""
    error: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSocketTalk:
    """A WebSocket conversation: connect to `target`, send each of `messages`, take what comes until `quiet` seconds pass without any, close.

    A run that repeats the talk awaits as many messages as came to the first run, which `expected` says. Of a `feed` it is known that it sends by itself.
    """

    key: str
    target: str
    messages: tuple[str | bytes, ...]
    headers: Pairs = ()
    bindings: tuple[Binding, ...] = ()
    route: str = ""
    timeout: float = 10
    quiet: float = 0.5
    expected: int = 0
    feed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSocketAnswer:
    """`status` is that of the handshake, 101 when it was accepted; `close_code` 0 when the service did not close; so many messages were `said`.

    An `endless` one comes from a feed: what was received is as much as was waited for.
    """

    status: int = 0
    protocol: str = ""
    received: tuple[str | bytes, ...] = ()
    close_code: int = 0
    said: int = 0
    error: str = ""
    endless: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """A route that the service has, by method and template: `GET /items/{item_id}`, `WS /echo`."""

    route: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What the view of a listed `route` reads of a request: a `query` parameter, a `field` of a form, a `file`, or all of the `body` (`name` is "")."""

    route: str
    place: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a framework knows of a service: its routes, `GET /items/{item_id:int}`, and what is read there."""

    routes: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()


Request = HttpRequest | WebSocketTalk
Answer = HttpAnswer | WebSocketAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What an asker may know beforehand.

    `routes` are those that the service's own framework lists, `inputs` what is read there; `project` files (.http, HAR) come as (name, bytes).
    """

    image: Image
    settings: Verification
    routes: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()


# What is sent back for a Known or a Skipped is None.
Asker = Callable[[Guide], Generator[Request | Known | Skipped, Answer | None, None]]
