"""What an ELF file needs and the image does not have is found, through all that it leads to."""

import os
import subprocess
import sys
from pathlib import Path

from builders import image_of, tree_of
from machine_python import VERSION
from paredown.probes import elf_needs
from paredown.probes.interface import Seen
from paredown.result import Observation
from paredown.tree import Tree
from shared_libraries import library

SITE = "opt/venv/lib/python3.13/site-packages"
FOLDER = "usr/lib/x86_64-linux-gnu"
EXTENSION = f"{SITE}/fast/speed.cpython-313-x86_64-linux-gnu.so"
GOOD = {
    "lib": "-> usr/lib",
    EXTENSION: library(needed=("libone.so.1", "libprivate.so")),
    f"{SITE}/fast.libs/libprivate.so": library("libprivate.so"),
    f"{FOLDER}/libone.so.1": "-> libone.so.1.2",
    f"{FOLDER}/libone.so.1.2": library("libone.so.1", needed=("libtwo.so.2",)),
    f"{FOLDER}/libtwo.so.2": library("libtwo.so.2"),
    f"{FOLDER}/libunused.so.3": library("libunused.so.3", needed=("libnowhere.so",)),
}


def complaints(tree: Tree, store: Path, **config: object) -> dict[str, str]:
    seen: list[Seen] = list(elf_needs.observe(image_of(tree, store, **config)))
    assert all(isinstance(item, Observation) and item.kept for item in seen)
    return {item.key: item.value for item in seen if isinstance(item, Observation) and item.value is not None}


def test_nothing_is_wrong_when_all_needs_are_met(tmp_path: Path) -> None:
    assert complaints(tree_of(GOOD), tmp_path) == {}
    assert "fast/speed.so" in {item.key for item in elf_needs.observe(image_of(tree_of(GOOD), tmp_path)) if isinstance(item, Observation)}


def test_the_soname_is_named_when_a_library_of_a_library_is_gone(tmp_path: Path) -> None:
    tree = tree_of({path: what for path, what in GOOD.items() if path != f"{FOLDER}/libtwo.so.2"})
    assert complaints(tree, tmp_path)["fast/speed.so"] == f"/{FOLDER}/libone.so.1.2 needs libtwo.so.2, which is nowhere in the image"


def test_a_library_is_found_when_only_the_environment_names_its_folder(tmp_path: Path) -> None:
    tree = tree_of({**{path: what for path, what in GOOD.items() if path != f"{FOLDER}/libtwo.so.2"}, "opt/more/libtwo.so.2": library("libtwo.so.2")})
    assert complaints(tree, tmp_path, environment=(("LD_LIBRARY_PATH", "/opt/more"),)) == {}


def test_the_file_is_named_when_it_is_cut_off_or_for_another_machine(tmp_path: Path) -> None:
    cut = tree_of({**GOOD, f"{FOLDER}/libtwo.so.2": library("libtwo.so.2")[:-5]})
    assert complaints(cut, tmp_path)["fast/speed.so"] == f"/{FOLDER}/libtwo.so.2 is cut off: 5 bytes are missing at its end"
    other = tree_of({**GOOD, EXTENSION: library(machine=183)})
    assert complaints(other, tmp_path)["fast/speed.so"] == f"/{EXTENSION} is for AARCH64, the image for X86_64"
    empty = tree_of({**GOOD, EXTENSION: b""})
    assert complaints(empty, tmp_path)["fast/speed.so"] == f"/{EXTENSION} is empty"


def test_the_other_libc_is_named_when_the_two_are_mixed(tmp_path: Path) -> None:
    musl = tree_of({"lib/ld-musl-x86_64.so.1": library("libc.musl-x86_64.so.1"), EXTENSION: library(needed=("libc.so.6",))})
    assert "built for glibc, the image has musl" in complaints(musl, tmp_path)["fast/speed.so"]
    glibc = tree_of({f"{FOLDER}/libc.so.6": library("libc.so.6"), EXTENSION: library(needed=("libc.musl-x86_64.so.1",))})
    assert "built for musl, the image has glibc" in complaints(glibc, tmp_path)["fast/speed.so"]
    fine = tree_of({"lib/ld-musl-x86_64.so.1": library("libc.musl-x86_64.so.1"), EXTENSION: library(needed=("libc.musl-x86_64.so.1",))})
    assert complaints(fine, tmp_path) == {}


def machine_root() -> dict[str, bytes | str]:
    """The Python that runs the tests, its loader and its libraries."""
    program = os.path.realpath(sys.executable)
    data = Path(program).read_bytes()
    loader = data[data.index(b"/lib", 64) :].split(b"\0")[0].decode()
    found: dict[str, bytes | str] = {f"usr/bin/python{VERSION}*": data, "usr/bin/python3": f"-> python{VERSION}", f"{loader[1:]}*": Path(loader).read_bytes()}
    for line in subprocess.run([loader, "--list", program], capture_output=True, text=True, check=True).stdout.splitlines():
        name, arrow, rest = line.strip().partition(" => /")
        if arrow:
            found[f"opt/libraries/{name}"] = Path("/" + rest.rpartition(" (")[0]).read_bytes()
    return found


def test_the_symbol_version_is_named_when_the_library_does_not_have_it(tmp_path: Path) -> None:
    root = machine_root()
    config = {"environment": (("LD_LIBRARY_PATH", "/opt/libraries"),)}
    assert complaints(tree_of(root), tmp_path, **config) == {}
    libc = root["opt/libraries/libc.so.6"]
    assert isinstance(libc, bytes)
    older = tree_of({**root, "opt/libraries/libc.so.6": libc.replace(b"\0GLIBC_2.2.5\0", b"\0GLIBC_9.9.9\0")})
    assert "needs GLIBC_2.2.5 of libc.so.6, which /opt/libraries/libc.so.6 does not have" in complaints(older, tmp_path, **config)["python"]


def test_the_program_interpreter_is_named_when_it_is_not_there(tmp_path: Path) -> None:
    root = machine_root()
    loader = next(path for path in root if "ld-" in path)
    tree = tree_of({path: what for path, what in root.items() if path != loader})
    said = complaints(tree, tmp_path, environment=(("LD_LIBRARY_PATH", "/opt/libraries"),))["python"]
    assert f"/usr/bin/python{VERSION} is started by /{loader.removesuffix('*')}, which is not there" in said
