"""Each trim's own example is executed, and the traps that other slimmers fell into."""

import posixpath
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from builders import tree_of
from elf_builder import elf_with_debug_symbols
from paredown.pydist.constants import Constants
from paredown.pydist.facts import Elf, Facts
from paredown.pydist.reach import reach
from paredown.pydist.read import read_facts
from paredown.store import Store
from paredown.tree import APP, Entry, Owner, OwnerKind, Tree, file_of, folder_of, link_of
from paredown.trims import TRIMS, apply
from paredown.trims.interface import Action, Level, Trim

SITE = "opt/venv/lib/python3.13/site-packages"
LIBRARY = "usr/lib/python3.13"
LIBRARIES = "usr/lib/x86_64-linux-gnu"
BASE = Owner(OwnerKind.BASE, "libc6", "2.41")


def owner_of(path: str) -> Owner:
    """Whom a path of an example belongs to."""
    if path.startswith(SITE + "/"):
        return Owner(OwnerKind.DISTRIBUTION, path.removeprefix(SITE + "/").split("/")[0].split("-")[0].removesuffix(".py"), "1")
    return APP if path.startswith("app/") else BASE


def tree_with(files: dict[str, bytes | Entry]) -> Tree:
    """Files with the owners that their places tell."""
    entries = {path: what if isinstance(what, Entry) else file_of(what, owner=owner_of(path)) for path, what in files.items()}
    return Tree(entries).with_parents()


def facts_of(tree: Tree, store: Path, elves: dict[str, Elf] | None = None, **changes: Any) -> Facts:
    """What reading `tree` gives; every library and program counts as an ELF file that needs nothing, but for `elves`."""
    facts = read_facts(tree, python="3.13", words=("uvicorn", "main:app"), system_packages=frozenset(), shell=False, keep=(), store=Store(store))
    plain = {path: Elf(path=path) for path in tree if ".so" in posixpath.basename(path) or path.startswith("usr/bin/python")}
    return replace(facts, elves={**plain, **(elves or {})}, **changes)


def files_of(tree: Tree) -> tuple[str, ...]:
    """Every path but folders."""
    return tuple(path for path, entry in tree.items() if entry.kind.value != "folder")


def left(files: dict[str, bytes | Entry], store: Path, elves: dict[str, Elf] | None = None, **changes: Any) -> set[str]:
    """What remains of `files` at level lean."""
    tree = tree_with(files)
    return set(files_of(apply(tree, facts_of(tree, store, elves, **changes), Level.LEAN, Store(store)).tree))


def contents_of(trim: Trim) -> dict[str, bytes | Entry]:
    """What the files of an example hold that are not empty; links as links."""
    links = {path: link_of(text.removeprefix("-> "), owner=owner_of(path)) for path, text in trim.contents if text.startswith("-> ")}
    return {**{path: text.encode() for path, text in trim.contents}, **links}


def finished(tree: Tree, facts: Facts, store: Path) -> Facts:
    """What is known beyond `facts` of a finished image, in a run of which packages alone were imported."""
    opened = frozenset(path for path in tree if path.endswith("/__init__.py"))
    return replace(facts, opened=opened, reach=reach(tree, facts, Store(store), app=[path for path, entry in tree.items() if entry.owner is APP]))


@pytest.mark.parametrize("trim", TRIMS, ids=lambda trim: trim.card.id)
def test_example_when_its_trim_alone_is_applied(trim: Trim, tmp_path: Path) -> None:
    content = elf_with_debug_symbols() if trim.action is Action.STRIP else b""
    tree = tree_with({path: contents_of(trim).get(path, content) for path in trim.before})
    needs = {path: Elf(path=path, needed=("libc.so.6",)) for path in trim.before if path.startswith("usr/bin/python")}
    trimmed = apply(tree, finished(tree, facts_of(tree, tmp_path, needs, named=Constants()), tmp_path), trim.level, Store(tmp_path), (trim,))
    assert files_of(trimmed.tree) == tuple(sorted(trim.after))
    assert {removal.trim for removal in trimmed.removals} == {trim.card.id}
    assert all(removal.reason for removal in trimmed.removals)


