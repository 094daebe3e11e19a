"""What was meant."""

from dataclasses import replace
from pathlib import Path

import pytest

from builders import image_of, tree_of
from paredown import trims
from paredown.plan import Level
from paredown.probes.interface import Image
from paredown.result import Difference, Removal
from paredown.tree import Owner, OwnerKind, file_of
from paredown.verdict.intentions import intentions
from resting_service import DOCKER, PAREDOWN, service, site

ABSENT = "(absent)"
PIP = {
    f"{site(DOCKER)}/pip/__init__.py": b"",
    f"{site(DOCKER)}/pip-25.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: pip\nVersion: 25.0\n\n",
    f"{site(DOCKER)}/pip-25.0.dist-info/RECORD": b"pip/__init__.py,,\npip-25.0.dist-info/METADATA,,\n",
}
LINTER = {path.replace("pip", "linter"): content.replace(b"pip", b"linter") for path, content in PIP.items()}
TKINTER = {"usr/local/lib/python3.13/tkinter/__init__.py": b""}
APP = Path("app/main.py")
SOURCES = {
    "app/src/fastserve/__init__.py": b"version = 2\n",
    "app/src/data/fastserve/page.html": b"<p>",
    "app/src/fastserve/_fast.c": b"int main;",
    "app/src/fastserve/extra.py": b"",
    "app/pyproject.toml": b"",
    "app/README.md": b"",
    "app/notes.txt": b"",
    "app/tests/test_fast.py": b"",
    "app/build/temp.linux-x86_64/_fast.o": b"",
}


def judged(before: Image, after: Image, name: str, *, was: str = "fine", now: str = ABSENT, said: tuple[str, ...] = ()) -> str:
    """What declares the difference `probe: key`."""
    probe, _, key = name.partition(": ")
    taken: tuple[Removal, ...] = trims.apply(before.tree, before.facts, Level.LEAN, before.store).removals
    return intentions(before, after, said, taken).judged(Difference(probe=probe, key=key, place="", before=was, after=now)).intended


@pytest.mark.parametrize(
    ("name", "was", "now", "reason"),
    [
        ("configuration: user", "0:0", "10001:0", "paredown's images do not run as root"),
        ("configuration: health check", "null", "{}", "paredown gives a service a health check"),
        ("python version: patch release", "3.13.4", "3.13.5", "the base brings another patch release of Python"),
        ("configuration: environment HOME", ABSENT, "/home/app", "paredown's images have an account of their own"),
        ("configuration: environment PYTHONUNBUFFERED", ABSENT, "1", "paredown sets it in every image"),
        ("configuration: environment GPG_KEY", "sha256:1", ABSENT, "it is of the base image's build, and the app's code does not name it"),
        ("distributions: pip", "25.0", ABSENT, "installers: part of the installer pip, which nothing imports or requires"),
        ("distributions: linter RECORD", "fine", ABSENT, "requirements: nothing of the service requires or names linter"),
        ("distribution files: linter/__init__.py", "sha256:1", ABSENT, "requirements: nothing of the service requires or names linter"),
        ("modules: distribution linter", "fine", ABSENT, "requirements: nothing of the service requires or names linter"),
        ("elf needs: linter: linter", "fine", ABSENT, "requirements: nothing of the service requires or names linter"),
        ("named files: /usr/bin/cc", "fine", "/usr/bin/cc is not there", "a tool for developing and building, which the app's code does not name"),
        ("modules: tkinter", "fine", ABSENT, "stdlib-development: desktop windows, named by no code"),
        ("named files: program git", "fine", "the program git is not on the PATH", "a tool for developing and building, which the app's code does not name"),
    ],
)
def test_what_paredown_does_to_any_image_is_meant_when_another_tool_made_the_one_before(tmp_path: Path, name: str, was: str, now: str, reason: str) -> None:
    before, after = service(tmp_path, DOCKER, {**PIP, **LINTER, **TKINTER}), service(tmp_path, PAREDOWN)
    assert judged(before, after, name, was=was, now=now) == reason
    assert judged(after, after, name, was=was, now=now) == "", "between two of paredown's own images nothing is meant"


