import base64
import hashlib

from builders import tree_of
from paredown.pydist.distributions import distributions
from paredown.pydist.installed_files import is_left, is_marked, true_records

SITE = "opt/venv/lib/python3.13/site-packages"
RECORD = f"{SITE}/x-1.dist-info/RECORD"
LINES = (
    b"../../../bin/x,sha256=aa,1\nx/__init__.py,sha256=bb,2\nx/loop.so,sha256=cc,3\nx/stub.pyi,sha256=dd,4\nx-1.dist-info/METADATA,,\nx-1.dist-info/RECORD,,\n"
)


def tree():
    meta = {f"{SITE}/x-1.dist-info/METADATA": b"Metadata-Version: 2.1\nName: x\nVersion: 1\n", RECORD: LINES}
    return tree_of({**meta, f"{SITE}/x/__init__.py": b"", f"{SITE}/x/loop.so": b"small", f"{SITE}/x/stub.pyi": b"", "opt/venv/bin/x": b""})


def records_after(path, left=0):
    here = tree()
    return true_records(here, distributions(here, (SITE,)), {path: left})


def test_what_was_taken_is_not_listed_any_more():
    assert b"stub.pyi" not in records_after(f"{SITE}/x/stub.pyi")[RECORD].read()


def test_what_was_shrunk_is_listed_as_it_is_now():
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"small").digest()).rstrip(b"=")
    assert b"x/loop.so,sha256=" + digest + b",5\n" in records_after(f"{SITE}/x/loop.so", left=5)[RECORD].read()


def test_a_script_outside_the_site_folder_is_found():
    assert b"bin/x" not in records_after("opt/venv/bin/x")[RECORD].read()


def test_an_untouched_distribution_keeps_its_record():
    assert len(records_after("usr/share/doc/y")) == 0


def marked_after(here, *paths):
    found = distributions(here, (SITE,))
    there = here.without(paths)
    return there.over(true_records(there, found, dict.fromkeys(paths, 0)))


def test_a_distribution_that_lost_files_is_marked_and_its_record_says_so():
    there = marked_after(tree(), f"{SITE}/x/stub.pyi")
    assert there.read(f"{SITE}/x-1.dist-info/PAREDOWN-REMOVED") == b"1 of 4 files\n"
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"1 of 4 files\n").digest()).rstrip(b"=")
    assert there.read(RECORD).endswith(b"x-1.dist-info/PAREDOWN-REMOVED,sha256=" + digest + b",13\n")
    again = marked_after(there, f"{SITE}/x/loop.so")
    assert again.read(f"{SITE}/x-1.dist-info/PAREDOWN-REMOVED") == b"2 of 4 files\n"
    assert again.read(RECORD).count(b"PAREDOWN-REMOVED") == 1
    assert [is_marked(one, again) for one in distributions(again, (SITE,))] == [True]


def test_a_distribution_that_lost_only_bytecode_is_whole():
    bytecode = f"{SITE}/x/__pycache__/__init__.cpython-313.pyc"
    here = tree().over(tree_of({bytecode: b"b", RECORD: LINES + b"x/__pycache__/__init__.cpython-313.pyc,,\n"}))
    there = marked_after(here, bytecode)
    assert b"__pycache__" not in there.read(RECORD)
    assert not is_marked(distributions(there, (SITE,))[0], there)


def test_a_distribution_is_left_as_long_as_one_file_is():
    here = tree()
    own = [f"{SITE}/x/__init__.py", f"{SITE}/x/loop.so", f"{SITE}/x/stub.pyi"]
    for gone, left in ((own, True), ([*own, "opt/venv/bin/x"], False)):
        there = here.without(gone)
        assert is_left(distributions(there, (SITE,))[0], there) is left


def test_a_distribution_that_never_had_more_than_metadata_is_there():
    for record in ({}, {f"{SITE}/all-1.dist-info/RECORD": b"all-1.dist-info/METADATA,,\nall-1.dist-info/RECORD,,\n"}):
        here = tree_of({f"{SITE}/all-1.dist-info/METADATA": b"Name: all\nVersion: 1\n", **record})
        assert is_left(distributions(here, (SITE,))[0], here)


def test_what_was_taken_is_not_listed_any_more_by_an_egg_info():
    info = f"{SITE}/old-1.egg-info"
    listed = {f"{info}/PKG-INFO": b"Name: old\nVersion: 1\n", f"{info}/installed-files.txt": b"../old/__init__.py\n../old/tests.py\n"}
    here = tree_of({**listed, f"{SITE}/old/__init__.py": b"", f"{SITE}/old/tests.py": b""})
    told = true_records(here, distributions(here, (SITE,)), {f"{SITE}/old/tests.py": 0})
    assert told[f"{info}/installed-files.txt"].read() == b"../old/__init__.py\nPAREDOWN-REMOVED\n"
    assert told[f"{info}/PAREDOWN-REMOVED"].read() == b"1 of 2 files\n"
    assert is_left(distributions(here, (SITE,))[0], here)
    empty = here.without([f"{SITE}/old/__init__.py", f"{SITE}/old/tests.py"])
    assert not is_left(distributions(empty, (SITE,))[0], empty)
