"""What became of one path of an image: kept, and whose it is; or taken, by which trim and why, and the line that keeps it."""

import textwrap
from collections.abc import Iterable, Mapping

from paredown.reports.ink import WIDTH
from paredown.reports.terminal import size_text
from paredown.result import KEEP_OPTION, KEEP_SETTING, Removal
from paredown.tree import Entry, Kind, Owner, OwnerKind

EITHER = f"{KEEP_SETTING} of a build, or {KEEP_OPTION} of `paredown slim`"
_SHOWN = 10


def explanation(asked: str, removals: Iterable[Removal], kept: Mapping[str, Entry], keeping: str, reasons: Mapping[str, str] | None = None) -> str:
    """Lines of text on `asked`, a path in the image (a folder stands for all below it).

    `keeping` is how a person keeps a path, with `{}` where that stands; `reasons` tell why paths were kept, as far as that is known.
    """
    path = asked.strip("/")
    below = path + "/" if path else ""
    taken = [removal for removal in removals if removal.path == path or removal.path.startswith(below)]
    entry = kept.get(path)
    if entry is None and not taken:
        return f"/{path}: never part of this image"
    if entry is None and len(taken) == 1 and taken[0].path == path:
        return _taken(taken[0]) + f"\n  keep it with: {keeping.replace('{}', f'/{path}')}"
    lines = []
    if entry is not None and entry.kind is not Kind.FOLDER:
        arrow = f" -> {entry.target}" if entry.kind is Kind.LINK else ""
        lines.append(f"/{path}{arrow}: kept, {size_text(entry.size)}, {owner_text(entry.owner)}")
        if reasons and path in reasons:
            lines[0] += f"\n{_wrapped(f'because {reasons[path]}', indent=2)}"
        if taken:
            return f"{lines[0]}\n{_taken(taken[0], indent=2)}\n  keep it whole with: {keeping.replace('{}', f'/{path}')}"
    else:
        inside = [(name, item) for name, item in kept.items() if name.startswith(below) and item.kind is not Kind.FOLDER]
        lines.append(f"/{path}: {len(inside)} files kept ({size_text(sum(item.size for _, item in inside))})")
        lines += [f"  {owner_text(owner)}" for owner in sorted({item.owner for _, item in inside})[:_SHOWN]]
    if taken:
        lines.append(f"{len(taken)} files below it taken ({size_text(sum(removal.size for removal in taken))}):")
        lines += [_taken(removal, indent=2) for removal in taken[:_SHOWN]]
        if len(taken) > _SHOWN:
            lines.append(f"  and {len(taken) - _SHOWN} more")
        lines.append(f"  keep them with: {keeping.replace('{}', f'/{path}/**')}")
    return "\n".join(lines)


def owner_text(owner: Owner) -> str:
    """`belongs to the distribution fastapi 0.115.0`."""
    name = f"{owner.name} {owner.version}".strip()
    match owner.kind:
        case OwnerKind.BASE:
            return f"belongs to the base package {name}"
        case OwnerKind.INTERPRETER:
            return f"belongs to the interpreter, {name}".removesuffix(", ")
        case OwnerKind.SYSTEM:
            return f"belongs to the system package {name}, which the project asks for"
        case OwnerKind.DISTRIBUTION:
            return f"belongs to the distribution {name}"
        case OwnerKind.PAREDOWN:
            return "made by paredown"
        case OwnerKind.APP:
            return "belongs to the app"
        case OwnerKind.UNKNOWN:
            return "its owner is not known"


def _taken(removal: Removal, indent: int = 0) -> str:
    what = f"shrunk by {size_text(removal.size)}" if removal.left else f"taken, {size_text(removal.size)}"
    return _wrapped(f"/{removal.path}: {what}, trim `{removal.trim}`: {removal.reason}", indent)


def _wrapped(text: str, indent: int) -> str:
    """`text` in lines as wide as the screen; the first begins after `indent` spaces, the further ones two deeper."""
    first, further = " " * indent, " " * (indent + 2)
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=further, break_long_words=False, break_on_hyphens=False)
