"""A Result or a Picture for people: plain tables that fit 80 columns, drawn without loading a library: a rebuild takes a quarter of a second."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from paredown.reports.ink import WIDTH, Ink
from paredown.result import Artifact, OwnerSize, Phase, Picture, Removal, Result
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
_PATHS_SHOWN = 5


def size_text(size: int) -> str:
    """Bytes in decimal units, as registries count: `62.1 MB`."""
    if size < 1000:
        return f"{size} B"
    for unit, scale in (("kB", 10**3), ("MB", 10**6)):
        if size < 999_500 * (scale // 1000):
            return f"{size / scale:.1f} {unit}"
    return f"{size / 10**9:.2f} GB"


def build_summary(result: Result, ink: Ink) -> str:
    """What was made, where its bytes sit, what was taken, what it cost."""
    parts = [picture_table(picture, ink) for picture in result.pictures]
    if result.removals:
        parts.append(removals_table(result.removals, ink))
    lines = [_phases_line(result.phases, ink)]
    lines += [ink.dim(text) for note in result.notes for text in folded(f"note: {note}")]
    lines += [ink.yellow(text) for skipped in result.skipped for text in folded(f"skipped: {skipped.what}: {skipped.reason}")]
    lines += [f"{ink.green('wrote')} {artifact.where}  {ink.dim(artifact.kind)}" for artifact in result.artifacts]
    return "\n\n".join([*parts, "\n".join(lines)])


def restored_summary(chosen: Sequence[Removal], needed: Sequence[Removal], layer: int, artifacts: Iterable[Artifact], ink: Ink) -> str:
    """What came back, and what came with it; `layer` is the size of the new layer as stored."""
    size = size_text(sum(removal.size for removal in chosen))
    lines = [f"put back {_files(chosen)}, {size}", *_shown(chosen)]
    if needed:
        lines += [f"with {_files(needed)} that they need, {size_text(sum(removal.size for removal in needed))}", *_shown(needed)]
    lines.append(f"one layer more, {size_text(layer)} compressed")
    lines += [f"{ink.green('wrote')} {artifact.where}  {ink.dim(artifact.kind)}" for artifact in artifacts]
    return "\n".join(lines)


def _files(removals: Sequence[Removal]) -> str:
    return f"{len(removals)} file{'s' if len(removals) > 1 else ''}"


def _shown(removals: Sequence[Removal]) -> list[str]:
    more = [f"  and {len(removals) - _PATHS_SHOWN} more"] if len(removals) > _PATHS_SHOWN else []
    return [*(f"  /{removal.path}" for removal in removals[:_PATHS_SHOWN]), *more]


def picture_table(picture: Picture, ink: Ink) -> str:
    """Bytes by owner: the base packages together, the largest distributions each."""
    rows = [("owner", "files", "uncompressed", "compressed")]
    for label, owners in _rows(picture.owners):
        rows.append(_row(label, owners))
    total = f"in all ({len(picture.layers)} layers)"
    rows.append((total, str(sum(owner.files for owner in picture.owners)), size_text(picture.uncompressed), size_text(picture.compressed)))
    return table(f"{picture.platform}  {picture.digest[:19]}", rows, ink, footer=True)


def removals_table(removals: Iterable[Removal], ink: Ink) -> str:
    """What the trims took, largest first."""
    files: dict[str, int] = defaultdict(int)
    sizes: dict[str, int] = defaultdict(int)
    for removal in removals:
        files[removal.trim] += 1
        sizes[removal.trim] += removal.size
    rows = [("trim", "files", "uncompressed")]
    rows += [(name, str(files[name]), size_text(sizes[name])) for name in sorted(sizes, key=lambda name: (-sizes[name], name))]
    rows.append(("in all", str(sum(files.values())), size_text(sum(sizes.values()))))
    return table("taken away", rows, ink, footer=True)


def layers_table(picture: Picture, ink: Ink) -> str:
    """The layers in their order, as stored."""
    rows = [("layer", "digest", "uncompressed", "compressed")]
    rows += [(layer.name, layer.digest.removeprefix("sha256:")[:12], size_text(layer.uncompressed), size_text(layer.compressed)) for layer in picture.layers]
    return table("layers", rows, ink)


def table(title: str, rows: Sequence[tuple[str, ...]], ink: Ink, *, footer: bool = False) -> str:
    """Left-aligned labels, right-aligned figures; the first row heads the columns, the last one sums them up if it is a `footer`."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    widths[0] = min(widths[0], WIDTH - sum(widths[1:]) - 2 * (len(widths) - 1))
    lines = [ink.bold(title)]
    for index, row in enumerate(rows):
        label = row[0] if len(row[0]) <= widths[0] else row[0][: widths[0] - 1] + "…"
        line = "  ".join([label.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))])
        lines.append(ink.dim(line) if index == 0 else ink.bold(line) if footer and index == len(rows) - 1 else line)
    return "\n".join(lines)


def _rows(owners: tuple[OwnerSize, ...]) -> Iterable[tuple[str, list[OwnerSize]]]:
    by_kind: dict[OwnerKind, list[OwnerSize]] = defaultdict(list)
    for owner in owners:
        by_kind[owner.owner.kind].append(owner)
    for kind in OwnerKind:
        group = by_kind.get(kind, [])
        if not group:
            continue
        if kind is not OwnerKind.DISTRIBUTION:
            packages = sum(bool(owner.owner.name) for owner in group)
            yield _KINDS[kind] + (f" ({packages} packages)" if kind in (OwnerKind.BASE, OwnerKind.SYSTEM) else ""), group
            continue
        largest = sorted(group, key=lambda owner: (-owner.uncompressed, owner.owner.name))
        for owner in largest[:_DISTRIBUTIONS_SHOWN]:
            yield f"  {owner.owner.name} {owner.owner.version}", [owner]
        if len(largest) > _DISTRIBUTIONS_SHOWN:
            yield f"  {len(largest) - _DISTRIBUTIONS_SHOWN} other distributions", largest[_DISTRIBUTIONS_SHOWN:]


def _row(label: str, owners: list[OwnerSize]) -> tuple[str, str, str, str]:
    return (
        label,
        str(sum(owner.files for owner in owners)),
        size_text(sum(owner.uncompressed for owner in owners)),
        size_text(sum(owner.compressed for owner in owners)),
    )


def _phases_line(phases: tuple[Phase, ...], ink: Ink) -> str:
    total = sum(phase.seconds for phase in phases)
    told = [f"{phase.name} {phase.seconds:.2f}" + (" (reused)" if phase.reused else "") for phase in phases]
    return ink.bold(f"{total:.2f} s") + ink.dim("".join(f"  {text}" for text in told))


def folded(text: str) -> list[str]:
    """`text` in lines of 80 columns, those after the first indented."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= WIDTH:
            lines[-1] += " " + word
        else:
            lines.append(("  " if lines else "") + word)
    return lines
