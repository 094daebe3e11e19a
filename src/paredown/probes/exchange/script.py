"""What the leading run asks, written down while it asks, for the other runs to repeat beside it."""

from collections.abc import Iterator
from threading import Condition
from time import monotonic

from paredown.probes.exchange.interface import Request, WebSocketTalk

_PATIENCE = 10.0  # seconds in all that the last run waits for the one before it


class Script:
    """Grows until it is finished; safe between threads.

    The last run makes each request after the one in the middle has made it. What a service tells of the clock then lies, in the middle one's answer,
    between what the first and the last one say: where those two agree, the middle one cannot differ by time alone.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._lines: list[Request] = []
        self._talks: dict[str, WebSocketTalk] = {}
        self._known: dict[str, None] = {}
        self._finished = False
        self._repeated = 0  # by the run in the middle
        self._patience = _PATIENCE

    def add(self, request: Request) -> None:
        """One more request, made or about to be made by the leading run."""
        with self._changed:
            self._lines.append(request)
            self._changed.notify_all()

    def talked(self, talk: WebSocketTalk) -> None:
        """What the leading run learned by a talk: how much is to be expected."""
        with self._changed:
            self._talks[talk.key] = talk
            self._changed.notify_all()

    def learned(self, talk: WebSocketTalk) -> WebSocketTalk:
        """The talk with what the leading run learned by it, once that is known."""
        with self._changed:
            self._changed.wait_for(lambda: self._finished or talk.key in self._talks)
            return self._talks.get(talk.key, talk)

    def know(self, route: str) -> None:
        """One more route that the service has."""
        with self._changed:
            self._known[route] = None

    def finish(self) -> None:
        """Nothing follows. Whoever was to lead and cannot says so too, for nobody to wait for it."""
        with self._changed:
            self._finished = True
            self._changed.notify_all()

    @property
    def known(self) -> tuple[str, ...]:
        """The routes, in the order they became known."""
        with self._changed:
            return tuple(self._known)

    @property
    def requests(self) -> tuple[Request, ...]:
        """All of them so far."""
        with self._changed:
            return tuple(self._lines)

    def lines(self, *, last: bool = False) -> Iterator[Request]:
        """The requests as they come, until the script is finished."""
        place = 0
        try:
            while (line := self._line(place)) is not None:
                if last:
                    self._await_middle(place)
                yield line
                place += 1
                if not last:
                    self._tell(place)
        finally:
            if not last:
                self._leave()

    def _line(self, place: int) -> Request | None:
        with self._changed:
            self._changed.wait_for(lambda: self._finished or place < len(self._lines))
            return self._lines[place] if place < len(self._lines) else None

    def _tell(self, repeated: int) -> None:
        with self._changed:
            self._repeated = max(self._repeated, repeated)
            self._changed.notify_all()

    def _leave(self) -> None:
        """The run in the middle is done or gone: nobody waits for it."""
        with self._changed:
            self._patience = 0
            self._changed.notify_all()

    def _await_middle(self, place: int) -> None:
        """Until the run in the middle has made the request at `place`, as long as there is patience left for it."""
        with self._changed:
            began = monotonic()
            self._changed.wait_for(lambda: self._repeated > place or self._patience <= 0, timeout=self._patience)
            self._patience -= monotonic() - began
