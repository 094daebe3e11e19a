"""/opt/venv out of wheels: uv installs them into a folder of the store, and each file gets its owner by RECORD."""

import base64
import csv
import hashlib
import io
import os
import posixpath
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from paredown.composers import console_scripts, uv_tool
from paredown.composers.interface import Means
from paredown.composers.locks.toml_text import text_of
from paredown.composers.wheels import UV_NEWEST_MANYLINUX, Chosen, glibc_of
from paredown.errors import UntrustedError
from paredown.origin import Origin
from paredown.plan import VENV_FOLDER, Architecture
from paredown.tree import PAREDOWN, UNKNOWN, Entry, Inline, Kind, Owner, OwnerKind, Slice, Tree, digest_of, file_of, folder_of, keyed, link_of

_VENV = VENV_FOLDER.lstrip("/")
_SITE = re.compile(r"^lib(?:64)?/python\d+\.\d+t?/site-packages/")
_HEADERS = re.compile(r"^include/site/python\d+\.\d+t?/")
# What an installer says of how it came by a distribution: paths and times of this machine, which no service reads.
_LEFT_OUT = frozenset({"REQUESTED", "direct_url.json", "uv_build.json", "uv_cache.json", "RECORD.jws", "RECORD.p7s"})


@dataclass(frozen=True, slots=True)
class _Installed:
    """One distribution in the staging folder: its owner, the folder of its metadata, RECORD's paths -> sha256 (base64, may be empty)."""

    owner: Owner
    metadata: str
    record: Mapping[str, str]


def skeleton(python: str, interpreter: str) -> Tree:
    """The environment before anything is installed in it."""
    folders = ("", "/bin", "/lib", f"/lib/python{python}", f"/lib/python{python}/site-packages")
    home = posixpath.dirname(interpreter)
    configuration = f"home = {home}\ninclude-system-site-packages = false\nversion = {python}\n"
    return Tree({
        posixpath.dirname(_VENV): folder_of(owner=PAREDOWN),
        **{_VENV + folder: folder_of(owner=PAREDOWN) for folder in folders},
        f"{_VENV}/pyvenv.cfg": file_of(configuration.encode(), owner=PAREDOWN),
        f"{_VENV}/bin/python": link_of(interpreter, owner=PAREDOWN),
        f"{_VENV}/bin/python3": link_of("python", owner=PAREDOWN),
        f"{_VENV}/bin/python{python}": link_of("python", owner=PAREDOWN),
    })  # fmt: skip


def install(
    wheels: Sequence[Chosen], *, python: str, architecture: Architecture, environment: Mapping[str, str], means: Means, where: Origin
) -> tuple[Tree, tuple[Path, ...]]:  # fmt: skip
    """The files of `wheels` below /opt/venv, each owned by its distribution, and the folders of the store where their bytes lie.

    Downloads what uv's cache does not hold.

    UntrustedError when a wheel, or a file of one, is not what was promised; WorldError when the index cannot be reached.
    """
    if not wheels:
        return Tree(), ()
    key = keyed([["site", 2, python, architecture], *([w.name, w.version, w.url or w.filename, w.hashes] for w in wheels)])
    stage = means.store.folder("site", key, lambda folder: _fill(folder, wheels, python, architecture, environment, means, where))
    return _mapped(stage, python, where), (stage,)


def _fill(
    folder: Path, wheels: Sequence[Chosen], python: str, architecture: Architecture, environment: Mapping[str, str], means: Means, where: Origin
) -> None:  # fmt: skip
    _run_uv(folder, wheels, python, architecture, environment, means, where)
    # uv unpacks side by side: of two distributions with the same file either may have come last. The last by name shall win.
    for path, (winner, digest) in _contested(_read_installed(folder, where)).items():
        if not digest or _base64_of(folder / path) == digest:
            continue
        with tempfile.TemporaryDirectory(dir=means.store.scratch) as name:
            only = [wheel for wheel in wheels if wheel.name == winner.name]
            _run_uv(Path(name), only, python, architecture, environment, means, where)
            shutil.copyfile(Path(name) / path, folder / path)


