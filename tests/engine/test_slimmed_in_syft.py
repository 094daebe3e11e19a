"""A slimmed image as Syft reads it: the packages and distributions that are there, and no others."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from builders import tree_of
from image_layers import packed
from machine_python import PROGRAM, machine_python
from paredown.advisories.contents import contents_of
from paredown.composers.build_root import host_architecture
from paredown.composers.interface import Means
from paredown.oci import layout
from paredown.oci.assemble import image_of, image_set
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.progress import Quiet
from paredown.slimming import Request, slim
from paredown.store import Store
from paredown.tree import Tree

SITE = "srv/venv/lib/python3.13/site-packages"
MANUAL = "usr/share/man/man1/stock.1"  # goes, and the package stays
SERVICE = {"app/shop.py": b"import shop_kit\nopen('/usr/share/stock/list.txt')\n", "usr/share/stock/list.txt": b"apples", MANUAL: b"", "usr/bin/git*": b"g"}


def wheel(name: str, *files: str) -> dict[str, bytes]:
    told = f"{SITE}/{name}-1.0.dist-info"
    listed = "".join(f"{file},,\n" for file in (*files, f"{name}-1.0.dist-info/METADATA", f"{name}-1.0.dist-info/RECORD"))
    meta = {f"{told}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(), f"{told}/RECORD": listed.encode()}
    return {**meta, **{f"{SITE}/{file}": b"" for file in files}}


WHEELS = {
    **wheel("shop_kit", "shop_kit/__init__.py", "shop_kit/__init__.pyi"),
    **wheel("types_shop", "shop_kit-stubs/__init__.pyi"),
    **wheel("pip", "pip/a.py"),
}
DPKG = {
    "etc/os-release": b"ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n",
    "var/lib/dpkg/status": "".join(
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n" for name in ("git", "stock-data")
    ).encode(),
    "var/lib/dpkg/info/git.list": b"/usr/bin/git\n",
    "var/lib/dpkg/info/stock-data.list": f"/usr/share/stock/list.txt\n/{MANUAL}\n".encode(),
}
APK = {
    "etc/os-release": b"ID=alpine\nVERSION_ID=3.20.3\n",
    "lib/apk/db/installed": b"P:git\nV:1-r0\nA:x86_64\nF:usr/bin\nR:git\n\n"
    b"P:stock-data\nV:1-r0\nA:x86_64\nF:usr/share/stock\nR:list.txt\nF:usr/share/man/man1\nR:stock.1\n\n",
}


def slimmed(root: dict[str, bytes], folder: Path) -> tuple[Path, Tree]:
    means = Means(store=Store(folder / "store"), progress=Quiet(), mirror="", environment=dict(os.environ))
    platform = ImagePlatform(architecture=host_architecture().value)
    config = ImageConfig(platform=platform, working_directory="/app", environment=(("PYTHONPATH", f"/{SITE}"),), command=(PROGRAM, "shop.py"))
    layers = [("python", packed(machine_python(), means.store)), ("app", packed(tree_of({**SERVICE, **WHEELS, **root}), means.store))]
    layout.write_tar(image_set([image_of(config, layers)], reference="shop:latest"), folder / "shop.tar", means.store)
    small = folder / "small.tar"
    return small, slim(Request(image=str(folder / "shop.tar"), outputs=(small,), project=folder, verify=False), means).tree


@pytest.mark.parametrize(("root", "kind"), [(DPKG, "deb"), (APK, "apk")], ids=["dpkg", "apk"])
def test_syft_finds_what_is_there_and_nothing_else(root: dict[str, bytes], kind: str, tmp_path: Path) -> None:
    archive, tree = slimmed(root, tmp_path)
    syft = str(Path(sys.executable).parent / "syft")
    read = subprocess.run([syft, "scan", "--quiet", "--output", "syft-json", f"oci-archive:{archive}"], capture_output=True, text=True, timeout=300, check=True)
    seen = {(found["type"], found["name"].replace("_", "-"), found["version"]) for found in json.loads(read.stdout)["artifacts"]}
    held = contents_of(tree)
    assert [(each.name, each.reduced) for each in held.packages] == [("stock-data", True), ("shop-kit", True)]
    assert {each for each in seen if each[0] in ("deb", "apk", "python")} == {
        (kind if each.kind in ("dpkg", "apk") else "python", each.name, each.version) for each in held.packages
    }
