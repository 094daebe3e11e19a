"""A configuration and a tree made into a Launch, as engines do."""

from typing import Any

import pytest

from builders import tree_of
from paredown.errors import UserError
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.runners.interface import Launch
from paredown.runners.launching import launch_of
from paredown.tree import Tree, folder_of

ACCOUNTS = tree_of({
    "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\nbroken line\napp:x:1001:1002::/home/app:/bin/sh\n",
    "etc/group": b"root:x:0:\nstaff:x:50:app\n",
    "home/app": folder_of(uid=1001),
})  # fmt: skip
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def config(**fields: Any) -> ImageConfig:
    return ImageConfig(platform=ImagePlatform(architecture="amd64"), **fields)


def test_a_launch_is_what_an_engine_would_do_when_all_is_said() -> None:
    described = config(
        user="app", entrypoint=("/a",), command=("b",), working_directory="/app", ports=("9000/tcp", "8080/tcp", "53/udp"), environment=(("A", "b"),),
        volumes=("/data/",), stop_signal="SIGINT",
    )  # fmt: skip
    assert launch_of(described, ACCOUNTS, environment={"A": "c", "D": "e"}) == Launch(
        argv=("/a", "b"), environment=(("PATH", PATH), ("A", "c"), ("D", "e"), ("HOME", "/home/app")), user=1001, group=1002, working_directory="/app",
        ports=(8080, 9000), writable=("/data", "/home/app"), stop_signal="SIGINT",
    )  # fmt: skip


def test_a_launch_has_an_engines_defaults_when_nothing_is_said() -> None:
    launch = launch_of(config(), Tree({}))
    assert launch == Launch(argv=(), environment=(("PATH", PATH), ("HOME", "/")), stop_signal="SIGTERM")


@pytest.mark.parametrize(
    ("spelled", "user", "group", "home"),
    [
        ("", 0, 0, "/root"),
        ("root", 0, 0, "/root"),
        ("app", 1001, 1002, "/home/app"),
        ("1001", 1001, 1002, "/home/app"),
        ("app:staff", 1001, 50, "/home/app"),
        ("app:7", 1001, 7, "/home/app"),
        ("10001", 10001, 0, "/"),
        ("10001:0", 10001, 0, "/"),
    ],
)
def test_users_are_looked_up_when_named_or_numbered(spelled: str, user: int, group: int, home: str) -> None:
    launch = launch_of(config(user=spelled), ACCOUNTS)
    assert (launch.user, launch.group, dict(launch.environment)["HOME"]) == (user, group, home)


@pytest.mark.parametrize(("spelled", "named"), [("nobody", "'nobody'"), ("app:wheel", "'wheel'")])
def test_an_error_names_the_account_when_there_is_no_such(spelled: str, named: str) -> None:
    with pytest.raises(UserError, match=named):
        launch_of(config(user=spelled), ACCOUNTS)


@pytest.mark.parametrize(
    ("command", "environment", "port"),
    [
        (("uvicorn", "a:b", "--port", "9001"), (), 9001),
        (("uvicorn", "a:b", "--port=9001"), (("PORT", "7000"),), 9001),
        (("gunicorn", "-b", "0.0.0.0:9002", "a:b"), (), 9002),
        (("gunicorn", "--bind", "[::]:9003", "a:b"), (), 9003),
        (("/bin/sh", "-c", "uvicorn a:b --port ${PORT:-9004}"), (), 9004),
        (("/bin/sh", "-c", "uvicorn a:b --port $PORT"), (("PORT", "7000"),), 7000),
        (("gunicorn", "--bind", "unix:/run/a.sock"), (("PORT", "7000"),), 7000),
        (("serve",), (("PORT", "nonsense"),), 8000),
        (("serve", "--port", "99999"), (), 8000),
    ],
)
def test_the_port_is_the_commands_when_none_is_exposed(command: tuple[str, ...], environment: tuple[tuple[str, str], ...], port: int) -> None:
    assert launch_of(config(command=command, environment=environment), Tree({})).ports == (port,)


def test_a_home_that_is_set_stays_when_the_account_has_another() -> None:
    assert dict(launch_of(config(user="app", environment=(("HOME", "/srv"),)), ACCOUNTS).environment)["HOME"] == "/srv"


def test_folders_in_a_volume_are_named_once_when_writable() -> None:
    tree = tree_of({"data": folder_of(uid=1001), "data/deep": folder_of(uid=1001), "tmp": folder_of(mode=0o1777)})
    assert launch_of(config(user="1001", volumes=("/data", "/tmp")), tree).writable == ("/data",)