def _run_uv(
    folder: Path, wheels: Sequence[Chosen], python: str, architecture: Architecture, environment: Mapping[str, str], means: Means, where: Origin
) -> None:  # fmt: skip
    table = {"lock-version": "1.0", "created-by": "paredown", "packages": [_package(wheel) for wheel in wheels]}
    glibc = min(glibc_of(python), UV_NEWEST_MANYLINUX)

    def say(line: str) -> None:
        # Each larger download is told of when it starts ("Downloading numpy (16.2MiB)") and when it ends (" Downloaded numpy").
        told = re.match(r"\s*(Downloading|Downloaded) (\S+)(?: \(([\d.]+)(B|KiB|MiB|GiB)\))?", line)
        if told is not None:
            if told[3]:
                totals[told[2]] = int(float(told[3]) * {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}[told[4]])
            total = totals.get(told[2], 0)
            means.progress.advance(told[2], total if told[1] == "Downloaded" else 0, total)

    totals: dict[str, int] = {}
    with tempfile.TemporaryDirectory(dir=means.store.scratch) as scratch:
        (Path(scratch) / "pylock.toml").write_text(text_of(table), "utf-8")
        arguments = [
            "pip", "install", "--prefix", str(folder), "--no-deps", "--only-binary", ":all:", "--link-mode", "copy", "--python", uv_tool.host_python(),
            "--python-version", python, "--python-platform", f"{architecture.machine}-manylinux_2_{glibc}", "-r", "pylock.toml",
        ]  # fmt: skip
        uv_tool.run(arguments, folder=Path(scratch), environment={**means.environment, **environment}, where=where, say=say)
    (folder / ".lock").unlink(missing_ok=True)


def _package(wheel: Chosen) -> dict[str, object]:
    file = {"path": wheel.path} if wheel.path else {"url": wheel.url}
    source = {**file, **({"size": wheel.size} if wheel.size else {}), "hashes": dict(wheel.hashes)}
    return {"name": wheel.name, "version": wheel.version, "wheels": [source]}


def _read_installed(stage: Path, where: Origin) -> list[_Installed]:
    """Every distribution in the staging folder, sorted by name."""
    found = []
    for record in stage.glob("lib*/python*/site-packages/*.dist-info/RECORD"):
        metadata = record.parent.relative_to(stage).as_posix()
        site = posixpath.dirname(metadata)
        name, _, version = record.parent.name.removesuffix(".dist-info").partition("-")
        rows: dict[str, str] = {}
        for row in csv.reader(record.read_text("utf-8").splitlines()):
            if not row:
                continue
            path = posixpath.normpath(posixpath.join(site, row[0]))
            if path.startswith("../") or posixpath.isabs(row[0]):
                raise UntrustedError(f"{name} {version} installs outside of its environment: {row[0]!r}", where=where, fix="do not use this distribution")
            rows[path] = row[1].removeprefix("sha256=") if len(row) > 1 and row[1].startswith("sha256=") else ""
        owner = Owner(OwnerKind.DISTRIBUTION, re.sub(r"[-_.]+", "-", name).lower(), version)
        found.append(_Installed(owner, metadata, rows))
    return sorted(found, key=lambda installed: installed.owner)


def _contested(installed: Sequence[_Installed]) -> dict[str, tuple[Owner, str]]:
    """Paths that several distributions bring with different bytes -> whose shall be there, with which digest."""
    claims: dict[str, list[tuple[Owner, str]]] = {}
    for one in installed:
        for path, digest in one.record.items():
            claims.setdefault(path, []).append((one.owner, digest))
    return {path: claim[-1] for path, claim in sorted(claims.items()) if len({digest for _, digest in claim}) > 1}


def _base64_of(path: Path) -> str:
    with open(path, "rb") as stream:
        return _as_record(hashlib.file_digest(stream, "sha256").digest())


