"""What the image's configuration says: user, ports, health check, how it is started, what it tells of itself."""

from paredown.comparison import Evidence, Held
from paredown.measures.interface import Asked, Specimen, number_of
from paredown.probes.surroundings import account_of
from paredown.verdict.secrecy import names_a_secret

_SHELLS = ("sh", "bash", "dash", "ash", "/bin/sh", "/bin/bash", "/bin/dash", "/bin/ash")
_PRIVILEGED = 1024


def _user(specimen: Specimen) -> Evidence:
    image = specimen.image
    account = account_of(image)
    seen = f"; its processes were seen to run as {', '.join(specimen.life.users)}" if specimen.life.users else ""
    if not account.known:
        return Evidence(Held.UNKNOWN, f"the user {image.config.user!r} is not in the image's list of accounts")
    if account.uid == 0:
        return Evidence(Held.NO, f"the user is {image.config.user or 'not set, which is root'}{seen}")
    return Evidence(Held.YES, f"the user is {image.config.user}, by number {account}{seen}")


def _numeric(specimen: Specimen) -> Evidence:
    user = specimen.image.config.user.partition(":")[0]
    if not user:
        return Evidence(Held.NO, "no user is set")
    if user.isdigit():
        return Evidence(Held.YES, f"the user is the number {user}, by which Kubernetes sees that it is not root")
    return Evidence(Held.NO, f"the user is the name {user!r}: `runAsNonRoot` refuses it, as only a number shows that it is not root")


def _ports(specimen: Specimen) -> Evidence:
    ports = specimen.image.config.ports
    low = [port for port in ports if number_of(port) in range(1, _PRIVILEGED)]
    if low:
        return Evidence(Held.NO, f"it exposes {', '.join(low)}, for which root's rights may be needed")
    return Evidence(Held.YES, f"it exposes {', '.join(ports)}" if ports else "it exposes no port")


def _exec_form(specimen: Specimen) -> Evidence:
    words = (*specimen.image.config.entrypoint, *specimen.image.config.command)
    if not words:
        return Evidence(Held.NO, "there is no command")
    if words[0] in _SHELLS and "-c" in words[1:3]:
        return Evidence(Held.NO, f"the command is given to {words[0]}, which becomes process 1 unless it has `exec` before the service")
    return Evidence(Held.YES, f"it is started as {words[0]}, without a shell around it")


def _no_secrets_in_variables(specimen: Specimen) -> Evidence:
    config = specimen.image.config
    found = [name for name, value in config.environment if value and names_a_secret(name)]
    found += [word.partition("=")[0] for entry in config.history for word in entry.created_by.split() if "=" in word and names_a_secret(word.partition("=")[0])]
    if found:
        return Evidence(Held.NO, f"by their names these hold one, where everybody who has the image can read it: {', '.join(dict.fromkeys(found))}")
    return Evidence(Held.YES, f"none of {len(config.environment)} variables and {len(config.history)} steps of its history has such a name")


def _unbuffered(specimen: Specimen) -> Evidence:
    config = specimen.image.config
    if dict(config.environment).get("PYTHONUNBUFFERED") or "-u" in (*config.entrypoint, *config.command):
        return Evidence(Held.YES, "PYTHONUNBUFFERED is set, so that what it writes is seen at once")
    return Evidence(Held.NO, "PYTHONUNBUFFERED is not set: what it writes last can be lost when it is killed")


PRACTICES = (
    Asked("runs as a user who is not root", ("CIS 4.1", "OWASP 2", "CIS-DI-0001", "DL3002"), _user),
    Asked("the user is a number", ("Kubernetes runAsNonRoot",), _numeric),
    Asked("no privileged port", ("CIS 5.8",), _ports),
    Asked("starts without a shell around it", ("DL3025", "JSONArgsRecommended"), _exec_form),
    Asked("no secret in variables or history", ("CIS 4.10", "OWASP 12", "SecretsUsedInArgOrEnv"), _no_secrets_in_variables),
    Asked("output is not held back", ("12-factor XI",), _unbuffered),
)
