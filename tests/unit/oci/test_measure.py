import random

import pytest

from image_layers import packed
from paredown.oci.blob import Blob
from paredown.oci.measure import measure
from paredown.store import Store
from paredown.tree import APP, UNKNOWN, Owner, OwnerKind, Tree, file_of

HEAVY = Owner(OwnerKind.DISTRIBUTION, "heavy", "1")
LIGHT = Owner(OwnerKind.DISTRIBUTION, "light", "1")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def blob_in(store, tree, compression):
    described = packed(tree, store, compression=compression).descriptor
    return Blob(digest=described.digest, size=described.size, file=store.blob_path(described.digest))


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_measure_sums_to_the_blob_and_blames_what_does_not_compress(store, compression):
    noise = random.Random(3).randbytes(400_000)
    tree = Tree({"a": file_of(bytes(2_000_000), owner=LIGHT), "b": file_of(noise, owner=HEAVY), "c": file_of(b"app", owner=APP)})
    blob = blob_in(store, tree, compression)
    sizes = measure(blob, tree, store)
    assert sum(sizes.values()) == blob.size
    assert 390_000 < sizes[HEAVY] < 410_000
    assert sizes[LIGHT] < 12_000
    assert sizes[APP] < 5_000


def test_measure_counts_paths_nobody_knows_as_unknown(store):
    tree = Tree({"a": file_of(b"1", owner=APP)})
    blob = blob_in(store, tree, "gzip")
    assert measure(blob, Tree(), store) == {UNKNOWN: blob.size}


def test_measure_again_reads_no_blob(store):
    tree = Tree({"a": file_of(b"1", owner=APP)})
    blob = blob_in(store, tree, "gzip")
    first = measure(blob, tree, store)
    blob.file.unlink()
    assert measure(blob, tree, store) == first