@pytest.mark.parametrize("trim", TRIMS, ids=lambda trim: trim.card.id)
def test_example_when_applied_again(trim: Trim, tmp_path: Path) -> None:
    tree = tree_with({path: contents_of(trim).get(path, b"") for path in trim.after})
    needs = {path: Elf(path=path, needed=("libc.so.6",)) for path in trim.after if path.startswith("usr/bin/python")}
    assert apply(tree, finished(tree, facts_of(tree, tmp_path, needs, named=Constants()), tmp_path), trim.level, Store(tmp_path), (trim,)).removals == ()


def test_nothing_goes_at_level_none(tmp_path: Path) -> None:
    tree = tree_with({"usr/share/man/man1/a.gz": b"", "usr/bin/dash": b""})
    assert apply(tree, facts_of(tree, tmp_path), Level.NONE, Store(tmp_path)).tree is tree


def test_lean_trims_wait_at_level_safe(tmp_path: Path) -> None:
    tree = tree_with({"usr/share/man/man1/a.gz": b"", "usr/bin/dash": b""})
    assert files_of(apply(tree, facts_of(tree, tmp_path), Level.SAFE, Store(tmp_path)).tree) == ("usr/bin/dash",)


def test_app_files_stay_wherever_they_lie(tmp_path: Path) -> None:
    mine = file_of(b"", owner=APP)
    files: dict[str, bytes | Entry] = {"usr/share/man/man1/mine.1": mine, "app/tests/test_a.py": mine, "app/x.pyi": mine, "app/libx.a": mine}
    assert left(files, tmp_path) == set(files)


@pytest.mark.parametrize("pattern", ["/usr/share/man/**", "usr/share/man", "/usr/share/*/man1/a.gz", "**/a.gz"])
def test_kept_paths_stay(pattern: str, tmp_path: Path) -> None:
    assert left({"usr/share/man/man1/a.gz": b""}, tmp_path, keep=(pattern,)) == {"usr/share/man/man1/a.gz"}


def test_emptied_folders_go_and_others_stay(tmp_path: Path) -> None:
    tree = Tree({**tree_with({"usr/share/man/man1/a.gz": b""}), "srv": folder_of()})
    assert list(apply(tree, facts_of(tree, tmp_path), Level.SAFE, Store(tmp_path)).tree) == ["srv"]


def test_tests_stay_when_kept_code_imports_them(tmp_path: Path) -> None:
    files: dict[str, bytes | Entry] = {
        f"{SITE}/pandas/__init__.py": b"",
        f"{SITE}/pandas/_testing.py": b"from .tests import helpers\n",
        f"{SITE}/pandas/tests/__init__.py": b"",
        f"{SITE}/pandas/tests/test_frame.py": b"",
        f"{SITE}/sklearn/tests/test_base.py": b"import sklearn.tests.test_base\n",
        f"{SITE}/sklearn/utils/_testing.py": b"",
    }
    assert left(files, tmp_path) == set(files) - {f"{SITE}/sklearn/tests/test_base.py"}


def test_tests_stay_when_a_string_names_them(tmp_path: Path) -> None:
    files: dict[str, bytes | Entry] = {f"{SITE}/x/tests/test_a.py": b"", f"{SITE}/x/plugins.py": b'PLUGINS = ["x.tests.test_a:Plugin"]\n'}
    assert left(files, tmp_path) == set(files)


