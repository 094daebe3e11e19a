"""The reference services as people build them, made small at each level: how small, whether verified, and whether their own tests still pass."""

from pathlib import Path
from typing import Any

from benchmarks.fault_injection import oracle
from benchmarks.slim.carved import carve
from benchmarks.slim.engine import EXAMPLES, configuration, forget, image_of, loaded, port, size
from benchmarks.slim.sheet import Sheet, megabytes

SERVICES = ("lightweight-app", "port-env-app", "forecast-api", "ocr-backend")
# Of the size before; and for one service, seconds.
SHARES = {"lean": 0.45, "tight": 0.25}
SOON = {("lightweight-app", "tight"): 180}


def image(service: str, archives: Path | None) -> tuple[str, tuple[str, ...]]:
    """The tag of the service's naive image, from the folder `archives` where there is one, else built; and those of its bases that are stand-ins."""
    return (loaded(archives / f"{service}.tar", f"{service}:naive"), ()) if archives else image_of(EXAMPLES / service)


def measured(services: list[str], levels: list[str], archives: Path | None, scratch: Path) -> Sheet:
    """A line for each service, and one for each level of it; `back` counts the paths that repairs gave back."""
    sheet = Sheet("reference services, by their naive Dockerfiles", ("image", "MB", "ratio", "target", "verdict", "routes", "back", "s", "tests"))
    stood_in: set[str] = set()
    for service in services:
        tag, stand_ins = image(service, archives)
        stood_in |= set(stand_ins)
        sheet.row(service, megabytes(size(tag)))
        wrong = oracle.wrong_before(tag, *asked(service, tag))
        expected = oracle.answers_of(tag, *asked(service, tag), wrong)
        sheet.notes += [f"{service}: not so before either: {line.removeprefix('wrong').strip()}." for line in sorted(wrong)]
        for level in levels:
            _measure(sheet, service, level, tag, expected, wrong, scratch)
    if stood_in:
        sheet.notes.append(f"Stand-ins, made of Debian packages, for images that could not be pulled: {', '.join(sorted(stood_in))}.")
    return sheet


def _measure(sheet: Sheet, service: str, level: str, tag: str, expected: dict[str, Any], wrong: frozenset[str], scratch: Path) -> None:
    carved = carve(tag, level, scratch / f"{service}-{level}.tar", "--project", str(EXAMPLES / service))
    routes = f"{carved.routes[0]}/{carved.routes[1]}"
    told = (carved.answer, routes, str(carved.back), f"{carved.seconds:.0f}")
    if not carved.archive.exists():
        sheet.row(f"  {level}", "none", "", "", *told, missed=True)
        return
    small = loaded(carved.archive, f"{service}:{level}")
    found = oracle.answers_of(small, *asked(service, tag), wrong)
    harm = [name for name, value in expected.items() if found.get(name) != value]
    share, soon = size(small) / size(tag), SOON.get((service, level))
    late = soon is not None and carved.seconds > soon
    missed = share > SHARES.get(level, 1) or carved.answer != "equivalent" or carved.level != level or bool(harm) or late
    target = f"<= {SHARES[level]:.2f}" if level in SHARES else ""
    sheet.row(f"  {level}", megabytes(size(small)), f"{share:.3f}", target, *told, "broken" if harm else "pass", missed=missed)
    if harm:
        sheet.notes.append(f"{service}, {level}: other than before: {', '.join(harm)}.")
    if carved.level != level:
        sheet.notes.append(f"{service}, {level}: ended at {carved.level}.")
    if soon:
        sheet.notes.append(f"{service}, {level}: within {soon} s is wanted: {'MISSED' if late else 'met'}.")
    forget(small)
    carved.archive.unlink()


def asked(service: str, tag: str) -> tuple[Path, int, dict[str, str]]:
    """What the oracle goes by: the service's own functional tests, the port and the environment of its image."""
    environment = dict(line.split("=", 1) for line in configuration(tag).get("Env") or ())
    return EXAMPLES / service / "tests" / "behaviour.py", port(tag), environment
