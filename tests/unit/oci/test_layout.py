import hashlib
import json
import tarfile

import pytest

from builders import tree_of
from image_layers import images_of
from paredown.errors import ParedownError, UserError
from paredown.oci import layout
from paredown.oci.layer_reader import read_layers
from paredown.oci.layout_reader import read
from paredown.progress import Quiet
from paredown.store import Store

TREES = (tree_of({"etc": None, "etc/motd": b"hello"}), tree_of({"app": None, "app/main.py": b"print()"}))
OTHER = (TREES[0], tree_of({"app": None, "app/main.py": b"print(1)"}))


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def blobs(folder):
    return {path.name for path in (folder / "blobs" / "sha256").iterdir()}


def named(images):
    return {name.removeprefix("sha256:") for name in (
        images.digest,
        *(digest for image in images.images for digest in (image.descriptor.digest, image.config_descriptor.digest)),
        *(layer.descriptor.digest for image in images.images for layer in image.layers),
    )}  # fmt: skip


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
@pytest.mark.parametrize("kind", ["tar", "folder"])
def test_read_gives_back_what_was_written(store, tmp_path, kind, compression):
    images = images_of(TREES, store, compression=compression, command=("/bin/app", "ü"))
    if kind == "tar":
        layout.write_tar(images, tmp_path / "image", store)
    else:
        layout.write_folder(images, tmp_path / "image", store)
    (found,) = read(tmp_path / "image")
    assert (found.digest, found.reference, found.config) == (images.digest, "1", images.images[0].config)
    assert read_layers(found.layers, store, Quiet()).read("app/main.py") == b"print()"


def test_read_gives_the_platforms_in_the_order_of_the_index(store, tmp_path):
    images = images_of(TREES, store, architectures=("arm64", "amd64"))
    layout.write_tar(images, tmp_path / "image.tar", store)
    assert [str(image.platform) for image in read(tmp_path / "image.tar")] == ["linux/arm64", "linux/amd64"]


def test_write_tar_is_also_a_docker_archive_of_the_first_platform(store, tmp_path):
    images = images_of(TREES, store, architectures=("arm64", "amd64"))
    layout.write_tar(images, tmp_path / "image.tar", store)
    with tarfile.open(tmp_path / "image.tar") as tar:
        (saved,) = json.load(tar.extractfile("manifest.json"))
        config = json.load(tar.extractfile(saved["Config"]))
        layers = [hashlib.sha256(tar.extractfile(name).read()).hexdigest() for name in saved["Layers"]]
    assert (saved["RepoTags"], config["architecture"]) == (["service:1"], "arm64")
    assert saved["Layers"] == [f"blobs/sha256/{name}" for name in layers]


def test_write_tar_names_the_image_for_every_reader(store, tmp_path):
    layout.write_tar(images_of(TREES, store), tmp_path / "image.tar", store)
    with tarfile.open(tmp_path / "image.tar") as tar:
        annotations = json.load(tar.extractfile("index.json"))["manifests"][0]["annotations"]
    assert annotations == {"io.containerd.image.name": "docker.io/library/service:1", "org.opencontainers.image.ref.name": "1"}


def test_write_tar_gives_the_same_bytes_again(store, tmp_path):
    for name in ("one", "two"):
        layout.write_tar(images_of(TREES, Store(tmp_path / f"store-{name}")), tmp_path / name, Store(tmp_path / f"store-{name}"))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_write_tar_leaves_the_old_file_whole_when_it_stops(store, tmp_path):
    images = images_of(TREES, store)
    (tmp_path / "image.tar").write_bytes(b"old")
    store.blob_path(images.images[0].layers[1].descriptor.digest).unlink()
    with pytest.raises(FileNotFoundError):
        layout.write_tar(images, tmp_path / "image.tar", store)
    assert (tmp_path / "image.tar").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_write_folder_again_leaves_no_blob_of_the_image_before(store, tmp_path):
    for trees in (TREES, OTHER):
        images = images_of(trees, store)
        layout.write_folder(images, tmp_path / "out", store)
    assert blobs(tmp_path / "out") == named(images)


def test_write_folder_again_keeps_blobs_that_it_did_not_write(store, tmp_path):
    layout.write_folder(images_of(TREES, store), tmp_path / "out", store)
    (tmp_path / "out" / "blobs" / "sha256" / "theirs").write_bytes(b"x")
    layout.write_folder(images_of(OTHER, store), tmp_path / "out", store)
    assert "theirs" in blobs(tmp_path / "out")


def test_write_folder_again_mends_a_damaged_blob(store, tmp_path):
    images = images_of(TREES, store)
    layout.write_folder(images, tmp_path / "out", store)
    harmed = tmp_path / "out" / "blobs" / "sha256" / images.images[0].layers[0].descriptor.digest.removeprefix("sha256:")
    harmed.write_bytes(b"damaged")
    layout.write_folder(images, tmp_path / "out", store)
    assert hashlib.sha256(harmed.read_bytes()).hexdigest() == harmed.name


def test_write_folder_writes_a_multi_platform_index_with_every_blob(store, tmp_path):
    images = images_of(TREES, store, architectures=("amd64", "arm64"))
    layout.write_folder(images, tmp_path / "out", store)
    assert blobs(tmp_path / "out") == named(images)


def test_write_folder_refuses_a_folder_of_something_else(store, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("x")
    with pytest.raises(UserError, match="out is not empty and not an OCI layout"):
        layout.write_folder(images_of(TREES, store), tmp_path / "out", store)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def test_write_folder_refuses_a_file(store, tmp_path):
    (tmp_path / "out").write_text("x")
    with pytest.raises(UserError, match="out is a file, not a folder"):
        layout.write_folder(images_of(TREES, store), tmp_path / "out", store)


@pytest.mark.parametrize(("compression", "count"), [("gzip", 0), ("zstd", 1)])
def test_notes_tell_which_docker_cannot_load_it(store, compression, count):
    assert len(layout.notes(images_of(TREES, store, compression=compression))) == count


@pytest.mark.parametrize(
    ("name", "what"),
    [("image.tar.gz", "would be a packed archive"), ("there.tar", "there.tar is a folder"), ("file", "file is a file, not a folder"),
     ("notes", "notes is not empty and not an OCI layout"), ("file/x.tar", "file is not a folder")],
)  # fmt: skip
def test_unusable_output_is_told_before_it_is_written(tmp_path, name, what):
    (tmp_path / "there.tar").mkdir()
    (tmp_path / "file").write_text("x")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "x").write_text("x")
    with pytest.raises(ParedownError, match=what) as caught:
        layout.refuse_unusable(tmp_path / name)
    assert caught.value.fix


def test_usable_outputs_are_not_refused(store, tmp_path):
    layout.write_folder(images_of(TREES, store), tmp_path / "layout", store)
    (tmp_path / "old.tar").write_text("x")
    for name in ("layout", "old.tar", "new/deep/x.tar", "new"):
        layout.refuse_unusable(tmp_path / name)
        assert (tmp_path / name).exists() is not name.startswith("new")
