import base64
import hashlib

from builders import tree_of
from paredown.pydist.distributions import distributions
from paredown.pydist.installed_files import true_records

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
