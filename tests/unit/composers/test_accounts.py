import pytest

from builders import plan_of, tree_of
from paredown.composers import accounts
from paredown.errors import UserError
from paredown.tree import Kind, Tree


def test_the_service_user_has_a_name_and_a_home():
    tree = accounts.compose(Tree(), plan_of())
    lines = tree.read("etc/passwd").decode().splitlines()
    assert [line.split(":")[0] for line in lines] == ["root", "nobody", "app"]
    assert "app:x:10001:0:app:/home/app:/sbin/nologin" in lines
    assert (tree["home/app"].uid, tree["home/app"].gid, tree["home/app"].mode) == (10001, 0, 0o775)
    assert tree.read("etc/group").decode().splitlines()[0] == "root:x:0:"


def test_accounts_that_are_there_stay():
    below = tree_of({"etc/passwd": b"root:x:0:0:root:/root:/bin/bash\napp:x:33:33::/srv:/bin/sh\n", "etc/group": b"root:x:0:\nwww:x:33:\n"})
    lines = accounts.compose(below, plan_of()).read("etc/passwd").decode().splitlines()
    assert lines[:2] == ["root:x:0:0:root:/root:/bin/bash", "app:x:33:33::/srv:/bin/sh"]
    assert lines[-1].startswith("app10001:x:10001:0:")


def test_an_account_with_the_users_number_is_enough():
    below = tree_of({"etc/passwd": b"root:x:0:0:root:/root:/bin/bash\nweb:x:10001:5::/srv:/bin/sh\n"})
    assert b"app" not in accounts.compose(below, plan_of()).read("etc/passwd")


def test_root_as_user_makes_no_second_account():
    assert b"app" not in accounts.compose(Tree(), plan_of(user=0)).read("etc/passwd")


def test_the_working_directory_is_there_when_nothing_lies_in_it():
    entry = accounts.compose(Tree(), plan_of(working_directory="/srv/site"))["srv/site"]
    assert (entry.kind, entry.uid, entry.mode) == (Kind.FOLDER, 0, 0o755)


def test_a_working_directory_that_is_there_stays_as_it_is():
    below = tree_of({"app/main.py": b""}).with_parents()
    assert "app" not in accounts.compose(below, plan_of())


@pytest.mark.parametrize(("declared", "path"), [("data", "app/data"), ("/var/lib/service/", "var/lib/service"), ("./cache/x", "app/cache/x")])
def test_a_writable_path_belongs_to_the_user_and_to_group_0(declared, path):
    entry = accounts.compose(Tree(), plan_of(writable=(declared,)))[path]
    assert (entry.kind, entry.uid, entry.gid, entry.mode) == (Kind.FOLDER, 10001, 0, 0o775)


def test_the_parents_of_a_writable_path_stay_roots():
    tree = accounts.compose(Tree(), plan_of(writable=("/srv/a/b",)))
    assert (tree["srv/a"].uid, tree["srv/a"].mode) == (0, 0o755)


def test_files_in_a_writable_path_become_writable():
    below = tree_of({"app/data": None, "app/data/db.sqlite3": b"x", "app/data/sub": None, "app/data/run*": b"#!"})
    tree = accounts.compose(below, plan_of(writable=("data",)))
    assert (tree["app/data/db.sqlite3"].uid, tree["app/data/db.sqlite3"].gid, tree["app/data/db.sqlite3"].mode) == (10001, 0, 0o664)
    assert tree["app/data/sub"].mode == 0o775
    assert tree["app/data/run"].mode & 0o110 == 0o110


def test_a_writable_path_through_a_link_makes_the_target_writable():
    below = tree_of({"var/run": "-> /run", "run": None})
    tree = accounts.compose(below, plan_of(writable=("/var/run/service",)))
    assert "var/run/service" not in tree
    assert tree["run/service"].uid == 10001


def test_a_writable_path_that_is_a_dangling_link():
    tree = accounts.compose(tree_of({"app/data": "-> ../mnt/data"}), plan_of(writable=("data",)))
    assert (tree["mnt/data"].uid, "app/data" in tree) == (10001, False)


@pytest.mark.parametrize("declared", ["/", "", "..", "../x", "/app/../..", "data/../../etc"])
def test_a_writable_path_that_is_the_root_or_climbs(declared):
    with pytest.raises(UserError, match="cannot be a writable path") as caught:
        accounts.compose(Tree(), plan_of(writable=(declared,)))
    assert caught.value.fix is not None
    assert "writable" in caught.value.fix


def test_a_writable_path_that_is_a_file():
    with pytest.raises(UserError, match=r"'main\.py' is a file in the image"):
        accounts.compose(tree_of({"app/main.py": b""}), plan_of(writable=("main.py",)))
