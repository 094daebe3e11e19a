"""A service under the restrictions of a careful operator: read-only root, a foreign user id, no capabilities; and told its port by PORT."""

from collections.abc import Iterator
from dataclasses import replace

from paredown.errors import WorldError
from paredown.plan import ROOT_GID, SERVICE_UID
from paredown.probes import arrival, asking, health
from paredown.probes.interface import Seen, Subject
from paredown.result import Observation, Skipped
from paredown.runners.interface import Launch

NAME = "hardening"

FOREIGN_USER = 54321  # an id that no image knows, as platforms give them
_OTHER_PORTS = (18080, 18081, 18082)
_TOGETHER = "all together"


def observe(subject: Subject, pages: tuple[str, ...] = ()) -> Iterator[Seen]:
    """The service started under all of it at once, and one by one only when that goes wrong; then asked for its health, `/` and `pages`."""
    asked = tuple(dict.fromkeys((health.path_of(subject.image.config), "/", *pages)))
    launch = subject.launch
    single = {
        "read-only root": replace(launch, read_only=True),
        f"user {SERVICE_UID}": replace(launch, user=SERVICE_UID, group=ROOT_GID),
        f"user {FOREIGN_USER}": replace(launch, user=FOREIGN_USER, group=ROOT_GID),
        "no capabilities": replace(launch, capabilities=False),
    }
    together = replace(launch, read_only=True, user=FOREIGN_USER, group=ROOT_GID, capabilities=False)
    complaints: dict[str, str | None] = {_TOGETHER: _complaint(subject, together, asked)}
    plain = complaints[_TOGETHER] and _complaint(subject, launch, asked)
    for key, restricted in single.items():
        # What stands all of it stands each of it, but for a user id that the image may know and give other rights.
        implied = complaints[_TOGETHER] is None and key != f"user {SERVICE_UID}"
        complaints[key] = plain or (None if implied or restricted == launch else _complaint(subject, restricted, asked))
    for key, complaint in complaints.items():
        yield Observation(probe=NAME, key=key, value=complaint, kept=True)
    if plain:
        yield Skipped(what="another PORT", reason="the service does not start as it is")
    else:
        yield _of_port(subject, asked[0])


def _complaint(subject: Subject, launch: Launch, pages: tuple[str, ...]) -> str | None:
    """What goes wrong under `launch`, or None."""
    try:
        with subject.machine.service(launch) as service:
            if diagnosis := arrival.awaited(service, subject, launch, pages[0]):
                return diagnosis.what
            for page in pages:
                try:
                    status = asking.status_of(service, launch.ports[0], page, headers=subject.settings.headers, timeout=subject.settings.patience)
                except OSError:
                    return f"GET {page} is not answered"
                if status >= 500:
                    said = service.output()[1].decode("utf-8", "replace").strip().splitlines()
                    return f"GET {page} is answered {status}" + (f"; it said last: {said[-1][:300]}" if said else "")
    except WorldError as error:
        return error.what
    return None


def _of_port(subject: Subject, page: str) -> Seen:
    other = next(port for port in _OTHER_PORTS if port not in subject.launch.ports)
    environment = {**dict(subject.launch.environment), "PORT": str(other)}
    launch = replace(subject.launch, environment=tuple(environment.items()), ports=(other, *subject.launch.ports))
    try:
        with subject.machine.service(launch) as service:
            found = asking.has_answered(service, launch.ports[:2], page, patience=subject.settings.patience)
    except WorldError:
        found = 0
    value = "listens there" if found == other else f"stays on {found}" if found else "does not answer any more"
    return Observation(probe=NAME, key="another PORT", value=value)
