"""Kinds of faults in which a file or folder of the image is another one than it was."""

import posixpath
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from uv import find_uv_bin

from benchmarks.fault_injection.faults import files, kind, programs, sources, with_bytecode
from benchmarks.fault_injection.mutants import Fault, File, Folder, Good, Link
from paredown.tree import Kind

_OTHER_VERSIONS = {
    "lightweight-app": (("starlette", "0.12.13"), ("jinja2", "2.11.3"), ("click", "6.7")),
    "port-env-app": (("jinja2", "2.11.3"), ("segno", "0.3.1"), ("werkzeug", "1.0.1")),
    "forecast-api": (("structlog", "19.1.0"), ("starlette", "0.12.13"), ("anyio", "2.2.0")),
    "ocr-backend": (("h11", "0.8.1"), ("click", "6.7"), ("annotated-types", "0.1.0")),
}
_EXTENSIONS = (
    "_checkdigit", "_pydantic_core", "orjson", "_psycopg", "_multiarray_umath", "_extra", "_speedups", "parser",
)  # fmt: skip


@kind("shared object truncated")
def _truncated(good: Good) -> Iterator[Fault]:
    for path in _extensions(good):
        entry = good.image.tree[path]
        yield Fault(kind="shared object truncated", what=f"/{path} cut to half", write={path: File(entry.read()[: entry.size // 2], entry.mode)})


@kind("musl and glibc mixed")
def _musl(good: Good) -> Iterator[Fault]:
    for path in _extensions(good):
        data = good.image.tree[path].read()
        if b"libc.so.6\0" in data:
            mixed = File(data.replace(b"libc.so.6\0", b"libc.musl\0"), good.image.tree[path].mode)
            yield Fault(kind="musl and glibc mixed", what=f"/{path} is linked against musl", write={path: mixed})


def _extensions(good: Good) -> Iterator[str]:
    for name in _EXTENSIONS:
        for path, _ in files(good, rf"-packages/.*/{name}\.cpython-[^/]*\.so$"):
            yield path


@kind("executable bit lost")
def _mode(good: Good) -> Iterator[Fault]:
    for path in programs(good):
        yield Fault(kind="executable bit lost", what=f"/{path} is not executable", write={path: File(good.image.tree[path].read(), 0o644)})


@kind("wrong interpreter line")
def _interpreter(good: Good) -> Iterator[Fault]:
    for path in programs(good):
        first, _, rest = good.image.tree[path].read().partition(b"\n")
        if first.startswith(b"#!"):
            other = File(b"#!/usr/local/bin/python3.9\n" + rest, 0o755)
            yield Fault(kind="wrong interpreter line", what=f"/{path} asks for another Python", write={path: other})


@kind("dangling link")
def _link(good: Good) -> Iterator[Fault]:
    for path, entry in good.image.tree.items():
        if entry.kind is Kind.LINK and re.fullmatch(r"opt/venv/bin/python", path):
            yield Fault(kind="dangling link", what=f"/{path} points nowhere", write={path: Link("/nowhere/python")})


@kind("writable folder of another owner")
def _owner(good: Good) -> Iterator[Fault]:
    writable = [path for path, entry in good.image.tree.items() if entry.kind is Kind.FOLDER and entry.mode & 0o020 and path not in ("tmp", "var/tmp")]
    for path in sorted(writable, key=lambda path: (path.startswith("home"), path)):
        yield Fault(kind="writable folder of another owner", what=f"/{path} belongs to root alone", write={path: Folder(0o755)})


@kind("no place for temporary files")
def _temporary(good: Good) -> Iterator[Fault]:
    yield Fault(kind="no place for temporary files", what="/tmp is root's alone", write={"tmp": Folder(0o755), "var/tmp": Folder(0o755)})


@kind("another version of a distribution")
def _version(good: Good) -> Iterator[Fault]:
    for name, version in _OTHER_VERSIONS[good.service]:
        if fault := _other_version(good, name, version):
            yield fault


def _other_version(good: Good, name: str, version: str) -> Fault | None:
    distribution = next((each for each in good.image.facts.distributions if each.name == name), None)
    if distribution is None:
        return None
    site = posixpath.dirname(distribution.metadata)
    with tempfile.TemporaryDirectory() as folder:
        words = [find_uv_bin(), "pip", "install", "--quiet", "--no-deps", "--python-version", good.image.facts.python, "--target", folder, f"{name}=={version}"]
        if subprocess.run(words, capture_output=True, timeout=300, check=False).returncode != 0:
            return None
        paths = [path for path in sorted(Path(folder).rglob("*")) if path.is_file() and "/bin/" not in str(path)]
        new = {f"{site}/{path.relative_to(folder)}": File(path.read_bytes()) for path in paths}
    old = [path for path, entry in good.image.tree.items() if entry.owner.name == name and path.startswith(site) and entry.kind is Kind.FILE]
    gone = tuple(path for path in old if path not in new)
    return Fault(kind="another version of a distribution", what=f"{name} {version} instead of {distribution.version}", remove=gone, write=new)


@kind("stale bytecode")
def _stale(good: Good) -> Iterator[Fault]:
    for path, _ in sources(good):
        for compiled in with_bytecode(good, path)[1:]:
            if other := _of_older_source(good.image.tree[compiled].read()):
                yield Fault(kind="stale bytecode", what=f"/{compiled} is of an older /{path}", write={compiled: File(other)})


def _of_older_source(data: bytes) -> bytes | None:
    """The bytecode with one text in it as it may have been before the source was edited."""
    for old, new in ((b"/health", b"/heilth"), (b"/items", b"/itums"), (b"/stations", b"/stutions"), (b"/parcels", b"/purcels"), (b"/search", b"/saerch")):
        if old in data:
            return data[:16] + data[16:].replace(old, new)
    return None


@kind("line of the app changed")
def _line(good: Good) -> Iterator[Fault]:
    for path, entry in sources(good):
        text = entry.read().decode()
        for old, new in (("if not ", "if "), (" == ", " != "), (" <= ", " < "), ("return ", "return not ")):
            line = next((line for line in text.splitlines() if re.match(rf"    \s*(?:[\w(].*)?{re.escape(old)}", line)), None)
            if line:
                change = {path: File(text.replace(line, line.replace(old, new, 1), 1).encode())}
                what = f"`{line.strip()}` has become `{line.replace(old, new, 1).strip()}` in /{path}"
                yield Fault(kind="line of the app changed", what=what[:150], remove=with_bytecode(good, path)[1:], write=change)
                break
