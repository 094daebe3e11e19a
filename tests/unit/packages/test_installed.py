"""What the databases of dpkg, apk and conda say is installed."""

import pytest

from builders import tree_of
from package_roots import APK, conda, conda_record, debian
from paredown.packages.installed import Package, installed


def test_dpkg_tells_files_as_the_image_has_them_and_groups_of_which_one_is_needed() -> None:
    found = {package.name: package for package in installed(debian())}
    assert found["libc6"].files == ("lib", "usr/lib/libc.so.6", "usr/share/doc/libc6/copyright")
    assert found["libc6"].provides == {"libc6-abi"}
    assert found["git"].version == "1:2.47"
    assert found["git"].depends == (("libc6",), ("perl", "perl-tiny"), ("zlib1g",))


def test_distroless_tells_its_packages_by_files_of_their_own() -> None:
    tree = tree_of({
        "var/lib/dpkg/status.d/tzdata": b"Package: tzdata\nVersion: 2026a\n",
        "var/lib/dpkg/status.d/tzdata.md5sums": b"d41d8cd98f00b204e9800998ecf8427e  usr/share/zoneinfo/UTC\n",
        "usr/share/zoneinfo/UTC": b"u",
    })  # fmt: skip
    files = ("var/lib/dpkg/status.d/tzdata", "var/lib/dpkg/status.d/tzdata.md5sums", "usr/share/zoneinfo/UTC")
    assert installed(tree) == (Package(name="tzdata", version="2026a", files=files, kind="dpkg", source="tzdata", source_version="2026a"),)


def test_apk_tells_what_is_provided_and_needed_by_name() -> None:
    musl, curl = installed(tree_of({"lib/apk/db/installed": APK, "usr/bin/curl": b"c", "lib/ld-musl-x86_64.so.1": b"m"}))
    assert musl.provides == {"so:libc.musl-x86_64.so.1"}
    assert curl.depends == (("so:libc.musl-x86_64.so.1",), ("ca-certificates",))
    assert curl.files == ("usr/bin", "usr/bin/curl")


def test_conda_tells_the_packages_of_each_environment_apart_from_those_of_the_system() -> None:
    specs = ["conda-forge::openssl >=3.5,<4.0a0", "__glibc >=2.17", "ld_impl_linux-64 >=2.36", "pip"]
    openssl, python = installed(conda(openssl=conda_record("openssl", "lib/libssl.so.3"), python=conda_record("python", "bin/python3.13", depends=specs)))
    assert (openssl.name, openssl.plain, openssl.prefix) == ("openssl (/opt/conda)", "openssl", "opt/conda")
    assert openssl.files == ("opt/conda/conda-meta/openssl-1.0-h1_0.json", "opt/conda/lib/libssl.so.3")
    assert python.depends == (("openssl (/opt/conda)",),)


@pytest.mark.parametrize("record", [b"", b"[]", b"{", b'{"name": 3}', b'{"name": "x", "files": [1, "bin/x"], "depends": {"a": 1}}'])
def test_a_record_of_conda_that_is_none_tells_nothing_wrong(record: bytes) -> None:
    found = installed(tree_of({"opt/conda/conda-meta/x.json": record, "opt/conda/bin/x": b""}))
    assert [package.files[1:] for package in found] in ([], [("opt/conda/bin/x",)])


def test_a_package_tells_what_it_was_built_from() -> None:
    told = (
        b"Package: libssl3t64\nSource: openssl\nVersion: 3.5.1-1\n\n"
        b"Package: libgcc-s1\nSource: gcc-14 (14.2.0-19)\nVersion: 14.2.0-19+b1\n\n"
        b"Package: curl\nVersion: 8.14.1-2\n"
    )
    tree = tree_of({"var/lib/dpkg/status": told, "lib/apk/db/installed": b"P:libcrypto3\nV:3.5.1-r0\no:openssl\n\n"})
    assert [(package.kind, package.source, package.source_version) for package in installed(tree)] == [
        ("dpkg", "openssl", "3.5.1-1"),
        ("dpkg", "gcc-14", "14.2.0-19"),
        ("dpkg", "curl", "8.14.1-2"),
        ("apk", "openssl", "3.5.1-r0"),
    ]


def test_a_package_of_which_only_configuration_stays_says_so() -> None:
    tree = tree_of({"var/lib/dpkg/status": b"Package: cron\nStatus: deinstall ok config-files\nVersion: 3\n\nPackage: dash\nStatus: install ok installed\n"})
    assert [(package.name, package.deinstalled) for package in installed(tree)] == [("cron", True), ("dash", False)]
