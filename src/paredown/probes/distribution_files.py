"""The files of the installed distributions, by their path below the folder they are imported from: each is there, and is what it was."""

import posixpath
import re
from collections.abc import Iterator

from paredown.probes.installed import import_folders, installed, prefix_of
from paredown.probes.interface import Image, Seen
from paredown.probes.surroundings import Account, account_of, shebang
from paredown.pydist.elf import is_elf
from paredown.pydist.facts import Distribution
from paredown.pydist.installed_files import MARK
from paredown.pydist.loaded import initialisers, loaded
from paredown.result import Observation
from paredown.tree import Entry, Kind, OwnerKind

NAME = "distribution files"

# What installers write of their own work and builders of theirs.
_NOTES = frozenset(
    {"RECORD", "RECORD.jws", "RECORD.p7s", "INSTALLER", "REQUESTED", "direct_url.json", "WHEEL", "uv_build.json", "uv_cache.json", "installed-files.txt", MARK}
)
_OF_INSTALLERS = re.compile(r"_virtualenv\.(py|pth)|__editable__.*|_editable_impl_.*|[^/]*\.egg-link|easy-install\.pth|\.lock")
_LOCAL = re.compile(rb"(?m)^Tag:.*-linux_\w+\s*$")


def observe(image: Image) -> Iterator[Seen]:
    """Bytecode, scripts, installers' notes and what paredown made do not count. Of a path that several folders have, Python takes the first; so does this."""
    account = account_of(image)
    found = installed(image)
    on_the_spot = frozenset(each.name for each in found if _built_on_the_spot(each, image))
    seen: set[str] = set()
    for folder in import_folders(image):
        for path, entry in image.tree.under(folder):
            key = path[len(folder) + 1 :]
            if entry.kind is not Kind.FOLDER and entry.owner.kind is not OwnerKind.PAREDOWN and key not in seen and _counts(key):
                seen.add(key)
                yield Observation(probe=NAME, key=key, value=_value(path, entry, on_the_spot, account, image))
    for path, key in _elsewhere(found, image):
        if key not in seen:
            seen.add(key)
            yield Observation(probe=NAME, key=key, value=_value(path, image.tree[path], on_the_spot, account, image))


def _counts(key: str) -> bool:
    folder, name = posixpath.split(key)
    if "__pycache__/" in key or name.endswith(".pyc") or folder == "bin" or _OF_INSTALLERS.fullmatch(key):
        return False
    return not (folder.endswith((".dist-info", ".egg-info")) and name in _NOTES)


def _elsewhere(found: tuple[Distribution, ...], image: Image) -> Iterator[tuple[str, str]]:
    """What distributions have outside the folders they are imported from (`share/`, `etc/`), by the path below their prefix."""
    for each in found:
        site = posixpath.dirname(each.metadata)
        prefix = prefix_of(site)
        for path in sorted(each.files):
            entry = image.tree.get(path)
            if entry is None or entry.kind is Kind.FOLDER or entry.owner.kind is not OwnerKind.DISTRIBUTION or path.startswith(f"{site}/"):
                continue
            if prefix and path.startswith(prefix) and _counts(key := path.removeprefix(prefix)):
                yield path, key


def _value(path: str, entry: Entry, on_the_spot: frozenset[str], account: Account, image: Image) -> str:
    if entry.kind is Kind.LINK:
        return f"link to {entry.target}"
    words = [_content(path, entry, on_the_spot, image)]
    if entry.executable and not path.endswith((".py", ".so")) and (path in image.facts.elves or shebang(entry)):
        words.append("executable")
    if not account.may(entry, 4):
        words.append(f"which {account} may not read")
    return " ".join(words)


def _content(path: str, entry: Entry, on_the_spot: frozenset[str], image: Image) -> str:
    if path not in image.facts.elves and not (".so" in path and is_elf(entry)):
        return entry.digest
    text = loaded(entry, image.store)
    if not text:
        return f"damaged {entry.digest}"
    if entry.owner.name in on_the_spot:
        # Two compilers' outputs are never equal; that this one loads and works is seen where it runs.
        return f"built on the spot: {', '.join(initialisers(entry)) or 'a program or library'}"
    return f"loads {text}"


def _built_on_the_spot(distribution: Distribution, image: Image) -> bool:
    path = f"{distribution.metadata}/WHEEL"
    return path in image.tree and image.tree[path].kind is Kind.FILE and _LOCAL.search(image.tree[path].read()) is not None
