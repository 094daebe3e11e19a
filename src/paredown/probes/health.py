"""The image's own health check: it says yes while the service is up, and no when there is none."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from paredown.errors import WorldError
from paredown.oci.model import ImageConfig
from paredown.probes.interface import Seen, Subject
from paredown.result import Observation, Skipped
from paredown.runners.interface import Ended, Service

NAME = "health check"

_NONE = Skipped(what=NAME, reason="the image has none")
_TIMEOUT = 30.0  # the engines' default
_TRIES, _PAUSE = 5, 0.5  # as engines, which call a service unhealthy only after several tries
_SECOND = 1_000_000_000
_URL = re.compile(r"https?://[^/\s\"']+(/[^\s\"'?#;|&)]*)")
_PATH = re.compile(r"/[\w./-]*")


def check_of(config: ImageConfig) -> tuple[str, ...]:
    """The check's argv; () without one."""
    match config.health.test if config.health else ():
        case ("CMD", *words):
            return tuple(words)
        case ("CMD-SHELL", command, *_):
            return ("/bin/sh", "-c", command)
    return ()


def path_of(config: ImageConfig) -> str:
    """The path that the check asks for, as far as its words show: of an URL, or what follows a port; else `/`."""
    words = config.health.test if config.health else ()
    for word in words:
        if match := _URL.search(word):
            return match[1]
    return next((word for port, word in itertools.pairwise(words) if _is_port(port) and _PATH.fullmatch(word)), "/")


def when_up(service: Service, subject: Subject) -> Iterator[Seen]:
    """Beside the service, which has answered. The check's own patience and a few tries, as it has in an engine."""
    config = subject.image.config
    check = check_of(config)
    if not check:
        yield _NONE
        return
    complaint = ""
    for _ in range(_TRIES):
        try:
            ended = service.execute(check, timeout=_timeout(config))
        except (WorldError, OSError) as error:
            complaint = f"the service is up, but its health check does not run: {getattr(error, 'what', error)}"
        else:
            complaint = "" if ended.status == 0 else f"the service is up, but its health check ended with {_told(ended)}"
        if not complaint or service.wait(_PAUSE) is not None:
            break
    yield Observation(probe=NAME, key="yes when up", value=complaint or None, kept=True)


def observe(subject: Subject) -> Iterator[Seen]:
    """In a fresh container, with no service on the subject's machine."""
    config = subject.image.config
    check = check_of(config)
    if not check:
        yield _NONE
        return
    try:
        ended = subject.machine.run(replace(subject.launch, argv=check), timeout=_timeout(config))
        complaint = "there is no service, but the health check ended with exit status 0" if ended.status == 0 else None
    except WorldError:
        complaint = None  # it cannot be started or does not end in time: an engine takes that for a no
    yield Observation(probe=NAME, key="no when down", value=complaint, kept=True)


def _timeout(config: ImageConfig) -> float:
    return (config.health.timeout / _SECOND if config.health else 0) or _TIMEOUT


def _is_port(word: str) -> bool:
    return word.isdigit() or "PORT" in word


def _told(ended: Ended) -> str:
    said = (ended.stderr or ended.stdout).decode("utf-8", "replace").strip().splitlines()
    return f"exit status {ended.status}" + (f": {said[-1][:300]}" if said else "")
