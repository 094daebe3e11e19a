"""Two images compared by Docker and by Podman: by reference and from files, equivalent and broken, with a service that this machine's own Python runs."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders import tree_of
from comparisons import verdict as some_verdict
from image_layers import packed
from machine_python import LOADED_FROM, PROGRAM, machine_python
from paredown import measuring, verification
from paredown.comparison import Group, Held, NotMeasured
from paredown.composers.build_root import host_architecture
from paredown.composers.interface import Means
from paredown.measures.lives import Effort
from paredown.oci import engine as engines
from paredown.oci import layout
from paredown.oci.assemble import image_of, image_set
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.progress import Quiet
from paredown.result import Answer, Verdict
from paredown.runners.engine import EngineRunner
from paredown.runners.programs import watchdog
from paredown.store import Store
from paredown.tree import Tree

SERVICE = b"""
import http.server, signal, sys

class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status, kind, body = 200, "text/html", b'<a href="/stock">What is there</a>'
        if self.path == "/stock":
            try:
                import stock
                kind, body = "application/json", stock.AS_JSON
            except ImportError as error:
                status, body = 500, str(error).encode()
        elif self.path != "/":
            status, body = 404, b"there is no such page"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Shop).serve_forever()
"""
APP = tree_of({"app/shop.py": SERVICE, "app/stock.py": b"AS_JSON = b'{\"apples\": 3}'\n", "etc/passwd": b"app:x:10001:0::/tmp:/bin/false\n"})


def write(tree: Tree, path: Path, means: Means, reference: str) -> None:
    """Write an image of the service, of which the app is `tree`, to `path`."""
    config = ImageConfig(
        platform=ImagePlatform(architecture=host_architecture().value), created="1970-01-01T00:00:00Z", user="10001:0", working_directory="/app",
        environment=(("PATH", "/usr/bin"), ("LD_LIBRARY_PATH", LOADED_FROM)), command=(PROGRAM, "shop.py"), ports=("8000/tcp",),
    )  # fmt: skip
    layers = [("python", packed(machine_python(), means.store)), ("app", packed(tree, means.store))]
    layout.write_tar(image_set([image_of(config, layers)], reference=reference), path, means.store)


@pytest.fixture(scope="module")
def means(runner: EngineRunner, tmp_path_factory: pytest.TempPathFactory) -> Means:
    return Means(store=Store(tmp_path_factory.mktemp("verify")), progress=Quiet(), mirror="", environment=dict(runner.environment))


@pytest.fixture(scope="module")
def image(means: Means, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "image.tar"
    write(APP, path, means, "paredown-verify:good")
    return path


@pytest.fixture
def reference(runner: EngineRunner, image: Path) -> Iterator[str]:
    """The image's name in the engine."""
    engine = engines.engine_named(runner.name, runner.environment)
    name = engines.load(image, engine, runner.environment)
    yield name
    subprocess.run([engine.program, "rmi", "--force", name], env=dict(runner.environment), capture_output=True, check=True)


def verdict(before: str, after: str, runner: EngineRunner, means: Means, project: Path) -> Verdict:
    """What comparing them comes to, after a look at what is left in the engine."""
    found = verification.verify(before, after, runner=runner.name, project=project, means=means)
    engine = engines.engine_named(runner.name, runner.environment)
    for what in (["ps", "--all", "--quiet"], ["volume", "ls", "--quiet"], ["network", "ls", "--quiet"]):
        left = subprocess.run([engine.program, *what, "--filter", f"label={watchdog.LABEL}"], env=dict(runner.environment), capture_output=True, check=True)
        assert left.stdout == b"", f"something is left behind: {what}"
    return found


def test_an_image_in_the_engine_is_equivalent_to_the_same_in_a_file(
    runner: EngineRunner, reference: str, image: Path, means: Means, tmp_path: Path
) -> None:  # fmt: skip
    found = verdict(reference, str(image), runner, means, tmp_path)
    assert (found.runner, found.differences, found.unproven, found.answer) == (runner.name, (), (), Answer.EQUIVALENT)
    assert {"http", "modules", "signals", "restart"} <= {probe for probe, _ in found.checks}


def test_a_module_that_a_page_imports_late_is_missed_and_blamed(runner: EngineRunner, image: Path, means: Means, tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar"
    write(APP.without(["app/stock.py"]), broken, means, "paredown-verify:broken")
    found = verdict(str(image), str(broken), runner, means, tmp_path)
    late = [difference for difference in found.differences if (difference.probe, difference.key) == ("http", "page: GET /stock")]
    assert late, [f"{difference.probe}: {difference.key}" for difference in found.differences]
    assert {culprit.path for difference in late for culprit in difference.culprits} == {"/app/stock.py"}


def test_what_runs_in_the_engine_is_measured(runner: EngineRunner, image: Path, means: Means, tmp_path: Path) -> None:
    given = verification.match(str(image), str(image), runner=runner.name, project=tmp_path, means=means)
    effort = Effort(runs=1, idle=0.2, requests=40)
    found = measuring.compare(given.before, given.after, some_verdict(), runner=given.runner, settings=given.settings, means=means, effort=effort)
    absent = {row.name: row.after for row in found.measurements if isinstance(row.after, NotMeasured) and row.group is not Group.BUILD}
    assert not absent
    held = {practice.name: practice.after for practice in found.practices}
    assert held["runs with a read-only root"].held is Held.YES, held
