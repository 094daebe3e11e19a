"""What a user may write and read in a tree, by modes and owners."""

from builders import tree_of
from paredown.runners.permissions import boundaries, unreadable, writable_folders
from paredown.tree import file_of, folder_of, link_of

TREE = tree_of({
    "app": folder_of(uid=10001),
    "app/closed": folder_of(),
    "app/closed/open": folder_of(mode=0o777),
    "app/data": folder_of(uid=10001),
    "srv": folder_of(mode=0o2775),
    "root": folder_of(mode=0o700),
    "root/open": folder_of(mode=0o777),
    "tmp": folder_of(mode=0o1777),
    "var/tmp": folder_of(mode=0o1777),
    "var/link": link_of("/app"),
    "etc/shadow": file_of(b"", mode=0o640, gid=42),
    "etc/passwd": file_of(b""),
})  # fmt: skip


def test_folders_are_the_topmost_that_can_be_written_when_asked_for() -> None:
    assert writable_folders(TREE, 10001, 0) == ("/app", "/srv")
    assert writable_folders(TREE, 10001, 10001) == ("/app",)
    assert writable_folders(TREE, 4711, 0) == ("/app/closed/open", "/srv")
    assert writable_folders(TREE, 0, 0) == ("/",)


def test_boundaries_tell_each_change_when_folders_lie_in_one_another() -> None:
    found = boundaries(TREE, 10001, 10001)
    assert found == {"": False, "app": True, "app/closed": False, "app/closed/open": True, "tmp": True, "var/tmp": True}


def test_what_cannot_be_read_is_told_when_modes_forbid_it() -> None:
    assert unreadable(TREE, 10001, 0) == ("etc/shadow", "root")
    assert unreadable(TREE, 10001, 42) == ("root",)
    assert unreadable(TREE, 0, 0) == ()
