"""One run's side of the conversation: the leading run asks what the askers think of, the others repeat it."""

import socket
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from time import monotonic, sleep
from urllib.parse import unquote

from paredown.oci.model import Pairs
from paredown.probes.exchange import client, holes, websocket
from paredown.probes.exchange.bindings import Unfilled, complete, pointed_at
from paredown.probes.exchange.cookies import Cookies
from paredown.probes.exchange.described import described
from paredown.probes.exchange.interface import Answer, Asker, Guide, HttpAnswer, HttpRequest, Known, Request, WebSocketAnswer, WebSocketTalk
from paredown.probes.exchange.route_templates import route_of
from paredown.probes.exchange.script import Script
from paredown.probes.interface import Seen, Unproven
from paredown.result import Coverage, Observation, Skipped
from paredown.runners.interface import Service

_REMEMBERED = 1024 * 1024  # bytes of a body that later requests can be bound to
_PATIENCE = 3  # answers in a row that may take too long before nothing more is asked
_NOT_THERE = (404, 405)
_LONGEST_WORK, _PAUSE = 120.0, 0.2  # seconds: of work that is asked after until it is done, and between two such questions
_GIVEN_UP = "not asked: the service answers no more"


Asking = Generator[Request | Known | Skipped, Answer | None, None]


def converse(service: Service, port: int, guide: Guide, askers: Sequence[Asker], script: Script, *, leads: bool, last: bool = False) -> Iterator[Seen]:
    """What `service` answers on `port`. One run leads, and writes `script`; one repeats it; one is the `last` to ask each thing.

    The middle one is the image after, the other two the image before: see Script.
    """
    run = _Run(service, port, guide.settings.headers)
    try:
        if leads:
            yield from _lead(run, [asker(guide) for asker in askers], script)
        else:
            for request in script.lines(last=last):
                yield run.observed(request, run.ask(request, script))
        yield run.coverage(script.known)
    finally:
        run.close()


def with_headers(own: Pairs, more: Pairs) -> Pairs:
    """A request's `own` headers, and those of `more` that it does not have."""
    given = {name.lower() for name, _ in own}
    return (*own, *((name, value) for name, value in more if name.lower() not in given))


def _lead(run: "_Run", askers: list[Asking], script: Script) -> Iterator[Seen]:
    try:
        used: set[str] = set()
        for asker in askers:
            yield from _driven(run, asker, script, used)
    finally:
        script.finish()
    if not run.answered:
        yield Unproven("HTTP", f"no request was answered: {run.complaint or 'there was nothing to ask'}")
    elif run.gave_up:
        yield Unproven("HTTP", f"the service stopped answering: {run.complaint}")


def _driven(run: "_Run", asker: Asking, script: Script, used: set[str]) -> Iterator[Seen]:
    """All that one asker asks; `used` are the keys of all requests so far."""
    renamed: dict[str, str] = {}
    answer: Answer | None = None
    while not run.gave_up:
        try:
            said = asker.send(answer)
        except StopIteration:
            return
        answer = None
        match said:
            case Known():
                script.know(said.route)
            case Skipped():
                yield said
            case HttpRequest() | WebSocketTalk():
                request = _with_own_key(said, renamed, used)
                script.add(request)
                answer = run.ask(request)
                if isinstance(request, WebSocketTalk):  # the others wait for as much as came to this one
                    script.talked(_as_answered(request, answer))
                yield run.observed(request, answer)
    asker.close()


def _with_own_key(request: Request, renamed: dict[str, str], used: set[str]) -> Request:
    """`request` under a key that no other has; what it is bound to is called as this asker's requests now are."""
    key, count = request.key, 1
    while key in used:
        count += 1
        key = f"{request.key} ({count})"
    used.add(key)
    renamed[request.key] = key
    bindings = tuple(replace(binding, source=renamed.get(binding.source, binding.source)) for binding in request.bindings)
    return replace(request, key=key, bindings=bindings)


