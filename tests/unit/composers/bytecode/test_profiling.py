"""What a service imports, seen by starting it: also when it dies, forks, isolates itself or has a sitecustomize of its own."""

import py_compile
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders import plan_of
from machine_python import LIBRARY, LOADED_FROM, PROGRAM, machine_python
from paredown import sandbox
from paredown.composers.bytecode.profiling import Profile, observe
from paredown.composers.interface import Means
from paredown.materialise import remove_folder, write_folder
from paredown.plan import HealthCheck
from paredown.progress import Quiet
from paredown.result import Skipped
from paredown.store import Store
from paredown.tree import Tree, file_of, folder_of

SERVICE = b"""
import http.server, os, signal, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            import colorsys
            self.send_response(200)
        elif self.path == "/":
            import chunk_of_the_page
            self.send_response(200)
        else:
            import importlib
            importlib.import_module("page_not_found")
            self.send_response(404)
        self.end_headers()
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
server = http.server.HTTPServer(("0.0.0.0", 8000), Page)
if "fork" in sys.argv:
    if os.fork() == 0:
        import only_in_the_child
        server.serve_forever()
    signal.pause()
server.serve_forever()
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    if reason := sandbox.unavailable():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("image")
    app = {f"app/{name}.py": file_of(b"") for name in ("chunk_of_the_page", "page_not_found", "only_in_the_child", "never")}
    write_folder(machine_python().over(Tree({**app, "app/service.py": file_of(SERVICE)})), folder)
    yield folder
    remove_folder(folder)


@pytest.fixture
def means(tmp_path: Path) -> Means:
    return Means(store=Store(tmp_path / "store"), progress=Quiet(), mirror="", environment={})


def observed(root: Path, means: Means, *words: str, ports: tuple[int, ...] = (8000,), patience: float = 15) -> Profile:
    plan = plan_of(ports=ports, health=HealthCheck(path="/health", origin=plan_of().command.origin), environment=(("LD_LIBRARY_PATH", LOADED_FROM),))
    found = observe(root, plan, (PROGRAM, *words), means, patience=patience)
    assert isinstance(found, Profile), found
    return found


def test_modules_of_start_and_first_answers_are_seen_when_a_service_runs(root: Path, means: Means) -> None:
    found = observed(root, means, "/app/service.py")
    assert found.notes == ()
    assert {"http.server", "encodings", "colorsys", "/app/chunk_of_the_page.py", "/app/page_not_found.py"} <= set(found.modules)
    assert not {"/app/never.py", "/app/only_in_the_child.py", "sitecustomize"} & set(found.modules)
    assert list(found.modules) == sorted(found.modules)
    assert observed(root, means, "/app/service.py") == found


def test_modules_of_forked_workers_are_seen_when_they_answer(root: Path, means: Means) -> None:
    assert {"/app/only_in_the_child.py", "/app/page_not_found.py"} <= set(observed(root, means, "/app/service.py", "fork").modules)


def test_modules_are_seen_when_python_is_isolated(root: Path, means: Means) -> None:
    found = observed(root, means, "-I", "-c", "import colorsys; raise SystemExit('no database')")
    assert "colorsys" in found.modules
    assert found.notes == ("the service ended with status 1 when it was profiled: no database",)


def test_modules_until_then_count_when_the_service_never_answers(root: Path, means: Means) -> None:
    found = observed(root, means, "-c", "import colorsys, os\nwhile True: os.write(1, b'x' * 65536)", patience=0.8)
    assert "colorsys" in found.modules
    assert found.notes == ("the service did not answer on port 8000 within 0.8 seconds when it was profiled",)


def test_a_service_that_does_not_listen_to_its_stop_signal_is_told(root: Path, means: Means) -> None:
    found = observed(root, means, "-c", "import time\ntime.sleep(60)", ports=())
    assert found.notes[0].startswith("the service does not listen to SIGTERM")
    assert '`stop-signal = "SIGINT"`' in found.notes[0]


def test_modules_are_seen_when_the_service_has_no_port(root: Path, means: Means) -> None:
    code = "import colorsys, signal, sys\nsignal.signal(15, lambda *_: sys.exit())\nsignal.pause()"
    found = observed(root, means, "-c", code, ports=())
    assert "colorsys" in found.modules
    assert found.notes == ()


def test_sitecustomize_of_the_image_still_runs_when_watched(root: Path, means: Means, tmp_path: Path) -> None:
    customised = tmp_path / "image"
    own = {f"{LIBRARY}/sitecustomize.py": file_of(b"import sys; sys.of_the_library = True\n"), "app/sitecustomize.py": file_of(b"import colorsys\n")}
    write_folder(machine_python().over(Tree(own)), customised)
    found = observed(customised, means, "-c", "import sys; raise SystemExit(f'seen: {sys.of_the_library}')")
    assert found.notes == ("the service ended with status 1 when it was profiled: seen: True",)
    assert "sitecustomize" in found.modules
    remove_folder(customised)


def test_modules_are_seen_when_the_base_was_compiled_ahead(root: Path, means: Means, tmp_path: Path) -> None:
    customised = tmp_path / "image"
    write_folder(machine_python().over(Tree({f"{LIBRARY}/sitecustomize.py": file_of(b""), "app": folder_of()})), customised)
    py_compile.compile(str(customised / LIBRARY / "sitecustomize.py"), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    found = observed(customised, means, "-c", "import colorsys; raise SystemExit('seen')")
    assert "colorsys" in found.modules
    remove_folder(customised)


def test_the_image_stays_as_it_was_when_profiled(root: Path, means: Means) -> None:
    before = sorted(root.rglob("*"))
    observed(root, means, "-B", "-c", "open('/app/new', 'w'); open('/etc/new', 'w')")
    assert sorted(root.rglob("*")) == before


def test_a_reason_is_given_when_there_is_nothing_to_watch(root: Path, means: Means, tmp_path: Path) -> None:
    empty = observe(tmp_path, plan_of(), (PROGRAM,), means)
    assert empty == Skipped(what="profile of imports", reason="the image has no Python standard library to watch")
    missing = observe(root, plan_of(ports=(8000,)), ("/no/such",), means)
    assert missing == Skipped(what="profile of imports", reason="/no/such cannot be started in the sandbox: No such file or directory")
