import pytest

from builders import tree_of
from paredown.errors import BrokenArchiveError
from paredown.tree import APP, Kind, from_records, inside, to_records


def test_inside_refuses_a_name_that_leaves_the_root():
    with pytest.raises(BrokenArchiveError, match="leave the root"):
        inside("usr/../../etc/passwd")


@pytest.mark.parametrize(("spelled", "clean"), [("./usr//bin/", "usr/bin"), ("/etc/passwd", "etc/passwd"), (".", "")])
def test_inside_spells_names_one_way(spelled, clean):
    assert inside(spelled) == clean


def test_resolve_follows_links_in_the_middle_and_stays_inside():
    tree = tree_of({"usr/lib": None, "usr/lib/x": b"1", "lib": "-> usr/lib", "up": "-> ../../../lib/x"})
    assert tree.resolve("lib/x") == "usr/lib/x"
    assert tree.resolve("up") == "usr/lib/x"


def test_resolve_gives_none_for_a_dangling_or_circular_link():
    tree = tree_of({"a": "-> b", "b": "-> a", "c": "-> nowhere"})
    assert tree.resolve("a") is None
    assert tree.resolve("c") is None


def test_under_gives_what_lies_below_a_folder_and_not_beside_it():
    tree = tree_of({"a": None, "a-b": b"1", "a.c": b"1", "a/b": None, "a/b/c": b"1", "a/ü": b"1", "a0": b"1", "b": b"1"})
    assert [path for path, _ in tree.under("a/")] == ["a/b", "a/b/c", "a/ü"]
    assert [path for path, _ in tree.under("b")] == []
    assert list(tree.under("")) == list(tree.items())


def test_without_takes_folders_that_become_empty_but_not_those_that_were():
    tree = tree_of({"doc": None, "doc/a": b"", "kept-empty": None})
    assert list(tree.without(["doc/a"])) == ["kept-empty"]


def test_over_lets_a_file_replace_a_folder_with_all_below_it():
    lower = tree_of({"x": None, "x/y": b"1"})
    assert list(lower.over(tree_of({"x": b"2"}))) == ["x"]


def test_key_ignores_the_owner_but_not_the_mode():
    plain, executable = tree_of({"a": b"1"}), tree_of({"a*": b"1"})
    assert plain.key() != executable.key()
    assert plain.key() == tree_of({"a": b"1"}, owner=APP).key()


def test_records_give_the_tree_back():
    tree = tree_of({"a": b"\x00\xff", "b": None, "c": "-> a"}).with_parents()
    assert dict(from_records(to_records(tree))) == dict(tree)


def test_with_parents_adds_the_folders_that_children_imply():
    assert tree_of({"a/b/c": b""}).with_parents()["a/b"].kind is Kind.FOLDER
