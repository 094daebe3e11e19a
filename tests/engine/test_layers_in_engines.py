"""One tar, read by every engine: names, hard links and modes arrive as they were, also with more than one gzip member."""

import json
import random
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from builders import tree_of
from engines import Engine
from image_layers import images_of
from paredown.oci import layout
from paredown.store import Store
from paredown.tree import Tree, file_of, folder_of

LONG = "naïve " + "x" * 120
SHARED = replace(file_of(b"shared"), inode="i")
# Three megabytes that do not compress: the layer's stream has several members.
TREE = Tree({
    **tree_of({"d": None, "l": "-> d/a"}), "d/a": SHARED, "d/b": SHARED, LONG: folder_of(mode=0o1777), f"{LONG}/ü": file_of(b"name"),
    "noise": file_of(random.Random(5).randbytes(3_000_000)),
})  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("layers")
    store = Store(folder / "store")
    out: dict[str, Path] = {}
    for name, architectures in (("one", ("amd64",)), ("two", ("amd64", "arm64"))):
        images = images_of([TREE, tree_of({"app": b"top"})], store, reference=f"paredown-layers:{name}", architectures=architectures)
        out[name] = folder / f"{name}.tar"
        layout.write_tar(images, out[name], store)
    layout.write_folder(images_of([TREE], store, reference="paredown-layers:folder"), folder / "layout", store)
    return {**out, "folder": folder / "layout"}


@pytest.mark.parametrize("name", ["one", "two"])
@pytest.mark.parametrize("program", ["docker", "podman"])
def test_an_engine_loads_the_tar_under_its_name(program: str, name: str, written: dict[str, Path], request: pytest.FixtureRequest) -> None:
    engine: Engine = request.getfixturevalue(program)
    subprocess.run([engine.program, "load", "--input", str(written[name])], check=True, capture_output=True)
    try:
        told = subprocess.run([engine.program, "image", "inspect", f"paredown-layers:{name}"], check=True, capture_output=True, text=True).stdout
        assert json.loads(told)[0]["Architecture"] == "amd64"
    finally:
        subprocess.run([engine.program, "rmi", "--force", f"paredown-layers:{name}"], check=False, capture_output=True)


@pytest.mark.parametrize("kind", ["oci-archive", "docker-archive"])
def test_skopeo_reads_the_tar(skopeo: str, kind: str, written: dict[str, Path]) -> None:
    told = subprocess.run([skopeo, "inspect", f"{kind}:{written['two']}"], check=True, capture_output=True, text=True).stdout
    assert json.loads(told)["Architecture"] == "amd64"


def test_umoci_unpacks_what_was_packed(umoci: str, written: dict[str, Path], tmp_path: Path) -> None:
    subprocess.run([umoci, "unpack", "--image", f"{written['folder']}:folder", str(tmp_path / "bundle")], check=True, capture_output=True)
    root = tmp_path / "bundle" / "rootfs"
    assert (root / LONG / "ü").read_bytes() == b"name"
    assert (root / "d" / "a").stat().st_nlink == 2
    assert (root / LONG).stat().st_mode & 0o7777 == 0o1777
    assert (root / "noise").read_bytes() == TREE["noise"].read()
