"""Whether a service comes up: it answers on its port, or it is known why not."""

from paredown.errors import WorldError
from paredown.probes import asking, start
from paredown.probes.diagnosis import Diagnosis, diagnosed, not_started
from paredown.probes.interface import Subject
from paredown.runners.interface import Launch, Service


def awaited(service: Service, subject: Subject, launch: Launch, path: str, *, longest_pause: float = asking.LONGEST_PAUSE) -> Diagnosis | None:
    """None once GET `path` was answered, whatever the status; else why it was not. It is asked again every `longest_pause` seconds at least."""
    patience = subject.settings.patience
    try:
        if asking.has_answered(service, launch.ports[:1], path, patience=patience, longest_pause=longest_pause):
            return None
        ended = service.wait(0)
        if ended is not None:
            return diagnosed(launch, patience, ended=ended, said=(ended.stdout, ended.stderr))
    except WorldError as error:
        return not_started(error.what, launch)
    look = start.looked(service, subject.image.python)
    listening = () if isinstance(look, str) else tuple(port for _, port in look.listening)
    return diagnosed(launch, patience, ended=None, said=service.output(), listening=listening)
