import json
import os
import subprocess
import sys

import pytest

from builders import tree_of
from image_layers import images_of
from paredown import __version__
from paredown.oci import layout
from paredown.store import Store


def paredown(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "paredown", *words], capture_output=True, text=True, check=False, env={**os.environ, **environment}, stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_version_is_one_line(flag):
    assert paredown(flag).stdout == f"paredown {__version__}\n"


def test_version_loads_no_command():
    code = "import sys; sys.argv = ['paredown', '--version']; from paredown.__main__ import main; main(); print(sorted(m for m in sys.modules if 'click' in m))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.endswith("[]\n")


@pytest.mark.parametrize("command", ["build", "verify", "inspect", "slim", "restore", "run", "cache"])
def test_each_command_has_help_within_80_columns(command):
    told = paredown(command, "--help", COLUMNS="80", TERMINAL_WIDTH="80")
    assert told.returncode == 0
    assert told.stdout.startswith(f"Usage: paredown {command}")
    assert max(len(line) for line in told.stdout.splitlines()) <= 80


def test_no_command_shows_the_help_and_is_no_success():
    told = paredown()
    assert told.returncode == 2
    assert "Commands:" in told.stdout


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("build", "/no/such/folder"), "/no/such/folder"),
        (("build", ".", "--platform", "windows/amd64"), "'windows/amd64' is not a platform"),
        (("build", ".", "--trim", "all"), "--trim 'all' is not known"),
        (("build", ".", "--bytecode", "some"), "--bytecode 'some' is not known"),
        (("build", ".", "--compression", "bzip2"), "bzip2"),
        (("inspect", "/no/such.tar"), "/no/such.tar"),
        (("run", "/no/such.tar", "--env", "X"), "--env 'X' sets nothing"),
    ],
)
def test_an_argument_that_cannot_be_is_told_without_a_traceback(words, what, tmp_path):
    told = paredown(*words, PAREDOWN_CACHE=str(tmp_path))
    assert told.returncode == 2
    assert told.stderr.startswith("error: ")
    assert what in told.stderr
    assert "Traceback" not in told.stderr


def test_cache_verify_names_a_damaged_blob_and_says_no(tmp_path):
    blob = tmp_path / "blobs" / "sha256" / ("0" * 64)
    blob.parent.mkdir(parents=True)
    blob.write_bytes(b"not it")
    told = paredown("cache", "verify", PAREDOWN_CACHE=str(tmp_path))
    assert (told.returncode, told.stdout) == (1, f"damaged: {blob}\n")
    assert paredown("cache", "clear", PAREDOWN_CACHE=str(tmp_path)).returncode == 0
    assert not tmp_path.exists()


def test_epoch_that_is_no_number_is_told(tmp_path):
    told = paredown("build", ".", PAREDOWN_CACHE=str(tmp_path), SOURCE_DATE_EPOCH="yesterday")
    assert told.returncode == 2
    assert "SOURCE_DATE_EPOCH is 'yesterday'" in told.stderr


def test_an_inspection_for_machines_is_json(tmp_path):
    store = Store(tmp_path / "store")
    layout.write_folder(images_of([tree_of({"app/main.py": b"print()"})], store), tmp_path / "image", store)
    told = json.loads(paredown("inspect", str(tmp_path / "image"), "--format", "json", PAREDOWN_CACHE=str(tmp_path / "other")).stdout)
    assert told["platforms"][0]["uncompressed"] == len(b"print()")
    assert told["removals"] == {}