def test_stubs_stay_when_lazy_loader_reads_them(tmp_path: Path) -> None:
    lazy = b"import lazy_loader\n__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)\n"
    files: dict[str, bytes | Entry] = {
        f"{SITE}/skimage/__init__.py": lazy, f"{SITE}/skimage/__init__.pyi": b"", f"{SITE}/other/a.py": b"", f"{SITE}/other/a.pyi": b"",
    }  # fmt: skip
    assert left(files, tmp_path) == set(files) - {f"{SITE}/other/a.pyi"}


def distribution(name: str, requires: str = "") -> dict[str, bytes | Entry]:
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n" + (f"Requires-Dist: {requires}\n" if requires else "")
    return {f"{SITE}/{name}/__init__.py": b"", f"{SITE}/{name}-1.dist-info/METADATA": head.encode() + b"\nLong text\n"}


def test_setuptools_goes_when_only_installers_name_it(tmp_path: Path) -> None:
    files = {**distribution("setuptools"), **distribution("wheel"), f"{SITE}/wheel/bdist.py": b"import setuptools\n", f"{SITE}/pkg_resources/__init__.py": b""}
    assert left(files, tmp_path) == set()


@pytest.mark.parametrize("code", [b"import pkg_resources\n", b"try:\n    from setuptools import glob\nexcept ImportError:\n    pass\n"])
def test_setuptools_stays_when_code_names_a_module_of_it(code: bytes, tmp_path: Path) -> None:
    files = {**distribution("setuptools"), f"{SITE}/pkg_resources/__init__.py": b"", f"{SITE}/old.py": code}
    assert left(files, tmp_path) == set(files)


def test_setuptools_stays_when_a_distribution_requires_it(tmp_path: Path) -> None:
    files = {**distribution("setuptools"), **distribution("zope", "setuptools (>=40)")}
    assert left(files, tmp_path) == set(files)


def test_setuptools_goes_when_only_an_extra_requires_it(tmp_path: Path) -> None:
    files = {**distribution("setuptools"), **distribution("zope", "setuptools ; extra == 'dev'")}
    assert left(files, tmp_path) == set(distribution("zope"))


def test_pip_of_an_environment_and_pip_below_it_go_together(tmp_path: Path) -> None:
    files: dict[str, bytes | Entry] = {f"{LIBRARY}/os.py": b""}
    for prefix in ("opt/venv", "usr/local"):
        site = f"{prefix}/lib/python3.13/site-packages"
        files |= {
            f"{site}/pip/__init__.py": b"", f"{site}/pip-1.dist-info/METADATA": b"Metadata-Version: 2.1\nName: pip\nVersion: 1\n",
            f"{site}/pip-1.dist-info/RECORD": b"pip/__init__.py,,\npip-1.dist-info/METADATA,,\npip-1.dist-info/RECORD,,\n../../../bin/pip,,\n",
            f"{prefix}/bin/pip": file_of(b"#!/usr/bin/python3.13\nfrom pip._internal.cli.main import main\n", mode=0o755),
        }  # fmt: skip
    assert left({**files, "usr/bin/python3.13": b""}, tmp_path) == {f"{LIBRARY}/os.py", "usr/bin/python3.13"}


def test_pip_stays_when_code_starts_it(tmp_path: Path) -> None:
    files = {**distribution("pip"), "app/main.py": b'subprocess.run([sys.executable, "-m", "pip", "install", name])\n'}
    assert left(files, tmp_path) == set(files)


@pytest.mark.parametrize("module", ["readline", "curses.textpad"])
def test_terminal_modules_stay_when_the_app_names_them(module: str, tmp_path: Path) -> None:
    files: dict[str, bytes | Entry] = {
        f"{LIBRARY}/os.py": b"", f"{LIBRARY}/pdb.py": b"import readline\n", f"{LIBRARY}/curses/__init__.py": b"",
        f"{LIBRARY}/lib-dynload/_curses.cpython-313.so": b"", f"{LIBRARY}/lib-dynload/readline.cpython-313.so": b"",
        "app/main.py": f"import {module}\n".encode(),
    }  # fmt: skip
    remaining = left(files, tmp_path)
    assert (f"{LIBRARY}/lib-dynload/readline.cpython-313.so" in remaining) == (module == "readline")
    assert (f"{LIBRARY}/lib-dynload/_curses.cpython-313.so" in remaining) == (module != "readline")


