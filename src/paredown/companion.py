"""The debug companion of a slimmed image: the same layers, and above them one with the shell and the tools that went."""

from collections.abc import Iterable
from dataclasses import replace

from paredown.composers.interface import Means
from paredown.errors import UserError
from paredown.foundation import packed_layer
from paredown.oci.assemble import Image, ImageSet, image_over, image_set
from paredown.packages.installed import Package, installed
from paredown.packages.providers import Providers
from paredown.packages.roles import BESIDE_THE_POINT, DEBUG, SHELLS
from paredown.packers.layers import NamedLayer
from paredown.plan import Level
from paredown.probes.interface import Image as Before
from paredown.putting_back import put_back
from paredown.result import Removal
from paredown.tree import Kind, Tree
from paredown.trims import TRIMS

SUFFIX = "-debug"
LABEL = "paredown.companion-of"  # the digest of the image that it goes with
_PROGRAMS = ("bin", "usr/bin", "usr/local/bin", "sbin", "usr/sbin")
_LINKS = (*(f"{folder}/" for folder in _PROGRAMS), "etc/alternatives/")
# Documentation, caches and the like are of no use to somebody at a shell, either.
_OF_NO_USE = frozenset(trim.card.id for trim in TRIMS if trim.level is Level.SAFE)


def refuse_without_shell(whole: Tree, name: str) -> None:
    """Raise UserError where there is no shell that a companion could have."""
    if not any(f"{folder}/{shell}" in whole for folder in _PROGRAMS for shell in SHELLS):
        raise UserError(
            f"{name} has no shell that a debug companion could have: nothing is downloaded for one",
            where=name,
            fix="leave out --debug-companion, and look from outside: `docker debug`, `kubectl debug --image busybox`",
        )


def companion_of(made: Image, small: Tree, before: Before, removals: tuple[Removal, ...], reference: str, compression: str, means: Means) -> ImageSet:
    """The companion of `made`, whose tree is `small`, carved out of `before`: its blobs, its configuration but for a label, and one layer more."""
    back = put_back(small, before.tree, removals, _tools(before.tree, removals), earlier=before.removals)
    added = [packed_layer(NamedLayer("debug", back.layer), compression, means)[:2]] if back.layer else []  # of an image that kept its shell
    config = replace(made.config, labels=tuple(sorted((*made.config.labels, (LABEL, made.descriptor.digest)))))
    return image_set([image_over(config, made.layers, added)], reference=reference)


def _tools(whole: Tree, removals: Iterable[Removal]) -> set[str]:
    """What went of shells and tools, and of the packages that they depend on; the links that lead to any of it."""
    taken = {removal.path for removal in removals if removal.trim not in _OF_NO_USE}
    packages = installed(whole)
    wanted = with_dependencies(packages, DEBUG)
    tools = {path for package in packages if package.name in wanted for path in package.files if path in taken}
    tools |= {path for folder in _PROGRAMS for shell in SHELLS if (path := f"{folder}/{shell}") in taken}
    # Alternatives, and busybox's programs, are links that belong to no package.
    links = (path for path in taken if path.startswith(_LINKS) and whole[path].kind is Kind.LINK)
    return tools | {path for path in links if whole.resolve(path) in tools}


def with_dependencies(packages: Iterable[Package], names: Iterable[str]) -> frozenset[str]:
    """Those of `names` that are installed, and all that they depend on."""
    by_name = {package.name: package for package in packages}
    providers = Providers(by_name.values())
    found: set[str] = set()
    waiting = [name for name in names if name in by_name]
    while waiting:
        name = waiting.pop()
        found.add(name)
        for group in by_name[name].depends:
            waiting += [one for one in providers.of(group)[:1] if one not in found and one not in BESIDE_THE_POINT]
    return frozenset(found)
