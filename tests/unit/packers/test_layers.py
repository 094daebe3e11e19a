from dataclasses import replace

import pytest

from builders import tree_of
from paredown.packers.layers import HEAVY, MOST_LAYERS, split
from paredown.tree import APP, PAREDOWN, UNKNOWN, Owner, OwnerKind, Tree, file_of, folder_of


def owner(kind, name=""):
    return Owner(OwnerKind(kind), name, "1")


def heavy_file(name, size=HEAVY):
    return replace(file_of(b"", owner=owner("distribution", name)), size=size)


def test_split_orders_layers_from_what_changes_least():
    tree = Tree({
        "a": file_of(b"", owner=APP), "b": file_of(b"", owner=PAREDOWN), "c": file_of(b"", owner=owner("distribution", "light")),
        "d": heavy_file("zeta"), "e": heavy_file("alpha"), "f": file_of(b"", owner=owner("system", "curl")),
        "g": file_of(b"", owner=owner("interpreter", "python")), "h": file_of(b"", owner=owner("base", "libc6")),
    })  # fmt: skip
    assert [layer.name for layer in split(tree)] == ["base", "interpreter", "system", "alpha 1", "zeta 1", "distributions", "paredown", "app"]


def test_split_leaves_empty_layers_out():
    assert [layer.name for layer in split(tree_of({"app": None, "app/x": b""}, owner=APP))] == ["app"]
    assert split(Tree()) == ()


def test_split_gives_each_layer_the_folders_above_its_paths_as_they_are():
    tree = Tree({"srv": folder_of(mode=0o2775, gid=7), "srv/a": file_of(b"", owner=APP), "srv/b": file_of(b"", owner=owner("base"))})
    assert [(layer.name, list(layer.tree), layer.tree["srv"]) for layer in split(tree)] == [
        ("base", ["srv", "srv/b"], tree["srv"]),
        ("app", ["srv", "srv/a"], tree["srv"]),
    ]


def test_split_keeps_empty_folders_in_their_owners_layer():
    tree = Tree({"tmp": folder_of(mode=0o1777, owner=PAREDOWN), "x": file_of(b"", owner=APP)})
    assert [(layer.name, list(layer.tree)) for layer in split(tree)] == [("paredown", ["tmp"]), ("app", ["x"])]


def test_split_keeps_hard_links_in_the_lowest_layer_of_theirs():
    linked = replace(file_of(b"1", owner=APP), inode="i")
    tree = Tree({"a": linked, "b": replace(linked, owner=owner("system"))})
    assert [(layer.name, list(layer.tree)) for layer in split(tree)] == [("system", ["a", "b"])]


def test_split_makes_no_more_layers_than_allowed_and_merges_the_smallest_heavy_ones():
    heavy = {f"h{number}": heavy_file(f"d{number}", HEAVY + number) for number in range(9)}
    others = {kind: file_of(b"", owner=owner(kind)) for kind in ("base", "interpreter", "system", "paredown", "app")}
    layers = split(Tree({**heavy, **others}))
    assert len(layers) == MOST_LAYERS
    assert next(list(layer.tree) for layer in layers if layer.name == "distributions") == ["h0", "h1", "h2", "h3", "h4"]


@pytest.mark.parametrize("size", [HEAVY - 1, HEAVY])
def test_split_gives_a_layer_of_its_own_from_the_stated_size_on(size):
    (layer,) = split(Tree({"x": heavy_file("big", size)}))
    assert layer.name == ("big 1" if size >= HEAVY else "distributions")


def test_split_puts_what_nobody_is_known_to_own_into_the_base():
    assert [layer.name for layer in split(Tree({"x": file_of(b"", owner=UNKNOWN)}))] == ["base"]
