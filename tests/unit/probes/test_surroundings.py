from pathlib import Path

from paredown.probes.surroundings import account_of, path_folders, program
from resting_service import service


def test_account_is_read_from_the_image_when_it_has_a_name(tmp_path: Path) -> None:
    account = account_of(service(tmp_path, user="app"))
    assert (account.uid, account.gid, account.groups, account.home) == (10001, 0, frozenset({0, 44}), "home/app")


def test_account_is_not_known_when_the_image_has_no_such_user(tmp_path: Path) -> None:
    assert not account_of(service(tmp_path, user="nobody")).known
    assert account_of(service(tmp_path, user="4000:5000")).known


def test_home_is_that_of_the_environment_first(tmp_path: Path) -> None:
    assert account_of(service(tmp_path, environment=(("HOME", "/data"),))).home == "data"


def test_program_is_the_first_on_path_that_may_be_executed(tmp_path: Path) -> None:
    image = service(tmp_path, changes={"usr/bin/fastserve*": b""}, environment=(("PATH", "/missing:/opt/venv/bin:/usr/bin"),))
    assert path_folders(image) == ("opt/venv/bin", "usr/bin")
    assert program("fastserve", image) == "opt/venv/bin/fastserve"
    assert program("./manage.sh", image) == "app/manage.sh"
    assert program("nothing", image) is None
