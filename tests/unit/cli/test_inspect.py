"""`paredown inspect` as it is typed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from advisory_data import issue
from builders import tree_of
from image_layers import packed
from paredown.cli.inspect import inspect
from paredown.oci import layout
from paredown.oci.assemble import image_of, image_set
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.store import Store

ROOT = {
    "etc/os-release": b"ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n",
    "usr/bin/openssl": b"o",
    "var/lib/dpkg/status": b"Package: openssl\nVersion: 3.0.15-1\n",
    "var/lib/dpkg/info/openssl.list": b"/usr/bin/openssl\n",
}


@pytest.fixture
def image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PAREDOWN_CACHE", str(tmp_path / "store"))
    store = Store(tmp_path / "store")
    made = image_of(ImageConfig(platform=ImagePlatform(architecture="amd64")), [("root", packed(tree_of(ROOT), store))])
    layout.write_tar(image_set([made], reference="x:latest"), tmp_path / "x.tar", store)
    (tmp_path / "list.json").write_text(json.dumps({"openssl": {"CVE-1": issue(bookworm=("resolved", "3.0.16-1"))}}))
    return str(tmp_path / "x.tar")


def test_advisories_are_a_number_beside_packages_and_files(image: str, tmp_path: Path) -> None:
    told = CliRunner().invoke(inspect, [image, "--advisories", str(tmp_path / "list.json")])
    assert told.exit_code == 0
    lines = {tuple(line.rsplit(maxsplit=1)) for line in told.stdout.splitlines() if line}
    assert lines >= {("packages", "1"), ("files", "4"), ("advisories matched", "1")}
    assert max(len(line) for line in told.stdout.splitlines()) <= 80


def test_machines_are_told_which_package_each_is_about(image: str, tmp_path: Path) -> None:
    told = json.loads(CliRunner().invoke(inspect, [image, "--advisories", str(tmp_path / "list.json"), "--format", "json"]).stdout)
    assert [(each["package"], each["matched"]) for each in told["holdings"]["image"]["by_package"]] == [("openssl", ["CVE-1"])]
    assert "holdings" not in json.loads(CliRunner().invoke(inspect, [image, "--format", "json"]).stdout)
