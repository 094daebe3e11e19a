"""What an image's Python says of a module that was taken, and that it does all else as before."""

import json
import posixpath
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from builders import tree_of
from paredown.composers.import_messages import HOOK, TABLE, compose
from paredown.result import KEEP_OPTION, Removal
from paredown.tree import UNKNOWN, Tree

SITE = "usr/lib/python3.13/site-packages"
LEFT = tree_of({"usr/lib/python3.13/os.py": b"", f"{SITE}/kept/__init__.py": b"", f"{SITE}/kept/fast.so": b"", f"{SITE}/kept/data.txt": b""})


def removals(*paths: str, trim: str = "a-trim") -> list[Removal]:
    return [Removal(path=path, size=1, trim=trim, reason="why", owner=UNKNOWN) for path in paths]


def table(*paths: str, left: Tree = LEFT) -> list[str]:
    return compose(left, removals(*paths), KEEP_OPTION)[TABLE].read().decode().splitlines()


def test_of_a_package_that_is_gone_only_the_package_is_told() -> None:
    told = table(f"{SITE}/pytest/__init__.py", f"{SITE}/pytest/deep/a.py", f"{SITE}/six.py", f"{SITE}/x/_y.cpython-313-x86_64-linux-gnu.so")
    assert told == ["--keep '{}'", f"/{SITE}\ta-trim", "pytest\t", "six\t.py", "x\t"]


def test_of_a_package_that_stays_each_module_is_told_but_not_one_that_another_form_is_left_of() -> None:
    told = table(f"{SITE}/kept/tests.py", f"{SITE}/kept/fast.py", f"{SITE}/kept/data/x.py", f"{SITE}/kept/_c.abi3.so", f"{SITE}/kept/__init__.so")
    assert told[2:] == ["kept._c\t.abi3.so", "kept.data\t", "kept.tests\t.py"]


def test_the_standard_library_is_told_apart_from_what_is_installed_below_it() -> None:
    told = table("usr/lib/python3.13/idlelib/run.py", "usr/lib/python3.13/lib-dynload/_tkinter.cpython-313.so", f"{SITE}/pip/a.py")
    assert told[1:] == [
        "/usr/lib/python3.13\ta-trim", "idlelib\t", "/usr/lib/python3.13/lib-dynload\ta-trim", "_tkinter\t.cpython-313.so", f"/{SITE}\ta-trim", "pip\t",
    ]  # fmt: skip


def test_nothing_is_written_where_no_module_went() -> None:
    assert compose(LEFT, removals(f"{SITE}/a.txt", "usr/share/doc/a.py", f"{SITE}/kept/not-a-name.py", f"{SITE}/a.dist-info/x.py"), KEEP_OPTION) == Tree()


def test_every_python_has_the_hook_also_where_it_was_left_with_nothing_installed() -> None:
    left = tree_of({"usr/lib/python3.13/os.py": b"", "opt/venv/lib/python3.13/site-packages/a.py": b"", "app/node/site-packages/b.py": b""})
    made = compose(left, removals(f"{SITE}/pip/a.py", "usr/lib/python3/dist-packages/gone.py"), KEEP_OPTION)
    assert [path for path in made if path.endswith(HOOK)] == [f"opt/venv/lib/python3.13/site-packages/{HOOK}", f"{SITE}/{HOOK}"]


TRIED = r"""
import importlib, importlib.util, json, sys

def attempt(name):
    try:
        importlib.import_module(name)
    except ImportError as error:
        return [type(error) is ModuleNotFoundError, error.name, str(error), error.__context__ is None]

def places(error):
    trace, found = error.__traceback__, []
    while trace:
        found.append(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    return found

try:
    import gone
except ImportError as error:
    frames = places(error)
print(json.dumps({
    "attempts": [attempt(name) for name in ("gone", "gone.deeper", "json.lost", "never", "elsewhere", "sys.x", "odd\udcff")],
    "frames": frames,
    "specs": [importlib.util.find_spec(name) is None for name in ("gone", "json.lost", "never")],
    "state": [sorted(sys.modules), [str(one) for one in sys.meta_path], sys.path, str(sys.excepthook), len(sys.path_hooks)],
}))
"""
PYTHONS = [sys.executable, *(found for minor in range(12, 16) if (found := shutil.which(f"python3.{minor}", path="/usr/bin:/usr/local/bin")))]


