"""Services of this machine beside an image's service, in its private network."""

import os
import socket
import sys
from pathlib import Path

import pytest

from paredown import sandbox
from paredown.errors import UserError, WorldError
from paredown.origin import Origin
from paredown.plan import Companion
from paredown.runners.companions import beside
from paredown.sandbox import InnerNetwork

HOSTS = b"127.0.0.1 localhost other\n"
ANSWER = """
import os, pwd, socket
open("written", "w").close()
said = f"{os.getuid() > 0} {pwd.getpwuid(os.getuid()).pw_name} {os.getcwd() == os.path.expanduser('~')} {os.environ['A']} {os.access('/etc', os.W_OK)}"
with socket.create_server(("", 7000)) as server:
    while True:
        accepted, _ = server.accept()
        accepted.sendall(said.encode())
        accepted.close()
"""


@pytest.fixture
def companion(tmp_path: Path) -> Companion:
    """A program of a project, by its name there."""
    if reason := sandbox.unavailable():
        pytest.skip(reason)
    (tmp_path / "project").mkdir()
    (tmp_path / "project/answer.py").write_text(ANSWER)
    command = (os.path.realpath(sys.executable), "answer.py")
    return Companion(
        name="other", command=command, ports=(7000,), environment=(("A", "b"),), project=str(tmp_path / "project"), origin=Origin("pyproject.toml", 3)
    )


def said_by(network: InnerNetwork) -> bytes:
    with network.connect(7000) as connected:
        return connected.recv(1000, socket.MSG_WAITALL)


def test_it_is_up_as_an_ordinary_user_with_a_home_when_the_context_begins(companion: Companion, tmp_path: Path) -> None:
    with sandbox.private_network() as network:
        with beside((companion,), network, HOSTS, tmp_path):
            assert said_by(network) == b"True companion True b False"
        with pytest.raises(ConnectionRefusedError):
            network.connect(7000)
    assert [path.name for path in tmp_path.glob("*/written")] == ["written"]


def test_an_error_says_which_runner_to_use_when_it_is_an_image(tmp_path: Path) -> None:
    redis = Companion(name="redis", image="redis:7", ports=(6379,), origin=Origin("pyproject.toml", 9))
    with pytest.raises(UserError, match="redis:7, which needs Docker or Podman"), beside((redis,), InnerNetwork(), HOSTS, tmp_path):
        pass


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((os.path.realpath(sys.executable), "-c", "raise SystemExit('no disk')"), r"other ended with status 1; it said last:\nno disk"),
        (("no-such-server",), "other does not start: no-such-server cannot be started"),
    ],
)
def test_an_error_shows_its_last_words_when_it_does_not_come_up(companion: Companion, tmp_path: Path, words: tuple[str, ...], complaint: str) -> None:
    failing = Companion(name="other", command=words, ports=(7000,), origin=companion.origin)
    with sandbox.private_network() as network, pytest.raises(WorldError, match=complaint), beside((failing,), network, HOSTS, tmp_path):
        pass
