"""Installed distributions: names, files, requirements; metadata that cannot be trusted."""

from builders import tree_of
from paredown.pydist.distributions import distributions, site_folders

SITE = "opt/venv/lib/python3.13/site-packages"
METADATA = b"Metadata-Version: 2.1\nName: My.Thing\nVersion: 1.2\nRequires-Dist: idna>=2\nRequires-Dist: x; extra == 'y'\n\nName: not this\n"


def test_distribution_with_its_record() -> None:
    record = b'my_thing/__init__.py,sha256=x,1\n"with,comma.py",,\n../../../bin/tool,,\n../../../../../../etc/passwd,,\nmy_thing/gone.py,,\n'
    tree = tree_of({
        f"{SITE}/my_thing/__init__.py": b"", f"{SITE}/with,comma.py": b"", "opt/venv/bin/tool": b"", "etc/passwd": b"",
        f"{SITE}/My.Thing-1.2.dist-info/METADATA": METADATA, f"{SITE}/My.Thing-1.2.dist-info/RECORD": record,
    })  # fmt: skip
    (found,) = distributions(tree, site_folders(tree))
    assert (found.name, found.version, found.requires) == ("my-thing", "1.2", ("idna>=2", "x; extra == 'y'"))
    assert found.metadata == f"{SITE}/My.Thing-1.2.dist-info"
    assert {f"{SITE}/my_thing/__init__.py", f"{SITE}/with,comma.py", "opt/venv/bin/tool"} <= found.files
    assert f"{SITE}/my_thing/gone.py" not in found.files
    assert "etc/passwd" not in found.files


def test_distribution_of_a_debian_package() -> None:
    tree = tree_of({"usr/lib/python3/dist-packages/six-1.16.0.egg-info": b"Name: six\nVersion: 1.16.0\n", "usr/lib/python3/dist-packages/six.py": b""})
    assert [(d.name, d.version) for d in distributions(tree, site_folders(tree))] == [("six", "1.16.0")]


def test_distribution_by_its_folder_when_the_metadata_is_damaged() -> None:
    tree = tree_of({f"{SITE}/six-1.16.0.dist-info/METADATA": b"\xff\xfe\0garbage"})
    assert [(d.name, d.version) for d in distributions(tree, site_folders(tree))] == [("six", "1.16.0")]


def test_site_folders_that_only_their_files_imply() -> None:
    assert site_folders(tree_of({f"{SITE}/a.py": b"", "usr/lib/python3/dist-packages": None})) == (SITE, "usr/lib/python3/dist-packages")


def test_distribution_of_an_egg_info_with_what_was_installed_or_else_what_it_was_made_of() -> None:
    tree = tree_of({
        f"{SITE}/old/__init__.py": b"", "opt/venv/bin/old": b"", f"{SITE}/older.py": b"",
        f"{SITE}/old-1.0.egg-info/PKG-INFO": b"Name: old\nVersion: 1.0\n", f"{SITE}/old-1.0.egg-info/SOURCES.txt": b"older.py\n",
        f"{SITE}/old-1.0.egg-info/installed-files.txt": b"../../../../bin/old\n../old/__init__.py\nPKG-INFO\n",
        f"{SITE}/older-1.0.egg-info/PKG-INFO": b"Name: older\nVersion: 1.0\n", f"{SITE}/older-1.0.egg-info/SOURCES.txt": b"setup.py\nolder.py\n",
    })  # fmt: skip
    old, older = distributions(tree, site_folders(tree))
    assert {f"{SITE}/old/__init__.py", "opt/venv/bin/old"} <= old.files
    assert f"{SITE}/older.py" not in old.files
    assert f"{SITE}/older.py" in older.files