def test_documented_modules_stay_though_nothing_names_them(tmp_path: Path) -> None:
    names = ["_sqlite3", "_ctypes", "_ssl", "_lzma", "_bz2", "_zoneinfo", "_decimal", "_codecs_jp", "_multibytecodec", "_uuid", "_hashlib"]
    files: dict[str, bytes | Entry] = {f"{LIBRARY}/lib-dynload/{name}.cpython-313-x86_64-linux-gnu.so": b"" for name in names}
    files |= {f"{LIBRARY}/os.py": b"", f"{LIBRARY}/encodings/shift_jis.py": b"", f"{LIBRARY}/sqlite3/__init__.py": b"", f"{LIBRARY}/unittest/mock.py": b""}
    assert left(files, tmp_path) == set(files)


def test_tkinter_stays_when_code_names_it(tmp_path: Path) -> None:
    files: dict[str, bytes | Entry] = {f"{LIBRARY}/os.py": b"", f"{LIBRARY}/tkinter/__init__.py": b"", "app/main.py": b"def gui():\n    import tkinter\n"}
    assert left(files, tmp_path) == set(files)


def library(name: str, *needed: str, calls: tuple[str, ...] = ()) -> dict[str, Elf]:
    path = f"{LIBRARIES}/{name}"
    return {path: Elf(path=path, soname=name, needed=needed, calls=calls)}


def test_libraries_stay_along_the_chain_of_needs(tmp_path: Path) -> None:
    extension = f"{SITE}/x/_x.so"
    elves = {
        **library("liba.so.1", "libb.so.2"), **library("libb.so.2.0.1"), **library("libz9.so.1"), extension: Elf(path=extension, needed=("liba.so.1",)),
    }  # fmt: skip
    files: dict[str, bytes | Entry] = dict.fromkeys(elves, b"") | {f"{LIBRARIES}/libb.so.2": link_of("libb.so.2.0.1", owner=BASE)}
    assert left(files, tmp_path, elves) == set(files) - {f"{LIBRARIES}/libz9.so.1"}


@pytest.mark.parametrize("code", [b'ctypes.CDLL("libmagic.so.1")', b'ctypes.util.find_library("magic")', b'for n in ("magic", "other"):\n    find_library(n)'])
def test_libraries_stay_when_code_loads_them_by_name(code: bytes, tmp_path: Path) -> None:
    files: dict[str, bytes | Entry] = {f"{LIBRARIES}/libmagic.so.1": b"", "app/main.py": code}
    assert left(files, tmp_path) == set(files)


def test_libraries_stay_when_the_project_asked_for_their_package(tmp_path: Path) -> None:
    wanted = file_of(b"", owner=Owner(OwnerKind.SYSTEM, "libmagic1", "5"))
    assert left({f"{LIBRARIES}/libmagic.so.1": wanted}, tmp_path) == {f"{LIBRARIES}/libmagic.so.1"}


def test_link_goes_with_its_library(tmp_path: Path) -> None:
    files: dict[str, bytes | Entry] = {f"{LIBRARIES}/libdb.so.5.3": b"", f"{LIBRARIES}/libdb.so": link_of("libdb.so.5.3", owner=BASE)}
    assert left(files, tmp_path) == set()


def test_library_goes_with_the_only_module_that_needed_it(tmp_path: Path) -> None:
    extension = f"{LIBRARY}/lib-dynload/_dbm.cpython-313.so"
    elves = {extension: Elf(path=extension, needed=("libdb-5.3.so",)), **library("libdb-5.3.so")}
    files: dict[str, bytes | Entry] = dict.fromkeys(elves, b"") | {f"{LIBRARY}/os.py": b""}
    assert left(files, tmp_path, elves) == {f"{LIBRARY}/os.py"}


