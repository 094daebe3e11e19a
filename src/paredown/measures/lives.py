"""Two images run in turn, before and after, some times: how soon each answers and ends, what it takes, and what it stands."""

import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from paredown.comparison import Figure, Measured, NotMeasured
from paredown.errors import ParedownError, WorldError
from paredown.measures.interface import Life
from paredown.measures.load import described, loaded
from paredown.measures.usage import usage
from paredown.probes import arrival, hardening, health, session, start, workers
from paredown.probes.interface import Seen, Subject
from paredown.result import Observation
from paredown.runners.interface import Service

_POLL = 0.005  # seconds between two attempts to get the first answer
_SETTLES = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How often each image is started, for how many seconds it is left alone, and how many requests are a small load."""

    runs: int = 5
    idle: float = 3.0
    requests: int = 400


@dataclass(slots=True, kw_only=True)
class _Running:
    """What was seen so far of one image; `failure` is why it cannot be run, or not again."""

    subject: Subject
    path: str
    effort: Effort
    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    usage: dict[str, Measured] = field(default_factory=dict)
    listening: tuple[int, ...] | None = None
    failure: str = ""
    late: bool = False

    def round(self, *, last: bool) -> None:
        """One start and one end; the last time all else, between them."""
        if self.failure:
            return
        subject = self.subject
        begun = time.perf_counter()
        try:
            with subject.machine.service(subject.launch) as service:
                if diagnosis := arrival.awaited(service, subject, subject.launch, self.path, longest_pause=_POLL):
                    self.failure = diagnosis.what
                    return
                self.starts.append(time.perf_counter() - begun)
                if last:
                    self._look(service)
                self._end(service)
        except (WorldError, OSError) as error:
            self.failure = str(getattr(error, "what", error))

    def stand(self) -> None:
        """Restrictions, and the health check without a service."""
        if not self.failure:
            try:
                self.seen += [*hardening.observe(self.subject), *health.observe(self.subject)]
            except ParedownError as error:
                self.failure = error.what

    def life(self) -> Life:
        """What it came to."""
        why = NotMeasured(self.failure or "it was not run")
        observed = [each for each in self.seen if isinstance(each, Observation)]
        complaints = {each.key: each.value for each in observed if each.kept}
        users = next((tuple(map(str, each.value)) for each in observed if (each.probe, each.key) == (workers.NAME, "user")), ())
        return Life(
            first_answer=_median(self.starts) or why,
            ending=NotMeasured(f"it still ran {self.subject.settings.grace:g} s after its stop signal") if self.late else _median(self.ends) or why,
            memory_idle=self.usage.get("memory idle", why),
            memory_loaded=self.usage.get("memory loaded", why),
            processor_idle=self.usage.get("processor idle", why),
            processor_per_answer=self.usage.get("processor per answer", why),
            load=described(self.path, self.effort.requests),
            complaints={**complaints, **({"ends in time": "it was killed"} if self.late else {})},
            users=users,
            listening=self.listening,
            untried=why.reason,
        )

    def _look(self, service: Service) -> None:
        subject, python = self.subject, self.subject.image.python
        service.wait(min(_SETTLES, self.effort.idle))
        first = usage(service, python)
        service.wait(self.effort.idle)
        second = usage(service, python)
        for found in (first, second):
            if isinstance(found, NotMeasured):
                self.usage |= dict.fromkeys(("memory idle", "processor idle"), found)
        if not isinstance(first, NotMeasured) and not isinstance(second, NotMeasured):
            self.usage["memory idle"] = Figure(second.memory)
            self.usage["processor idle"] = Figure((second.processor - first.processor) / (second.time - first.time))
        load = loaded(service, python, subject.launch.ports[0], self.path, subject.settings.headers, requests=self.effort.requests)
        self.usage["memory loaded"] = load if isinstance(load, NotMeasured) else Figure(load.memory)
        self.usage["processor per answer"] = load if isinstance(load, NotMeasured) else Figure(load.processor)
        look = start.looked(service, python)
        self.listening = None if isinstance(look, str) else tuple(port for _, port in look.listening)
        self.seen += [*workers.observe(service, subject), *health.when_up(service, subject)]

    def _end(self, service: Service) -> None:
        if self.late:
            return
        grace = self.subject.settings.grace
        begun = time.perf_counter()
        service.stop(grace)
        taken = time.perf_counter() - begun
        if taken < grace:
            self.ends.append(taken)
        else:
            self.late = True


def lives(subjects: Sequence[Subject], effort: Effort) -> tuple[Life, ...]:
    """Each subject's life. All ask the same page, the one that a health check names, of the first that has one."""
    checks = [health.path_of(subject.image.config) for subject in subjects if subject.image.config.health]
    path = checks[0] if checks else "/"
    running = [_Running(subject=subject, path=path, effort=effort, failure=session.set_up(subject) or "") for subject in subjects]
    for number in range(effort.runs):
        # In turn, and the other one first each time: what else the machine does, and what it has warm, then favours neither.
        for each in running if number % 2 == 0 else reversed(running):
            each.round(last=number == effort.runs - 1)
    with ThreadPoolExecutor(len(running)) as pool:
        list(pool.map(_Running.stand, running))
    return tuple(each.life() for each in running)


def _median(values: list[float]) -> Figure | None:
    return Figure(statistics.median(values), tuple(values)) if values else None
