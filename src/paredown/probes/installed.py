"""What is installed for the service's interpreter: the folders it imports distributions from, the distributions, and their entry points."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from paredown.probes.interface import Image
from paredown.probes.surroundings import account_of
from paredown.pydist.distributions import distributions
from paredown.pydist.facts import Distribution
from paredown.tree import Kind, Tree

_SITE = re.compile(r"(?P<prefix>(?:.*/)?)lib(?:64)?/python3(?:\.\d+t?)?/(?:site|dist)-packages")
_OF_SYSTEM = re.compile(r"usr/lib(?:64)?/python3[\d.]*/(?:site|dist)-packages")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPoint:
    """One line of an entry_points.txt."""

    distribution: str
    group: str
    name: str
    value: str


def import_folders(image: Image, python: str = "") -> tuple[str, ...]:
    """The folders that `python` (the service's own interpreter, unless another is given) imports distributions from; the first wins."""
    python = (python or image.python).lstrip("/")
    home = account_of(image).home
    named = [folder.strip("/") for folder in dict(image.config.environment).get("PYTHONPATH", "").split(":") if folder.startswith("/")]
    holding = {posixpath.dirname(distribution.metadata) for distribution in image.facts.distributions} | _holding(named, image.tree)
    candidates = [*(folder for folder in named if folder in holding), *_site_folders(python, home, image)]
    found = tuple(dict.fromkeys(folder for folder in candidates if folder in holding or folder in image.facts.site))
    library = f"{image.facts.standard_library}/"
    return found or tuple(folder for folder in image.facts.site if folder.startswith(library))


def unseen_folders(image: Image) -> tuple[str, ...]:
    """Those of the system's Python, where the service's is another or lives in an environment: programs like Mercurial have their modules there."""
    seen = import_folders(image)
    return tuple(folder for folder in image.facts.site if _OF_SYSTEM.fullmatch(folder) and folder not in seen)


def installed(image: Image) -> tuple[Distribution, ...]:
    """The distributions that the service can import, by name; of one that is there twice the first on the way."""
    folders = import_folders(image)
    unread = [folder for folder in folders if folder not in image.facts.site]
    found = (*image.facts.distributions, *(distributions(image.tree, unread) if unread else ()))
    first: dict[str, Distribution] = {}
    for folder in folders:
        for each in sorted((each for each in found if posixpath.dirname(each.metadata) == folder), key=lambda each: each.metadata):
            first.setdefault(each.name, each)
    return tuple(first[name] for name in sorted(first))


def entry_points(distribution: Distribution, tree: Tree) -> Iterator[EntryPoint]:
    """Those that the distribution's entry_points.txt names, in its order."""
    path = f"{distribution.metadata}/entry_points.txt"
    if path not in tree or tree[path].kind is not Kind.FILE:
        return
    group = ""
    for line in tree[path].read().decode("utf-8", "replace").splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            group = line[1:-1].strip()
        elif group and "=" in line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            yield EntryPoint(distribution=distribution.name, group=group, name=name.strip(), value=value.strip())


def scripts_folder(distribution: Distribution) -> str:
    """The folder that the distribution's scripts were installed to."""
    site = posixpath.dirname(distribution.metadata)
    match = _SITE.fullmatch(site)
    return f"{match['prefix']}bin" if match else f"{site}/bin"


def prefix_of(site: str) -> str:
    """The folder that a distribution's data files are relative to: `usr/local/`; "" when `site` has no such place."""
    match = _SITE.fullmatch(site)
    return match["prefix"] if match else ""


def _site_folders(python: str, home: str, image: Image) -> Iterator[str]:
    version = image.facts.python
    environment = posixpath.dirname(posixpath.dirname(python))
    settings = image.tree.resolve(f"{environment}/pyvenv.cfg")
    if python and settings and image.tree[settings].kind is Kind.FILE:
        yield from (f"{environment}/{lib}/python{version}/site-packages" for lib in ("lib", "lib64"))
        if not re.search(rb"(?im)^include-system-site-packages\s*=\s*true", image.tree[settings].read()):
            return
    else:
        yield f"{home}/.local/lib/python{version}/site-packages"
    # Without a pyvenv.cfg Python follows the links of its own path first.
    prefix = posixpath.dirname(posixpath.dirname(image.tree.resolve(python) or ""))
    yield from (f"{prefix}/{lib}/python{version}/site-packages".lstrip("/") for lib in ("lib", "lib64"))
    if prefix == "usr":  # as Debian has it
        yield from (f"usr/local/lib/python{version}/dist-packages", "usr/lib/python3/dist-packages", f"usr/lib/python{version}/dist-packages")


def _holding(folders: list[str], tree: Tree) -> set[str]:
    """Those of `folders` that hold distributions."""
    if not folders:
        return set()
    ends = (".dist-info/METADATA", ".egg-info/PKG-INFO")
    return {posixpath.dirname(posixpath.dirname(path)) for path in tree if path.endswith(ends)}.intersection(folders)
