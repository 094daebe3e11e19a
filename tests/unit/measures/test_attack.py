"""What helps an attacker, by name."""

from pathlib import Path

import pytest

from builders import image_of, tree_of
from elf_builder import elf_with_debug_symbols
from paredown.measures.attack import exposures
from paredown.tree import Owner, OwnerKind, file_of, folder_of

ELF = elf_with_debug_symbols(b"x" * 64)


def found(tmp_path: Path, kind: str, **paths: object) -> tuple[str, ...]:
    image = image_of(tree_of({"usr/bin/python3*": ELF, **paths["paths"]}), tmp_path, user=str(paths.get("user", "10001")))  # type: ignore[dict-item]
    return next(each.after for each in exposures(image, image) if each.name == kind)


def test_executables_are_programs_and_scripts_but_no_libraries(tmp_path: Path) -> None:
    paths = {"usr/lib/libc.so.6*": ELF, "opt/run*": b"#!/bin/sh\n", "opt/data*": b"just data", "usr/bin/idle": ELF}
    assert found(tmp_path, "executables", paths=paths) == ("/opt/run", "/usr/bin/python3")


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("shells", "bin/dash"),
        ("package managers", "usr/bin/apt-get"),
        ("package managers", "opt/venv/bin/pip"),
        ("compilers and build tools", "usr/bin/x86_64-linux-gnu-gcc-14"),
        ("network tools", "usr/bin/curl"),
    ],
)
def test_programs_are_known_by_their_names(tmp_path: Path, kind: str, path: str) -> None:
    assert found(tmp_path, kind, paths={f"{path}*": ELF}) == (f"/{path}",)
    assert found(tmp_path, kind, paths={f"usr/share/doc/{path.rpartition('/')[2]}*": ELF}) == ()


def test_a_link_to_a_program_counts_by_its_name_and_a_dangling_one_does_not(tmp_path: Path) -> None:
    assert found(tmp_path, "shells", paths={"bin/toolbox*": ELF, "bin/sh": "-> toolbox", "bin/bash": "-> nothing"}) == ("/bin/sh",)


def test_setuid_files_are_found(tmp_path: Path) -> None:
    assert found(tmp_path, "setuid and setgid files", paths={"usr/bin/su": file_of(ELF, mode=0o4755)}) == ("/usr/bin/su",)


def test_folders_with_the_sticky_bit_and_devices_are_nobodys_to_change(tmp_path: Path) -> None:
    paths = {"tmp": folder_of(mode=0o1777), "dev/null": file_of(b"", mode=0o666), "srv": folder_of(mode=0o777), "etc/notes": file_of(b"x", mode=0o666)}
    assert found(tmp_path, "world-writable paths", paths=paths) == ("/etc/notes", "/srv")


def test_a_file_can_be_overwritten_by_its_mode_or_by_that_of_its_folder(tmp_path: Path) -> None:
    paths = {"app": folder_of(uid=10001), "app/main.py": file_of(b"x", uid=0), "etc/own.cfg": file_of(b"x", uid=10001), "etc/roots.cfg": b"x"}
    assert found(tmp_path, "files the service can overwrite", paths=paths) == ("/app/main.py", "/etc/own.cfg")
    assert "/etc/roots.cfg" in found(tmp_path, "files the service can overwrite", paths=paths, user="0")


def test_packages_are_those_of_which_files_are_there(tmp_path: Path) -> None:
    owned = file_of(b"x", owner=Owner(OwnerKind.BASE, "libc6", "2.41"))
    assert found(tmp_path, "system packages", paths={"usr/lib/x": owned, "usr/lib/y": owned}) == ("libc6 2.41",)