@pytest.mark.parametrize(
    ("name", "was", "now"),
    [
        ("http: GET /", "200", "500"),
        ("platform: content type .css", "text/css", "null"),
        ("configuration: environment PYTHONUNBUFFERED", "0", "1"),
        ("configuration: environment APP_ENV", "production", ABSENT),
        ("distributions: fastserve", "2.1", "2.0"),
        ("named files: program tesseract", "fine", "the program tesseract is not on the PATH"),
    ],
)
def test_behaviour_and_the_services_own_things_are_never_meant(tmp_path: Path, name: str, was: str, now: str) -> None:
    assert judged(service(tmp_path, DOCKER, {**PIP, **TKINTER}), service(tmp_path, PAREDOWN), name, was=was, now=now) == ""


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("distributions: pip", b"import pip\n"),
        ("distributions: linter", b"address = 'plugin+linter://'\n"),
        ("modules: tkinter", b"import tkinter\n"),
        ("named files: program git", b"import subprocess\nsubprocess.run(['git', 'log'])\n"),
        ("configuration: environment PYTHON_VERSION", b"import os\nprint(os.environ['PYTHON_VERSION'])\n"),
    ],
)
def test_what_the_app_names_is_never_meant(tmp_path: Path, name: str, code: bytes) -> None:
    changes = {**PIP, **LINTER, **TKINTER, str(APP): code}
    assert judged(service(tmp_path, DOCKER, changes), service(tmp_path, PAREDOWN, {str(APP): code}), name) == ""


def test_what_only_the_apps_tests_name_is_not_required(tmp_path: Path) -> None:
    before = service(tmp_path, DOCKER, {**LINTER, "app/tests/test_style.py": b"import linter\n"})
    assert judged(before, service(tmp_path, PAREDOWN), "distributions: linter").startswith("requirements: ")


def test_another_exit_status_is_meant_only_where_a_project_tool_stood_before_the_service(tmp_path: Path) -> None:
    after = service(tmp_path, PAREDOWN)
    by_uv, plain = (service(tmp_path, DOCKER, command=command) for command in (("uv", "run", "fastserve"), ("fastserve",)))
    assert judged(by_uv, after, "signals: exit status", was="143", now="0").startswith("paredown starts the service itself")
    assert judged(by_uv, after, "signals: exit status", was="143", now="137") == ""
    assert judged(plain, after, "signals: exit status", was="143", now="0") == ""


def test_the_user_declares_by_a_glob_whoever_made_the_images(tmp_path: Path) -> None:
    image = service(tmp_path, PAREDOWN)
    assert judged(image, image, "http: GET /build", said=("http: GET /b*",)) == "`intended` names http: GET /b*"


@pytest.mark.parametrize(("left", "after", "intended"), [(0, {}, "embedded-debug-symbols: for a debugger"), (2, {"usr/lib/libfast.so": b"wh"}, "")])
def test_a_trim_declares_what_it_took_and_not_what_became_of_the_rest(tmp_path: Path, left: int, after: dict[str, bytes], intended: str) -> None:
    path, owner = "usr/lib/libfast.so", Owner(OwnerKind.BASE, "fast")
    removal = Removal(path=path, size=3, trim="embedded-debug-symbols", reason="for a debugger", owner=owner, left=left)
    one, other = (replace(image_of(tree_of(files, owner=owner), tmp_path), removals=(removal,)) for files in ({path: b"whole"}, after))
    difference = Difference(probe="elf needs", key="library fast", place="", before="fine", after=f"/{path} is damaged")
    assert intentions(one, other, ()).judged(difference).intended == intended


@pytest.mark.parametrize(
    ("module", "now", "trim", "meant"),
    [
        ("tool.part", ABSENT, "unreached-modules", True),
        ("tool.part.below", ABSENT, "unreached-modules", True),
        ("tool.other", "No module named 'tool.part'", "unreached-modules", False),
        ("tool.other", "No module named 'tool.part'", "test-suites", True),
        ("distribution tool: console_scripts: tool", "No module named 'tool.part'", "unreached-modules", True),
        ("distribution tool", ABSENT, "unreached-modules", True),
        ("distribution tool: tool.plugins: tool", "No module named 'tool.part'", "unreached-modules", False),
        ("distribution tool: babel.extractors: tool", "No module named 'tool.part'", "unreached-modules", True),
    ],
)
def test_a_module_that_was_out_of_reach_may_be_gone_and_break_no_other(tmp_path: Path, module: str, now: str, trim: str, meant: bool) -> None:
    removals = tuple(
        Removal(path=f"{site(PAREDOWN)}/{path}", size=3, trim=trim, reason="no code names it", owner=Owner(OwnerKind.DISTRIBUTION, "tool", "1"))
        for path in ("tool/part/__init__.py", "tool/part/below.py", "tool-1.dist-info/METADATA")
    )
    was = {removal.path: file_of(b"Name: tool\nVersion: 1\n", owner=removal.owner) for removal in removals}
    other = b"import tool.part\nPLUGINS = entry_points(group='tool.plugins')\n"
    before = service(tmp_path, PAREDOWN, {**was, f"{site(PAREDOWN)}/tool/other.py": other})
    after = replace(service(tmp_path, PAREDOWN, {f"{site(PAREDOWN)}/tool/other.py": other}), removals=removals)
    assert bool(judged(before, after, f"modules: {module}", now=now)) is meant


