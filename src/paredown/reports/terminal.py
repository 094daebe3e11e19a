"""A Result or a Picture for people: tables that fit 80 columns."""

from collections import defaultdict
from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from paredown.result import OwnerSize, Phase, Picture, Removal, Result
from paredown.tree import OwnerKind

_KINDS = {
    OwnerKind.BASE: "base",
    OwnerKind.INTERPRETER: "interpreter",
    OwnerKind.SYSTEM: "system packages",
    OwnerKind.DISTRIBUTION: "distribution",
    OwnerKind.PAREDOWN: "paredown",
    OwnerKind.APP: "app",
    OwnerKind.UNKNOWN: "unknown",
}
_DISTRIBUTIONS_SHOWN = 8


def size_text(size: int) -> str:
    """Bytes in decimal units, as registries count: `62.1 MB`."""
    if size < 1000:
        return f"{size} B"
    for unit, scale in (("kB", 10**3), ("MB", 10**6)):
        if size < 999_500 * (scale // 1000):
            return f"{size / scale:.1f} {unit}"
    return f"{size / 10**9:.2f} GB"


def build_summary(result: Result) -> RenderableType:
    """What was made, where its bytes sit, what was taken, what it cost."""
    parts: list[RenderableType] = [picture_table(picture) for picture in result.pictures]
    if result.removals:
        parts.append(removals_table(result.removals))
    parts.append(_phases_line(result.phases))
    parts += [Text(f"note: {note}", style="dim") for note in result.notes]
    parts += [Text(f"skipped: {skipped.what}: {skipped.reason}", style="yellow") for skipped in result.skipped]
    for artifact in result.artifacts:
        parts.append(Text.assemble(("wrote ", "green"), f"{artifact.where}  ", (artifact.kind, "dim")))
    return Group(*parts)


def picture_table(picture: Picture) -> Table:
    """Bytes by owner: the base packages together, the largest distributions each."""
    table = Table(title=f"{picture.platform}  {picture.digest[:19]}", title_justify="left", title_style="bold", box=None, pad_edge=False, show_footer=True)
    table.add_column("owner", footer="in all", overflow="fold", ratio=1)
    table.add_column("files", justify="right", footer=str(sum(owner.files for owner in picture.owners)))
    table.add_column("uncompressed", justify="right", footer=size_text(picture.uncompressed))
    table.add_column("compressed", justify="right", footer=size_text(picture.compressed))
    for label, owners in _rows(picture.owners):
        table.add_row(
            label,
            str(sum(owner.files for owner in owners)),
            size_text(sum(owner.uncompressed for owner in owners)),
            size_text(sum(owner.compressed for owner in owners)),
        )
    table.columns[0].footer = f"in all ({len(picture.layers)} layers)"
    return table


def removals_table(removals: Iterable[Removal]) -> Table:
    """What the trims took, largest first."""
    files: dict[str, int] = defaultdict(int)
    sizes: dict[str, int] = defaultdict(int)
    for removal in removals:
        files[removal.trim] += 1
        sizes[removal.trim] += removal.size
    table = Table(title="taken away (uncompressed)", title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("trim", ratio=1)
    table.add_column("files", justify="right")
    table.add_column("bytes", justify="right")
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        table.add_row(name, str(files[name]), size_text(sizes[name]))
    return table


def layers_table(picture: Picture) -> Table:
    """The layers in their order, as stored."""
    table = Table(title="layers", title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("layer", ratio=1, overflow="fold")
    table.add_column("digest")
    table.add_column("uncompressed", justify="right")
    table.add_column("compressed", justify="right")
    for layer in picture.layers:
        table.add_row(layer.name, layer.digest.removeprefix("sha256:")[:12], size_text(layer.uncompressed), size_text(layer.compressed))
    return table


def _rows(owners: tuple[OwnerSize, ...]) -> Iterable[tuple[str, list[OwnerSize]]]:
    by_kind: dict[OwnerKind, list[OwnerSize]] = defaultdict(list)
    for owner in owners:
        by_kind[owner.owner.kind].append(owner)
    for kind in OwnerKind:
        group = by_kind.get(kind, [])
        if not group:
            continue
        if kind is not OwnerKind.DISTRIBUTION:
            yield _KINDS[kind] + (f" ({sum(bool(owner.owner.name) for owner in group)} packages)" if kind in (OwnerKind.BASE, OwnerKind.SYSTEM) else ""), group
            continue
        largest = sorted(group, key=lambda owner: (-owner.uncompressed, owner.owner.name))
        for owner in largest[:_DISTRIBUTIONS_SHOWN]:
            yield f"  {owner.owner.name} {owner.owner.version}", [owner]
        if len(largest) > _DISTRIBUTIONS_SHOWN:
            yield f"  {len(largest) - _DISTRIBUTIONS_SHOWN} other distributions", largest[_DISTRIBUTIONS_SHOWN:]


def _phases_line(phases: tuple[Phase, ...]) -> Text:
    total = sum(phase.seconds for phase in phases)
    line = Text.assemble((f"{total:.2f} s", "bold"))
    for phase in phases:
        line.append(f"  {phase.name} {phase.seconds:.2f}" + (" (reused)" if phase.reused else ""), style="dim")
    return line
