import gzip
import io
import json
import tarfile

import pytest

from builders import tree_of
from image_layers import digest, images_of, link, member, tar_of
from paredown.errors import BrokenArchiveError, UserError
from paredown.oci import layout
from paredown.oci.layer_reader import read_layers
from paredown.oci.layout_reader import pick, read
from paredown.progress import Quiet
from paredown.store import Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture
def folder(store, tmp_path):
    layout.write_folder(images_of([tree_of({"a": b"1"})], store), tmp_path / "image", store)
    return tmp_path / "image"


def saved(*, compress=bytes, diff_id=None, layers=("one/layer.tar",), extra=(), config_name="config.json"):
    """What engines before the OCI layout wrote."""
    layer = tar_of(member("a", b"1"))
    config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"diff_ids": [diff_id or digest(layer)] * len(layers)}}).encode()
    manifest = json.dumps([{"Config": config_name, "RepoTags": ["old:1"], "Layers": list(layers)}]).encode()
    return tar_of(member("config.json", config), member("one/layer.tar", compress(layer)), member("manifest.json", manifest), *extra)


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_read_takes_an_old_docker_archive(store, tmp_path, compress):
    (tmp_path / "old.tar").write_bytes(saved(compress=compress))
    (found,) = read(tmp_path / "old.tar")
    assert (found.reference, str(found.platform)) == ("old:1", "linux/amd64")
    assert read_layers(found.layers, store, Quiet()).read("a") == b"1"


def test_read_follows_the_links_that_old_engines_save_a_shared_layer_with(store, tmp_path):
    (tmp_path / "old.tar").write_bytes(saved(layers=("one/layer.tar", "two/layer.tar"), extra=(link("two/layer.tar", "../one/layer.tar"),)))
    (found,) = read(tmp_path / "old.tar")
    assert found.layers[0].blob == found.layers[1].blob


def test_read_finds_an_old_layer_that_is_not_what_the_configuration_says(store, tmp_path):
    (tmp_path / "old.tar").write_bytes(saved(diff_id=digest(b"x")))
    (found,) = read(tmp_path / "old.tar")
    with pytest.raises(BrokenArchiveError, match="its tar is"):
        read_layers(found.layers, store, Quiet())


@pytest.mark.parametrize("name", ["../config.json", "/etc/passwd"])
def test_read_refuses_a_part_whose_name_leaves_the_image(tmp_path, name):
    (tmp_path / "old.tar").write_bytes(saved(config_name=name))
    with pytest.raises(BrokenArchiveError, match=r"manifest.json\[0\].Config is .*, not the name of a part"):
        read(tmp_path / "old.tar")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"not a tar at all", "is not an image: it is neither a folder nor a tar"),
        (tar_of(member("hello", b"x")), "is not an image: it has neither an index.json nor a manifest.json"),
        (gzip.compress(b"x"), "is not an image: the file as a whole is compressed"),
        (tar_of(member("index.json", b'{"manifests":[]}')), "is not an image: its index names no image"),
        (b"", "is not an image"),
    ],
    ids=["text", "other-tar", "gzip", "empty-index", "empty"],
)
def test_read_refuses_a_file_that_is_no_image(tmp_path, data, said):
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(UserError, match=said):
        read(tmp_path / "file")


def test_read_refuses_a_folder_that_is_no_image(tmp_path):
    with pytest.raises(UserError, match="is not an image"):
        read(tmp_path)


def test_read_says_that_a_file_is_missing(tmp_path):
    with pytest.raises(UserError, match=r"gone\.tar cannot be read: No such file or directory"):
        read(tmp_path / "gone.tar")


def test_read_refuses_a_tar_that_is_cut_off(store, tmp_path):
    layout.write_tar(images_of([tree_of({"a": bytes(range(256)) * 9})], store), tmp_path / "image.tar", store)
    whole = (tmp_path / "image.tar").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(whole)) as tar:
        last = [item for item in tar if item.isreg()][-1]
    (tmp_path / "image.tar").write_bytes(whole[: last.offset_data])
    with pytest.raises(UserError, match="cut off"):
        read(tmp_path / "image.tar")


def test_read_names_the_part_that_is_missing(folder, store):
    (found,) = read(folder)
    found.layers[0].blob.file.unlink()
    with pytest.raises(BrokenArchiveError, match=f"the image lacks its part {found.layers[0].blob.digest}"):
        read(folder)


def test_read_finds_a_manifest_that_was_altered(folder):
    (found,) = read(folder)
    path = folder / "blobs" / "sha256" / found.digest.removeprefix("sha256:")
    path.write_bytes(path.read_bytes().replace(b'"schemaVersion":2', b'"schemaVersion":3'))
    with pytest.raises(BrokenArchiveError, match=f"{found.digest} cannot be read: its bytes are"):
        read(folder)


def test_read_refuses_a_blob_that_is_a_link_out_of_the_folder(folder, tmp_path):
    (found,) = read(folder)
    blob = found.layers[0].blob.file
    blob.rename(tmp_path / "elsewhere")
    blob.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BrokenArchiveError, match="is a link that leaves the image's folder"):
        read(folder)


def test_read_passes_over_attestations(folder):
    index = json.loads((folder / "index.json").read_text())
    attestation = {"mediaType": index["manifests"][0]["mediaType"], "digest": digest(b"x"), "size": 1, "platform": {"architecture": "unknown", "os": "unknown"}}
    (folder / "index.json").write_text(json.dumps({**index, "manifests": [attestation, *index["manifests"]]}))
    assert len(read(folder)) == 1


def test_pick_names_the_platforms_there_are(store, tmp_path):
    layout.write_tar(images_of([tree_of({"a": b"1"})], store, architectures=("amd64", "s390x")), tmp_path / "image.tar", store)
    images = read(tmp_path / "image.tar")
    assert pick(images, "s390x", where="here").platform.architecture == "s390x"
    with pytest.raises(UserError, match="nothing for linux/arm64, only for linux/amd64, linux/s390x"):
        pick(images, "arm64", where="here")
