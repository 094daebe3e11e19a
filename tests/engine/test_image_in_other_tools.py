"""The example service's image as other people's tools read it: skopeo, umoci, Syft, container-structure-test."""

import json
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from engines import Engine

BIN = Path(sys.executable).parent


def output_of(*words: str) -> str:
    finished = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def test_skopeo_reads_one_tar_as_oci_and_as_docker_archive(skopeo: str, archive: Path) -> None:
    as_oci = json.loads(output_of(skopeo, "inspect", "--config", f"oci-archive:{archive}"))
    as_docker = json.loads(output_of(skopeo, "inspect", "--config", f"docker-archive:{archive}"))
    assert as_oci["rootfs"]["diff_ids"] == as_docker["rootfs"]["diff_ids"]
    assert as_oci["config"]["User"].split(":")[0] == "10001"
    assert "8000/tcp" in as_oci["config"]["ExposedPorts"]
    assert as_docker["config"]["Env"] == as_oci["config"]["Env"]


def test_skopeo_copies_every_blob(skopeo: str, layout: Path, tmp_path: Path) -> None:
    output_of(skopeo, "copy", f"oci:{layout}", f"oci:{tmp_path / 'copy'}:copied")
    blobs = {path.name for path in (tmp_path / "copy" / "blobs" / "sha256").iterdir()}
    assert blobs <= {path.name for path in (layout / "blobs" / "sha256").iterdir()}


def test_umoci_unpacks_the_service_and_nothing_that_could_be_misused(root: Path) -> None:
    files = [path for path in root.rglob("*") if not path.is_symlink()]
    assert root / "app" / "app" / "main.py" in files
    assert not [path for path in files if path.lstat().st_mode & (stat.S_ISUID | stat.S_ISGID) and path.is_file()]
    programs = {path.name for path in root.rglob("*") if "bin" in path.parent.name}
    assert not programs & {"sh", "dash", "bash", "apt", "apt-get", "dpkg", "pip", "uv"}


def test_umoci_unpacks_nothing_that_the_service_could_overwrite(root: Path) -> None:
    loose = [path for path in root.rglob("*") if not path.is_symlink() and path.lstat().st_mode & 0o002 and not path.lstat().st_mode & stat.S_ISVTX]
    owned = [path for path in (root / "app").rglob("*") if path.lstat().st_uid != 0]
    assert (loose, owned) == ([], [])


@pytest.fixture(scope="module")
def bill(archive: Path) -> dict[str, Any]:
    """What Syft finds in the image."""
    found: dict[str, Any] = json.loads(output_of(str(BIN / "syft"), "scan", "--quiet", "--output", "syft-json", f"oci-archive:{archive}"))
    return found


def test_syft_sees_every_debian_package(bill: dict[str, Any], archive: Path, service: Path) -> None:
    lock = tomllib.loads((service / "paredown.lock").read_text("utf-8"))
    pinned = {(package["name"], package["version"]) for pins in lock["debian"] if pins["purpose"] == "run" for package in pins["packages"]}
    seen = {(found["name"], found["version"]) for found in bill["artifacts"] if found["type"] == "deb"}
    assert seen == pinned
    assert bill["distro"]["id"] == "debian"


def test_syft_sees_every_distribution(bill: dict[str, Any], root: Path, service: Path) -> None:
    installed = {path.name.removesuffix(".dist-info").split("-")[0].replace("_", "-").lower() for path in root.glob("opt/venv/lib/*/site-packages/*.dist-info")}
    seen = {found["name"].replace("_", "-").lower() for found in bill["artifacts"] if found["type"] == "python"}
    assert installed <= seen
    assert {"fastapi", "uvicorn", "uvloop", "httptools", "websockets", "pydantic-settings", "jinja2", "python-multipart"} <= seen


STRUCTURE = """
schemaVersion: 2.0.0
commandTests:
  - name: the interpreter runs
    command: /opt/venv/bin/python
    args: ["-c", "import sys; print(sys.version_info[:2])"]
    expectedOutput: ["\\\\(3, 13\\\\)"]
  - name: roots, names and zones are there
    command: /opt/venv/bin/python
    args:
      - "-c"
      - |
        import pwd, ssl, zoneinfo
        roots = ssl.create_default_context().get_ca_certs()
        print(len(roots) > 100, pwd.getpwuid(10001).pw_dir, zoneinfo.ZoneInfo("Europe/Vienna"))
    expectedOutput: ["True /.* Europe/Vienna"]
fileExistenceTests:
  - {name: the app, path: /app/app/main.py, shouldExist: true, permissions: "-rw-r--r--", uid: 0, gid: 0}
  - {name: no shell, path: /bin/sh, shouldExist: false}
  - {name: tmp, path: /tmp, shouldExist: true, permissions: "dtrwxrwxrwx"}
metadataTest:
  exposedPorts: ["8000"]
  envVars:
    - {key: PYTHONUNBUFFERED, value: "1"}
    - {key: LANG, value: C.UTF-8}
  workdir: /app
"""


def test_container_structure_test_passes(docker: Engine, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "structure.yaml").write_text(STRUCTURE, "utf-8")
    report = output_of(
        str(BIN / "container-structure-test"), "test", "--image", docker.load(archive), "--config", str(tmp_path / "structure.yaml"), "--output", "json"
    )
    outcome = json.loads(report)
    assert outcome["Fail"] == 0, report
    assert outcome["Pass"] == outcome["Total"] > 0
