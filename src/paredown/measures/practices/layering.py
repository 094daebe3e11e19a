"""How the image is cut into layers: what changes often on top, and nothing below that is no longer there."""

from paredown.comparison import Evidence, Held
from paredown.measures.interface import Asked, Specimen
from paredown.measures.layers import first_with_code
from paredown.tree import OwnerKind

_TOLERATED = 0.01  # of the files' bytes: a changed list of accounts, a database of packages


def _code_apart(specimen: Specimen) -> Evidence:
    first = first_with_code(specimen)
    if first is None:
        return Evidence(Held.UNKNOWN, "which files are the app's is not known")
    owners = specimen.image.tree
    heavy = sum(entry.size for layer in specimen.layers[first:] for path, entry in layer.items() if path in owners and _is_dependency(owners[path].owner.kind))
    place = f"the app's files begin in layer {first + 1} of {len(specimen.layers)}"
    if heavy > specimen.image.tree.size * _TOLERATED:
        return Evidence(Held.NO, f"{place}, and {heavy / 10**6:.1f} MB of dependencies lie there or above: each change of code makes them anew")
    return Evidence(Held.YES, f"{place}, with its dependencies below")


def _is_dependency(kind: OwnerKind) -> bool:
    return kind in (OwnerKind.BASE, OwnerKind.INTERPRETER, OwnerKind.SYSTEM, OwnerKind.DISTRIBUTION)


def _nothing_hidden(specimen: Specimen) -> Evidence:
    hidden = sum(layer.size for layer in specimen.layers) - specimen.image.tree.size
    text = f"{max(0, hidden) / 10**6:.1f} MB of files lie below later layers that replace or delete them"
    return Evidence(Held.NO if hidden > specimen.image.tree.size * _TOLERATED else Held.YES, text)


PRACTICES = (
    Asked("code lies apart from its dependencies", ("docs.docker.com/build/cache",), _code_apart),
    Asked("no bytes hidden below later layers", ("wagoodman/dive",), _nothing_hidden),
)
