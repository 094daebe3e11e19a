from builders import tree_of
from paredown.composers.missing_libraries import notes
from paredown.pydist.facts import Elf, Facts
from paredown.tree import Owner, OwnerKind, Tree

MODULE = "opt/venv/lib/python3.13/site-packages/cv2/cv2.abi3.so"
PYTHON = Elf(path="usr/bin/python3.13", interpreter="/lib64/ld-linux-x86-64.so.2", machine="X86_64")


def tree_with(*libraries: str) -> Tree:
    owned = tree_of({MODULE: b"elf"}, owner=Owner(OwnerKind.DISTRIBUTION, "opencv-python", "4"))
    return tree_of({"usr/bin/python3.13*": b"elf", **dict.fromkeys(libraries, b"elf")}).over(owned)


def facts_with(*needed: str, machine: str = "X86_64", others: tuple[Elf, ...] = ()) -> Facts:
    module = Elf(path=MODULE, needed=needed, machine=machine)
    elves = {elf.path: elf for elf in (PYTHON, module, *others)}
    return Facts(python="3.13", standard_library="usr/lib/python3.13", site=("opt/venv/lib/python3.13/site-packages",), elves=elves)


def test_a_known_library_is_named_with_its_package():
    (note,) = notes(tree_with(), facts_with("libGL.so.1"))
    assert note == 'opencv-python needs libGL.so.1, which the image does not have: if the service uses that part of it, write `packages = ["libgl1"]`.'


def test_an_unknown_library_is_named_all_the_same():
    (note,) = notes(tree_with(), facts_with("libGL.so.1", "libfoo.so.2"))
    assert note.startswith("opencv-python needs libGL.so.1, libfoo.so.2, which")
    assert note.endswith("add the Debian packages that bring them to `packages`.")


def test_a_library_that_is_there_by_its_file_or_by_its_own_name_is_not_missing():
    other = Elf(path="usr/lib/real-name.so", soname="libfoo.so.2", machine="X86_64")
    tree = tree_with("usr/lib/x86_64-linux-gnu/libGL.so.1", "usr/lib/real-name.so")
    assert notes(tree, facts_with("libGL.so.1", "libfoo.so.2", others=(other,))) == ()


def test_a_library_that_a_trim_took_is_missing():
    gone = Elf(path="usr/lib/libfoo.so.2", soname="libfoo.so.2", machine="X86_64")
    assert len(notes(tree_with(), facts_with("libfoo.so.2", others=(gone,)))) == 1


def test_what_the_engine_brings_and_files_for_other_systems_are_not_missing():
    assert notes(tree_with(), facts_with("libcuda.so.1", "libc.musl-x86_64.so.1")) == ()
    assert notes(tree_with(), facts_with("libGL.so.1", machine="AARCH64")) == ()