def test_converters_stay_when_a_wheel_calls_iconv(tmp_path: Path) -> None:
    lxml = f"{SITE}/lxml/etree.so"
    files: dict[str, bytes | Entry] = {f"{LIBRARIES}/gconv/GB18030.so": b"", lxml: b""}
    assert left(files, tmp_path, {lxml: Elf(path=lxml, calls=("iconv_open",))}) == set(files)


def test_character_converters_go_where_only_the_cpp_library_could_ask_for_them(tmp_path):
    module, library = f"{SITE}/greenlet/_greenlet.so", f"{LIBRARIES}/libstdc++.so.6.0.33"
    files: dict[str, bytes | Entry] = {f"{LIBRARIES}/gconv/GB18030.so": b"", f"{LIBRARIES}/libstdc++.so.6": link_of(library.rpartition("/")[2], owner=BASE)}
    files |= {library: b"", module: b""}
    elves = {module: Elf(path=module, needed=("libstdc++.so.6",)), library: Elf(path=library, soname="libstdc++.so.6", calls=("iconv_open",))}
    assert left(files, tmp_path, elves) == set(files) - {f"{LIBRARIES}/gconv/GB18030.so"}


def below_libpq(more: str = "") -> tuple[dict[str, bytes | Entry], dict[str, Elf]]:
    """Converters and the libraries that ask for them: libidn2 through libunistring, and perhaps one `more`."""
    calls = {"libidn2.so.0.4.0": ("iconv_open", "conv_from_encoding"), "libunistring.so.5.2.0": ("iconv_open", "conv_from_encoding", "conv_to_encoding")}
    calls |= {more: ("conv_to_encoding",)} if more else {}
    elves = {f"{LIBRARIES}/{name}": Elf(path=f"{LIBRARIES}/{name}", calls=found) for name, found in calls.items()}
    module = f"{SITE}/psycopg_c/pq.so"
    elves[module] = Elf(path=module, needed=tuple(calls))
    return dict.fromkeys((*elves, f"{LIBRARIES}/gconv/BIG5.so"), b""), elves


def test_converters_go_where_only_texts_of_utf8_locales_are_converted(tmp_path: Path) -> None:
    files, elves = below_libpq()
    locale = {"usr/lib/locale/C.utf8": folder_of(), "usr/lib/locale/C.utf8/LC_CTYPE": b""}
    assert left({**files, **locale}, tmp_path, elves) == set(files) - {f"{LIBRARIES}/gconv/BIG5.so"} | {"usr/lib/locale/C.utf8/LC_CTYPE"}


def test_converters_stay_where_a_locale_is_of_another_encoding(tmp_path: Path) -> None:
    files, elves = below_libpq()
    assert f"{LIBRARIES}/gconv/BIG5.so" in left({**files, "usr/lib/locale/zh_TW/LC_CTYPE": b""}, tmp_path, elves, words=frozenset({"zh_TW"}))


def test_converters_stay_where_another_library_names_encodings(tmp_path: Path) -> None:
    files, elves = below_libpq("libpsl.so.5.3.5")
    assert f"{LIBRARIES}/gconv/BIG5.so" in left(files, tmp_path, elves)


def test_sasl_passwords_stay_for_a_server(tmp_path: Path) -> None:
    plugin, server = f"{LIBRARIES}/sasl2/libsasldb.so", f"{SITE}/sasl/saslwrapper.so"
    files: dict[str, bytes | Entry] = {plugin: b"", server: b""}
    assert plugin in left(files, tmp_path, {server: Elf(path=server, calls=("sasl_server_init",))})
    assert plugin in left({plugin: b"", "app/main.py": b'ctypes.CDLL("libsasl2.so.2")'}, tmp_path)


