"""Killed and started again: what it had said is there, and what it left behind (a pid file, a socket, a lock) keeps it from nothing."""

from collections.abc import Iterator

from paredown.errors import WorldError
from paredown.probes import arrival, asking, output
from paredown.probes.diagnosis import Diagnosis
from paredown.probes.interface import Seen, Subject
from paredown.result import Observation
from paredown.runners.interface import Service

NAME = "restart"

_AGAIN = "starts again after a kill"
_PAGE, _NO_PAGE = "/", "/not-there"  # not the health check's, which another image may lack: all is logged


def observe(subject: Subject) -> Iterator[Seen]:
    """Two starts on the subject's machine, whose writable folders outlive the first one."""
    try:
        with subject.machine.service(subject.launch) as service:
            first = _status(service, subject)
            if isinstance(first, int):
                _ask(service, subject, _NO_PAGE)
                output.settled(service)
            ended = service.kill()
        if isinstance(first, Diagnosis):
            yield Observation(probe=NAME, key=_AGAIN, value=f"it did not start once: {first.what}", kept=True)
            return
        # What was not written out when it was killed ends anywhere, also in the midst of a line.
        yield from output.told(output.templates(ended.stdout, ended=False), output.templates(ended.stderr, ended=False), "when killed")
        with subject.machine.service(subject.launch) as service:
            second = _status(service, subject)
    except WorldError as error:
        yield Observation(probe=NAME, key=_AGAIN, value=error.what, kept=True)
        return
    complaint = None if second == first else f"GET {_PAGE} was answered {first} at first and {second} after"
    yield Observation(probe=NAME, key=_AGAIN, value=second.what if isinstance(second, Diagnosis) else complaint, kept=True)


def _status(service: Service, subject: Subject) -> int | Diagnosis:
    return arrival.awaited(service, subject, subject.launch, _PAGE) or _ask(service, subject, _PAGE)


def _ask(service: Service, subject: Subject, path: str) -> int:
    """The status, or 0 without an answer."""
    try:
        return asking.status_of(service, subject.launch.ports[0], path, headers=subject.settings.headers, timeout=subject.settings.patience)
    except OSError:
        return 0
