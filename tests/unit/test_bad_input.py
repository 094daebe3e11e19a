"""Bad input and hard days through the command line: each ends with its own message and code, and leaves nothing half-done."""

import platform
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import package_index
from command_line import Archive, CommandLine, Finished, archive, project_at
from debian_archive import Key
from package_index import wheel_of

QUICK = ("--bytecode", "none", "--no-verify")  # the archive's Python is none that could compile or run
LIBC = "/debian/pool/main/l/libc6/libc6_1.0_amd64.deb"
DENIED = 3
USERS = 2

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the archive of these tests has amd64 packages")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Archive]:
    with archive(tmp_path) as running:
        yield running


@pytest.fixture
def paredown(served: Archive, tmp_path: Path) -> CommandLine:
    return CommandLine(folder=tmp_path, environment=served.settings())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return project_at(tmp_path / "service", {})


@pytest.fixture(scope="module")
def namespaces() -> tuple[str, ...]:
    """The words that run a shell script as root of namespaces of its own."""
    words = ("unshare", "--user", "--map-root-user", "--mount")
    if shutil.which("unshare") is None or subprocess.run([*words, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False).returncode:
        pytest.skip("no namespaces of one's own here")
    return (*words, "sh", "-ec")


def test_a_project_is_built_from_packages_of_a_signed_archive(paredown: CommandLine, project: Path) -> None:
    first = paredown.build(project, *QUICK)
    assert first.digest.startswith("sha256:")
    assert paredown.build(project, *QUICK, "--locked").digest == first.digest
    assert paredown.leftovers() == []


# The archive


def test_a_tampered_release(paredown: CommandLine, project: Path, served: Archive) -> None:
    path = "/debian/dists/trixie/InRelease"
    served.mirror.files[path] = served.mirror.files[path].replace(b"main/binary-amd64", b"main/binary-arm64", 1)
    paredown.build(project, *QUICK).refuses(DENIED, "its text was altered", where=f"{served.mirror.url}{path}", fix="try again, or another mirror")
    assert paredown.leftovers() == []


def test_a_tampered_index(paredown: CommandLine, project: Path, served: Archive) -> None:
    for path in [path for path in served.mirror.files if "/debian/dists/trixie/main/" in path]:
        content = bytearray(served.mirror.files[path])
        content[len(content) // 2] ^= 1
        served.mirror.files[path] = bytes(content)
    ended = paredown.build(project, *QUICK)
    ended.refuses(DENIED, "trixie packages is not what its signed index promises: its sha256 is another", where=served.mirror.url, fix="try again")
    assert paredown.leftovers() == []


@pytest.mark.parametrize(("change", "what"), [(lambda deb: deb[:-9] + b"TAMPERED!", "its sha256 is another"), (lambda deb: deb + b"more", "bytes instead of")])
def test_a_tampered_package(paredown: CommandLine, project: Path, served: Archive, change, what) -> None:
    served.mirror.files[LIBC] = change(served.mirror.files[LIBC])
    ended = paredown.build(project, *QUICK)
    ended.refuses(DENIED, rf"libc6 1\.0 is not what its signed index promises: .*{what}", where=f"{served.mirror.url}{LIBC}", fix="try again")
    assert paredown.leftovers() == []


def test_an_unknown_signing_key(paredown: CommandLine, project: Path, served: Archive) -> None:
    served.publish(key=Key())
    paredown.build(project, *QUICK).refuses(DENIED, "none of these keys is trusted", where=served.mirror.url, fix="update paredown if Debian has new")


def test_an_expired_release(paredown: CommandLine, project: Path, served: Archive) -> None:
    served.publish(valid=timedelta(days=-9000))
    paredown.build(project, *QUICK).refuses(DENIED, "expired on 20", where=served.mirror.url, fix="correct this machine's clock")


def test_a_mirror_that_is_gone(paredown: CommandLine, project: Path) -> None:
    ended = paredown.build(project, *QUICK, "--mirror", "http://127.0.0.1:9")
    ended.refuses(DENIED, "the mirror cannot be reached", where="http://127.0.0.1:9/debian", fix="check the network or the proxy, or use another mirror")


def test_what_is_pinned_and_kept_needs_no_mirror(paredown: CommandLine, project: Path) -> None:
    first = paredown.build(project, *QUICK)
    (project / "main.py").write_text("print('another')\n")
    assert paredown.build(project, *QUICK, "--mirror", "http://127.0.0.1:9").digest != first.digest


def test_a_download_that_breaks_off_goes_on_where_it_ended(paredown: CommandLine, project: Path, served: Archive) -> None:
    undisturbed = paredown.build(project, *QUICK).digest
    shutil.rmtree(paredown.store)
    served.mirror.cuts[LIBC] = [700, 900]
    assert paredown.build(project, *QUICK).digest == undisturbed
    assert served.mirror.asked(LIBC)[-2:] == ["bytes=700-", "bytes=1600-"]
    assert paredown.leftovers() == [*(paredown.store / "partial").iterdir()] == []


def test_a_mirror_that_always_breaks_off(paredown: CommandLine, project: Path, served: Archive) -> None:
    served.mirror.cuts[LIBC] = [700, 0, 0, 0, 0]
    ended = paredown.build(project, *QUICK)
    ended.refuses(DENIED, r"the download of libc6 1\.0 broke off at 700 of \d+ bytes", where=f"{served.mirror.url}{LIBC}", fix="check the network")
    assert [path.name for path in (paredown.store / "blobs" / "sha256").iterdir() if path.stat().st_size == 700] == []
    assert paredown.run("cache", "verify").code == 0
    assert paredown.build(project, *QUICK).digest
    assert served.mirror.asked(LIBC)[-1] == "bytes=700-"
    assert paredown.leftovers() == []


# Packages


def test_an_unknown_package_with_a_name_like_another(paredown: CommandLine, tmp_path: Path, served: Archive) -> None:
    served.add("libpq5")
    served.publish()
    ended = paredown.build(project_at(tmp_path / "shop", {}, 'packages = ["libpq"]\n'), *QUICK)
    ended.refuses(USERS, "Debian trixie has no package 'libpq' for amd64", where="paredown.toml:2", fix="did you mean `libpq5`?")


def test_packages_that_cannot_be_had_together(paredown: CommandLine, tmp_path: Path, served: Archive) -> None:
    served.add("shop", Depends="libc6 (>= 9)")
    served.publish()
    ended = paredown.build(project_at(tmp_path / "shop", {}, 'packages = ["shop"]\n'), *QUICK)
    ended.refuses(USERS, r"shop .*needs libc6 \(>= 9\)", where="paredown.toml:2", fix="take `shop` out of the packages")


# Locks


def test_locked_without_a_lock(paredown: CommandLine, project: Path) -> None:
    ended = paredown.build(project, *QUICK, "--locked")
    ended.refuses(USERS, "paredown.lock is out of date: it pins no Debian packages", fix="build once without --locked and commit paredown.lock")


def test_locked_with_a_lock_of_other_packages(paredown: CommandLine, project: Path, served: Archive) -> None:
    served.add("libpq5")
    served.publish()
    assert paredown.build(project, *QUICK).digest
    project_at(project, {}, 'packages = ["libpq5"]\n')
    ended = paredown.build(project, *QUICK, "--locked")
    ended.refuses(USERS, "paredown.lock is out of date: it lacks libpq5", where="paredown.toml:2", fix="build once without --locked")


def test_a_lock_that_is_none(paredown: CommandLine, project: Path) -> None:
    (project / "paredown.lock").write_text("version = 1\n[[debian]]\n")
    paredown.build(project, *QUICK).refuses(
        USERS, "paredown.lock cannot be read: 'suite' is missing", where=str(project / "paredown.lock"), fix="delete paredown.lock"
    )


@pytest.fixture
def index() -> Iterator[package_index.PackageIndex]:
    with package_index.serving() as running:
        yield running


def test_a_distribution_with_other_bytes_than_locked(paredown: CommandLine, tmp_path: Path, index: package_index.PackageIndex) -> None:
    index.add("shop-1.0-py3-none-any.whl", wheel_of("shop", "1.0", {"shop.py": b""}))
    index.swapped["shop-1.0-py3-none-any.whl"] = wheel_of("shop", "1.0", {"shop.py": b"tampered"})
    project = project_at(tmp_path / "service", {"pylock.toml": index.pylock("shop")})
    paredown.build(project, *QUICK).refuses(
        DENIED, "shop.* is not what the lock promises: expected", where="pylock.toml", fix="do not use it before you know why"
    )
    assert paredown.leftovers() == []


def test_a_distribution_that_breaks_off(paredown: CommandLine, tmp_path: Path, index: package_index.PackageIndex) -> None:
    index.add("shop-1.0-py3-none-any.whl", wheel_of("shop", "1.0", {"shop.py": b"x" * 100_000}))
    index.cut.add("shop-1.0-py3-none-any.whl")
    project = project_at(tmp_path / "service", {"pylock.toml": index.pylock("shop")})
    paredown.build(project, *QUICK).refuses(DENIED, "a download broke off", where="pylock.toml", fix="build again")
    assert paredown.leftovers() == []
    index.cut.clear()
    assert paredown.build(project, *QUICK).digest


def test_no_wheel_for_the_platform(paredown: CommandLine, tmp_path: Path, index: package_index.PackageIndex) -> None:
    index.add("shop-1.0-cp313-cp313-win_amd64.whl", wheel_of("shop", "1.0", {"shop.py": b""}, tag="cp313-cp313-win_amd64"))
    project = project_at(tmp_path / "service", {"pylock.toml": index.pylock("shop")})
    paredown.build(project, *QUICK).refuses(USERS, r"shop 1\.0 has no wheel for linux/amd64 \(cp313\)", where="pylock.toml", fix="lock a version that has one")


def test_a_lock_that_is_out_of_date(paredown: CommandLine, tmp_path: Path) -> None:
    manifest = '[project]\nname = "service"\nversion = "1"\nrequires-python = ">=3.13"\ndependencies = ["shop"]\n'
    lock = 'version = 1\nrevision = 3\nrequires-python = ">=3.13"\n\n[[package]]\nname = "service"\nversion = "1"\nsource = { virtual = "." }\n'
    project = project_at(tmp_path / "service", {"pyproject.toml": manifest, "uv.lock": lock})
    paredown.build(project, *QUICK).refuses(USERS, "uv.lock .*out of date", where="pyproject.toml:5", fix="uv lock")


# Files


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        (".env", "DATABASE_PASSWORD=x\n", r"\.env \(an environment file\)"),
        ("keys/id_ed25519", "x\n", r"keys/id_ed25519 \(a private key\)"),
        ("tls.pem", "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n", r"tls\.pem:1 \(a private key\)"),
        ("settings.py", "\nKEY = 'AKIA" + "QWERTZUIOPASDFGH'\n", r"settings\.py:2 \(an AWS access key\)"),
        ("deploy.sh", "git clone https://ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8" + "@github.com/x/y\n", r"deploy\.sh:1 \(a GitHub token\)"),
    ],
)  # fmt: skip
def test_secrets_are_named_and_refused(paredown: CommandLine, project: Path, name: str, content: str, kind: str) -> None:
    project_at(project, {name: content})
    ended = paredown.build(project, *QUICK)
    ended.refuses(USERS, f"secrets would be in the image: {kind}", where=name, fix="add to .dockerignore")
    assert f'allow-secrets = ["{name}"]' in ended.err
    assert not any(word in ended.err for word in ("AKIAQ", "ghp_a", "MIIE"))  # never shown
    project_at(project, {}, f'allow-secrets = ["/{name}"]\n')
    assert paredown.build(project, *QUICK).digest