def test_decimal_in_python_stays_where_nothing_replaces_it(tmp_path: Path) -> None:
    twin, in_c = f"{LIBRARY}/_pydecimal.py", f"{LIBRARY}/lib-dynload/_decimal.cpython-313.so"
    decimal: dict[str, bytes | Entry] = {twin: b"", f"{LIBRARY}/decimal.py": b"from _pydecimal import *"}
    assert twin in left(decimal, tmp_path)
    assert twin in left({**decimal, in_c: b"", "app/main.py": b"import _pydecimal"}, tmp_path)
    assert twin not in left({**decimal, in_c: b""}, tmp_path)


def test_datetime_in_python_goes_where_the_interpreter_has_the_one_in_c(tmp_path: Path) -> None:
    twin, program = f"{LIBRARY}/_pydatetime.py", "usr/bin/python3.13"
    files: dict[str, bytes | Entry] = {twin: b"", f"{LIBRARY}/datetime.py": b"from _pydatetime import *", program: b"\0_datetime\0"}
    assert twin in left(files, tmp_path)
    assert twin not in left({**files, program: b"\0PyInit__datetime\0"}, tmp_path)


def test_texts_of_licences_stay_where_no_copyright_file_tells_which_are_needed(tmp_path: Path) -> None:
    text = "usr/share/common-licenses/GPL-3"
    assert text in left({text: b""}, tmp_path)
    assert text not in left({text: b"", "usr/share/doc/zlib1g/copyright": b"Zlib"}, tmp_path)
    assert text in left({text: b"", "usr/share/doc/bash/copyright": b"/usr/share/common-licenses/GPL-3."}, tmp_path)


def test_the_source_of_time_zones_stays_where_something_reads_it(tmp_path: Path) -> None:
    source, cpp = "usr/share/zoneinfo/tzdata.zi", f"{LIBRARIES}/libstdc++.so.6"
    assert source not in left({source: b""}, tmp_path)
    assert source in left({source: b"", cpp: b""}, tmp_path, system_packages=frozenset({"libc6"}))
    assert source in left({source: b"", "app/main.py": b'ZONES = "/usr/share/zoneinfo/tzdata.zi"'}, tmp_path)


@pytest.mark.parametrize("changes", [{"shell": True}, {"command": ("sh", "start.sh")}, {"command": ("/bin/sh", "-c", "x")}, {"starts_shell": ("app/main.py",)}])
def test_shell_stays_when_it_is_asked_for(changes: dict[str, Any], tmp_path: Path) -> None:
    files: dict[str, bytes | Entry] = {"usr/bin/dash": b"", "usr/bin/sh": link_of("dash", owner=BASE)}
    assert "usr/bin/sh" in left(files, tmp_path, **changes)


def test_record_of_packages_stays_though_their_manager_goes(tmp_path: Path) -> None:
    owner = Owner(OwnerKind.BASE, "dpkg", "1")
    files: dict[str, bytes | Entry] = {
        path: file_of(b"", owner=owner) for path in ("usr/bin/dpkg", "var/lib/dpkg/status", "var/lib/dpkg/status.d/dpkg", "usr/share/doc/dpkg/copyright")
    }
    assert left(files, tmp_path) == set(files) - {"usr/bin/dpkg"}


def test_scripts_go_when_their_interpreter_is_absent(tmp_path: Path) -> None:
    files: dict[str, bytes | Entry] = {
        "usr/bin/c_hash": b"#!/usr/bin/perl -w\n", "usr/bin/tool": b"#!/usr/bin/env -S python3 -u\n", "usr/bin/python3": link_of("python3.13", owner=BASE),
        "usr/bin/python3.13": b"\x7fELF", "usr/bin/gone": b"#!/usr/bin/env ruby\n",
    }  # fmt: skip
    assert left(files, tmp_path) == {"usr/bin/tool", "usr/bin/python3", "usr/bin/python3.13"}


