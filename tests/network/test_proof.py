"""Builds that prove what they made, and `paredown verify` on what they wrote."""

import json
from pathlib import Path

import pytest

from command_line import CommandLine, project_at

pytestmark = pytest.mark.network
# Plain standard library: nothing to download but the base. `greetings` is imported by a request only.
SERVER = """
import http.server, os, signal, sys

NAME = os.environ["NAME"]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        import greetings
        body = f"{greetings.HELLO} {NAME}".encode()
        self.send_response(200)
        self.send_header("content-type", "text/plain; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
"""
SETTINGS = 'port = 8000\nhealth = "/"\n'
NAMED = SETTINGS + '[verify]\nenvironment = { NAME = "Ada" }\n'


@pytest.fixture(scope="module")
def paredown(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    return CommandLine(folder=tmp_path_factory.mktemp("proof"))


def project(paredown: CommandLine, name: str, settings: str, greetings: str = "HELLO = 'Hello'\n") -> Path:
    return project_at(paredown.folder / name, {"main.py": SERVER, "greetings.py": greetings}, settings)


def test_a_build_proves_its_image_and_does_so_once_when_nothing_changed(paredown: CommandLine) -> None:
    words = ("build", project(paredown, "good", NAMED), "--output", "good.tar", "--format", "json")
    first, again = (paredown.run(*words, seconds=300) for _ in range(2))
    assert first.code == 0, first.out + first.err
    found, known = (json.loads(ended.out) for ended in (first, again))
    assert found["verdict"]["verdict"] == "equivalent"
    assert found["verdict"]["coverage"]["modules"]["exercised"]
    assert not next(phase["reused"] for phase in found["phases"] if phase["name"] == "verify")
    assert next(phase["reused"] for phase in known["phases"] if phase["name"] == "verify")
    assert known["verdict"] == found["verdict"]


def test_a_build_that_cannot_be_proven_says_what_is_missing_and_ends_with_1(paredown: CommandLine) -> None:
    words = ("build", project(paredown, "unnamed", SETTINGS), "--output", "unnamed.tar")
    ended = paredown.run(*words, seconds=300)
    assert ended.code == 1
    assert "unproven" in ended.err
    assert "NAME" in ended.err
    assert (paredown.folder / "unnamed.tar").exists()
    allowed = paredown.run(*words, "--allow-unproven", seconds=300)
    assert allowed.code == 0, allowed.err
    assert paredown.run(*words, "--no-verify").code == 0


def test_verify_finds_the_line_that_changed(paredown: CommandLine) -> None:
    for name, greetings in (("one", "HELLO = 'Hello'\n"), ("other", "HELLO = 'Good day'\n")):
        assert paredown.build(project(paredown, name, NAMED, greetings), output=f"{name}.tar").code == 0
    ended = paredown.run("verify", "one.tar", "other.tar", "--project", "one", "--format", "json", seconds=300)
    assert ended.code == 1
    seen = {(each["probe"], each["key"]): each for each in json.loads(ended.out)["differences"]}
    assert ("app files", "greetings.py") in seen
    assert any("Good day" in each["after"] for (probe, _), each in seen.items() if probe == "http")
    assert paredown.run("verify", "one.tar", "one.tar", "--project", "one", "--quiet", seconds=300).code == 0
