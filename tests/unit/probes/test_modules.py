"""Every module is tried, and one that crashes, hangs or leaves takes no other with it."""

from pathlib import Path

import pytest

from builders import image_of, tree_of
from inside_programs import HostPython, Saying, observed, subject_of
from paredown.probes import modules
from paredown.probes.interface import Seen, Unproven
from paredown.result import Coverage, Skipped

FILES = {
    "fine.py": "import json",
    "loud.py": "print('[\"loud\", \"a lie\", true]'); import sys; sys.stderr.write('x')",
    "broken.py": "import no_such_module",
    "covered.py": "try:\n    import no_such_module\nexcept ImportError:\n    raise RuntimeError('install it at 0x7f0012345678') from None",
    "crashing/__init__.py": "",
    "crashing/a.py": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    "crashing/b.py": "",
    "leaving/__init__.py": "",
    "leaving/a.py": "import os; os._exit(3)",
    "leaving/b.py": "raise SystemExit(2)",
    "leaving/c.py": "",
    "hanging/__init__.py": "",
    "broken_off/__init__.py": "import os; os._exit(4)",
    "broken_off/child.py": "",
    "hanging/a.py": "import time; time.sleep(600)",
    "hanging/b.py": "",
    "parent/__init__.py": "import no_such_module",
    "parent/child.py": "",
    "settings/__init__.py": "READY = False",
    "settings/start.py": "import settings; settings.READY = True",
    "needs_start.py": "import settings\nassert settings.READY, 'not set up'",
    "server.py": "import time; time.sleep(600)",
    "namespace/inner.py": "",
    "fine_package/__main__.py": "raise SystemExit",
    "fine_package/__init__.py": "",
    ".venv/lib/hidden.py": "",
    "not-a-module.py": "",
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[Seen]:
    folder = tmp_path_factory.mktemp("app")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    store = tmp_path_factory.mktemp("store")
    image = image_of(tree_of({"usr/bin/python3.11*": b"", "usr/bin/python3": "-> python3.11", "usr/lib/python3.11/os.py": b""}), store)
    return list(modules.observe(subject_of(image, HostPython(folder), "python", "server.py", "settings.start:app", folder=folder)))


def test_a_module_is_fine_when_it_can_be_imported(seen: list[Seen]) -> None:
    found = observed(seen)
    names = ("fine", "loud", "namespace.inner", "fine_package", "json", "ssl", "zlib", "sys")
    assert {name: found[name] for name in names} == dict.fromkeys(names)
    assert not {"hidden", "not-a-module", ".venv"} & set(found)


def test_the_complaint_names_the_missing_module_when_an_import_fails(seen: list[Seen]) -> None:
    found = observed(seen)
    assert found["broken"] == found["parent"] == found["parent.child"] == "ModuleNotFoundError: No module named 'no_such_module'"
    assert found["covered"] == "RuntimeError: install it at ... (from ModuleNotFoundError: No module named 'no_such_module')"


def test_the_next_module_is_tried_when_one_ends_the_interpreter(seen: list[Seen]) -> None:
    found = observed(seen)
    assert [found[f"crashing.{name}"] for name in "ab"] == ["ends the interpreter by SIGSEGV", None]
    assert [found[f"leaving.{name}"] for name in "abc"] == ["ends the interpreter with status 3", "SystemExit: 2", None]
    assert found["broken_off"] == found["broken_off.child"] == "ends the interpreter with status 4"
    assert [found[f"hanging.{name}"] for name in "ab"] == ["does not come to an end", None]


def test_a_module_is_tried_again_behind_the_start_module_when_it_fails_alone(seen: list[Seen]) -> None:
    assert observed(seen)["needs_start"] is None


def test_what_was_not_tried_is_said_when_importing_it_runs_something(seen: list[Seen]) -> None:
    reasons = {item.reason: item.what for item in seen if isinstance(item, Skipped)}
    assert reasons["the start command runs it"] == "import of server"
    assert "fine_package.__main__" in reasons["importing it runs a program"] or " more" in reasons["importing it runs a program"]
    coverage = next(item for item in seen if isinstance(item, Coverage))
    assert {"fine", "broken", "hanging.b"} <= coverage.exercised
    assert coverage.known - coverage.exercised >= {"server", "fine_package.__main__", "hanging.a", "crashing.a"}
    assert not [item for item in seen if isinstance(item, Unproven)]


def test_nothing_is_proven_when_there_is_no_python(tmp_path: Path) -> None:
    image = image_of(tree_of({"app/main.py": b""}), tmp_path)
    assert [type(item) for item in modules.observe(subject_of(image, Saying()))] == [Unproven]


def test_the_reason_is_told_when_the_program_does_not_run(tmp_path: Path) -> None:
    image = image_of(tree_of({"usr/bin/python3.11*": b"", "usr/bin/python3": "-> python3.11", "usr/lib/python3.11/os.py": b""}), tmp_path)
    machine = Saying(stdout=b'["fine", null, true]\n["cut', stderr=b"Fatal Python error: no encodings\n")
    seen = list(modules.observe(subject_of(image, machine)))
    assert observed(seen) == {"fine": None}
    unproven = [item.reason for item in seen if isinstance(item, Unproven)]
    assert unproven == ["importing them did not come to an end: Fatal Python error: no encodings (status 1)"]