def test_openssl_stays_when_code_runs_it(tmp_path: Path) -> None:
    files: dict[str, bytes | Entry] = {"usr/bin/openssl": b"\x7fELF", "app/main.py": b'subprocess.run(["openssl", "version"])\n'}
    assert left(files, tmp_path) == set(files)


def test_named_locale_stays(tmp_path: Path) -> None:
    files: dict[str, bytes | Entry] = {
        "usr/lib/locale/de_DE.utf8/LC_TIME": b"", "usr/lib/locale/fr_FR.utf8/LC_TIME": b"", "app/main.py": b'locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")\n',
    }  # fmt: skip
    assert left(files, tmp_path) == set(files) - {"usr/lib/locale/fr_FR.utf8/LC_TIME"}


@pytest.mark.parametrize(
    "kept", ["usr/share/zoneinfo/US/Central", "etc/ssl/certs/ca-certificates.crt", f"{SITE}/x-1.dist-info/RECORD", "usr/share/doc/x/copyright"]
)
def test_data_that_services_read_stays(kept: str, tmp_path: Path) -> None:
    assert left({kept: b""}, tmp_path) == {kept}


def test_headers_stay_with_a_compiler(tmp_path: Path) -> None:
    files: dict[str, bytes | Entry] = {"usr/include/Python.h": b"", "usr/lib/libx.a": b"", "usr/bin/x86_64-linux-gnu-gcc-14": b"\x7fELF"}
    assert left(files, tmp_path) == set(files)


def test_path_is_blamed_on_the_first_trim_that_names_it(tmp_path: Path) -> None:
    tree = tree_of({"usr/share/man/man1/a.gz": b""})
    twice = tuple(replace(trim, card=replace(trim.card, id=name)) for trim in TRIMS if trim.card.id == "manual-pages" for name in ("a-first", "b-second"))
    assert [removal.trim for removal in apply(tree, facts_of(tree, tmp_path), Level.SAFE, Store(tmp_path), twice).removals] == ["a-first"]


@pytest.mark.parametrize(
    ("command", "main", "stays"),
    [
        (("uvicorn", "main:app"), "", False),
        (("uv", "run", "uvicorn", "main:app"), "", True),
        (("uv", "run", "--no-sync", "uvicorn", "main:app"), "", False),
        (("uvicorn", "main:app"), "from importlib import metadata\nmetadata.version('rich')", True),
    ],
)
def test_a_distribution_out_of_reach_stays_whole_where_it_is_asked_after(command: tuple[str, ...], main: str, stays: bool, tmp_path: Path) -> None:
    info = f"{SITE}/rich-14.0.0.dist-info"
    rich: dict[str, bytes | Entry] = {
        f"{SITE}/rich/__init__.py": b"",
        f"{info}/METADATA": b"Name: rich\nVersion: 14.0.0\n",
        f"{info}/RECORD": b"rich/__init__.py,,\n",
    }
    tree = tree_with({"app/main.py": main.encode(), **rich})
    facts = finished(tree, facts_of(tree, tmp_path, named=Constants(), command=command), tmp_path)
    left = set(files_of(apply(tree, facts, Level.TIGHT, Store(tmp_path)).tree))
    assert left - {"app/main.py"} == (set(rich) if stays else set())


@pytest.mark.parametrize("synced", [False, True])
def test_what_uv_would_install_again_at_each_start_stays(synced: bool, tmp_path: Path) -> None:
    info = f"{SITE}/ruff-0.17.0.dist-info"
    files: dict[str, bytes | Entry] = {
        f"{SITE}/ruff/__init__.py": b"",
        f"{info}/METADATA": b"Name: ruff\nVersion: 0.17.0\n",
        f"{info}/RECORD": b"ruff/__init__.py,,\n",
    }
    command = ("uv", "run", "serve") if synced else ("serve",)
    assert left(files, tmp_path, named=Constants(), command=command) == (set(files) if synced else set())
