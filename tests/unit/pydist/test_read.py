"""Facts of a Tree: who names what; a second reading touches no file."""

from dataclasses import replace
from pathlib import Path

from builders import tree_of
from paredown.pydist.facts import COMMAND, Facts
from paredown.pydist.read import read_facts
from paredown.store import Store
from paredown.tree import APP, Entry, Kind, Owner, OwnerKind, Slice, Tree, digest_of

SITE = "opt/venv/lib/python3.13/site-packages"
FASTAPI = Owner(OwnerKind.DISTRIBUTION, "fastapi", "1")


def facts_of(tree: Tree, folder: Path, *words: str) -> Facts:
    """The facts, remembered in `folder`."""
    return read_facts(tree, python="3.13", words=words, system_packages=frozenset({"libmagic1"}), shell=False, keep=("/a",), store=Store(folder / "store"))


def service() -> Tree:
    """An app and one distribution on a standard library."""
    return tree_of({"usr/lib/python3.13/os.py": b"import stat\n", "usr/lib/python3.13/json/__init__.py": b""}).over(
        tree_of({f"{SITE}/fastapi/__init__.py": b"from .routing import Router\n", f"{SITE}/fastapi/routing.py": b""}, owner=FASTAPI),
        tree_of(
            {"app/main.py": b"import fastapi\nos.system('ls')\n", "app/log.yaml": b"class: json.tool\n", "app/db.py": b'X = "sqlite.test.db"\n'}, owner=APP
        ),
    )


def test_facts_of_a_service(tmp_path: Path) -> None:
    facts = facts_of(service(), tmp_path, "uvicorn", "app.main:app")
    assert facts.imported_by["fastapi"] == ("app/main.py",)
    assert facts.imported_by["fastapi.routing.Router"] == (f"{SITE}/fastapi/__init__.py",)
    assert facts.imported_by["json.tool"] == ("app/log.yaml",)
    assert facts.imported_by["app.main"] == (COMMAND,)
    assert "sqlite.test.db" not in facts.imports
    assert (facts.standard_library, facts.site) == ("usr/lib/python3.13", (SITE,))
    assert facts.starts_shell == ("app/main.py",)
    assert {"uvicorn", "app.main:app"} <= facts.words
    assert (facts.system_packages, facts.keep) == (frozenset({"libmagic1"}), ("/a",))


def test_module_behind_dash_m_is_named(tmp_path: Path) -> None:
    assert facts_of(service(), tmp_path, "python", "-m", "http.server").imported_by["http.server"] == (COMMAND,)


def test_second_reading_opens_nothing(tmp_path: Path) -> None:
    source = tmp_path / "a.py"
    source.write_bytes(b"import json\n")
    entry = Entry(kind=Kind.FILE, mode=0o644, size=12, digest=digest_of(b"import json\n"), content=Slice(str(source)), owner=FASTAPI)
    tree = Tree({f"{SITE}/a.py": entry})
    first = facts_of(tree, tmp_path)
    source.unlink()
    assert facts_of(tree, tmp_path) == first


def test_only_what_changed_is_read_again(tmp_path: Path) -> None:
    before = service()
    facts_of(before, tmp_path)
    records = tmp_path / "store" / "records" / "facts"
    known = {path.name for path in records.iterdir()}
    facts = facts_of(before.over(tree_of({"app/main.py": b"import json\n"}, owner=APP)), tmp_path)
    assert len({path.name for path in records.iterdir()} - known) == 1
    assert facts.imported_by["json"] == ("app/main.py",)


def test_other_file_names_are_another_reading(tmp_path: Path) -> None:
    tree = service()
    facts_of(tree, tmp_path)
    moved = Tree({path.replace("routing", "routes"): entry for path, entry in tree.items()})
    assert f"{SITE}/fastapi/routing.py" not in {path for paths in facts_of(moved, tmp_path).imported_by.values() for path in paths}


def test_python_scripts_are_read(tmp_path: Path) -> None:
    tree = tree_of({"usr/bin/tool*": b"#!/usr/bin/python3\nimport json\n", "usr/bin/other*": b"#!/bin/sh\nimport xml\n"})
    facts = facts_of(tree, tmp_path)
    assert facts.imported_by["json"] == ("usr/bin/tool",)
    assert "xml" not in facts.imports


def test_names_ask_for_submodules_too(tmp_path: Path) -> None:
    facts = replace(facts_of(Tree(), tmp_path), imports=frozenset({"xml.dom"}))
    assert facts.names("xml")
    assert not facts.names("xm")


def test_the_standard_library_is_the_one_beside_the_program_where_two_pythons_have_one_version(tmp_path: Path) -> None:
    other = {"usr/local/bin/python3.13*": b"", "usr/local/lib/python3.13/os.py": b"", "opt/venv/bin/python": "-> /usr/local/bin/python3.13"}
    tree = service().over(tree_of(other))
    found = [
        read_facts(
            tree, python="3.13", words=(), system_packages=frozenset(), shell=False, keep=(), store=Store(tmp_path), program=program,
        ).standard_library
        for program in ("/usr/local/bin/python3.13", "/opt/venv/bin/python", "/usr/bin/python3.13")
    ]  # fmt: skip
    assert found == ["usr/local/lib/python3.13", "usr/local/lib/python3.13", "usr/lib/python3.13"]
