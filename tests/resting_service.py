"""A small service as an image at rest, laid out as Docker's Python images are or as paredown's are, and what differs between two of them."""

import _imp
import struct
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from builders import image_of, tree_of
from elf_builder import elf_with_debug_symbols
from paredown.composers import ownership
from paredown.probes.interface import Image, Seen
from paredown.result import Observation
from paredown.tree import Entry, Tree, file_of, folder_of

DOCKER, PAREDOWN = "docker", "paredown"
EXTENSION = elf_with_debug_symbols(b"\0PyInit__fast\0" + b"code" * 64)
MAIN = b"app = 'service'\n"

_PYTHON = elf_with_debug_symbols(b"\x003.13.5\0.cpython-313-x86_64-linux-gnu.so\0".ljust(256, b"\0"))
_FLAGS = b"build_time_vars = {'Py_DEBUG': 0, 'WITH_PYMALLOC': 1, 'CONFIG_ARGS': '--with-lto'}\n"
_POINTS = b"[console_scripts]\nfastserve = fastserve.cli:main\n\n[fastserve.plugins]\nclock = fastserve.clock:Clock\n"
_RECORD = (
    "fastserve/__init__.py,,\nfastserve/_fast.so,,\nfastserve/page.html,,\n{script},,\nfastserve-2.1.dist-info/METADATA,,\nfastserve-2.1.dist-info/RECORD,,\n"
)


def site(layout: str) -> str:
    return {DOCKER: "usr/local/lib/python3.13/site-packages", PAREDOWN: "opt/venv/lib/python3.13/site-packages"}[layout]


def programs(layout: str) -> str:
    return {DOCKER: "usr/local/bin", PAREDOWN: "opt/venv/bin"}[layout]


def library(layout: str) -> str:
    return {DOCKER: "usr/local/lib/python3.13", PAREDOWN: "usr/lib/python3.13"}[layout]


def service(store: Path, layout: str = PAREDOWN, changes: Mapping[str, bytes | str | Entry | None] | None = None, **config: Any) -> Image:
    """The image; in `changes` a path that ends in `-` goes, every other is laid over it as `tree_of` has it."""
    bin_folder, packages = programs(layout), site(layout)
    info = f"{packages}/fastserve-2.1.dist-info"
    interpreter = "usr/local/bin/python3.13" if layout == DOCKER else "usr/bin/python3.13"
    paths: dict[str, bytes | str | Entry | None] = {
        "app/main.py": MAIN,
        "app/static/page.css": b"body {}",
        "app/manage.sh*": b"#!/bin/sh\nexec true\n",
        "app/data": folder_of(uid=10001, gid=0, mode=0o775),
        "data": folder_of(uid=10001, gid=0, mode=0o775),
        "home/app": folder_of(uid=10001, gid=0, mode=0o775),
        "tmp": folder_of(mode=0o1777),
        "var/tmp": folder_of(mode=0o1777),
        "usr/bin/sh*": b"\x7fELFshell",
        "bin": "-> usr/bin",
        "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\napp:x:10001:0::/home/app:/bin/sh\n",
        "etc/group": b"root:x:0:\nvideo:x:44:app\n",
        "root": folder_of(mode=0o700),
        "etc/ssl/certs/one.pem": "-> /usr/share/ca-certificates/one.crt",
        "usr/share/ca-certificates/one.crt": b"certificate",
        f"{interpreter}*": _PYTHON,
        f"{library(layout)}/os.py": b"",
        f"{library(layout)}/_sysconfigdata__linux_x86_64-linux-gnu.py": _FLAGS,
        f"{packages}/fastserve/__init__.py": b"version = 2\n",
        f"{packages}/fastserve/_fast.so": EXTENSION,
        f"{packages}/fastserve/page.html": b"<p>",
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: fastserve\nVersion: 2.1\n\n",
        f"{info}/INSTALLER": layout.encode(),
        f"{info}/entry_points.txt": _POINTS,
        f"{info}/RECORD": _RECORD.format(script="../../../bin/fastserve").encode(),
        f"{bin_folder}/fastserve*": f"#!/{bin_folder}/python3\nimport fastserve\n".encode(),
    }
    if layout == DOCKER:
        paths |= {f"{bin_folder}/python3": "-> python3.13", f"{bin_folder}/python": "-> python3"}
    else:
        paths |= {"opt/venv/pyvenv.cfg": b"home = /usr/bin\n", f"{bin_folder}/python": "-> /usr/bin/python3.13", f"{bin_folder}/python3": "-> python"}
        paths["opt/paredown/health.py"] = b""
    changes = changes or {}
    gone = {path.removesuffix("-") for path in changes if path.endswith("-")}
    entries = {path: entry for path, entry in tree_of(paths).items() if path not in gone}
    entries |= tree_of({path: what for path, what in changes.items() if not path.endswith("-")})
    settings = {
        "environment": (("PATH", f"/{bin_folder}:/usr/bin:/bin"), ("PORT", "8000")),
        "command": ("fastserve", "main:app", "--port", "8000"),
        "working_directory": "/app",
        "user": "10001:0",
        "ports": ("8000/tcp",),
    }
    return image_of(ownership.attribute(Tree(entries).with_parents()), store, **{**settings, **config})


def seen(observe: Callable[[Image], Iterator[Seen]], image: Image) -> dict[str, Any]:
    """What a probe saw: key -> value."""
    return {each.key: each.value for each in observe(image) if isinstance(each, Observation)}


def differing(observe: Callable[[Image], Iterator[Seen]], before: Image, after: Image) -> list[str]:
    """The keys of what is not as it was: kept things must stay well, all else must be equal."""
    one, two = ({each.key: each for each in observe(image) if isinstance(each, Observation)} for image in (before, after))
    kept = [key for key, each in one.items() if each.kept and each.value is None and (key not in two or two[key].value is not None)]
    equal = [key for key in {**one, **two} if not (one.get(key) or two[key]).kept and (key not in one or key not in two or one[key].value != two[key].value)]
    return sorted(kept + equal)


def compiled(source: bytes, *, checked: bool = False, magic: int = 3571) -> Entry:
    """Bytecode of Python 3.13 (by its magic number) that is bound to `source` by its hash."""
    token = magic | 0x0A0D0000
    return file_of(struct.pack("<II", token, 3 if checked else 1) + _imp.source_hash(token, source) + b"code")
