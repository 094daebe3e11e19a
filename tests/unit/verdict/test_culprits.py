"""Who is blamed."""

import pytest

from builders import tree_of
from paredown.result import Difference, Removal
from paredown.tree import Owner, OwnerKind, Tree
from paredown.verdict.culprits import suspects

SHOP = Owner(OwnerKind.DISTRIBUTION, "shop", "1.0")
SITE = "usr/local/lib/python3.13/site-packages"
BEFORE = tree_of(
    {
        f"{SITE}/shop/__init__.py": b"",
        f"{SITE}/shop/lazy.py": b"x = 1",
        f"{SITE}/shop/templates/index.html": b"<p>",
        f"{SITE}/shop/_fast.cpython-313-x86_64-linux-gnu.so": b"elf",
        "usr/lib/x86_64-linux-gnu/libmagic.so.1": b"elf",
        "etc/mime.types": b"text/css css",
    },
    owner=SHOP,
)


def blamed(after: Tree, text: str, *, key: str = "GET /", removals: tuple[Removal, ...] = (), ours: bool = True) -> list[tuple[str, str, str]]:
    found = suspects(BEFORE, after, removals, made_by_paredown=ours).named_in(Difference(probe="http", key=key, place="", before="", after=text))
    return [(culprit.path, culprit.trim, culprit.fix) for culprit in found]


def without(*paths: str) -> Tree:
    """The tree without them, made in another way: its distributions lie elsewhere. Much else is gone, too, so that guessing does not help."""
    kept = BEFORE.without(paths)
    return Tree({path.replace(SITE, "opt/venv/lib/python3.13/site-packages"): entry for path, entry in kept.items()})


@pytest.mark.parametrize(
    ("gone", "text"),
    [
        (f"{SITE}/shop/lazy.py", "ModuleNotFoundError: No module named 'shop.lazy'"),
        (f"{SITE}/shop/lazy.py", "ImportError: cannot import name 'x' from 'shop.lazy' (unknown location)"),
        (f"{SITE}/shop/_fast.cpython-313-x86_64-linux-gnu.so", "ModuleNotFoundError: No module named 'shop._fast'"),
        (f"{SITE}/shop/templates/index.html", "jinja2.exceptions.TemplateNotFound: index.html"),
        (f"{SITE}/shop/templates/index.html", "ModuleNotFoundError: No module named 'shop.templates'"),
        ("usr/lib/x86_64-linux-gnu/libmagic.so.1", "OSError: libmagic.so.1: cannot open shared object file"),
        ("etc/mime.types", "[Errno 2] No such file or directory: '/etc/mime.types'"),
    ],
)
def test_the_missing_file_is_blamed_when_the_text_names_it(gone: str, text: str) -> None:
    assert [path for path, _, _ in blamed(without(gone), text)] == [f"/{gone}"]


def test_a_file_that_is_still_there_is_not_blamed() -> None:
    assert blamed(without(), "No module named 'shop.lazy'") == []


def test_the_trim_and_the_line_that_keeps_it_are_told_when_the_record_knows() -> None:
    there = f"opt/venv/lib/python3.13/site-packages/{'shop/lazy.py'}"
    removal = Removal(path=there, size=5, trim="test-suites", reason="nothing imports it", owner=SHOP)
    found = blamed(without(f"{SITE}/shop/lazy.py"), "No module named 'shop.lazy'", removals=(removal,))
    assert found == [(f"/{SITE}/shop/lazy.py", "test-suites", f'keep = ["/{there}"]')]


def test_the_only_file_that_is_gone_is_blamed_when_nothing_is_named() -> None:
    assert [path for path, _, _ in blamed(without("etc/mime.types"), "500")] == ["/etc/mime.types"]


def test_a_file_with_other_bytes_is_blamed_when_it_is_named() -> None:
    after = Tree({**without(), **tree_of({"etc/mime.types": b""})})
    assert [path for path, _, _ in blamed(after, "text/plain", key="/etc/mime.types")] == ["/etc/mime.types"]


def test_bytecode_is_blamed_only_when_nothing_else_is_other() -> None:
    compiled = "usr/lib/python3.13/__pycache__/shelve.cpython-313.pyc"
    before, stale = tree_of({compiled: b"1", "etc/mime.types": b"a"}), {compiled: b"2", "etc/mime.types": b"a"}
    difference = Difference(probe="http", key="GET /", place="", before="", after="")
    for after, blamed_path in ((stale, f"/{compiled}"), ({**stale, "etc/mime.types": b"b"}, "/etc/mime.types")):
        found = suspects(before, tree_of(after), (), made_by_paredown=True).named_in(difference)
        assert [culprit.path for culprit in found] == [blamed_path]


def test_a_program_is_blamed_before_what_else_is_called_so() -> None:
    tools = {"usr/bin/file": b"program", "usr/lib/apt/methods/file": b"method"}
    before = tree_of({**tools, **{f"srv/{number}": b"" for number in range(9)}}, owner=SHOP)
    difference = Difference(probe="http", key="POST /kind", place="body", before="image/png", after="file: command not found")
    found = suspects(before, tree_of({}), (), made_by_paredown=True).named_in(difference)
    assert [culprit.path for culprit in found] == ["/usr/bin/file", "/usr/lib/apt/methods/file"]


def test_the_module_of_that_name_is_blamed_and_none_in_a_package() -> None:
    top = {f"{SITE}/lazy.py": b"y = 2"}
    before = Tree({**BEFORE, **tree_of(top, owner=SHOP)})
    difference = Difference(probe="modules", key="lazy", place="", before="fine", after="(absent)")
    found = suspects(before, before.without((f"{SITE}/lazy.py", f"{SITE}/shop/lazy.py", "etc/mime.types")), (), made_by_paredown=True).named_in(difference)
    assert [culprit.path for culprit in found] == [f"/{SITE}/lazy.py"]


def test_the_metadata_of_a_distribution_that_a_systems_package_brought_is_blamed() -> None:
    packaged = {"usr/lib/python3/dist-packages/zope.event-1.0.egg-info/PKG-INFO": b"Name: zope.event", "usr/share/doc/wheel/METADATA": b""}
    before = Tree({**BEFORE, **tree_of(packaged, owner=Owner(OwnerKind.BASE, "python3-zope.event"))})
    difference = Difference(probe="distributions", key="zope-event", place="", before="1.0", after="(absent)")
    found = suspects(before, before.without(packaged), (), made_by_paredown=True).named_in(difference)
    assert [culprit.path for culprit in found] == ["/usr/lib/python3/dist-packages/zope.event-1.0.egg-info/PKG-INFO"]


def test_an_extension_module_is_blamed_by_what_it_is_called_in_any_image() -> None:
    gone = f"{SITE}/shop/_fast.cpython-313-x86_64-linux-gnu.so"
    difference = Difference(probe="elf needs", key="shop/_fast.so", place="", before="fine", after="(absent)")
    found = suspects(BEFORE, without(gone, "etc/mime.types"), (), made_by_paredown=True).named_in(difference)
    assert [culprit.path for culprit in found] == [f"/{gone}"]
