"""What the databases of dpkg, apk and conda say once files went."""

import json

from builders import tree_of
from package_roots import APK, conda, conda_record, debian
from paredown.packages.forgetting import true_databases
from paredown.packages.installed import installed
from paredown.tree import Tree, file_of


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


def test_a_mark_stays_and_grows_when_more_goes_later() -> None:
    before = debian()
    once = true_databases(before, before.without(["usr/bin/git-shell"]))
    again = true_databases(once, once.without(["usr/share/doc/git/copyright", "usr/share/doc/libc6/copyright"]))
    assert b"Paredown-Removed: 2 of 3 files\n" in again.read("var/lib/dpkg/status")
    later = true_databases(once, once.without(["usr/share/doc/libc6/copyright"]))
    assert b"Paredown-Removed: 1 of 3 files\n" in later.read("var/lib/dpkg/status")


def test_a_package_of_which_a_file_shrank_is_marked() -> None:
    before = debian()
    after = true_databases(before, before.over(tree_of({"usr/lib/libc.so.6": b""})))
    assert [package.marked for package in installed(after)] == [True, False]


def test_nothing_changes_when_nothing_went() -> None:
    before = debian()
    assert true_databases(before, before) is before


def test_apk_forgets_too() -> None:
    before = tree_of({"lib/apk/db/installed": APK, "usr/bin/curl": b"c", "lib/ld-musl-x86_64.so.1": b"m"})
    after = true_databases(before, before.without(["usr/bin/curl"]))
    assert [package.name for package in installed(after)] == ["musl"]
    assert after.read("lib/apk/db/installed").startswith(b"P:musl\nV:1.2.5\n")
    assert file_of(b"m").digest == after["lib/ld-musl-x86_64.so.1"].digest


def test_conda_forgets_too_and_tells_what_is_left_of_the_others_as_it_is() -> None:
    before = conda(git=conda_record("git", "bin/git"), tk=conda_record("tk", "lib/libtk.so", "lib/tk/demo.tcl", "lib/libtcl.so"))
    after = before.without(["opt/conda/bin/git", "opt/conda/lib/tk/demo.tcl"]).over(Tree({"opt/conda/lib/libtk.so": file_of(b"")}))
    told = true_databases(before, after)
    assert "opt/conda/conda-meta/git-1.0-h1_0.json" not in told
    assert "opt/conda/conda-meta/history" in told
    record = json.loads(told.read("opt/conda/conda-meta/tk-1.0-h1_0.json"))
    assert record["files"] == ["lib/libtk.so", "lib/libtcl.so"]
    shrunk, whole = record["paths_data"]["paths"]
    assert (shrunk["_path"], shrunk["size_in_bytes"], shrunk["sha256_in_prefix"]) == ("lib/libtk.so", 0, file_of(b"").digest.removeprefix("sha256:"))
    assert whole == json.loads(conda_record("tk", "lib/libtcl.so"))["paths_data"]["paths"][0]
    assert record["paredown_removed"] == "2 of 3 files"


def test_apk_marks_with_a_flag_of_its_own() -> None:
    record = b"P:curl\nV:8.1\nf:x\nF:usr/bin\nR:curl\nR:wcurl\n\n"
    before = tree_of({"lib/apk/db/installed": record, "usr/bin/curl": b"c", "usr/bin/wcurl": b"w"})
    after = true_databases(before, before.without(["usr/bin/wcurl"]))
    assert after.read("lib/apk/db/installed") == b"P:curl\nV:8.1\nf:fx\nF:usr/bin\nR:curl\nR:wcurl\n\n"
    assert [package.marked for package in (*installed(before), *installed(after))] == [False, True]
