from dataclasses import replace

import pytest

from builders import NOWHERE, tree_of
from image_layers import images_of
from paredown.composers.image_base import compose, find_python
from paredown.composers.interface import Means
from paredown.errors import UserError
from paredown.oci import layout
from paredown.plan import ImageBase
from paredown.progress import Quiet
from paredown.store import Store
from paredown.tree import OwnerKind

OFFICIAL = {"usr/local/bin/python3.13*": b"elf", "usr/local/bin/python3": "-> python3.13", "usr/local/lib/python3.13/os.py": b""}


@pytest.fixture
def means(tmp_path):
    return Means(store=Store(tmp_path / "store"), progress=Quiet(), mirror="", environment={})


def base_at(path):
    return ImageBase(path=str(path), origin=NOWHERE)


def test_compose_gives_tree_configuration_version_and_interpreter(means, tmp_path):
    images = images_of([tree_of(OFFICIAL)], means.store, command=("python3",))
    layout.write_tar(images, tmp_path / "base.tar", means.store)
    tree, config, version, interpreter = compose(base_at(tmp_path / "base.tar"), "amd64", means)
    assert (config.command, version, interpreter) == (("python3",), "3.13", "/usr/local/bin/python3.13")
    assert tree["usr/local/bin/python3.13"].owner.kind is OwnerKind.INTERPRETER


def test_compose_names_the_platforms_of_the_base(means, tmp_path):
    layout.write_tar(images_of([tree_of(OFFICIAL)], means.store), tmp_path / "base.tar", means.store)
    with pytest.raises(UserError, match="nothing for linux/arm64, only for linux/amd64"):
        compose(base_at(tmp_path / "base.tar"), "arm64", means)


def test_find_python_takes_the_first_on_the_images_path():
    tree = tree_of({**OFFICIAL, "usr/bin/python3.11*": b"elf", "usr/bin/python3": "-> python3.11"})
    assert find_python(tree, "/usr/bin:/usr/local/bin", base_at("x")) == ("3.11", "/usr/bin/python3.11")
    assert find_python(tree, "", base_at("x")) == ("3.13", "/usr/local/bin/python3.13")


def test_find_python_learns_the_version_from_the_library_beside_it():
    tree = tree_of({"opt/py/bin/python3*": b"elf", "opt/py/lib/python3.12/os.py": b""})
    assert find_python(tree, "/opt/py/bin", base_at("x")) == ("3.12", "/opt/py/bin/python3")


@pytest.mark.parametrize("paths", [{"bin/sh*": b""}, {"usr/bin/python3": "-> gone"}, {"usr/bin/python3": b"not executable"}, {"usr/bin/python2.7*": b""}])
def test_find_python_says_that_there_is_none(paths):
    with pytest.raises(UserError, match=r"the base image base\.tar has no Python 3"):
        find_python(tree_of(paths), "/usr/bin", base_at("/images/base.tar"))


def test_find_python_passes_over_one_whose_version_cannot_be_told():
    tree = tree_of({"usr/bin/python3*": b"elf", **OFFICIAL})
    assert replace(tree["usr/bin/python3"]).executable
    assert find_python(tree, "/usr/bin", base_at("x"))[0] == "3.13"
