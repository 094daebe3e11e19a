"""The example service built from the real archive on hard days: killed, stopped, side by side, elsewhere, by others, very large."""

import io
import os
import random
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

import package_index
from command_line import CommandLine, Finished, awaited, killed_after, project_at

pytestmark = pytest.mark.network
SERVICE = Path(__file__).resolve().parents[2] / "examples" / "lightweight-app"
KILLS = 12
SEED = 20


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A command line whose store holds all downloads, and only these."""
    paredown = CommandLine(folder=tmp_path_factory.mktemp("warm"))
    service(paredown.folder)
    assert paredown.build(paredown.folder / "service", "--bytecode", "none").digest
    packages = {path.name for path in (paredown.store / "blobs" / "sha256").iterdir() if path.open("rb").read(8) == b"!<arch>\n"}
    for path in (paredown.store / "blobs" / "sha256").iterdir():
        if path.name not in packages:
            path.unlink()
    for name in ("records", "folders"):
        shutil.rmtree(paredown.store / name)
    return paredown


def service(folder: Path) -> Path:
    """A copy of the example, never built."""
    return Path(shutil.copytree(SERVICE, folder / "service", ignore=shutil.ignore_patterns("paredown.lock", ".venv", "__pycache__", "*.tar")))


@pytest.fixture
def paredown(warm: CommandLine, tmp_path: Path) -> CommandLine:
    """A command line with a copy of the warm store, beside a copy of the service."""
    service(tmp_path)
    return renewed(CommandLine(folder=tmp_path, environment={"UV_CACHE_DIR": str(warm.folder / "uv")}), warm)


def renewed(paredown: CommandLine, warm: CommandLine) -> CommandLine:
    """With the warm store instead of its own, and no lock."""
    shutil.rmtree(paredown.store, ignore_errors=True)
    shutil.copytree(warm.store, paredown.store)
    (paredown.folder / "service" / "paredown.lock").unlink(missing_ok=True)
    return paredown


@pytest.fixture(scope="module")
def undisturbed(warm: CommandLine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of the service when nothing happens."""
    folder = tmp_path_factory.mktemp("undisturbed")
    service(folder)
    return renewed(CommandLine(folder=folder, environment={"UV_CACHE_DIR": str(warm.folder / "uv")}), warm).build(folder / "service").digest


def test_a_build_killed_at_any_moment_many_times_over(paredown: CommandLine, warm: CommandLine, undisturbed: str) -> None:
    moments = random.Random(SEED)
    hit = 0
    for attempt in range(KILLS):
        if attempt % 4 == 0:
            renewed(paredown, warm)
        number = moments.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
        process = paredown.start("build", "service", "--no-verify", "--tag", "service", "--output", "image.tar")
        hit += killed_after(process, moments.uniform(0.05, 6), number, group=moments.random() < 0.5)
        if attempt % 4 == 3 or moments.random() < 0.25:
            assert paredown.build(paredown.folder / "service").digest == undisturbed
            assert paredown.leftovers() == []
    assert hit


@pytest.mark.parametrize("moment", [0.3, 1.5, 3, 4.5])
def test_control_c_ends_at_once_and_leaves_nothing(paredown: CommandLine, moment: float) -> None:
    process = paredown.start("build", "service", "--no-verify", "--tag", "service", "--output", "image.tar")
    awaited(process)
    time.sleep(moment)
    before = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, err = process.communicate(timeout=60)
    assert time.monotonic() - before < 5
    if process.returncode != 0:  # else it had ended before
        assert (process.returncode, err.strip()) == (130, "stopped")
        assert not (paredown.folder / "image.tar").exists()
    assert paredown.leftovers() == []


def test_builds_side_by_side_in_one_store(paredown: CommandLine, undisturbed: str) -> None:
    for name in ("a", "b"):
        shutil.copytree(paredown.folder / "service", paredown.folder / name)
    running = [paredown.start("build", name, "--no-verify", "--tag", "service", "--output", f"{name}.tar", "--quiet") for name in ("service", "a", "b")]
    ended = [Finished(code=process.wait(), out=out, err=err) for process in running for out, err in [process.communicate(timeout=200)]]
    assert {one.digest for one in ended} == {undisturbed}
    assert paredown.leftovers() == []


