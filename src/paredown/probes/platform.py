"""The platform under the code: TLS, time zones, content types, encodings, names, libraries, programs, databases, processes, tried in the image."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from paredown.errors import WorldError
from paredown.probes.interface import Seen, Subject, Unproven
from paredown.pydist.service_code import named_by_code
from paredown.result import Observation
from paredown.runners.interface import Ended

PROBE = "platform"
_PROGRAMS = Path(__file__).with_name("programs")
_CHECKS = ("platform_checks.py", "process_checks.py")
_IMPORT = re.compile(r"^from paredown\..*\n", re.MULTILINE)
_SECONDS = 180
_LOCALE = re.compile(r"[a-z]{2,3}_[A-Z]{2}(?:\.[\w-]+)?(?:@[a-z]+)?")
_LOCALE_VARIABLES = frozenset({"LANG", "LC_ALL", "LC_CTYPE", "LC_TIME"})
_MOST_NAMES = 2000  # of each kind
_ROOT = "TLS root: "
# Roots that Mozilla's list, on which every distributor's is based, has given up since 2023: newer images may lack them.
_WITHDRAWN = frozenset(
    {
        "AAA Certificate Services", "AffirmTrust Commercial", "AffirmTrust Networking", "AffirmTrust Premium", "AffirmTrust Premium ECC",
        "Atos TrustedRoot 2011", "Baltimore CyberTrust Root", "COMODO Certification Authority", "Certigna", "CommScope Public Trust ECC Root-01",
        "CommScope Public Trust ECC Root-02", "CommScope Public Trust RSA Root-01", "CommScope Public Trust RSA Root-02", "DigiCert Assured ID Root CA",
        "DigiCert Global Root CA", "DigiCert High Assurance EV Root CA", "E-Tugra Certification Authority", "E-Tugra Global Root CA ECC v3",
        "E-Tugra Global Root CA RSA v3", "Entrust Root Certification Authority", "Entrust Root Certification Authority - EC1",
        "Entrust Root Certification Authority - G2", "Entrust Root Certification Authority - G4", "Entrust.net Certification Authority (2048)",
        "FIRMAPROFESIONAL CA ROOT-A WEB", "GLOBALTRUST 2020", "GTS Root R2", "GlobalSign Root CA", "Go Daddy Class 2 Certification Authority",
        "Hongkong Post Root CA 1", "QuoVadis Root CA 2", "QuoVadis Root CA 3", "Secure Global CA", "SecureSign RootCA11", "SecureSign Root CA12",
        "SecureTrust CA", "Security Communication RootCA1", "Security Communication RootCA3", "Starfield Class 2 Certification Authority",
        "SwissSign Gold CA - G2", "SwissSign Silver CA - G2", "TeliaSonera Root CA v1", "TrustCor ECA-1", "TrustCor RootCert CA-1", "TrustCor RootCert CA-2",
        "Trustwave Global Certification Authority", "Trustwave Global ECC P256 Certification Authority", "Trustwave Global ECC P384 Certification Authority",
        "XRamp Global Certification Authority", "certSIGN ROOT CA", "ePKI Root Certification Authority", "emSign ECC Root CA - C3", "emSign ECC Root CA - G3",
        "emSign Root CA - C1", "emSign Root CA - G1",
    }
)  # fmt: skip


def observe(subject: Subject) -> Iterator[Seen]:
    """One observation for each thing that works or does not, and for each value that must be the same.

    Kept, as good images may have more or less of them: TLS roots (but those that were withdrawn everywhere), hashes, zones by name, locales, SQLite's
    options, libraries and programs that the code names, and whatever either works or not. The same: content types by ending, encodings, the local
    time zone's offset, the words of the locale, the kinds of folders on the import path, limits. Not compared, as it is the machine's or another
    probe's: number of processors, resource limits, umask, environment; and nothing for a person at a terminal. The libraries, programs and locales that
    the code of the image before names are tried here, too.
    """
    image = subject.image
    if not image.python:
        yield Unproven(what=PROBE, reason="the image has no Python that could try it")
        return
    asked = json.dumps(_asked(subject)).encode()
    for name in _CHECKS:
        try:
            ended = subject.machine.run(replace(subject.launch, argv=(image.python, "-c", _program(name))), stdin=asked, timeout=_SECONDS)
        except WorldError as error:
            yield Unproven(what=PROBE, reason=error.what)
            return
        yield from _seen(ended)


def _program(name: str) -> str:
    """The text of a program, and before it how it tells: in an image there is no paredown to import that from."""
    return (_PROGRAMS / "telling.py").read_text("utf-8") + _IMPORT.sub("", (_PROGRAMS / name).read_text("utf-8"))


def _seen(ended: Ended) -> Iterator[Seen]:
    complete = False
    for line in ended.stdout.splitlines():
        words = _words(line)
        if words == ["end"]:
            complete = True
        elif len(words) == 3 and isinstance(words[0], str) and isinstance(words[2], bool):
            key, value, kept = words
            if not (key.startswith(_ROOT) and key.removeprefix(_ROOT) in _WITHDRAWN):
                yield Observation(probe=PROBE, key=key, value=value, kept=kept)
    if not complete:
        said = [line.strip() for line in ended.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        yield Unproven(what=PROBE, reason=f"the checks did not come to their end: {said[-1][:300] if said else 'no word of why'} (status {ended.status})")


def _asked(subject: Subject) -> dict[str, Any]:
    images = [image for image in (subject.image, subject.image.before) if image is not None]
    named = [named_by_code(image.tree, image.facts, working_directory=image.config.working_directory, store=image.store) for image in images]
    own = sorted({"C", "C.UTF-8", *(value for name, value in subject.launch.environment if name in _LOCALE_VARIABLES and value)})
    return {
        "libraries": _sorted(name for each in named for name in each.constants.libraries),
        "programs": _sorted(name for each in named for name in each.constants.programs),
        "locales": {"own": own, "named": _sorted(word for image in images for word in image.facts.words if _LOCALE.fullmatch(word))},
        "shell": any(each.shell for each in named),
    }


def _sorted(names: Iterable[str]) -> list[str]:
    return sorted(set(names))[:_MOST_NAMES]


def _words(line: bytes) -> list[Any]:
    try:
        words = json.loads(line)
    except ValueError:
        return []
    return words if isinstance(words, list) else []
