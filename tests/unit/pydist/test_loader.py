"""Libraries are found where glibc's and musl's loaders look, and nowhere else."""

import struct

from builders import tree_of
from paredown.pydist.linking import Linking
from paredown.pydist.loader import Loader
from shared_libraries import library


def cache(soname: str, path: str) -> bytes:
    strings = soname.encode() + b"\0" + path.encode() + b"\0"
    start = 48 + 24
    return struct.pack("<20sII20x", b"glibc-ld.so.cache1.1", 1, len(strings)) + struct.pack("<iIIIQ", 3, start, start + len(soname) + 1, 0, 0) + strings


def test_the_cache_names_folders_that_the_loader_does_not_look_in_by_itself() -> None:
    paths = {"usr/local/lib/liba.so.1": library("liba.so.1")}
    assert Loader(tree_of(paths), architecture="amd64").by_name("liba.so.1") is None
    cached = tree_of({**paths, "etc/ld.so.cache": cache("liba.so.1", "/usr/local/lib/liba.so.1")})
    assert Loader(cached, architecture="amd64").by_name("liba.so.1") == "usr/local/lib/liba.so.1"
    assert Loader(tree_of({**paths, "etc/ld.so.cache": b"damaged"}), architecture="amd64").by_name("liba.so.1") is None


def test_origin_is_the_folder_of_the_file_that_needs() -> None:
    tree = tree_of({"opt/x/libs/liba.so": library("liba.so")})
    linking = Linking(runpath=("$ORIGIN/../libs",))
    assert Loader(tree, architecture="amd64").find("liba.so", path="opt/x/bin/program", linking=linking) == "opt/x/libs/liba.so"


def test_musl_looks_where_its_path_file_says() -> None:
    paths = {"lib/ld-musl-x86_64.so.1": library(), "opt/lib/liba.so": library("liba.so")}
    assert Loader(tree_of(paths), architecture="amd64").by_name("liba.so") is None
    assert Loader(tree_of({**paths, "etc/ld-musl-x86_64.path": b"/opt/lib\n"}), architecture="amd64").by_name("liba.so") == "opt/lib/liba.so"
    assert Loader(tree_of(paths), architecture="amd64").by_name("libc.so") == "lib/ld-musl-x86_64.so.1"
