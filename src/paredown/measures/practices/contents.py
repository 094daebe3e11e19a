"""What is in the image that a service in production has no use for, and what ought to be."""

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator

from paredown import credentials
from paredown.comparison import Evidence, Held
from paredown.measures import attack
from paredown.measures.interface import Asked, Judge, Specimen
from paredown.probes.interface import Image
from paredown.pydist.distributions import DEVELOPMENT
from paredown.tree import Kind, OwnerKind

_CACHES = re.compile(
    r"(?P<apt>var/lib/apt/lists)/.+_(?:Packages|InRelease)[^/]*|(?P<debs>var/cache/apt)/.+\.(?:deb|bin)|(?P<apk>var/cache/apk|lib/apk/cache)/.+"
    r"|(?P<python>(?:.*/)?\.cache/(?:pip|uv|pypoetry|pdm|pipenv)|(?:.*/)?pip/cache)/.+"
)
_LEFTOVERS = re.compile(r"(?:.*/)?(?:\.git/HEAD|\.hg/requires|\.svn/entries|\.pytest_cache/.+|\.mypy_cache/.+|\.ruff_cache/.+|\.tox/.+)")
_DATABASES = re.compile(r"var/lib/dpkg/status|var/lib/dpkg/status\.d/[^/]+|(?:usr/)?lib/apk/db/installed|var/lib/rpm/.+")
_OWN = frozenset({OwnerKind.APP, OwnerKind.UNKNOWN})
_CODE = (".py", ".pyc", ".so")


def _without(find: Callable[[Image], Iterator[str]], none: str) -> Judge:
    """A judge by what `find` finds; `none` is said when that is nothing."""

    def judge(specimen: Specimen) -> Evidence:
        found = sorted(set(find(specimen.image)))
        return Evidence(Held.NO, _told(found)) if found else Evidence(Held.YES, none)

    return judge


def _told(found: list[str]) -> str:
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return ", ".join(found[:3]) + more


def _matching(pattern: re.Pattern[str]) -> Callable[[Image], Iterator[str]]:
    return lambda image: (f"/{path}" for path, entry in image.tree.items() if entry.kind is Kind.FILE and pattern.fullmatch(path))


def _secrets(specimen: Specimen) -> Evidence:
    found = [str(secret) for layer in specimen.layers for path in layer if (secret := credentials.by_name(path)) and not _of_a_package(specimen.image, path)]
    own = [(path, entry) for path, entry in specimen.image.tree.items() if entry.kind is Kind.FILE and entry.owner.kind in _OWN]
    small = [(path, entry) for path, entry in own if 0 < entry.size <= credentials.MOST_BYTES]
    found += [str(secret) for path, entry in small for secret in credentials.by_content(path, entry.read())]
    if found:
        return Evidence(Held.NO, _told(list(dict.fromkeys(found))))
    return Evidence(Held.YES, f"the names of all files of all layers and the content of {len(small)} files that no package brought were looked through")


def _caches(specimen: Specimen) -> Evidence:
    """What is in which cache; the names of the files there say nothing."""
    found = (_CACHES.fullmatch(path) for path, entry in specimen.image.tree.items() if entry.kind is Kind.FILE)
    counts = Counter(next(filter(None, match.groups())) for match in found if match)
    told = [f"/{folder} ({count} {'file' if count == 1 else 'files'})" for folder, count in sorted(counts.items())]
    return Evidence(Held.NO, _told(told)) if told else Evidence(Held.YES, "there is none")


def _of_a_package(image: Image, path: str) -> bool:
    entry = image.tree.get(path)
    return entry is not None and entry.owner.kind not in _OWN


def _development(image: Image) -> Iterator[str]:
    return (f"{each.name} {each.version}" for each in image.facts.distributions if each.name in DEVELOPMENT)


def _app_is_fixed(specimen: Specimen) -> Evidence:
    image = specimen.image
    writable = {path[1:] for path in attack.writable_files(image)}
    code = {path for path, entry in image.tree.items() if entry.kind is Kind.FILE and path.endswith(_CODE)}
    found = sorted(writable & code)
    if found:
        return Evidence(Held.NO, f"{len(found)} of {len(code)} files of code can be overwritten by the service, for instance /{found[0]}")
    return Evidence(Held.YES, f"none of {len(code)} files of code can be overwritten by the service")


def _compiled(specimen: Specimen) -> Evidence:
    image = specimen.image
    sources = [path for path, entry in image.tree.items() if entry.kind is Kind.FILE and path.endswith(".py")]
    compiled = {_source_of(path) for path in image.tree if path.endswith(".pyc")}
    count = sum(path in compiled for path in sources)
    text = f"{count} of {len(sources)} modules are compiled"
    own = [path for path in sources if image.tree[path].owner.kind is OwnerKind.DISTRIBUTION]
    if not own:
        return Evidence(Held.UNKNOWN, f"{text}; no file of a distribution is known")
    if not any(path in compiled for path in own):
        return Evidence(Held.NO, f"{text}, and none of the distributions: each start compiles what it imports anew")
    return Evidence(Held.YES, text)


def _source_of(path: str) -> str:
    folder, name = posixpath.split(path)
    if posixpath.basename(folder) == "__pycache__":
        return posixpath.join(posixpath.dirname(folder), f"{name.partition('.')[0]}.py")
    return path.removesuffix("c")


def _scannable(specimen: Specimen) -> Evidence:
    image = specimen.image
    found = sum(1 for path in image.tree if _DATABASES.fullmatch(path))
    packages, distributions = sum(1 for _ in attack.system_packages(image)), len(image.facts.distributions)
    if not found and not packages:
        return Evidence(Held.NO, f"no database of system packages is there, only the metadata of {distributions} distributions")
    return Evidence(Held.YES, f"the databases of {packages} system packages and {distributions} distributions are there")


PRACTICES = (
    Asked("no secret in any layer", ("CIS 4.10", "NIST 800-190 4.1.4"), _secrets),
    Asked("no setuid or setgid file", ("CIS 4.8", "CIS-DI-0008"), _without(attack.setuid_files, "there is none")),
    Asked("no world-writable path", ("CWE-732",), _without(attack.everybodys, "there is none but folders like /tmp, with the sticky bit")),
    Asked("the service cannot change its code", ("CWE-732", "OWASP 8"), _app_is_fixed),
    Asked("no shell", ("NIST 800-190 4.1.2",), _without(lambda image: attack.named(image, attack.SHELLS.__contains__), "there is none")),
    Asked("no package manager", ("CIS 4.3", "12-factor V"), _without(lambda image: attack.named(image, attack.INSTALLERS.__contains__), "there is none")),
    Asked("no compiler or build tool", ("CIS 4.3", "12-factor V"), _without(lambda image: attack.named(image, attack.BUILD_TOOLS.fullmatch), "there is none")),
    Asked("no development tool among the distributions", ("12-factor V",), _without(_development, "there is none of the usual ones")),
    Asked("no cache of a package manager", ("DL3009", "DL3042", "DKL-DI-0005"), _caches),
    Asked("no leftovers of development", ("DKL-LI-0003",), _without(_matching(_LEFTOVERS), "no repository and no tool's cache was copied in")),
    Asked("Python's modules are compiled", ("12-factor IX",), _compiled),
    Asked("scanners see what is inside", ("CIS 4.4", "OWASP 13", "NIST 800-190 4.1.1"), _scannable),
)
