"""What the platform offers is tried with the image's Python, each thing by itself."""

from dataclasses import replace
from pathlib import Path

import pytest

from builders import image_of, tree_of
from inside_programs import HostPython, Saying, observed, subject_of
from paredown.probes import platform
from paredown.probes.interface import Image, Seen, Unproven
from paredown.result import Observation

PYTHON = {"usr/bin/python3.11*": b"", "usr/bin/python3": "-> python3.11", "usr/lib/python3.11/os.py": b""}
APP = {
    "app/main.py": b"import ctypes, shutil, subprocess\nctypes.CDLL('libno-such.so.9')\nshutil.which('no-such-program')\n"
    b"subprocess.run('ls | cat', shell=True)\n"
}

BEFORE = {"app/main.py": b"import shutil\nshutil.which('no-other-program')\n"}


def image(store: Path, app: dict[str, bytes]) -> Image:
    return image_of(tree_of({**PYTHON, **app}), store, working_directory="/app")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[Seen]:
    store = tmp_path_factory.mktemp("store")
    subject = subject_of(replace(image(store, APP), before=image(store, BEFORE)), HostPython(tmp_path_factory.mktemp("app")), "python", "main.py")
    return list(platform.observe(subject))


def test_what_works_has_no_complaint_when_it_is_tried(seen: list[Seen]) -> None:
    found = observed(seen)
    keys = (
        "TLS: HAS_TLSv1_3", "TLS default context", "hash: sha256", "encoding cp1252", "locale C", "compression: zlib", "SQLite: JSON", "in C: _json",
        "event loop", "processes by spawn", "processes by fork", "lock between processes", "temporary file", "host localhost", "program python3", "shell echo",
    )  # fmt: skip
    assert {key: found[key] for key in keys} == dict.fromkeys(keys)
    assert found["content type of .html"] == ["text/html", None]
    assert not [item for item in seen if isinstance(item, Unproven)]


def test_the_complaint_names_it_when_code_names_what_is_not_there(seen: list[Seen]) -> None:
    found = observed(seen)
    assert found["program no-such-program"] == "no-such-program is not on the PATH"
    assert found["program no-other-program"] == "no-other-program is not on the PATH"
    assert str(found["library libno-such.so.9"]).startswith("OSError: libno-such.so.9: cannot open shared object file")


def test_values_are_compared_as_they_are_only_when_good_images_agree_on_them(seen: list[Seen]) -> None:
    equal = {item.key for item in seen if isinstance(item, Observation) and not item.kept and not item.key.startswith("content type")}
    assert equal == {
        "OpenSSL generation", "local time", "folder for temporary files", "preferred encoding", "file system encoding", "words of the locale",
        "recursion limit", "optimisation", "import path", "Python started by itself",
    }  # fmt: skip


def test_a_second_look_sees_the_same_when_nothing_changed(seen: list[Seen], tmp_path: Path) -> None:
    subject = subject_of(replace(image(tmp_path, APP), before=image(tmp_path, BEFORE)), HostPython(tmp_path), "python", "main.py")
    again = list(platform.observe(subject))
    assert observed(again) == observed(seen)


def test_a_withdrawn_root_is_not_told_when_a_bundle_has_it(tmp_path: Path) -> None:
    said = b'["TLS root: AAA Certificate Services", null, true]\n["TLS root: ISRG Root X1", null, true]\n["end"]\n'
    assert observed(list(platform.observe(subject_of(image(tmp_path, {}), Saying(said))))) == {"TLS root: ISRG Root X1": None}


def test_nothing_is_proven_when_python_does_not_start(tmp_path: Path) -> None:
    found = list(platform.observe(subject_of(image(tmp_path, {}), Saying(stderr=b"python3: error while loading shared libraries: libz.so.1\n"))))
    assert {item.reason for item in found if isinstance(item, Unproven)} == {
        "the checks did not come to their end: python3: error while loading shared libraries: libz.so.1 (status 1)"
    }
