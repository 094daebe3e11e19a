"""What dpkg's and apk's databases say is installed, and what they say once files went."""

from builders import tree_of
from paredown.packages.forgetting import true_databases
from paredown.packages.installed import Package, installed
from paredown.tree import Tree, file_of, link_of

STATUS = b"""\
Package: libc6
Status: install ok installed
Version: 2.41
Provides: libc6-abi (= 1)

Package: git
Status: install ok installed
Version: 1:2.47
Depends: libc6 (>= 2.38), perl:any | perl-tiny,
 zlib1g (>= 1:1.2)
Description: a revision control system
 of many words

"""
ROOT = {
    "var/lib/dpkg/status": STATUS,
    "var/lib/dpkg/info/libc6:amd64.list": b"/.\n/lib\n/lib/libc.so.6\n/usr/share/doc/libc6/copyright\n",
    "var/lib/dpkg/info/git.list": b"/.\n/usr/bin/git\n/usr/bin/git-shell\n/usr/share/doc/git/copyright\n",
    "var/lib/dpkg/info/git.md5sums": b"",
    "usr/lib/libc.so.6": b"c",
    "usr/bin/git": b"g",
    "usr/bin/git-shell": b"g",
    "usr/share/doc/git/copyright": b"gpl",
    "usr/share/doc/libc6/copyright": b"lgpl",
}
APK = b"""\
P:musl
V:1.2.5
p:so:libc.musl-x86_64.so.1=1
F:lib
R:ld-musl-x86_64.so.1

P:curl
V:8.1
D:so:libc.musl-x86_64.so.1 !wget ca-certificates>=2
F:usr/bin
R:curl

"""


def debian() -> Tree:
    return tree_of(ROOT).over(Tree({"lib": link_of("usr/lib")})).with_parents()


def test_dpkg_tells_files_as_the_image_has_them_and_groups_of_which_one_is_needed() -> None:
    found = {package.name: package for package in installed(debian())}
    assert found["libc6"].files == ("lib", "usr/lib/libc.so.6", "usr/share/doc/libc6/copyright")
    assert found["libc6"].provides == {"libc6-abi"}
    assert found["git"].version == "1:2.47"
    assert found["git"].depends == (("libc6",), ("perl", "perl-tiny"), ("zlib1g",))


def test_distroless_tells_its_packages_by_files_of_their_own() -> None:
    tree = tree_of({
        "var/lib/dpkg/status.d/tzdata": b"Package: tzdata\nVersion: 2026a\n",
        "var/lib/dpkg/status.d/tzdata.md5sums": b"d41d8cd98f00b204e9800998ecf8427e  usr/share/zoneinfo/UTC\n",
        "usr/share/zoneinfo/UTC": b"u",
    })  # fmt: skip
    files = ("var/lib/dpkg/status.d/tzdata", "var/lib/dpkg/status.d/tzdata.md5sums", "usr/share/zoneinfo/UTC")
    assert installed(tree) == (Package(name="tzdata", version="2026a", files=files),)


def test_apk_tells_what_is_provided_and_needed_by_name() -> None:
    musl, curl = installed(tree_of({"lib/apk/db/installed": APK, "usr/bin/curl": b"c", "lib/ld-musl-x86_64.so.1": b"m"}))
    assert musl.provides == {"so:libc.musl-x86_64.so.1"}
    assert curl.depends == (("so:libc.musl-x86_64.so.1",), ("ca-certificates",))
    assert curl.files == ("usr/bin", "usr/bin/curl")


def test_a_package_of_which_only_documents_are_left_is_forgotten() -> None:
    before = debian()
    after = true_databases(before, before.without(["usr/bin/git", "usr/bin/git-shell"]))
    assert {package.name for package in installed(after)} == {"libc6"}
    assert b"Package: git" not in after.read("var/lib/dpkg/status")
    assert not [path for path in after if path.startswith("var/lib/dpkg/info/git.")]


def test_a_package_that_lost_files_is_marked_and_otherwise_told_as_it_was() -> None:
    before = debian()
    after = true_databases(before, before.without(["usr/bin/git-shell"]))
    text = after.read("var/lib/dpkg/status").decode()
    assert "Description: a revision control system\n of many words\nParedown-Removed: 1 of 3 files\n" in text
    assert text.startswith("Package: libc6\nStatus: install ok installed\nVersion: 2.41\nProvides: libc6-abi (= 1)\n\n")


def test_nothing_changes_when_nothing_went() -> None:
    before = debian()
    assert true_databases(before, before) is before


def test_apk_forgets_too() -> None:
    before = tree_of({"lib/apk/db/installed": APK, "usr/bin/curl": b"c", "lib/ld-musl-x86_64.so.1": b"m"})
    after = true_databases(before, before.without(["usr/bin/curl"]))
    assert [package.name for package in installed(after)] == ["musl"]
    assert after.read("lib/apk/db/installed").startswith(b"P:musl\nV:1.2.5\n")
    assert file_of(b"m").digest == after["lib/ld-musl-x86_64.so.1"].digest