def _as_answered(talk: WebSocketTalk, answer: Answer) -> WebSocketTalk:
    return replace(talk, expected=len(answer.received), feed=answer.endless) if isinstance(answer, WebSocketAnswer) else talk


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that was made; `well` when its answer shows its route at work."""

    method: str
    target: str
    route: str
    status: int
    well: bool


class _Run:
    """One service, its cookies, and what it answered so far."""

    def __init__(self, service: Service, port: int, headers: Pairs) -> None:
        self._service, self._port, self._headers = service, port, headers
        self._jar = Cookies()
        self._kept: dict[str, socket.socket] = {}
        self._answers: dict[str, HttpAnswer] = {}
        self._asked: list[_Asked] = []
        self._silent = 0
        self.answered = False
        self.complaint = ""

    @property
    def gave_up(self) -> bool:
        return self._silent >= _PATIENCE

    def close(self) -> None:
        """Close the connections that were kept."""
        for stream in self._kept.values():
            stream.close()

    def ask(self, request: Request, script: Script | None = None) -> Answer:
        """The answer; what is repeated from a `script` is held against what that learned."""
        if self.gave_up:
            return HttpAnswer(error=_GIVEN_UP)
        if isinstance(request, WebSocketTalk):
            filled = complete(request, self._answers)
            if isinstance(filled, Unfilled):
                return WebSocketAnswer(error=filled.reason)
            talk = replace(filled, headers=with_headers(request.headers, self._headers))
            told = websocket.talk(self._service, self._port, talk, None if script is None else lambda: script.learned(talk))
            self._asked.append(_Asked("WS", request.target, request.route, told.status, told.status == 101 and not told.error))
            return told
        ready = complete(request, self._answers)
        if isinstance(ready, Unfilled):
            return HttpAnswer(error=ready.reason)
        answer = self._sent(replace(ready, headers=with_headers(ready.headers, self._headers)))
        self._note(request, ready.target, answer)
        return answer

    def _sent(self, request: HttpRequest) -> HttpAnswer:
        """The answer, or the one that says that what was to be awaited has come, or never will."""
        end = monotonic() + _LONGEST_WORK
        while True:
            answer = client.send(self._service, self._port, request, self._jar, self._kept)
            if request.until is None or answer.error or answer.status >= 400 or pointed_at(request.until.pointer, answer) in request.until.values:
                return answer
            if monotonic() > end:
                return replace(answer, error=f"{request.until.pointer} did not become {' or '.join(request.until.values)} within {_LONGEST_WORK:g} s")
            sleep(_PAUSE)

    def observed(self, request: Request, answer: Answer) -> Observation:
        return Observation(probe="websocket" if isinstance(request, WebSocketTalk) else "http", key=request.key, value=described(answer))

    def coverage(self, known: tuple[str, ...]) -> Coverage:
        """The routes that an answer below 400 came from. What was asked without a route in mind counts for the one it matches."""
        met = (asked.route for asked in self._asked if asked.route and asked.status not in _NOT_THERE)
        routes = {holes.shape(route): route for route in (*met, *known)}
        exercised = set()
        for asked in self._asked:
            if asked.well and (found := asked.route or route_of(asked.method, unquote(asked.target), routes.values())):
                exercised.add(routes[holes.shape(found)])
        return Coverage(what="routes", exercised=frozenset(map(holes.plain, exercised)), known=frozenset(map(holes.plain, routes.values())))

    def _note(self, request: HttpRequest, target: str, answer: HttpAnswer) -> None:
        self.answered = self.answered or answer.status > 0
        self.complaint = answer.error or self.complaint
        self._silent = self._silent + 1 if answer.error == client.timed_out(request.timeout) and not answer.status else 0
        self._answers[request.key] = answer if len(answer.body) <= _REMEMBERED else replace(answer, body=b"")
        self._asked.append(_Asked(request.method, target, request.route, answer.status, 0 < answer.status < 400 and not answer.error))
