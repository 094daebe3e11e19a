"""The life of a service from its set-up to its end, with everything that is asked in between."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace

from paredown.errors import WorldError, redacted
from paredown.oci.model import Pairs
from paredown.probes import arrival, health, output, signals, start, workers
from paredown.probes.diagnosis import Diagnosis, ended_while_asked, not_started
from paredown.probes.exchange.conversation import converse, with_headers
from paredown.probes.exchange.interface import Asker, Guide, HttpRequest, Listed, Request
from paredown.probes.exchange.script import Script
from paredown.probes.interface import Seen, Subject, Unproven
from paredown.result import Observation
from paredown.runners.interface import Service

WhileUp = Callable[[Service, Subject], Iterator[Seen]]

SERVICE = "the service"
COMES_UP = "comes up"
_SET_UP = 120.0  # seconds at least
_LAST_LINES = 5
_MOST_CANDIDATES = 8
_UNLISTED = Listed()


def observe(
    subject: Subject, script: Script, askers: Sequence[Asker], *, leads: bool, last: bool = False, listed: Listed = _UNLISTED,
    files: tuple[tuple[str, bytes], ...] = (), more: Sequence[WhileUp] = (),
) -> Iterator[Seen]:  # fmt: skip
    """One of the three sessions: see `converse` for `leads` and `last`, Guide for what is `listed` and `files`. `more` is done after the conversation.

    A service that does not come up is one complaint, and an Unproven with the line that may help; nothing else is seen of it then.
    """
    guide = Guide(image=subject.image, settings=subject.settings, routes=listed.routes, inputs=listed.inputs, files=files)
    try:
        if subject.settings.setup:
            failure = set_up(subject)
            yield Observation(probe=start.NAME, key="set-up command", value=failure, kept=True)
            if failure is not None:
                yield Unproven(SERVICE, f"{failure}\nfix: correct `setup` in [tool.paredown.verify]; it runs in the image, without a shell")
                return
        is_up = False
        try:
            with subject.machine.service(subject.launch) as service:
                diagnosis = arrival.awaited(service, subject, subject.launch, "/")
                yield Observation(probe=start.NAME, key=COMES_UP, value=_complaint(diagnosis, leads=leads) if diagnosis else None, kept=True)
                if diagnosis:
                    yield Unproven(SERVICE, str(diagnosis))
                    return
                is_up = True
                yield from start.observe(service, subject)
                said = converse(service, subject.launch.ports[0], guide, askers, script, leads=leads, last=last)
                went_well = yield from _noted(said)
                if leads and (ended := service.wait(0)):
                    yield Unproven("all of the session", ended_while_asked(ended))
                heard = output.heard(service)
                yield from workers.observe(service, subject)
                yield from output.told(*_templates(output.settled(service, heard)), "while up")
                # Not before: what it logs of its health check and of the user's own tests may be as different as those are.
                for look in (*more, health.when_up):
                    yield from look(service, subject)
                yield from _end(service, subject, _candidates(script.requests, went_well, subject.settings.headers))
        except WorldError as error:
            if is_up:
                yield Unproven("all of the session", error.what)
                return
            diagnosis = not_started(error.what, subject.launch)
            yield Observation(probe=start.NAME, key=COMES_UP, value=_complaint(diagnosis, leads=leads), kept=True)
            yield Unproven(SERVICE, str(diagnosis))
    finally:
        if leads:
            script.finish()


def _complaint(diagnosis: Diagnosis, *, leads: bool) -> str:
    """How long the other runs may take follows from the one that leads: more patience is no remedy for them."""
    return diagnosis.what if diagnosis.late and not leads else str(diagnosis)


def set_up(subject: Subject) -> str | None:
    """What went wrong with the user's set-up command, or None; also when there is none."""
    words = subject.settings.setup
    if not words:
        return None
    command = " ".join(words)
    try:
        ended = subject.machine.run(replace(subject.launch, argv=words), timeout=max(subject.settings.patience, _SET_UP))
    except WorldError as error:
        return f"the set-up command `{command}` did not run: {error.what}"
    if ended.status == 0:
        return None
    lines = redacted((ended.stderr.strip() or ended.stdout.strip()).decode("utf-8", "replace")).splitlines()[-_LAST_LINES:]
    return "\n".join([f"the set-up command `{command}` ended with status {ended.status}", *lines])


def _noted(said: Iterator[Seen]) -> Generator[Seen, None, frozenset[str]]:
    """Pass on what the conversation saw; the keys of the requests that went well."""
    well = set()
    for seen in said:
        if isinstance(seen, Observation) and isinstance(seen.value, dict) and 200 <= seen.value.get("status", 0) < 300:
            well.add(seen.key)
        yield seen
    return frozenset(well)


def _candidates(asked: Sequence[Request], went_well: frozenset[str], headers: Pairs) -> tuple[HttpRequest, ...]:
    """Requests with a body of their own that can be made again: those that may be in flight when the service is told to end."""
    found = [request for request in asked if isinstance(request, HttpRequest) and len(request.body) > 1 and not request.bindings]
    well = [request for request in found if request.key in went_well][:_MOST_CANDIDATES]
    return tuple(replace(request, headers=with_headers(request.headers, headers)) for request in well)


def _end(service: Service, subject: Subject, candidates: tuple[HttpRequest, ...]) -> Iterator[Seen]:
    """Its end, and what it says then."""
    stdout, stderr = _templates(output.settled(service))
    ended = yield from signals.observe(service, subject, candidates)
    yield from output.told(output.templates(ended.stdout, ended=True) - stdout, output.templates(ended.stderr, ended=True) - stderr, "at the end")


def _templates(said: tuple[bytes, bytes]) -> tuple[frozenset[str], frozenset[str]]:
    return output.templates(said[0], ended=False), output.templates(said[1], ended=False)
