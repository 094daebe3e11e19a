"""Which sources are compiled, and by which name a profile calls them."""

import pytest

from builders import tree_of
from paredown.composers.bytecode.sources import bytecode_path, module_name, selected, source_of
from paredown.tree import APP, PAREDOWN, file_of


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("usr/lib/python3.13/json/decoder.py", "json.decoder"),
        ("usr/lib/python3.13/json/__init__.py", "json"),
        ("usr/lib/python3/dist-packages/apt/cache.py", "apt.cache"),
        ("opt/venv/lib/python3.13/site-packages/fastapi/__init__.py", "fastapi"),
        ("usr/local/lib/python3.11/site-packages/six.py", "six"),
        ("opt/venv/lib/python3.13/site-packages/a/2024-01-first.py", "/opt/venv/lib/python3.13/site-packages/a/2024-01-first.py"),
        ("app/main.py", "/app/main.py"),
        ("app/lib/tools.py", "/app/lib/tools.py"),
    ],
)
def test_name_is_the_modules_in_a_library_and_the_path_elsewhere(path: str, name: str) -> None:
    assert module_name(path) == name


def test_bytecode_lies_where_the_interpreter_looks_when_asked_for_a_version() -> None:
    path = bytecode_path("a/b.c/d.py", "3.13")
    assert path == "a/b.c/__pycache__/d.cpython-313.pyc"
    assert source_of(path) == "a/b.c/d.py"
    assert source_of("a/d.pyc") is None


def test_named_modules_and_the_app_are_selected_when_there_is_a_profile() -> None:
    tree = tree_of({
        "usr/lib/python3.13/os.py": b"", "usr/lib/python3.13/abc.py": b"", "usr/lib/python3.13/abc.txt": b"", "srv/x.py": b"", "srv/y.py": b"",
        "app/main.py": file_of(b"", owner=APP), "opt/paredown/launch.py": file_of(b"", owner=PAREDOWN),
    })  # fmt: skip
    assert [path for path, _, _ in selected(tree, frozenset({"os", "/srv/y.py"}))] == ["app/main.py", "srv/y.py", "usr/lib/python3.13/os.py"]
    assert len(list(selected(tree, None))) == 5


def test_a_link_is_compiled_as_what_it_leads_to_when_it_leads_to_a_file() -> None:
    tree = tree_of({"lib/a.py": "-> ../real/a.py", "real/a.py": b"1", "lib/gone.py": "-> nowhere.py", "lib/out.py": "-> ../../../etc/passwd"})
    assert [(path, found.read()) for path, _, found in selected(tree, None)] == [("lib/a.py", b"1"), ("real/a.py", b"1")]
