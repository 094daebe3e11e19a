"""What is counted as being in an image."""

from builders import tree_of
from package_roots import ROOT
from paredown.advisories.contents import contents_of
from paredown.holdings import Subject

SITE = "usr/local/lib/python3.13/site-packages"
DEBIAN = b'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'


def wheel(name: str, *files: str) -> dict[str, bytes]:
    """An installed distribution; a name of `files` with a minus is only listed."""
    rows = "".join(f"{file.removeprefix('-')},,\n" for file in files)
    meta = {f"{SITE}/{name}-1.0.dist-info/METADATA": f"Name: {name}\nVersion: 1.0\n".encode(), f"{SITE}/{name}-1.0.dist-info/RECORD": rows.encode()}
    return {**meta, **{f"{SITE}/{file}": b"" for file in files if not file.startswith("-")}}


def test_packages_and_distributions_are_there_when_a_file_of_theirs_is() -> None:
    tree = tree_of({**ROOT, "lib": "-> usr/lib", "etc/os-release": DEBIAN, **wheel("flask", "flask/a.py"), **wheel("gone", "-gone/a.py"), **wheel("meta")})
    tree = tree.with_parents()
    held = contents_of(tree.without(["usr/bin/git", "usr/bin/git-shell"]))
    assert [(each.kind, each.name) for each in held.packages] == [("dpkg", "libc6"), ("PyPI", "flask"), ("PyPI", "meta")]
    assert (held.distributions, held.reduced) == (2, 0)
    assert held.files == len(ROOT) - 2 + 2 + 3 + 2 + 2


def test_what_lost_files_is_there_and_looked_up_all_the_same() -> None:
    marked = {"var/lib/dpkg/status": b"Package: libssl3\nSource: openssl (3.0-1)\nVersion: 3.0-1+b1\nParedown-Removed: 1 of 9 files\n"}
    tree = tree_of({**marked, "etc/os-release": DEBIAN, **wheel("flask", "flask/a.py"), f"{SITE}/flask-1.0.dist-info/PAREDOWN-REMOVED": b"1 of 2 files\n"})
    libssl, flask = contents_of(tree).packages
    assert (libssl.reduced, flask.reduced) == (True, True)
    assert libssl.subject == Subject(ecosystem="Debian", name="openssl", version="3.0-1", releases=("12", "bookworm"))
    assert flask.subject == Subject(ecosystem="PyPI", name="flask", version="1.0")


def test_alpine_goes_by_branch_and_others_by_nothing() -> None:
    apk = {"lib/apk/db/installed": b"P:libcrypto3\nV:3.3.2-r0\no:openssl\n\n"}
    subjects = [contents_of(tree_of({**apk, "usr/lib/os-release": told})).packages[0].subject for told in (b"ID=alpine\nVERSION_ID=3.20.3\n", b"ID=wolfi\n")]
    assert subjects == [Subject(ecosystem="Alpine", name="openssl", version="3.3.2-r0", releases=("v3.20",)), None]


def test_a_distribution_that_a_package_brought_is_that_package() -> None:
    brought = {"var/lib/dpkg/status": b"Package: python3-x\nVersion: 1-1\n", "var/lib/dpkg/info/python3-x.list": b"/usr/lib/python3/dist-packages/x.egg-info\n"}
    tree = tree_of({**brought, "usr/lib/python3/dist-packages/x.egg-info": b"Name: x\nVersion: 1\n"})
    assert [(each.kind, each.name) for each in contents_of(tree).packages] == [("dpkg", "python3-x")]


def test_a_package_of_conda_that_is_a_distribution_is_looked_up_as_one() -> None:
    site = "opt/conda/lib/python3.13/site-packages/flask-1.0.dist-info/METADATA"
    record = b'{"name": "%s", "version": "1.0", "files": ["%s"]}'
    tree = tree_of({
        "opt/conda/conda-meta/flask.json": record % (b"flask", site.removeprefix("opt/conda/").encode()), site: b"Name: flask\nVersion: 1.0\n",
        "opt/conda/conda-meta/zlib.json": record % (b"zlib", b"lib/libz.so"), "opt/conda/lib/libz.so": b"",
    })  # fmt: skip
    assert [(each.kind, each.name, each.subject is None) for each in contents_of(tree).packages] == [
        ("conda", "zlib (/opt/conda)", True),
        ("PyPI", "flask", False),
    ]