def test_two_platforms_twice_give_one_digest(paredown: CommandLine, warm: CommandLine) -> None:
    digests = set()
    for order in ("linux/amd64,linux/arm64", "linux/amd64,linux/arm64"):
        digests.add(paredown.build(paredown.folder / "service", "--platform", order, "--bytecode", "all").digest)
        renewed(paredown, warm)
    assert len(digests) == 1


def test_a_store_lock_or_project_elsewhere_gives_the_same_digest(paredown: CommandLine, undisturbed: str, tmp_path: Path) -> None:
    there = tmp_path / "ander swö" / "other"
    shutil.copytree(paredown.folder / "service", there)
    for path in there.rglob("*"):
        os.utime(path, (1_500_000_000, 1_500_000_000))
        path.chmod(0o700 if path.is_dir() else 0o600)
    home = tmp_path / "home"
    home.mkdir()
    moved = CommandLine(
        folder=tmp_path / "ander swö",
        environment={**paredown.environment, "HOME": str(home), "TZ": "Asia/Kathmandu", "LANG": "tr_TR.UTF-8", "LC_ALL": "C", "PYTHONHASHSEED": "7"},
    )
    through = ("sh", "-c", 'umask 0077; exec "$@"', "sh")
    assert moved.build(there, through=through).digest == undisturbed


def test_another_user_makes_the_same_image(paredown: CommandLine, undisturbed: str, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    drop = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
    place = Path("/var/tmp") / f"paredown-{os.getpid()}"  # where every user may come
    try:
        place.mkdir()
        other = CommandLine(folder=place, environment={"HOME": str(place), "UV_CACHE_DIR": str(place / "uv")})
        project = service(place)
        subprocess.run(["chown", "-R", "65534:65534", str(place)], check=True)
        if subprocess.run([*drop, "realpath", "-e", sys.executable], capture_output=True, check=False).returncode:
            pytest.skip("another user cannot start this Python")
        assert other.build(project, through=drop).digest == undisturbed
    finally:
        shutil.rmtree(place, ignore_errors=True)


def test_without_a_sandbox_all_bytecode_can_be_built(paredown: CommandLine) -> None:
    through = ("unshare", "--user", "--map-root-user", "sh", "-c", 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"', "sh")
    paredown.build(paredown.folder / "service", through=through).refuses(3, "no sandbox can run here", fix="build where user namespaces")
    assert paredown.build(paredown.folder / "service", "--bytecode", "all", through=through).digest


def test_a_source_distribution_that_needs_a_compiler(paredown: CommandLine, tmp_path: Path) -> None:
    with package_index.serving() as index:
        index.add("shop-1.0.tar.gz", source_distribution())
        files = {"pylock.toml": index.pylock("shop"), "main.py": "import shop\n"}
        project = project_at(tmp_path / "compiled", files)
        ended = paredown.build(project, "--bytecode", "none")
        ended.refuses(2, "shop 1.0", where="pylock.toml", fix="")
        assert "build-packages = [" in ended.err
        project_at(project, {}, 'build-packages = ["gcc", "libc6-dev", "python3-dev"]\n')
        assert paredown.build(project, "--bytecode", "none", seconds=300).digest


def source_distribution() -> bytes:
    """Of a package with one extension module, built by the setuptools of the index."""
    files = {
        "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
        "setup.py": "from setuptools import Extension, setup\n\nsetup(name='shop', version='1.0', ext_modules=[Extension('shop', ['shop.c'])])\n",
        "shop.c": '#include <Python.h>\nstatic struct PyModuleDef shop = {PyModuleDef_HEAD_INIT, "shop"};\n'
        "PyMODINIT_FUNC PyInit_shop(void) { return PyModule_Create(&shop); }\n",
        "PKG-INFO": "Metadata-Version: 2.1\nName: shop\nVersion: 1.0\n",
    }
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(f"shop-1.0/{name}")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return stream.getvalue()


def test_a_hundred_thousand_files(paredown: CommandLine, tmp_path: Path) -> None:
    project = project_at(tmp_path / "large", {})
    for folder in range(200):
        place = project / "data" / str(folder)
        place.mkdir(parents=True)
        for number in range(500):
            (place / f"{number}.json").write_text(f'{{"number": {folder * 500 + number}}}')
    first = paredown.build(project, "--bytecode", "none", seconds=300)
    assert paredown.build(project, "--bytecode", "none", seconds=300).digest == first.digest
