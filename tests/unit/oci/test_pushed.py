"""Layers as engines push them."""

import gzip
from pathlib import Path

from image_layers import member, stored, tar_of
from paredown.oci.pushed import pushed
from paredown.store import Store

TAR = tar_of(member("usr/notes", b"many words " * 10_000))


def test_a_compressed_layer_is_pushed_as_it_is(tmp_path: Path) -> None:
    layer = stored(tmp_path, gzip.compress(TAR), TAR)
    assert pushed(layer, Store(tmp_path / "store")) is layer


def test_a_plain_layer_is_compressed_and_stays_the_same_layer(tmp_path: Path) -> None:
    layer = stored(tmp_path, TAR)
    found = pushed(layer, Store(tmp_path / "store"))
    assert found.diff_id == layer.diff_id
    assert found.blob.size < layer.blob.size / 10
    assert gzip.decompress(found.blob.read()) == TAR


def test_it_is_compressed_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    first = pushed(stored(tmp_path, TAR), store)
    (tmp_path / first.blob.file.name).unlink(missing_ok=True)
    (tmp_path / stored(tmp_path, TAR).blob.file.name).write_bytes(b"damaged")
    assert pushed(stored(tmp_path, TAR), store).blob == first.blob
