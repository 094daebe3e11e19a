"""tools/bootstrap.py: what a person without the prerequisites is told, and that nothing unpinned gets in."""

import ast
import hashlib
import http.server
import importlib.util
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

BOOTSTRAP = Path(__file__).resolve().parents[2] / "tools" / "bootstrap.py"
WHEEL = b"the bytes of a wheel"


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", BOOTSTRAP)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def url() -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", str(len(WHEEL)))
            self.end_headers()
            self.wfile.write(WHEEL)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/uv.whl"
        server.shutdown()
        thread.join()


def test_the_pinned_wheel_is_one_for_this_machine_with_its_digest(bootstrap: ModuleType) -> None:
    version, url, sha256 = bootstrap.pinned_wheel()
    assert f"/uv-{version}-" in url
    assert len(sha256) == 64


def test_a_download_with_the_pinned_digest_is_taken(bootstrap: ModuleType, url: str, tmp_path: Path) -> None:
    bootstrap.fetch(url, hashlib.sha256(WHEEL).hexdigest(), str(tmp_path / "wheel"))
    assert (tmp_path / "wheel").read_bytes() == WHEEL


def test_a_download_with_another_digest_is_refused(bootstrap: ModuleType, url: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"uv\.lock says 0000"):
        bootstrap.fetch(url, "0" * 64, str(tmp_path / "wheel"))


def test_a_host_that_cannot_be_reached_is_named(bootstrap: ModuleType, tmp_path: Path) -> None:
    bootstrap.ATTEMPTS = 1
    with pytest.raises(SystemExit, match=r"127\.0\.0\.1:9 cannot be reached"):
        bootstrap.fetch("http://127.0.0.1:9/uv.whl", "0" * 64, str(tmp_path / "wheel"))


def test_an_old_python_is_told_so(bootstrap: ModuleType) -> None:
    bootstrap.OLDEST = (99, 1)
    with pytest.raises(SystemExit, match=r"paredown needs 99\.1 or later"):
        bootstrap.check_python()


def test_make_names_a_missing_python() -> None:
    words = ["make", "--always-make", "PYTHON=no-such-python", ".venv/.ready"]
    finished = subprocess.run(words, cwd=BOOTSTRAP.parents[1], capture_output=True, text=True, check=False)
    assert "error: no-such-python is not installed\n  fix: apt-get install python3" in finished.stderr


def test_its_syntax_is_that_of_python_3_6() -> None:
    assert ast.parse(BOOTSTRAP.read_text("utf-8"), feature_version=(3, 6)).body
