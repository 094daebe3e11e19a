"""Three ordinary services, made small by paredown and by the peer, and each route asked after: what still answers as before."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.services.asking import checks_of, listens, wrong
from benchmarks.slim import engine
from benchmarks.slim.carved import carve
from benchmarks.slim.intact import Holdings, holdings, lost
from benchmarks.slim.peer import peered
from benchmarks.slim.sheet import Sheet, megabytes


@dataclass(frozen=True, slots=True)
class Published:
    """What the best-known slimmer was measured to make of a service of that kind (megabytes), and how many routes it broke."""

    before: float
    after: float
    broken: int


@dataclass(frozen=True, slots=True)
class Before:
    """A service's image as its Dockerfile makes it."""

    service: str
    size: int
    holdings: Holdings


MEGABYTE = 1_000_000
SERVICES = {"hello_api": Published(170, 62.6, 0), "shop_api": Published(230, 90.2, 8), "scan_api": Published(518, 271.8, 4)}


def measured(services: list[str], levels: list[str], peer: Path | None, scratch: Path) -> Sheet:
    """A line for each maker of each service. `tight` must not be bigger than what the peer reached, here or where it was published, with all in order."""
    sheet = Sheet("ordinary services, each route asked after", ("image", "MB", "ratio", "target", "verdict", "s", "right", "kept"))
    for service in services:
        _measure(sheet, service, levels, peer, scratch)
    return sheet


def _measure(sheet: Sheet, service: str, levels: list[str], peer: Path | None, scratch: Path) -> None:
    tag, _ = engine.image_of(engine.SERVICES / service)
    known, wrong_before = len(checks_of(service)), _wrong(service, tag)
    if wrong_before:
        raise SystemExit(f"error: {service} is not right to begin with: {wrong_before}")
    before = Before(service, engine.size(tag), holdings(tag, scratch / "contents.tar"))
    published = SERVICES[service]
    sheet.row(service, megabytes(before.size), "", "", "", "", f"{known}/{known}")
    sheet.row("  peer elsewhere", f"{published.after}", f"{published.after / published.before:.3f}", "", "", "", f"{known - published.broken}/{known}")
    limit = published.after * MEGABYTE
    if peer is not None:
        made = peered(peer, tag, scratch)
        if made.complaint:
            sheet.row("  peer here", "none", "", "", "", f"{made.seconds:.0f}")
            sheet.notes.append(f"{service}, peer: {' '.join(made.complaint.split())[-300:]}")
        else:
            limit = min(limit, engine.size(made.tag))
            _row(sheet, "peer here", before, made.tag, made.seconds, scratch)
            engine.forget(made.tag)
    for level in levels:
        carved = carve(tag, level, scratch / f"{service}-{level}.tar", "--project", str(engine.SERVICES / service))
        if not carved.archive.exists():
            sheet.row(f"  {level}", "none", "", "", carved.answer, f"{carved.seconds:.0f}", missed=True)
            continue
        small = engine.loaded(carved.archive, f"{service}:{level}")
        good = _row(sheet, level, before, small, carved.seconds, scratch, target=limit if level == "tight" else None, verdict=carved.answer)
        sheet.missed |= not good or carved.answer != "equivalent" or carved.level != level
        sheet.notes += [f"{service}, {level}: ended at {carved.level}."] if carved.level != level else []
        sheet.notes += [f"{service}, {level}: {carved.back} paths given back."] if carved.back else []
        engine.forget(small)
        carved.archive.unlink()


def _row(
    sheet: Sheet, maker: str, before: Before, tag: str, seconds: float, scratch: Path, *, target: float | None = None, verdict: str = ""
) -> bool:  # fmt: skip
    """One line; whether all routes are right, nothing else is lost, and the size is within `target`."""
    known, broken, after = len(checks_of(before.service)), _wrong(before.service, tag), engine.size(tag)
    gone = lost(before.holdings, holdings(tag, scratch / "contents.tar"))
    wanted = "" if target is None else f"<= {megabytes(target)}"
    right, kept = f"{known - len(broken)}/{known}", "not all" if gone else "all"
    sheet.row(f"  {maker}", megabytes(after), f"{after / before.size:.3f}", wanted, verdict, f"{seconds:.0f}", right, kept)
    sheet.notes += [f"{before.service}, {maker}: {len(broken)} wrong, the first {route}: {why}" for route, why in [*broken.items()][:1]]
    sheet.notes += [f"{before.service}, {maker}: lost {', '.join(gone)}."] if gone else []
    return not (broken or gone or (target is not None and after > target))


def _wrong(service: str, tag: str) -> dict[str, str]:
    """What is wrong with each route that is; all of them where the service does not start."""
    with engine.container(tag) as url:
        if not listens(url):
            return dict.fromkeys(checks_of(service), "the service does not answer")
        return wrong(checks_of(service), url)
