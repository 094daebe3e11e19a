import shutil
import struct
import subprocess

import pytest

from builders import tree_of
from paredown.composers.loader_cache import Library, cache_of, compare, libraries, read, soname_of, write
from paredown.materialise import write_folder
from paredown.plan import Architecture
from shared_libraries import library

LDCONFIG = shutil.which("ldconfig", path="/sbin:/usr/sbin")


TREE = tree_of(
    {
        "lib": "-> usr/lib",
        "etc/ld.so.conf.d/x.conf": b"# comment\n/opt/x/lib\n",
        "opt/x/lib/libx.so.1": library("libx.so.1"),
        "usr/lib/x86_64-linux-gnu/libpq.so.5.17": library("libpq.so.5"),
        "usr/lib/x86_64-linux-gnu/libpq.so.5": "-> libpq.so.5.17",
        "usr/lib/x86_64-linux-gnu/libpq.so": "-> libpq.so.5",
        "usr/lib/x86_64-linux-gnu/libyaml.so": "-> libyaml-0.so.2",
        "usr/lib/x86_64-linux-gnu/libyaml-0.so.2": library("libyaml-0.so.2"),
        "usr/lib/x86_64-linux-gnu/libnoname.so": library(),
        "usr/lib/x86_64-linux-gnu/libother.so.1": library("libother.so.1", machine=183),
        "usr/lib/x86_64-linux-gnu/libtext.so": b"/* GNU ld script */ INPUT(libx.so)",
        "usr/lib/x86_64-linux-gnu/libgone.so.1": "-> nowhere",
        "usr/lib/x86_64-linux-gnu/plugin.so": library("plugin.so"),
        "usr/lib/x86_64-linux-gnu/glibc-hwcaps": None,
        "usr/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v3": None,
        "usr/lib/x86_64-linux-gnu/glibc-hwcaps/x86-64-v3/libpq.so.5": library("libpq.so.5"),
    }
)


def test_what_the_loader_is_told():
    found = {(lib.soname, lib.path, lib.level) for lib in libraries(TREE, Architecture.AMD64)}
    folder = "/lib/x86_64-linux-gnu"
    assert found == {
        ("libx.so.1", "/opt/x/lib/libx.so.1", ""),
        ("libpq.so.5", f"{folder}/libpq.so.5", ""),
        ("libpq.so", f"{folder}/libpq.so", ""),
        ("libyaml-0.so.2", f"{folder}/libyaml-0.so.2", ""),
        ("libnoname.so", f"{folder}/libnoname.so", ""),
        ("libpq.so.5", f"{folder}/glibc-hwcaps/x86-64-v3/libpq.so.5", "x86-64-v3"),
    }


def test_only_libraries_of_the_architecture_are_listed():
    tree = tree_of({"usr/lib/aarch64-linux-gnu/libz.so.1": library("libz.so.1", machine=183), "usr/lib/aarch64-linux-gnu/liby.so.1": library("liby.so.1")})
    assert [lib.soname for lib in libraries(tree, Architecture.ARM64)] == ["libz.so.1"]


def test_a_cache_reads_back_sorted_for_the_loader():
    cache = cache_of(TREE, Architecture.AMD64)
    found = read(cache)
    assert cache.startswith(b"glibc-ld.so.cache1.1")
    assert set(found) == set(libraries(TREE, Architecture.AMD64))
    assert [lib.soname for lib in found] == ["libyaml-0.so.2", "libx.so.1", "libpq.so.5", "libpq.so.5", "libpq.so", "libnoname.so"]
    assert found[2].level == "x86-64-v3"  # the better one is found first


@pytest.mark.parametrize(("architecture", "flags"), [(Architecture.AMD64, 0x0303), (Architecture.ARM64, 0x0A03)])
def test_an_entry_says_its_architecture(architecture, flags):
    assert struct.unpack_from("<i", write((Library("libc.so.6", "/lib/libc.so.6"),), architecture), 48) == (flags,)


def test_an_empty_cache():
    assert read(write((), Architecture.AMD64)) == ()


def test_the_same_libraries_in_any_order_give_the_same_cache():
    found = libraries(TREE, Architecture.AMD64)
    levelled = tuple(lib for lib in found if lib.level or "libpq.so.5" not in lib.soname)
    assert write(levelled, Architecture.AMD64) == write(levelled[::-1], Architecture.AMD64)


@pytest.mark.parametrize(
    ("first", "second", "sign"),
    [("libz.so.2", "libz.so.10", -1), ("libz.so.1", "libz.so.1", 0), ("liba.so", "libb.so", -1), ("lib1.so", "liba.so", 1), ("libz.so.1", "libz.so", 1)],
)
def test_the_order_of_names(first, second, sign):
    result = compare(first, second)
    assert (result > 0) - (result < 0) == sign
    back = compare(second, first)
    assert (back > 0) - (back < 0) == -sign


@pytest.mark.parametrize("data", [b"", b"\x7fELF", b"\x7fELF\x02\x01" + b"\xff" * 100, library("libz.so.1")[:150], b"#!/bin/sh\n"])
def test_a_broken_library_is_none(data):
    assert soname_of(tree_of({"x": data}), "x", Architecture.AMD64) is None


@pytest.mark.skipif(LDCONFIG is None, reason="needs ldconfig")
def test_the_real_ldconfig_makes_the_same_of_the_same_files(tmp_path):
    write_folder(TREE, tmp_path)
    (tmp_path / "etc" / "ld.so.conf").write_text("include /etc/ld.so.conf.d/*.conf\n/lib/x86_64-linux-gnu\n")
    subprocess.run([LDCONFIG, "-X", "-r", tmp_path, "-C", "/etc/ld.so.cache"], check=True, capture_output=True)
    real = read((tmp_path / "etc" / "ld.so.cache").read_bytes())
    assert read(cache_of(TREE, Architecture.AMD64)) == real


@pytest.mark.skipif(LDCONFIG is None, reason="needs ldconfig")
def test_the_real_ldconfig_prints_the_cache(tmp_path):
    (tmp_path / "cache").write_bytes(cache_of(TREE, Architecture.AMD64))
    printed = subprocess.run([LDCONFIG, "-p", "-C", tmp_path / "cache"], check=True, capture_output=True, text=True).stdout
    assert "6 libs found" in printed
    assert "\tlibpq.so.5 (libc6,x86-64) => /lib/x86_64-linux-gnu/libpq.so.5" in printed
    assert "Cache generated by: paredown" in printed
