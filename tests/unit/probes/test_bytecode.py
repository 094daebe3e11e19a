from pathlib import Path

from builders import image_of, tree_of
from paredown.probes.bytecode import observe
from paredown.result import Skipped
from resting_service import DOCKER, MAIN, PAREDOWN, compiled, differing, seen, service, site

_MAIN = "app/__pycache__/main.cpython-313.pyc"


def test_bytecode_is_fine_in_either_layout_with_it_and_without(tmp_path: Path) -> None:
    with_it = service(tmp_path, changes={_MAIN: compiled(MAIN)})
    assert set(seen(observe, with_it)) == {"the app", "the standard library", "fastserve", "other"}
    assert set(seen(observe, with_it).values()) == {None}
    assert differing(observe, service(tmp_path, DOCKER), with_it) == []
    assert differing(observe, with_it, service(tmp_path, DOCKER)) == []


def test_bytecode_complains_when_it_is_run_unchecked_and_stale(tmp_path: Path) -> None:
    stale = service(tmp_path, changes={_MAIN: compiled(b"app = 'old'\n")})
    assert differing(observe, service(tmp_path, PAREDOWN), stale) == ["the app"]
    assert seen(observe, stale)["the app"] == f"/{_MAIN} was not compiled from the source that is there, and is run unchecked"


def test_bytecode_complains_under_the_name_of_its_distribution(tmp_path: Path) -> None:
    path = f"{site(PAREDOWN)}/fastserve/__pycache__/__init__.cpython-313.pyc"
    assert differing(observe, service(tmp_path), service(tmp_path, changes={path: compiled(b"version = 1\n")})) == ["fastserve"]


def test_bytecode_is_fine_when_python_itself_compiles_again(tmp_path: Path) -> None:
    for entry in (compiled(b"old", checked=True), compiled(b"old", magic=3531)):
        assert seen(observe, service(tmp_path, changes={_MAIN: entry}))["the app"] is None


def test_bytecode_without_source_complains_of_another_version(tmp_path: Path) -> None:
    good, bad = ({"app/part.pyc": compiled(b"", magic=magic)} for magic in (3571, 3531))
    assert seen(observe, service(tmp_path, changes=good))["the app"] is None
    assert seen(observe, service(tmp_path, changes=bad))["the app"] == "/app/part.pyc, which has no source, is not of Python 3.13"


def test_bytecode_is_skipped_without_python(tmp_path: Path) -> None:
    assert [type(each) for each in observe(image_of(tree_of({}), tmp_path))] == [Skipped]
