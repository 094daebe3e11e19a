"""Names in sources: every way of importing is seen; nothing in a source can break the reading."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paredown.pydist.imports import module_of, package_of, resolved, scan_entry_points, scan_source, scan_text


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("import a", {"a"}),
        ("import a.b as c, d", {"a.b", "d"}),
        ("import a, \\\n  b", {"a", "b"}),
        ("from a import b, c as d", {"a", "a.b", "a.c"}),
        ("from a import (\n  b,  # why (really)\n  c as d,\n)", {"a", "a.b", "a.c"}),
        ("from a.b import *", {"a.b"}),
        ("from a import b; import c", {"a", "a.b", "c"}),
        ("try: import a\nexcept ImportError: import b", {"a", "b"}),
        ("def f():\n\timport a", {"a"}),
        ("from . import b", {"pkg.sub", "pkg.sub.b"}),
        ("from .b import c", {"pkg.sub.b", "pkg.sub.b.c"}),
        ("from ..b import c", {"pkg.b", "pkg.b.c"}),
        ("from ... b import c", {"b", "b.c"}),
        ("from .... import c", set()),
        ('importlib.import_module("a.b")', {"a.b"}),
        ('import_module(".b", __package__)', {"pkg.sub.b"}),
        ("__import__('a')", {"a"}),
        ('[sys.executable, "-m", "pip", "install"]', {"pip"}),
        ('os.system("python -m pip install x")', {"pip"}),
        ('exec("import a.b; a.b.run()")', {"a.b"}),
        ("import á", {"á"}),
        ("important = 1\nfrom_here = 2", set()),
    ],
)
def test_imports_of_a_source(source: str, named: set[str]) -> None:
    assert scan_source(source, "pkg.sub").imports == named


def test_dotted_strings_may_be_modules() -> None:
    scanned = scan_source('A = "uvicorn.protocols.http.auto:AutoProtocol"\nB = "1.2"\nC = "no module here."', "")
    assert scanned.dotted == {"uvicorn.protocols.http.auto", "uvicorn.protocols.http.auto.AutoProtocol"}


def test_names_of_files_are_no_modules_where_no_module_is_called_so() -> None:
    text = "START = 'cmd.exe', 'notes.txt', 'manage.py'\nLOCK = 'redis.lock', 'textual.css', 'store.zip'\n"
    assert scan_source(text, "").dotted == {"redis.lock", "textual.css", "store.zip"}


def test_words_of_strings() -> None:
    assert {"git", "de_DE.UTF-8", "/usr/bin/file", "libmagic.so.1"} <= scan_source("f('git log', 'de_DE.UTF-8', \"/usr/bin/file\", 'libmagic.so.1')", "").words


def test_every_word_is_a_library_only_where_one_is_loaded() -> None:
    assert "magic" in scan_source("from ctypes.util import find_library\nfind_library('magic')", "").libraries
    assert "magic" not in scan_source("print('magic')", "").libraries


@pytest.mark.parametrize(("source", "shell"), [("os.system('x')", "os.system"), ("run(x, shell = True)", "shell=True"), ("run(x, shell=False)", "")])
def test_shells_are_noticed_by_their_call(source: str, shell: str) -> None:
    assert scan_source(source, "").shell == shell


def test_entry_points_name_their_modules() -> None:
    text = "[console_scripts]\ntool = pkg.cli:main [extra]\n\n[plugins]\nx=pkg.plugins\n"
    assert scan_entry_points(text).imports == {"pkg.cli", "pkg.plugins"}


def test_configuration_names_modules() -> None:
    assert "uvicorn.logging.DefaultFormatter" in scan_text("formatters:\n  default:\n    (): uvicorn.logging.DefaultFormatter\n").dotted


@pytest.mark.parametrize(
    ("path", "module", "package"),
    [
        ("opt/venv/lib/python3.13/site-packages/a/b/__init__.py", "a.b", "a.b"),
        ("opt/venv/lib/python3.13/site-packages/a/b.py", "a.b", "a"),
        ("usr/lib/python3/dist-packages/a.py", "a", ""),
        ("usr/lib/python3.13/lib-dynload/_ssl.cpython-313-x86_64-linux-gnu.so", "_ssl", ""),
        ("usr/lib/python3.13/xml/sax/__init__.py", "xml.sax", "xml.sax"),
        ("app/src/pkg/main.py", "pkg.main", "pkg"),
        ("app/main.py", "main", ""),
    ],
)
def test_names_of_places(path: str, module: str, package: str) -> None:
    assert (module_of(path), package_of(path)) == (module, package)


def test_relative_name_above_the_root_is_none() -> None:
    assert resolved("...x", "a") == ""


@given(st.text(alphabet=st.sampled_from("import from()\\\n#;:.,\"'ab *as"), max_size=200))
def test_reading_ends_for_any_text(text: str) -> None:
    assert all(name for name in scan_source(text, "p").imports)


def test_reading_is_quick_when_a_bracket_stays_open() -> None:
    started = time.process_time()
    scan_source("from a import (" + "b, # c\n" * 50_000, "")
    assert time.process_time() - started < 5
