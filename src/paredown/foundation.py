"""Everything below the app's own files: composed, trimmed, compiled and packed once, then remembered by what went into it."""

import os
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from paredown import __version__
from paredown.composers.interface import Means
from paredown.ground import Ground, system_step
from paredown.oci.layer_writer import PackedLayer
from paredown.oci.model import Descriptor
from paredown.packers.layers import NamedLayer
from paredown.picture import owner_sizes
from paredown.plan import CopyFiles, InstallProject, Level, Plan
from paredown.pydist.outline import outline
from paredown.result import KEEP_SETTING, OwnerSize, Removal, Skipped, Trimmed
from paredown.tree import Owner, OwnerKind, Tree, keyed, setuid

# A rebuild of which only the app changed recalls all of this, so what composes is imported where it composes.

_RECORD = "foundation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """How the image is made, as far as that is not the Plan's."""

    trim: Level
    compression: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """All of one platform's image but the app. `layers` are (name, layer), the lowest first; `owners` what each weighs in them."""

    layers: tuple[tuple[str, PackedLayer], ...]
    owners: tuple[OwnerSize, ...]
    removals: tuple[Removal, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...] = ()
    reused: bool = False


def prepared(plan: Plan, ground: Ground, app: Tree, level: Level, means: Means) -> Trimmed:
    """The whole root file system but bytecode, with `app` in it: composed, trimmed, its system data made from what is left."""
    from paredown import trims
    from paredown.composers import accounts, debian_base, health_check, launcher, missing_libraries, system_data
    from paredown.packers.configuration import search_path
    from paredown.pydist.installed_files import true_records
    from paredown.pydist.read import read_facts

    launch, argv = launcher.compose(plan, ground.interpreter)
    health, health_argv = health_check.compose(plan, ground.interpreter)
    tree = ground.base().over(ground.distributions(), launch, health, app)
    launcher.refuse_missing(plan, tree, search_path(ground.interpreter, ground.config))
    facts = read_facts(
        tree, python=ground.python, words=(*argv, *health_argv), system_packages=frozenset(system_step(plan).packages), shell=plan.shell, keep=plan.keep,
        store=means.store,
    )  # fmt: skip
    trimmed = trims.apply(tree, facts, level, means.store)
    tree = trimmed.tree.over(system_data.compose(trimmed.tree, plan, ground.architecture))
    tree = tree.over(accounts.compose(tree, plan))
    # What the package databases tell stays true after the trims.
    tree = tree.over(debian_base.filtered_md5sums(tree), true_records(tree, facts.distributions, {removal.path: removal.left for removal in trimmed.removals}))
    plain = {path: replace(entry, mode=entry.mode & 0o777) for path, entry in tree.items() if setuid(entry)}
    return Trimmed(tree.over(Tree(plain)), trimmed.removals, missing_libraries.notes(tree, facts))


def lay(
    plan: Plan, ground: Ground, app: Tree, choices: Choices, *, modules: frozenset[str] | None, host: Ground, known: Trimmed | None, means: Means
) -> Foundation:  # fmt: skip
    """The foundation of `ground` for `app`; `known` is what `prepared` made, where that was needed already.

    Of the app matters here what it imports and names, not the rest of what it says. `host` is the ground whose Python runs here.
    """
    settings = [choices.trim, choices.compression, means.epoch, None if modules is None else sorted(modules)]
    key = keyed([code_key(), _below(plan), ground.key, outline(app, means.store).key, settings])
    kept = _recalled(key, means)
    if kept is not None:
        return kept
    from paredown.composers import import_messages, record
    from paredown.composers.bytecode.compilation import compile_sources
    from paredown.packers import layers

    trimmed = known or prepared(plan, ground, app, choices.trim, means)
    below = Tree({path: entry for path, entry in trimmed.tree.items() if entry.owner.kind is not OwnerKind.APP})
    below = below.over(record.compose(trimmed.removals), import_messages.compose(trimmed.tree, trimmed.removals, KEEP_SETTING))
    compiled = compile_sources(below, modules, python=host.python, interpreter=host.interpreter, host_tree=host.base(), means=means)
    packed = [packed_layer(layer, choices.compression, means) for layer in layers.split(below.over(compiled.tree))]
    made = Foundation(
        layers=tuple((name, layer) for name, layer, _ in packed),
        owners=tuple(owner for _, _, owners in packed for owner in owners),
        removals=trimmed.removals,
        skipped=compiled.skipped,
        notes=trimmed.notes,
    )
    _remember(key, made, means)
    return made