@pytest.mark.parametrize("code", [b"", b"try:\n    from _elementtree import *\nexcept ImportError:\n    pass\n"])
def test_the_part_in_c_of_a_module_is_missed_where_that_is_there(tmp_path: Path, code: bytes) -> None:
    library, base = "usr/lib/python3.13", Owner(OwnerKind.BASE, "libpython3.13-stdlib", "3.13.5")
    part, text = f"{library}/lib-dynload/_elementtree.cpython-313.so", {f"{library}/xml/etree/ElementTree.py": code}
    removal = Removal(path=part, size=3, trim="unreached-modules", reason="no code names it", owner=base)
    before = service(tmp_path, PAREDOWN, {**text, part: file_of(b"\x7fELF", owner=base)})
    after = replace(service(tmp_path, PAREDOWN, text), removals=(removal,))
    now = "ModuleNotFoundError: No module named '_elementtree'"
    assert bool(judged(before, after, "platform: in C: _elementtree", now=now)) is not bool(code)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("app files: src/fastserve/__init__.py", "its copy in an installed distribution is what the service uses"),
        ("modules: src.fastserve", "its copy in an installed distribution is what the service uses"),
        ("app files: src/fastserve/_fast.c", "the installed distribution has what it was compiled to"),
        ("app files: pyproject.toml", "it describes the distribution that is installed"),
        ("app files: tests/test_fast.py", "a test, which the service does not run"),
        ("writable paths: src/data", "it holds nothing but what a distribution was built from"),
    ],
)
def test_sources_of_what_is_installed_may_be_missing(tmp_path: Path, name: str, reason: str) -> None:
    before = service(tmp_path, DOCKER, SOURCES)
    assert judged(before, service(tmp_path, PAREDOWN), name) == f"installed: {reason}"
    assert judged(service(tmp_path, PAREDOWN, SOURCES), service(tmp_path, PAREDOWN), name) == "", "between two of paredown's own images"


@pytest.mark.parametrize("name", ["app files: notes.txt", "app files: src/fastserve/extra.py", "app files: main.py"])
def test_files_that_nothing_installed_stands_for_are_missed(tmp_path: Path, name: str) -> None:
    assert judged(service(tmp_path, DOCKER, SOURCES), service(tmp_path, PAREDOWN, {"app/main.py-": b""}), name) == ""


def test_description_that_the_code_reads_is_missed(tmp_path: Path) -> None:
    before = service(tmp_path, DOCKER, {**SOURCES, "app/main.py": b'text = open("README.md").read()'})
    assert judged(before, service(tmp_path, PAREDOWN), "app files: README.md") == ""


@pytest.mark.parametrize(
    ("was", "now", "meant"),
    [
        ("root", "app", True),
        ("/root", "/home/app", True),
        ("listening at /root/.gunicorn/ctl", "listening at /home/app/.gunicorn/ctl", True),
        ("/root", "/home/other", False),
        ("rooted", "apped", False),
        ("/srv/root", "/srv/app", False),
    ],
)
def test_account_that_the_service_tells_is_meant(tmp_path: Path, was: str, now: str, meant: bool) -> None:
    before, after = service(tmp_path, DOCKER, user="0"), service(tmp_path, PAREDOWN, user="10001:0")
    difference = Difference(probe="http", key="GET /machine", place="/body/user", before=was, after=now)
    assert bool(intentions(before, after, ()).judged(difference).intended) is meant
    assert not intentions(after, after, ()).judged(difference).intended
