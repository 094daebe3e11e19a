"""What a service can come to: each way on which other slimmers lost a module."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from builders import tree_of
from elf_builder import elf_with_debug_symbols
from paredown.pydist.reach import reach
from paredown.pydist.read import read_facts
from paredown.store import Store
from paredown.tree import Entry

SITE = "opt/venv/lib/python3.13/site-packages"
LIBRARY = "usr/lib/python3.13"


def reached(
    files: dict[str, str], store: Path, *, words: tuple[str, ...] = ("python", "/app/main.py"), stays: tuple[str, ...] = (),
    failing: Mapping[str, str] = {},
) -> set[str]:  # fmt: skip
    """The modules among `files` that are reached, by their dotted names, less what every interpreter comes to."""
    contents: dict[str, bytes | Entry] = {path: text.encode() for path, text in files.items()}
    tree = tree_of({f"{LIBRARY}/os.py": b"", **contents})
    facts = read_facts(tree, python="3.13", words=words, system_packages=frozenset(), shell=False, keep=(), store=Store(store))
    app = [path for path in tree if path.startswith("app/")]
    found = reach(tree, facts, Store(store), app=app, stays=[(path, "it is to be kept") for path in stays], failing=failing)
    return {path.removeprefix(f"{SITE}/").removeprefix(f"{LIBRARY}/") for path in found.by} - {"os.py"}


@pytest.mark.parametrize(
    "text",
    [
        "import tool.part",
        "from tool import part",
        "def late():\n    from tool import part",
        "import importlib\nimportlib.import_module('tool.part')",
        "WORKER = 'tool.part:Worker'",
        "BACKEND = 'tool.part'",
    ],
)
def test_a_module_is_reached_when_the_app_says(text: str, tmp_path: Path) -> None:
    files = {"app/main.py": text, f"{SITE}/tool/__init__.py": "", f"{SITE}/tool/part.py": "", f"{SITE}/tool/other.py": ""}
    assert reached(files, tmp_path) == {"tool/__init__.py", "tool/part.py"}


def test_a_relative_import_within_a_package_when_followed(tmp_path: Path) -> None:
    files = {"app/main.py": "import tool", f"{SITE}/tool/__init__.py": "from . import _impl", f"{SITE}/tool/_impl.py": "from ..tool.deep import x"}
    assert reached({**files, f"{SITE}/tool/deep.py": "", f"{SITE}/tool/left.py": ""}, tmp_path) == {"tool/__init__.py", "tool/_impl.py", "tool/deep.py"}


def test_all_of_a_package_that_imports_by_names_made_at_run_time(tmp_path: Path) -> None:
    files = {
        "app/main.py": "import PIL.Image",
        f"{SITE}/PIL/__init__.py": "",
        f"{SITE}/PIL/Image.py": "def init():\n    for plugin in names:\n        __import__(f'{__spec__.parent}.{plugin}')",
        f"{SITE}/PIL/WebPImagePlugin.py": "import wave",
        f"{LIBRARY}/wave.py": "",
        f"{LIBRARY}/chunk.py": "",
    }
    assert reached(files, tmp_path) == {"PIL/__init__.py", "PIL/Image.py", "PIL/WebPImagePlugin.py", "wave.py"}


def test_a_package_named_by_a_word_of_the_app_stays_whole(tmp_path: Path) -> None:
    files = {"app/settings.py": "INSTALLED_APPS = ['corsheaders']", f"{SITE}/corsheaders/__init__.py": "", f"{SITE}/corsheaders/apps.py": ""}
    assert reached(files, tmp_path) == {"corsheaders/__init__.py", "corsheaders/apps.py"}


def test_the_beginning_of_a_name_means_all_below_it(tmp_path: Path) -> None:
    files = {
        f"{LIBRARY}/zones.py": "def load(key):\n    return 'tzdata.zoneinfo.' + key",
        "app/main.py": "import zones",
        f"{SITE}/tzdata/__init__.py": "",
        f"{SITE}/tzdata/zoneinfo/__init__.py": "",
        f"{SITE}/tzdata/zoneinfo/Europe/__init__.py": "",
    }
    assert reached(files, tmp_path) == {"zones.py", "tzdata/__init__.py", "tzdata/zoneinfo/__init__.py", "tzdata/zoneinfo/Europe/__init__.py"}


def test_plugins_are_reached_when_their_group_is_named(tmp_path: Path) -> None:
    files = {
        f"{SITE}/host/__init__.py": "from importlib.metadata import entry_points\nfor found in entry_points(group='host.plugins'): found.load()",
        f"{SITE}/extra/__init__.py": "",
        f"{SITE}/extra/hook.py": "",
        f"{SITE}/extra-1.0.dist-info/METADATA": "Name: extra\nVersion: 1.0\n",
        f"{SITE}/extra-1.0.dist-info/entry_points.txt": "[host.plugins]\nextra = extra.hook:run\n\n[console_scripts]\nextra = extra.cli:main\n",
        f"{SITE}/extra/cli.py": "",
    }
    assert reached({**files, "app/main.py": "import host"}, tmp_path) == {"host/__init__.py", "extra/__init__.py", "extra/hook.py"}
    assert reached({**files, "app/main.py": ""}, tmp_path) == set()


def test_what_a_module_does_as_a_program_does_not_count(tmp_path: Path) -> None:
    text = "import used\n\ndef _test():\n    import doctest\n\nif __name__ == '__main__':\n    import argparse\n\nimport after\n"
    files = {"app/main.py": "import tool", f"{SITE}/tool.py": text, **{f"{LIBRARY}/{name}.py": "" for name in ("used", "doctest", "argparse", "after")}}
    assert reached(files, tmp_path) == {"tool.py", "used.py", "after.py"}


def test_a_module_that_the_command_runs_does_what_it_does_as_a_program(tmp_path: Path) -> None:
    files = {f"{SITE}/tool.py": "if __name__ == '__main__':\n    import argparse\n", f"{LIBRARY}/argparse.py": "", f"{SITE}/shop/__init__.py": ""}
    files |= {f"{SITE}/shop/__main__.py": "import shop.desk", f"{SITE}/shop/desk.py": ""}
    assert reached(files, tmp_path, words=("python", "-m", "tool")) == {"tool.py", "argparse.py"}
    assert reached(files, tmp_path, words=("python", "-m", "shop")) == {"shop/__init__.py", "shop/__main__.py", "shop/desk.py"}


def test_what_is_kept_leads_on(tmp_path: Path) -> None:
    files = {f"{SITE}/a.py": "import b", f"{SITE}/b.py": "", f"{SITE}/c.py": ""}
    assert reached(files, tmp_path, stays=(f"{SITE}/a.py",)) == {"a.py", "b.py"}


def test_another_pythons_modules_are_not_judged(tmp_path: Path) -> None:
    tree = tree_of({f"{LIBRARY}/os.py": b"", "usr/local/lib/python3.11/site-packages/old.py": b"", f"{SITE}/new.py": b""})
    facts = read_facts(tree, python="3.13", words=(), system_packages=frozenset(), shell=False, keep=(), store=Store(tmp_path))
    assert reach(tree, facts, Store(tmp_path), app=()).candidates == {f"{LIBRARY}/os.py", f"{SITE}/new.py"}


def test_what_compiled_code_imports_from_beside_it(tmp_path: Path) -> None:
    loop = f"{SITE}/uvloop/loop.cpython-313-x86_64-linux-gnu.so"
    files: dict[str, bytes | Entry] = {f"{SITE}/uvloop/{name}.py": b"" for name in ("__init__", "_noop", "_testbase")}
    tree = tree_of({"app/main.py": b"import uvloop.loop", loop: elf_with_debug_symbols(b"\0_noop\0", section=b".rodata"), f"{LIBRARY}/os.py": b"", **files})
    facts = read_facts(tree, python="3.13", words=(), system_packages=frozenset(), shell=False, keep=(), store=Store(tmp_path))
    found = reach(tree, facts, Store(tmp_path), app=("app/main.py",)).by
    assert {path.rpartition("/")[2] for path in found if "uvloop" in path} == {"__init__.py", "_noop.py", loop.rpartition("/")[2]}


def test_what_a_person_has_at_a_prompt_brings_nothing_in(tmp_path: Path) -> None:
    completion = "try:\n    import readline\n    import _pyrepl.readline\n    from _pyrepl.main import CAN_USE_PYREPL\nexcept ImportError:\n    pass\n"
    library = {
        "_sitebuiltins.py": "class _Helper:\n    def __call__(self):\n        import pydoc\n",
        "site.py": f"import stat\n{completion}",
        "_pyrepl/main.py": "try:\n    from .simple_interact import check\nexcept Exception:\n    from .trace import trace\n",
        **dict.fromkeys(
            ("pydoc.py", "stat.py", "_pyrepl/__init__.py", "_pyrepl/simple_interact.py", "_pyrepl/readline.py", "_pyrepl/trace.py", "readline.py"), ""
        ),
    }
    found = reached({"app/main.py": "", **{f"{LIBRARY}/{name}": text for name, text in library.items()}}, tmp_path)
    assert found == {"_sitebuiltins.py", "site.py", "stat.py", "_pyrepl/__init__.py", "_pyrepl/main.py", "_pyrepl/trace.py"}


def test_a_package_that_imports_by_name_does_not_come_to_its_tests(tmp_path: Path) -> None:
    names = ("dialects/mysql.py", "testing/__init__.py", "testing/suite.py", "dialects/tests.py", "testings.py")
    dynamic = "import importlib\ndef load(name):\n    return importlib.import_module('store.dialects.' + name)\n"
    files = {f"{SITE}/store/{name}": "" for name in names} | {
        f"{SITE}/store/dialects/provision.py": "from store.testing import suite",
        f"{SITE}/store/__main__.py": "",
    }
    found = reached({"app/main.py": "import store", f"{SITE}/store/__init__.py": dynamic, **files}, tmp_path)
    assert found == {"store/__init__.py", "store/dialects/mysql.py", "store/testings.py"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("class Server: ...", False),
        ("active_requests = 0", True),
        ("from x import (\n    a, active_requests,\n)", True),
        ("from x import *", True),
        ("def __getattr__(name): ...", True),
    ],
)
def test_a_string_whose_module_has_no_such_thing_names_something_else(text: str, meant: bool, tmp_path: Path) -> None:
    files = {"app/main.py": "NAME = 'http.server.active_requests'", f"{LIBRARY}/http/__init__.py": "", f"{LIBRARY}/http/server.py": text}
    assert reached(files, tmp_path) == ({"http/__init__.py", "http/server.py"} if meant else set())


def test_what_is_imported_on_windows_alone_does_not_count(tmp_path: Path) -> None:
    text = "import sys\ntry:\n    if sys.platform == 'win32':\n        import winreg\n\n        from . import windows\n    from . import here\nfinally: ...\n"
    files = {"app/main.py": "import tool", f"{SITE}/tool/__init__.py": text, f"{SITE}/tool/windows.py": "", f"{SITE}/tool/here.py": ""}
    assert reached(files, tmp_path) == {"tool/__init__.py", "tool/here.py"}


def test_a_package_that_imports_by_name_does_not_come_to_the_command_that_it_brings(tmp_path: Path) -> None:
    files = {
        "app/main.py": "import tool",
        f"{SITE}/tool/__init__.py": "import importlib\ndef load(name): return importlib.import_module(name)\n",
        f"{SITE}/tool/plugin.py": "",
        f"{SITE}/tool/cli.py": "import readline",
        f"{SITE}/tool-1.dist-info/entry_points.txt": "[console_scripts]\ntool = tool.cli:main\n",
        f"{SITE}/tool-1.dist-info/METADATA": "Name: tool\nVersion: 1\n",
        f"{LIBRARY}/readline.py": "",
    }
    assert reached(files, tmp_path) == {"tool/__init__.py", "tool/plugin.py"}


def test_what_cannot_be_imported_is_not_followed_but_from_the_app_itself(tmp_path: Path) -> None:
    files = {
        f"{SITE}/net/__init__.py": "import importlib\ndef backend(name):\n    return importlib.import_module('net.backends.' + name)\n",
        f"{SITE}/net/backends/asyncio.py": "",
        f"{SITE}/net/backends/trio.py": "import trio\nimport outcome",
        f"{SITE}/net/backends/curio.py": "import curio",
        f"{SITE}/net/_vendor/__init__.py": "",
        f"{SITE}/net/_vendor/curio.py": "",
        f"{LIBRARY}/outcome.py": "",
    }
    failing = {"net.backends.trio": "ModuleNotFoundError: No module named 'trio'", "net.backends.curio": "RuntimeError: (from ...: No module named 'curio')"}
    always = {"net/__init__.py", "net/backends/asyncio.py", "net/backends/curio.py", "net/_vendor/__init__.py", "net/_vendor/curio.py"}
    assert reached({"app/main.py": "import net", **files}, tmp_path, failing=failing) == always
    assert reached({"app/main.py": "import net.backends.trio", **files}, tmp_path, failing=failing) == {*always, "net/backends/trio.py", "outcome.py"}
    kept = (f"{SITE}/net/backends/trio.py",)
    assert reached({"app/main.py": "import net", **files}, tmp_path, failing=failing, stays=kept) == {*always, "net/backends/trio.py", "outcome.py"}


@pytest.mark.parametrize(
    ("beside", "taken"),
    [
        ("rows.cpython-313-x86_64-linux-gnu.so", "rows.py"),
        ("rows.abi3.so", "rows.py"),
        ("rows.so", "rows.py"),
        ("rows.cpython-312-x86_64-linux-gnu.so", ""),
        ("rows_fast.cpython-313-x86_64-linux-gnu.so", ""),
    ],
)
def test_a_source_beside_its_compiled_module_leads_on_and_goes(beside: str, taken: str, tmp_path: Path) -> None:
    files = {"app/main.py": "import store.rows", f"{SITE}/store/__init__.py": "", f"{SITE}/store/rows.py": "import struct", f"{LIBRARY}/struct.py": ""}
    found = reached({**files, f"{SITE}/store/{beside}": ""}, tmp_path)
    assert found - {f"store/{beside}"} == {"store/__init__.py", "store/rows.py", "struct.py"} - {f"store/{taken}"}