def packed_layer(layer: NamedLayer, compression: str, means: Means) -> tuple[str, PackedLayer, tuple[OwnerSize, ...]]:
    """The layer's name, the packed layer, and what each owner weighs in it."""
    from paredown.oci.blob import Blob
    from paredown.oci.layer_writer import pack
    from paredown.oci.measure import measure

    packed = pack(layer.tree, epoch=means.epoch, compression=compression, store=means.store, progress=means.progress, task=layer.name)
    blob = Blob(digest=packed.descriptor.digest, size=packed.descriptor.size, file=means.store.blob_path(packed.descriptor.digest))
    return layer.name, packed, owner_sizes(layer.tree, measure(blob, layer.tree, means.store))


def _below(plan: Plan) -> str:
    """All that the plan says but of the app's own files and of names, which stand above the foundation."""
    steps = tuple(step for step in plan.steps if not isinstance(step, CopyFiles | InstallProject))
    return repr(replace(plan, name="", project="", steps=steps, labels=(), notes=()))


@cache
def code_key() -> str:
    """A key of paredown's own code, by version, sizes and times: what another paredown made is never taken for this one's."""
    root = str(Path(__file__).parent)
    seen = [[__version__]]
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name != "__pycache__" and (folder != root or name not in ("cli", "reports")))
        for name in sorted(names):
            if name.endswith(".py"):
                there = os.stat(os.path.join(folder, name))
                seen.append([f"{folder}/{name}", str(there.st_size), str(there.st_mtime_ns)])
    return keyed(seen)


def _remember(key: str, made: Foundation, means: Means) -> None:
    means.store.remember(
        _RECORD,
        key,
        {
            "layers": [
                [name, layer.descriptor.media_type, layer.descriptor.digest, layer.descriptor.size, layer.diff_id, layer.uncompressed, layer.files]
                for name, layer in made.layers
            ],
            "owners": [[*_owner_row(size.owner), size.files, size.uncompressed, size.compressed] for size in made.owners],
            "removals": [[removal.path, removal.size, removal.trim, removal.reason, removal.left, *_owner_row(removal.owner)] for removal in made.removals],
            "skipped": [[skipped.what, skipped.reason] for skipped in made.skipped],
            "notes": list(made.notes),
        },
    )


def _recalled(key: str, means: Means) -> Foundation | None:
    record: Any = means.store.recall(_RECORD, key)
    if record is None or any(means.store.blob(row[2]) is None for row in record["layers"]):
        return None
    return Foundation(
        layers=tuple(
            (name, PackedLayer(descriptor=Descriptor(media_type=kind, digest=digest, size=size), diff_id=diff_id, uncompressed=plain, files=files, reused=True))
            for name, kind, digest, size, diff_id, plain, files in record["layers"]
        ),
        owners=tuple(OwnerSize(owner=_owner(row[:3]), files=row[3], uncompressed=row[4], compressed=row[5]) for row in record["owners"]),
        removals=tuple(Removal(path=row[0], size=row[1], trim=row[2], reason=row[3], left=row[4], owner=_owner(row[5:])) for row in record["removals"]),
        skipped=tuple(Skipped(what=what, reason=reason) for what, reason in record["skipped"]),
        notes=tuple(record["notes"]),
        reused=True,
    )


def _owner_row(owner: Owner) -> list[str]:
    return [owner.kind.value, owner.name, owner.version]


def _owner(row: list[str]) -> Owner:
    return Owner(OwnerKind(row[0]), row[1], row[2])
