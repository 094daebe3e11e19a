"""Files, libraries and programs that code names as constants are told of as long as they are there."""

from dataclasses import replace
from pathlib import Path

from builders import image_of, tree_of
from paredown.probes import named_files
from paredown.result import Observation
from paredown.tree import Owner, OwnerKind, Tree, file_of
from shared_libraries import library

SITE = "opt/venv/lib/python3.13/site-packages"
CODE = b'''
"""Reads /etc/docstring."""
import ctypes, os, subprocess
from dataclasses import replace
from pathlib import Path
# /etc/comment
TYPES = "/etc/mime.types"
DATA = os.path.join("/usr/share", "words", "list.txt")
MORE = Path("/srv/data") / "more.txt"
GONE = "/etc/gone"
GENERAL = "/usr/share"
ROUTE = "/media"
NAME = f"/etc/{TYPES}"
ctypes.CDLL("libmagic.so.1")
subprocess.run(["convert", "a", "b"])
subprocess.check_output("absent --version", shell=True)
'''
FILES = {
    "etc/docstring": b"", "etc/comment": b"", "etc/mime.types": b"", "usr/share/words/list.txt": b"", "srv/data/more.txt": b"", "media/a": b"",
    "usr/lib/x86_64-linux-gnu/libmagic.so.1": library("libmagic.so.1"), "usr/bin/convert*": b"", "bin": "-> usr/bin", "usr/bin/sh*": b"",
    "app/main.py": CODE,
}  # fmt: skip
NAMED = {"/etc/mime.types", "/usr/share/words/list.txt", "/srv/data/more.txt", "library libmagic.so.1", "program convert", "shell"}


def told(tree: Tree, store: Path, before: Tree | None = None) -> dict[str, object]:
    first = None if before is None else image_of(before, store, working_directory="/app")
    seen = list(named_files.observe(replace(image_of(tree, store, working_directory="/app"), before=first)))
    return {item.key: item.value for item in seen if isinstance(item, Observation) and item.kept}


def test_what_code_names_is_told_when_it_is_there(tmp_path: Path) -> None:
    assert told(tree_of(FILES), tmp_path) == dict.fromkeys(NAMED)


def test_a_complaint_says_what_is_gone_when_another_image_has_it(tmp_path: Path) -> None:
    tree = tree_of({"app/main.py": CODE})
    assert told(tree, tmp_path) == {}
    assert told(tree, tmp_path, tree_of(FILES)) == {
        "/etc/mime.types": "/etc/mime.types is not there",
        "/usr/share/words/list.txt": "/usr/share/words/list.txt is not there",
        "/srv/data/more.txt": "/srv/data/more.txt is not there",
        "library libmagic.so.1": "libmagic.so.1 is in no folder that the loader looks in",
        "program convert": "the program convert is not on the PATH",
        "shell": "/bin/sh is not there",
    }


def test_a_file_is_fine_when_only_the_code_that_named_it_is_gone(tmp_path: Path) -> None:
    tree = tree_of({path: what for path, what in FILES.items() if path != "app/main.py"})
    assert told(tree, tmp_path, tree_of(FILES)) == dict.fromkeys(NAMED)


def test_code_of_distributions_counts_and_that_of_installers_and_the_system_does_not(tmp_path: Path) -> None:
    def owned(name: str, kind: OwnerKind) -> Tree:
        return Tree({f"{SITE}/{name}/main.py": file_of(b'open("/etc/words")', owner=Owner(kind, name, "1")), "etc/words": file_of(b"")})

    assert "/etc/words" in told(owned("reader", OwnerKind.DISTRIBUTION), tmp_path)
    assert "/etc/words" not in told(owned("pip", OwnerKind.DISTRIBUTION), tmp_path)
    system = tree_of({"usr/lib/python3.13/os.py": b"", "usr/lib/python3.13/words.py": b'open("/etc/words")', "etc/words": b""})
    assert "/etc/words" not in told(system, tmp_path)


def test_what_was_read_before_is_not_read_again(tmp_path: Path) -> None:
    assert told(tree_of(FILES), tmp_path) == told(tree_of(FILES), tmp_path)
    assert len(list((tmp_path / "records" / "constants").iterdir())) == 1