def environment(python: str, folder: Path) -> Path:
    """A virtual environment with the hook in it and the table beside it: `gone` went from it, `json.lost` from the standard library."""
    subprocess.run([python, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    site = str(next((folder / "venv/lib").glob("python3*/site-packages"))).lstrip("/")
    found = subprocess.run([folder / "venv/bin/python", "-c", "import os; print(os.path.dirname(os.__file__))"], capture_output=True, text=True, check=True)
    library = found.stdout.strip().lstrip("/")
    left = tree_of({f"{site}/a.py": b"", f"{library}/os.py": b"", f"{library}/json/__init__.py": b""})
    taken = removals(f"{site}/gone/__init__.py", f"{library}/json/lost.py", "x/site-packages/gone.py", "x/site-packages/elsewhere.py")
    for path, entry in compose(left, taken, KEEP_OPTION).items():
        if path.startswith((site, "opt/")):
            place = Path("/", path) if path.startswith(site) else folder / Path(path).name
            place.write_bytes(entry.read().replace(b"/opt/paredown/", f"{folder}/".encode()))
    return folder / "venv"


def tried(folder: Path, *options: str) -> Any:
    ended = subprocess.run([folder / "bin/python", *options, "-c", TRIED], capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    return json.loads(ended.stdout)


@pytest.mark.parametrize("python", PYTHONS)
def test_the_message_names_what_took_the_module_and_nothing_else_is_other_than_without(python: str, tmp_path: Path) -> None:
    place = environment(python, tmp_path)
    there = next(place.glob(f"lib/python3*/site-packages/{HOOK}"))
    keep = f"{there.parent}/gone"
    for options in ((), ("-I",), ("-E", "-s")):
        told = tried(place, *options)
        gone, deeper, lost, *others = told["attempts"]
        assert gone == [True, "gone", f"No module named 'gone': paredown took it (a-trim); keep it with --keep '{keep}'", True]
        assert deeper == gone
        assert lost[:2] == [True, "json.lost"]
        assert lost[2].startswith("No module named 'json.lost': paredown took it (a-trim); keep it with --keep '/")
        assert lost[2].endswith("/json/lost.py'")
        there.rename(tmp_path / HOOK)
        without = tried(place, *options)
        (tmp_path / HOOK).rename(there)
        assert without["attempts"][0] == [True, "gone", "No module named 'gone'", True]
        assert others == without["attempts"][3:]
        # Reading any .pth file, Python 3.13 imports this codec.
        told["state"][0] = [name for name in told["state"][0] if name != "encodings.utf_8_sig" or name in without["state"][0]]
        assert {key: told[key] for key in ("frames", "specs", "state")} == {key: without[key] for key in ("frames", "specs", "state")}


def test_without_its_files_and_without_site_the_message_is_the_usual_one(tmp_path: Path) -> None:
    place = environment(sys.executable, tmp_path)
    assert tried(place, "-S")["attempts"][0][2] == "No module named 'gone'"
    (tmp_path / posixpath.basename(TABLE)).write_bytes(b"no table")
    assert tried(place)["attempts"][0][2] == "No module named 'gone'"
    (tmp_path / posixpath.basename(TABLE)).unlink()
    assert tried(place)["attempts"][0][2] == "No module named 'gone'"


def test_importlib_of_later_pythons_makes_its_message_within_a_string(tmp_path: Path) -> None:
    place = environment(sys.executable, tmp_path)
    program = """
import importlib
def find(name):
    raise ModuleNotFoundError(f"{importlib._bootstrap._ERR_MSG_PREFIX}{name!r}", name=name)
for name in ("gone", "never"):
    try:
        find(name)
    except ModuleNotFoundError as error:
        print(error.name, error)
"""
    ended = subprocess.run([place / "bin/python", "-c", program], capture_output=True, text=True, check=True)
    gone, never = ended.stdout.splitlines()
    assert gone.startswith("gone No module named 'gone': paredown took it (a-trim); keep it with --keep '")
    assert never == "never No module named 'never'"
