import pytest

from builders import tree_of
from image_layers import images_of
from paredown.oci import docker_archive, layout
from paredown.oci.layout_reader import read
from paredown.store import Store


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_an_image_is_written_under_another_name_only(compression, tmp_path):
    store = Store(tmp_path / "store")
    layout.write_tar(images_of([tree_of({"a": b"one"}), tree_of({"b": b"two"})], store, compression=compression), tmp_path / "image.tar", store)
    (image,) = read(tmp_path / "image.tar")
    with open(tmp_path / "again.tar", "wb") as stream:
        docker_archive.write(image, "localhost/other:1", stream)
    (again,) = read(tmp_path / "again.tar")
    assert again.reference == "localhost/other:1"
    assert again.config == image.config
    plain = [[b"".join(piece for _, piece in layer.blob.plain()) for layer in found.layers] for found in (image, again)]
    assert plain[0] == plain[1]


def test_layers_are_written_as_every_engine_reads_them(tmp_path):
    store = Store(tmp_path / "store")
    layout.write_tar(images_of([tree_of({"a": b"one"})], store, compression="zstd"), tmp_path / "image.tar", store)
    (image,) = read(tmp_path / "image.tar")
    with open(tmp_path / "again.tar", "wb") as stream:
        docker_archive.write(image, "localhost/other:1", stream)
    assert b"\x28\xb5\x2f\xfd" not in (tmp_path / "again.tar").read_bytes()
