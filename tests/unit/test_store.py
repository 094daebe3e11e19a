import hashlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from paredown.errors import UntrustedError
from paredown.store import Store


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


def test_damaged_names_a_blob_that_changed(tmp_path):
    store = Store(tmp_path)
    path = store.blob(store.add_bytes(b"good"))
    assert list(store.damaged()) == []
    path.write_bytes(b"bad")
    assert list(store.damaged()) == [path]
