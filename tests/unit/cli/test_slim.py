"""`paredown slim` on what it may be given: broken, foreign, hostile and odd images, each through the command line."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import zstandard

from builders import tree_of
from command_line import CommandLine, Finished
from elf_builder import elf_with_debug_symbols
from image_layers import digest, folder, hard_link, link, member, packed, tar_of
from paredown import sandbox
from paredown.composers.build_root import host_architecture
from paredown.oci import layout
from paredown.oci.assemble import image_of, image_set
from paredown.oci.layer_reader import read_layers
from paredown.oci.layout_reader import read
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.progress import Quiet
from paredown.store import Store
from paredown.tree import Tree

USERS = 2
PYTHON: dict[str, Any] = {
    "usr/local/bin/python3.13*": b"elf", "usr/local/lib/python3.13/os.py": b"", "app/shop.py": b"import json\n", "usr/share/doc/shop/README": b"much to read",
}  # fmt: skip
COMMAND = ("/usr/local/bin/python3.13", "/app/shop.py")
OTHER = {"amd64": "arm64", "arm64": "amd64"}[host_architecture().value]


@pytest.fixture
def paredown(tmp_path: Path) -> CommandLine:
    return CommandLine(folder=tmp_path)


def described(architecture: str = "", command: tuple[str, ...] = COMMAND) -> ImageConfig:
    platform = ImagePlatform(architecture=architecture or host_architecture().value)
    return ImageConfig(platform=platform, created="1970-01-01T00:00:00Z", command=command, working_directory="/app")


def written(paredown: CommandLine, *trees: Tree, name: str = "shop.tar", config: ImageConfig | None = None) -> Path:
    """An image of a layer for each of `trees`, in a file or, without .tar, in a folder."""
    store, path = Store(paredown.folder / "made"), paredown.folder / name
    image = image_of(config or described(), [(f"layer {number}", packed(tree, store)) for number, tree in enumerate(trees)])
    (layout.write_tar if name.endswith(".tar") else layout.write_folder)(image_set([image], reference="shop:latest"), path, store)
    return path


def saved(paredown: CommandLine, *tars: bytes, command: tuple[str, ...] = COMMAND) -> Path:
    """A docker-archive with these layers as they are, whatever they hold."""
    path = paredown.folder / "shop.tar"
    config = json.dumps({
        "architecture": host_architecture().value, "os": "linux", "config": {"Cmd": command, "WorkingDir": "/app"},
        "rootfs": {"type": "layers", "diff_ids": [digest(_plain(tar)) for tar in tars]},
    }).encode()  # fmt: skip
    names = [f"{number}/layer.tar" for number in range(len(tars))]
    manifest = json.dumps([{"Config": "config.json", "RepoTags": ["shop:1"], "Layers": names}]).encode()
    parts = [("config.json", config), ("manifest.json", manifest), *zip(names, tars, strict=True)]
    path.write_bytes(tar_of(*(member(name, data) for name, data in parts)))
    return path


def _plain(tar: bytes) -> bytes:
    return gzip.decompress(tar) if tar.startswith(b"\x1f\x8b") else zstandard.decompress(tar) if tar.startswith(b"\x28\xb5") else tar


def root() -> bytes:
    members = [member(path.removesuffix("*"), data, mode=0o755 if path.endswith("*") else 0o644) for path, data in PYTHON.items()]
    return tar_of(*members)


def carved(paredown: CommandLine, image: Path, *words: str) -> Finished:
    return paredown.run("slim", image, "--no-verify", "-o", paredown.folder / "small.tar", *words)


def small(paredown: CommandLine) -> Tree:
    """What was written."""
    store = Store(paredown.folder / "read")
    return read_layers(read(paredown.folder / "small.tar")[0].layers, store, Quiet())


def test_an_image_without_python_is_refused(paredown: CommandLine) -> None:
    image = written(paredown, tree_of({"usr/bin/shop*": b"\x7fELF"}), config=described(command=("/usr/bin/shop",)))
    carved(paredown, image).refuses(USERS, "has no Python 3", where=str(image), fix="name an image of a Python service")
    assert not (paredown.folder / "small.tar").exists()


def test_an_image_that_is_slim_already_is_told_and_left_alone(paredown: CommandLine) -> None:
    assert carved(paredown, written(paredown, tree_of(PYTHON))).code == 0
    shutil.move(paredown.folder / "small.tar", paredown.folder / "again.tar")
    carved(paredown, paredown.folder / "again.tar").refuses(USERS, "there is nothing to take from", fix="use it as it is")
    assert not (paredown.folder / "small.tar").exists()


def test_an_image_for_another_machine_is_carved_and_its_behaviour_told_to_be_unproven(paredown: CommandLine) -> None:
    if reason := sandbox.unavailable():
        pytest.skip(reason)
    image = written(paredown, tree_of(PYTHON), config=described(OTHER))
    ended = paredown.run("slim", image, "-o", paredown.folder / "small.tar")
    assert ended.code == 1, ended.err
    told = " ".join(ended.err.split())
    assert f"the image is for linux/{OTHER}, this machine is linux/{host_architecture().value}: only files were compared" in told
    assert "unproven: nothing differs, but this could not be exercised: the service" in told
    assert "usr/share/doc/shop/README" not in small(paredown)
    assert read(paredown.folder / "small.tar")[0].platform.architecture == OTHER


@pytest.mark.parametrize(
    ("harm", "complaint"),
    [("cut", "compressed data is cut off"), ("bit", "cannot be read"), ("digest", "cannot be read: its bytes are sha256:"), ("gone", "lacks its part sha256:")],
)
def test_a_broken_layer_is_named_and_nothing_written(paredown: CommandLine, harm: str, complaint: str) -> None:
    image = written(paredown, tree_of(PYTHON), name="shop")
    manifest = json.loads((image / "index.json").read_bytes())["manifests"][0]["digest"].removeprefix("sha256:")
    (layer,) = json.loads((image / "blobs/sha256" / manifest).read_bytes())["layers"]
    blob = image / "blobs/sha256" / layer["digest"].removeprefix("sha256:")
    data = blob.read_bytes()
    match harm:
        case "cut":
            blob.write_bytes(data[:-40] + bytes(40))
        case "bit":
            blob.write_bytes(data[:200] + bytes([data[200] ^ 1]) + data[201:])
        case "digest":
            blob.write_bytes(data[:4] + b"\1" + data[5:])  # gzip's time, which changes nothing of what is packed
        case _:
            blob.unlink()
    carved(paredown, image).refuses(USERS, complaint, fix="")
    assert not (paredown.folder / "small.tar").exists()


@pytest.mark.parametrize(
    "hostile",
    [
        (member("../../etc/cron.d/evil", b"x"),),
        (member("app/../../evil", b"x"),),
        (hard_link("app/shadow", "../../etc/shadow"),),
        (member("app/..", b"x"),),
    ],
    ids=["up", "inside-out", "hard-link", "parent"],
)
def test_a_layer_that_would_write_outside_of_the_root_is_refused(paredown: CommandLine, hostile: tuple[Any, ...]) -> None:
    image = saved(paredown, root(), tar_of(*hostile))
    carved(paredown, image).refuses(USERS, "a name would leave the root", where=str(image), fix="do not use this image before you know who made it")
    assert not (paredown.folder / "small.tar").exists()


def test_absolute_names_and_links_that_lead_out_stay_in_the_root(paredown: CommandLine) -> None:
    odd = tar_of(member("/srv/absolute", b"1"), link("srv/out", "../../../../tmp"), member("srv/out/paredown-was-here", b"2"))
    assert carved(paredown, saved(paredown, root(), odd)).code == 0
    tree = small(paredown)
    assert (tree.read("srv/absolute"), tree.read("tmp/paredown-was-here")) == (b"1", b"2")
    assert not Path("/tmp/paredown-was-here").exists()


@pytest.mark.parametrize("compress", [bytes, gzip.compress, zstandard.compress], ids=["plain", "gzip", "zstd"])
def test_deletions_hard_links_and_attributes_come_out_as_an_engine_sees_them(paredown: CommandLine, compress: Any) -> None:
    capability = b"\x01\x00\x00\x02\x00\x04\x00\x00\n=\xff" + bytes(9)
    info, data = member("usr/local/bin/ping", b"p", mode=0o755)
    info.pax_headers = {"SCHILY.xattr.security.capability": capability.decode("utf-8", "surrogateescape")}
    lower = tar_of(folder("data"), member("data/old", b"o"), member("data/gone", b"g"), folder("cache"), member("cache/a", b"a"), (info, data))
    upper = tar_of(
        member("data/.wh.gone"), folder("cache"), member("cache/.wh..wh..opq"), member("cache/b", b"b"), hard_link("data/same", "data/old"),
    )  # fmt: skip
    assert carved(paredown, saved(paredown, compress(root()), compress(lower), compress(upper))).code == 0
    tree = small(paredown)
    assert "data/gone" not in tree
    assert "cache/a" not in tree
    assert tree.read("cache/b") == b"b"
    assert tree["data/old"].inode == tree["data/same"].inode != ""
    assert dict(tree["usr/local/bin/ping"].xattrs) == {"security.capability": capability}


def test_an_entry_point_that_is_a_shell_script_keeps_what_it_names(paredown: CommandLine) -> None:
    script = b'#!/bin/sh\nset -e\nif [ -n "$SEED" ]; then redis-cli ping; fi\nexec "$@"\n'
    packages = {"dash": "/bin/sh", "redis-tools": "/usr/bin/redis-cli", "git": "/usr/bin/git"}
    files = {
        **PYTHON, "usr/local/bin/docker-entrypoint.sh*": script, "bin/sh*": b"\x7fELF", "usr/bin/redis-cli*": b"\x7fELF", "usr/bin/git*": b"\x7fELF",
        **{f"var/lib/dpkg/info/{name}.list": f"{path}\n".encode() for name, path in packages.items()},
        "var/lib/dpkg/status": "".join(f"Package: {name}\nStatus: install ok installed\nVersion: 1\n\n" for name in packages).encode(),
    }  # fmt: skip
    image = written(paredown, tree_of(files), config=described(command=("docker-entrypoint.sh", *COMMAND)))
    assert carved(paredown, image).code == 0
    tree = small(paredown)
    assert {"bin/sh", "usr/bin/redis-cli", "usr/local/bin/docker-entrypoint.sh"} <= set(tree)
    assert "usr/bin/git" not in tree


def test_of_two_pythons_the_one_that_the_command_starts_is_the_service_s(paredown: CommandLine) -> None:
    debian = {
        "python3.13-minimal": "/usr/bin/python3.13",
        "libpython3.13-minimal": "/usr/lib/python3.13/os.py",
        "mercurial": "/usr/lib/python3/dist-packages/hg.py",
    }
    files = {
        **PYTHON, "usr/bin/python3.13*": b"elf", "usr/lib/python3.13/os.py": b"", "usr/lib/python3/dist-packages/hg.py": b"import os\n",
        **{f"var/lib/dpkg/info/{name}.list": f"{path}\n".encode() for name, path in debian.items()},
        "var/lib/dpkg/status": "".join(f"Package: {name}\nStatus: install ok installed\nVersion: 1\n\n" for name in debian).encode(),
    }  # fmt: skip
    assert carved(paredown, written(paredown, tree_of(files))).code == 0
    assert "usr/local/lib/python3.13/os.py" in small(paredown)
    assert "usr/lib/python3.13/os.py" not in small(paredown)
    other = written(paredown, tree_of(files), config=described(command=("/usr/bin/python3.13", "/app/shop.py")))
    assert carved(paredown, other).code == 0
    assert {"usr/bin/python3.13", "usr/lib/python3.13/os.py", "usr/lib/python3/dist-packages/hg.py"} <= set(small(paredown))


def test_a_program_that_needs_no_library_and_no_loader_stays_with_its_debug_symbols_gone(paredown: CommandLine) -> None:
    tree = tree_of({**PYTHON, "srv/tool*": elf_with_debug_symbols(), "sbin/tini*": b"\x7fELF\x02\x01\x01" + bytes(57)})
    assert carved(paredown, written(paredown, tree, config=described(command=("/sbin/tini", "--", *COMMAND)))).code == 0
    assert {"sbin/tini", "srv/tool"} <= set(small(paredown))


def test_what_is_no_image_is_refused(paredown: CommandLine) -> None:
    (paredown.folder / "notes.tar").write_bytes(b"hello")
    carved(paredown, paredown.folder / "notes.tar").refuses(USERS, "notes.tar is not an image", fix="give an OCI layout folder")
    (paredown.folder / "empty").mkdir()
    carved(paredown, paredown.folder / "empty").refuses(USERS, "is not an image: it has neither an index.json nor a manifest.json", fix="give an OCI")
    (paredown.folder / "cut.tar").write_bytes(tar_of(member("manifest.json", b"[" + b" " * 3000))[:1500])
    carved(paredown, paredown.folder / "cut.tar").refuses(USERS, "is cut off in manifest.json", fix="save or copy the image again")