def test_a_link_that_leaves_the_project(paredown: CommandLine, project: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("x")
    (project / "data.txt").symlink_to("../outside.txt")
    paredown.build(project, *QUICK).refuses(USERS, "the link data.txt leaves the project: it leads to ../outside.txt", where="data.txt", fix="copy what")


def test_spaces_and_other_letters(paredown: CommandLine, tmp_path: Path) -> None:
    project = project_at(tmp_path / "Größe & Köln 店", {"ein Ordner/dätei mit leer.py": "", "ein Ordner/-rf": "", "sub\nline.txt": "x"})
    ended = paredown.run("build", project, *QUICK, "--output", tmp_path / "mein Bild ü.tar", "--quiet")
    assert ended.digest
    assert paredown.run("inspect", tmp_path / "mein Bild ü.tar", "--explain", "/app/ein Ordner/dätei mit leer.py").code == 0


def test_an_empty_project(paredown: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    paredown.build(tmp_path / "empty").refuses(USERS, "the folder .*empty is empty", where=str(tmp_path / "empty"), fix="name a folder with a pyproject.toml")


def test_a_project_of_many_files(paredown: CommandLine, project: Path) -> None:
    for folder in range(50):
        place = project / "data" / str(folder)
        place.mkdir(parents=True)
        for number in range(100):
            (place / f"{number}.txt").write_text(f"{folder} {number}")
    assert paredown.build(project, *QUICK, seconds=60).digest


# Options and places


@pytest.mark.parametrize(
    ("words", "what", "fix"),
    [
        (("--platform", "linux/riscv64"), "'linux/riscv64' is not a platform", "one or more of linux/amd64, linux/arm64"),
        (("--platform", "windows"), "'windows' is not a platform", "one or more of"),
        (("--platform", ""), "'' is not a platform", "one or more of"),
        (("--trim", "brutal"), "--trim 'brutal' is not known", "one of none, safe, lean"),
        (("--bytecode", "some"), "--bytecode 'some' is not known", "one of imported, all, none"),
        (("--compression", "brotli"), "no compression called 'brotli'", "choose one of: gzip"),
        (("--tag", "Shop Service"), "`Shop Service` is not a name", "--tag shop-service"),
        (("--tag", ""), "'' is not an image name", "use NAME or NAME:TAG"),
        (("--output", "image.tar.gz"), "would be a packed archive", "--output image.tar"),
        (("--mirror", "ftp://example.org"), "is not the http", "for instance https://"),
    ],
)  # fmt: skip
def test_an_option_that_makes_no_sense(paredown: CommandLine, project: Path, words: tuple[str, str], what: str, fix: str) -> None:
    tag = () if words[0] == "--tag" else ("--tag", "service")
    paredown.run("build", project, *tag, *words).refuses(USERS, what, fix=fix)
    assert not (paredown.folder / "service.oci.tar").exists()


def test_an_output_below_a_file(paredown: CommandLine, project: Path, tmp_path: Path) -> None:
    paredown.run("build", project, "--output", project / "main.py" / "x.tar").refuses(DENIED, "main.py is not a folder", fix="name another place with --output")


def test_an_output_on_a_read_only_disk(paredown: CommandLine, project: Path, tmp_path: Path, namespaces: tuple[str, ...]) -> None:
    (tmp_path / "closed").mkdir()
    through = (*namespaces, 'mount -t tmpfs -o ro none "$0"; exec "$@"', str(tmp_path / "closed"))
    ended = paredown.build(project, *QUICK, output="closed/x.tar", through=through)
    ended.refuses(DENIED, "closed is not writable for you", where=str(tmp_path / "closed"), fix="name another place with --output")


def test_a_project_on_a_read_only_disk_is_built_all_the_same(paredown: CommandLine, project: Path, tmp_path: Path, namespaces: tuple[str, ...]) -> None:
    script = 'mount --bind "$0" "$0"; mount -o remount,ro,bind "$0"; exec "$@"'
    words = ("build", project, *QUICK, "--output", tmp_path / "x.tar")
    ended = paredown.run(*words, through=(*namespaces, script, str(project)))
    assert ended.digest
    assert "note: paredown.lock could not be written" in ended.err
    assert not (project / "paredown.lock").exists()


@pytest.mark.parametrize("size", ["100k", "400k", "700k"])
def test_a_full_disk(paredown: CommandLine, project: Path, size: str, namespaces: tuple[str, ...]) -> None:
    paredown.store.mkdir()
    script = f'mount -t tmpfs -o size={size} none "$0"; "$@"; status=$?; find "$0"/scratch "$0"/blobs -type f -size 0 1>&2; exit $status'
    ended = paredown.build(project, *QUICK, through=(*namespaces, script, str(paredown.store)))
    ended.refuses(DENIED, f"no space left on the disk of {paredown.store}", fix="free some space, or point PAREDOWN_CACHE elsewhere")


def test_a_full_disk_of_the_output(paredown: CommandLine, project: Path, tmp_path: Path, namespaces: tuple[str, ...]) -> None:
    (tmp_path / "full").mkdir()
    script = 'mount -t tmpfs -o size=64k none "$0"; "$@"; status=$?; ls -A "$0" >&2; exit $status'
    ended = paredown.build(project, *QUICK, output="full/x.tar", through=(*namespaces, script, str(tmp_path / "full")))
    ended.refuses(DENIED, f"no space left on the disk of {tmp_path / 'full'}", fix="free some space, or write to another disk")
    assert "x.tar" not in ended.err


def test_a_store_that_cannot_be_written(paredown: CommandLine, project: Path, namespaces: tuple[str, ...]) -> None:
    paredown.store.mkdir()
    ended = paredown.build(project, *QUICK, through=(*namespaces, 'mount -t tmpfs -o ro none "$0"; exec "$@"', str(paredown.store)))
    ended.refuses(DENIED, "cannot be written: Read-only file system", fix="point PAREDOWN_CACHE to a folder of yours")


def test_no_sandbox(paredown: CommandLine, project: Path, namespaces: tuple[str, ...]) -> None:
    ended = paredown.build(project, through=(*namespaces, 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"', "sh"))
    ended.refuses(DENIED, "no sandbox can run here: .*user namespaces", fix="build where user namespaces are allowed or with `--bytecode all`")


# Several at once, and ends before the end


def test_three_builds_at_once_in_one_store(paredown: CommandLine, tmp_path: Path) -> None:
    projects = [project_at(tmp_path / f"service{number}", {"main.py": f"print({number // 2})\n"}) for number in range(3)]
    running = [paredown.start("build", one, *QUICK, "--tag", "service", "--output", f"{one.name}.tar", "--quiet") for one in projects]
    ended = [Finished(code=process.wait(), out=out, err=err) for process in running for out, err in [process.communicate(timeout=60)]]
    assert ended[0].digest == ended[1].digest != ended[2].digest
    assert paredown.leftovers() == []


def test_two_builds_of_one_project_to_one_output(paredown: CommandLine, project: Path, tmp_path: Path) -> None:
    running = [paredown.start("build", project, *QUICK, "--tag", "service", "--output", "image.tar", "--quiet") for _ in range(2)]
    ended = [Finished(code=process.wait(), out=out, err=err) for process in running for out, err in [process.communicate(timeout=60)]]
    assert ended[0].digest == ended[1].digest == paredown.build(project, *QUICK, "--locked").digest
    assert paredown.leftovers() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_build_that_is_stopped_leaves_nothing(paredown: CommandLine, project: Path, served: Archive, number: signal.Signals) -> None:
    served.mirror.delays[LIBC] = 20
    process = paredown.start("build", project, *QUICK, "--output", "image.tar")
    last = time.monotonic() + 20
    while not served.mirror.asked(LIBC) and time.monotonic() < last:
        time.sleep(0.02)
    before = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - before < 5
    assert (process.returncode, out, err) == (128 + number, "", "\nstopped\n")
    assert paredown.leftovers() == []
    assert not (paredown.folder / "image.tar").exists()


def test_python_and_hashes_have_no_say_in_the_digest(paredown: CommandLine, project: Path) -> None:
    digests = {CommandLine(folder=paredown.folder, environment={**paredown.environment, "PYTHONHASHSEED": seed, "TZ": zone}).build(project, *QUICK).digest
               for seed, zone in (("1", "UTC"), ("2", "Asia/Kathmandu"))}  # fmt: skip
    assert len(digests) == 1
    assert sys.flags.hash_randomization in (0, 1)
