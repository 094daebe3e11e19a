"""What was seen when the image ran: under restrictions, with its health check, on its ports, at its end."""

from paredown.comparison import Evidence, Figure, Held
from paredown.measures.interface import Asked, Judge, Specimen, number_of
from paredown.probes.hardening import FOREIGN_USER


def _stands(key: str, well: str) -> Judge:
    """A judge by the complaint `key`; `well` is said when there is none."""

    def judge(specimen: Specimen) -> Evidence:
        life = specimen.life
        if key not in life.complaints:
            return Evidence(Held.UNKNOWN, life.untried)
        complaint = life.complaints[key]
        return Evidence(Held.YES, well) if complaint is None else Evidence(Held.NO, complaint)

    return judge


def _healthy(specimen: Specimen) -> Evidence:
    life, health = specimen.life, specimen.image.config.health
    if health is None or not health.test or health.test[0] == "NONE":
        return Evidence(Held.NO, "the image has none")
    tried = [life.complaints[key] for key in ("yes when up", "no when down") if key in life.complaints]
    if complaint := next((each for each in tried if each), None):
        return Evidence(Held.NO, complaint)
    if len(tried) < 2:
        return Evidence(Held.UNKNOWN, f"it has one, which was not tried: {life.untried}")
    return Evidence(Held.YES, "it was seen to say yes while the service was up, and no when there was none")


def _ports(specimen: Specimen) -> Evidence:
    listening = specimen.life.listening
    exposed = {number for port in specimen.image.config.ports if (number := number_of(port))}
    if listening is None:
        return Evidence(Held.UNKNOWN, specimen.life.untried)
    more = [port for port in listening if port not in exposed]
    if not exposed:
        return Evidence(Held.NO, f"it was seen to listen on {_listed(listening)}, and exposes no port")
    if more:
        return Evidence(Held.NO, f"it was seen to listen on {_listed(more)}, too, which it does not expose")
    return Evidence(Held.YES, f"it was seen to listen on {_listed(listening)} only")


def _ends(specimen: Specimen) -> Evidence:
    ending = specimen.life.ending
    if not isinstance(ending, Figure):
        return Evidence(Held.NO if "ends in time" in specimen.life.complaints else Held.UNKNOWN, ending.reason)
    return Evidence(Held.YES, f"it ended {ending.value:.2f} s after its stop signal")


def _listed(ports: "tuple[int, ...] | list[int]") -> str:
    return ", ".join(map(str, ports)) or "no port"


PRACTICES = (
    Asked("has a health check that tells", ("CIS 4.6", "CIS 5.27", "CIS-DI-0006"), _healthy),
    Asked("runs with a read-only root", ("CIS 5.13", "OWASP 8"), _stands("read-only root", "it was started so, and answered")),
    Asked("runs without capabilities", ("CIS 5.4", "OWASP 3"), _stands("no capabilities", "it was started with none and with no-new-privileges, and answered")),
    Asked("runs as any user", ("OpenShift",), _stands(f"user {FOREIGN_USER}", f"it was started as {FOREIGN_USER}, whom the image does not know, and answered")),
    Asked("ends when it is told to", ("12-factor IX",), _ends),
    Asked("listens only on what it exposes", ("CIS 5.9",), _ports),
)
