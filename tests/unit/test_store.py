import errno
import hashlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from paredown.errors import UntrustedError, WorldError
from paredown.store import Store, replacing, spelled_out


def test_a_blob_is_found_by_its_digest(tmp_path):
    store = Store(tmp_path)
    digest = store.add_bytes(b"hello")
    assert digest == "sha256:" + hashlib.sha256(b"hello").hexdigest()
    assert store.blob(digest).read_bytes() == b"hello"


def test_a_blob_with_another_digest_than_promised_is_not_kept(tmp_path):
    store = Store(tmp_path)
    with store.writer() as writer:
        writer.write(b"tampered")
        with pytest.raises(UntrustedError, match="the wheel is not what was promised"):
            writer.commit("sha256:" + "0" * 64, what="the wheel")
    assert list(tmp_path.glob("blobs/**/*")) == []


def test_an_uncommitted_write_leaves_nothing(tmp_path):
    store = Store(tmp_path)
    with store.writer() as writer:
        writer.write(b"half")
    assert list(store.scratch.iterdir()) == []


@pytest.mark.parametrize("digest", ["sha256:../../etc/passwd", "md5:00", "sha256:short", ""])
def test_a_digest_that_is_none_never_becomes_a_path(tmp_path, digest):
    with pytest.raises(UntrustedError):
        Store(tmp_path).blob(digest)


def test_a_folder_is_filled_once_when_two_want_it(tmp_path):
    calls = []

    def fill(folder):
        calls.append(folder)
        time.sleep(0.05)
        (folder / "x").write_text("1")

    with ThreadPoolExecutor(2) as pool:
        places = list(pool.map(lambda _: Store(tmp_path).folder("kind", "key", fill), range(2)))
    assert len(calls) == 1
    assert places[0] == places[1]
    assert (places[0] / "x").read_text() == "1"


def test_a_folder_whose_filling_breaks_off_is_not_there(tmp_path):
    def fill(folder):
        (folder / "half").write_text("1")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Store(tmp_path).folder("kind", "key", fill)
    assert not (tmp_path / "folders" / "kind" / "key").exists()


def test_what_a_killed_process_left_is_swept_by_the_next(tmp_path):
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom paredown.store import Store\ns = Store(Path(sys.argv[1]))\n"
        "(s.scratch / 'half').write_text('x')\nprint('ready', flush=True)\ntime.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    alive = Store(tmp_path)
    assert alive.scratch
    assert len(list((tmp_path / "scratch").glob("*/half"))) == 1
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert Store(tmp_path).scratch
    assert list((tmp_path / "scratch").glob("*/half")) == []


def test_scratch_is_gone_when_its_process_ends(tmp_path):
    code = "import sys\nfrom pathlib import Path\nfrom paredown.store import Store\n(Store(Path(sys.argv[1])).scratch)\nsys.exit(3)\n"
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 3
    assert list((tmp_path / "scratch").iterdir()) == []


def test_scratch_without_a_lock_is_swept(tmp_path):
    # A child of a killed process may write on after the lock was swept.
    (tmp_path / "scratch" / "77-abc" / "inner").mkdir(parents=True)
    store = Store(tmp_path)
    assert {path.stem for path in (store.scratch.parent).iterdir()} == {store.scratch.name}


def test_replacing_leaves_the_old_file_when_it_breaks_off(tmp_path):
    (tmp_path / "x.tar").write_text("old")

    def stopped():
        with replacing(tmp_path / "x.tar") as unfinished:
            unfinished.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stopped()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"x.tar": "old"}


def test_replacing_sweeps_what_killed_processes_left_but_not_what_others_write(tmp_path):
    (tmp_path / ".0123abcd.x.tar").write_text("left")
    (tmp_path / ".0123abcd.y.tar").write_text("another file's")
    with replacing(tmp_path / "x.tar") as first, replacing(tmp_path / "x.tar") as second:
        first.write_text("1")
        second.write_text("2")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"x.tar": "1", ".0123abcd.y.tar": "another file's"}


@pytest.mark.parametrize("output", [True, False])
def test_a_full_disk_never_advises_to_delete_the_users_own_folder(tmp_path, output):
    with pytest.raises(WorldError, match="no space left on the disk of") as caught, spelled_out(tmp_path, output=output):
        raise OSError(errno.ENOSPC, "full")
    assert ("rm -rf" in caught.value.fix) is not output


def test_damaged_names_a_blob_that_changed(tmp_path):
    store = Store(tmp_path)
    path = store.blob(store.add_bytes(b"good"))
    assert list(store.damaged()) == []
    path.write_bytes(b"bad")
    assert list(store.damaged()) == [path]