def _as_record(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _mapped(stage: Path, python: str, where: Origin) -> Tree:
    installed = _read_installed(stage, where)
    promised = {path: (one.owner, digest) for one in installed for path, digest in one.record.items()}
    by_metadata = {one.metadata: one for one in installed}
    scripts = {f"bin/{name}": text for one in installed for name, text in console_scripts.of(stage / one.metadata, where).items()}
    entries: dict[str, Entry] = {}
    for path in _files_below(stage, where):
        folder, name = posixpath.split(path)
        if (folder in by_metadata and (name == "RECORD" or name in _LEFT_OUT)) or posixpath.basename(folder) == "__pycache__":
            continue
        owner, digest = promised.get(path) or (_owner_beside(path, promised), "")
        entry = _entry(stage / path, owner)
        if path in scripts:
            entry = replace(_of_bytes(scripts[path], owner), mode=0o755)
        elif path.startswith("bin/"):
            entry = replace(_script(entry), mode=0o755)
        elif digest and _as_record(bytes.fromhex(entry.digest.removeprefix("sha256:"))) != digest and not path.startswith(tuple(by_metadata)):
            raise UntrustedError(
                f"{owner.name} {owner.version}: {name} is not what the wheel's RECORD promises: expected sha256={digest}, got {entry.digest}",
                where=where,
                fix=f"somebody changed uv's cache: `uv cache clean {owner.name}`, then build again",
            )
        entries[_place(path, python)] = entry
    for one in installed:
        record = f"{one.metadata}/RECORD"
        entries[_place(record, python)] = _of_bytes(_record(one, entries, python), one.owner)
    return Tree(entries).with_parents()


def _files_below(stage: Path, where: Origin) -> list[str]:
    found = []
    for folder, folders, names in os.walk(stage):
        for name in (*names, *(inner for inner in folders if os.path.islink(os.path.join(folder, inner)))):
            path = os.path.join(folder, name)
            if os.path.islink(path):
                raise UntrustedError(f"{name} is a link, which no wheel may hold", where=where, fix="clean uv's cache (`uv cache clean`), then build again")
            found.append(os.path.relpath(path, stage))
    return sorted(found)


def _place(path: str, python: str) -> str:
    """Where a file of the staging folder goes; that was laid out for the Python that runs paredown."""
    path = _SITE.sub(f"lib/python{python}/site-packages/", path)
    return f"{_VENV}/{_HEADERS.sub(f'include/site/python{python}/', path)}"


def _owner_beside(path: str, promised: Mapping[str, tuple[Owner, str]]) -> Owner:
    """Whose a file is that no RECORD names: that of the first named file in its folder, or in one above."""
    folder = posixpath.dirname(path)
    while folder and not folder.endswith("site-packages"):
        owners = sorted({owner for other, (owner, _) in promised.items() if other.startswith(folder + "/")})
        if owners:
            return owners[0]
        folder = posixpath.dirname(folder)
    return UNKNOWN


def _entry(path: Path, owner: Owner) -> Entry:
    with open(path, "rb") as stream:
        digest = "sha256:" + hashlib.file_digest(stream, "sha256").hexdigest()
        status = os.fstat(stream.fileno())
    mode = 0o755 if status.st_mode & 0o100 else 0o644
    return Entry(kind=Kind.FILE, mode=mode, size=status.st_size, digest=digest, content=Slice(str(path)), owner=owner)


def _of_bytes(data: bytes, owner: Owner) -> Entry:
    return Entry(kind=Kind.FILE, mode=0o644, size=len(data), digest=digest_of(data), content=Inline(data), owner=owner)


def _script(entry: Entry) -> Entry:
    """A script that a wheel brings ready-made, its first line naming the image's interpreter."""
    with open(entry.content.file if isinstance(entry.content, Slice) else os.devnull, "rb") as stream:
        if stream.read(2) != b"#!" or entry.size > 1 << 20:
            return entry
    data = console_scripts.with_interpreter(entry.read())
    return entry if data is None else _of_bytes(data, entry.owner)


def _record(one: _Installed, entries: Mapping[str, Entry], python: str) -> bytes:
    """RECORD as it is true in the image, sorted. https://packaging.python.org/en/latest/specifications/recording-installed-packages/"""
    site = f"{_VENV}/lib/python{python}/site-packages"
    rows = []
    for path in one.record:
        place = _place(path, python)
        if place in entries:
            entry = entries[place]
            rows.append([posixpath.relpath(place, site), "sha256=" + _as_record(bytes.fromhex(entry.digest.removeprefix("sha256:"))), str(entry.size)])
    rows.append([posixpath.relpath(_place(f"{one.metadata}/RECORD", python), site), "", ""])
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(sorted(rows))
    return text.getvalue().encode()
