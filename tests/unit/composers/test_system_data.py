import re
import subprocess
import sys

import pytest

from builders import plan_of, tree_of
from paredown.composers import loader_cache, system_data
from paredown.plan import Architecture
from paredown.tree import Inline, Kind, Tree
from shared_libraries import library

AMD64 = Architecture.AMD64
BASE = tree_of(
    {
        "bin": "-> usr/bin", "sbin": "-> usr/sbin", "lib": "-> usr/lib", "usr/sbin": None,
        "usr/bin/python3.13*": b"\x7fELF", "usr/bin/python3": "-> python3.13",
        "usr/lib/x86_64-linux-gnu/libpq.so.5": library("libpq.so.5"), "usr/share/zoneinfo/Etc/UTC": b"TZif",
        "usr/share/ca-certificates/mozilla/B.crt": b"B\n", "usr/share/ca-certificates/mozilla/A.crt": b"A", "usr/lib/os-release": b'ID=debian\n',
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def made():
    return system_data.compose(BASE, plan_of(), AMD64)


def test_the_folders_every_process_expects(made):
    modes = {path: made[path].mode for path in ("tmp", "var/tmp", "run", "proc", "sys", "dev")}
    assert modes == {"tmp": 0o1777, "var/tmp": 0o1777, "run": 0o755, "proc": 0o755, "sys": 0o755, "dev": 0o755}
    assert made["var/run"].target == "/run"


def test_the_bundle_holds_every_certificate_sorted(made):
    assert made.read("etc/ssl/certs/ca-certificates.crt") == b"A\nB\n"
    assert BASE.over(made).read("usr/lib/ssl/cert.pem") == b"A\nB\n"


def test_without_certificates_no_bundle_is_made():
    assert "etc/ssl/certs/ca-certificates.crt" not in system_data.compose(Tree(), plan_of(), AMD64)


def test_a_bundle_without_its_sources_stays():
    tree = BASE.without(["usr/share/ca-certificates/mozilla/A.crt", "usr/share/ca-certificates/mozilla/B.crt"]).over(
        tree_of({"etc/ssl/certs/ca-certificates.crt": b"own\n"})
    )
    assert "etc/ssl/certs/ca-certificates.crt" not in system_data.compose(tree, plan_of(), AMD64)
    assert BASE.over(tree).over(system_data.compose(tree, plan_of(), AMD64)).read("usr/lib/ssl/cert.pem") == b"own\n"


def test_a_bundle_that_is_there_is_not_replaced_by_its_sources():
    tree = BASE.over(tree_of({"etc/ssl/certs/ca-certificates.crt": b"A\nB\nours\n"}))
    assert "etc/ssl/certs/ca-certificates.crt" not in system_data.compose(tree, plan_of(), AMD64)


def test_the_time_zone_is_utc(made):
    assert BASE.over(made).read("etc/localtime") == b"TZif"
    assert made.read("etc/timezone") == b"Etc/UTC\n"


def test_the_release_is_found_by_both_names(made):
    assert BASE.over(made).read("etc/os-release") == b"ID=debian\n"


def test_hosts_come_from_files_and_dns(made):
    assert re.search(rb"^hosts:\s+files dns$", made.read("etc/nsswitch.conf"), re.M)


def test_nothing_is_made_twice():
    tree = BASE.over(system_data.compose(BASE, plan_of(), AMD64))
    assert dict(system_data.compose(tree, plan_of(), AMD64)) == {}


def test_a_stale_loader_cache_is_made_anew():
    tree = BASE.over(system_data.compose(BASE, plan_of(), AMD64))
    less = tree.without(["usr/lib/x86_64-linux-gnu/libpq.so.5"]).over(tree_of({"usr/lib/x86_64-linux-gnu/libz.so.1": library("libz.so.1")}))
    assert [lib.soname for lib in loader_cache.read(system_data.compose(less, plan_of(), AMD64).read("etc/ld.so.cache"))] == ["libz.so.1"]


def test_an_image_with_its_own_ldconfig_keeps_it():
    tree = BASE.over(tree_of({"usr/sbin/ldconfig*": b"real"}))
    assert "usr/sbin/ldconfig" not in system_data.compose(tree, plan_of(), AMD64)


def test_a_root_with_sbin_apart_gets_ldconfig_where_python_looks():
    tree = tree_of({"sbin": None, "usr/sbin": None, "usr/bin/python3*": b"\x7fELF", "usr/lib/x86_64-linux-gnu/libpq.so.5": library("libpq.so.5")})
    whole = tree.over(system_data.compose(tree, plan_of(), AMD64))
    assert whole.resolve("sbin/ldconfig") == "usr/sbin/ldconfig"


def test_a_tree_without_libraries_gets_no_loader_cache():
    assert "etc/ld.so.cache" not in system_data.compose(Tree(), plan_of(), AMD64)


def test_our_ldconfig_prints_what_find_library_reads(made, tmp_path):
    script = made["usr/sbin/ldconfig"]
    assert script.executable
    assert script.read().startswith(b"#!/usr/bin/python3.13 -IS\n")
    (tmp_path / "cache").write_bytes(made.read("etc/ld.so.cache"))
    source = script.read().decode().replace("/etc/ld.so.cache", str(tmp_path / "cache"), 1)
    # The docstring names the cache first, the program opens it second.
    source = source.replace('open("/etc/ld.so.cache"', f'open("{tmp_path / "cache"}"')
    printed = subprocess.run([sys.executable, "-IS", "-c", source, "-p"], capture_output=True, check=True).stdout
    # The expression of CPython's ctypes.util._findSoname_ldconfig.
    assert re.search(rb"\s+(lib%s\.[^\s]+)\s+\(%s" % (b"pq", b"libc6,x86-64"), printed).group(1) == b"libpq.so.5"
    assert subprocess.run([sys.executable, "-IS", "-c", source], capture_output=True, check=False).returncode == 1


def test_everything_made_is_small_and_in_memory(made):
    assert all(isinstance(entry.content, Inline) for entry in made.values() if entry.kind is Kind.FILE)
