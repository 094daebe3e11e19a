import os
from dataclasses import replace
from pathlib import Path

import pytest

from package_index import serving
from paredown.composers import sources
from paredown.composers.interface import Means
from paredown.composers.wheels import Chosen, Form
from paredown.errors import UntrustedError, UserError, WorldError
from paredown.origin import Origin
from paredown.plan import Architecture
from paredown.progress import Quiet
from paredown.store import Store

WHERE = Origin("uv.lock", 3)


def no_build():
    raise AssertionError("nothing of this may be built")


@pytest.fixture
def means(tmp_path):
    return Means(store=Store(tmp_path / "store"), progress=Quiet(), mirror="", environment={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})


def built(chosen: Chosen, means: Means) -> Chosen:
    return sources.built(chosen, python="3.13", architecture=Architecture.AMD64, build=no_build, means=means, where=WHERE)


def test_a_source_with_other_bytes_than_locked_never_reaches_the_build(means):
    with serving() as index:
        url = index.add("old-1.0.tar.gz", b"evil")
        with pytest.raises(UntrustedError, match=r"old 1\.0 is not what was promised") as caught:
            built(Chosen(name="old", version="1.0", form=Form.SOURCE, url=url, filename="old-1.0.tar.gz", hashes=(("sha256", "0" * 64),)), means)
    assert caught.value.where == "uv.lock:3"
    assert not list((means.store.root / "blobs").rglob("*"))


@pytest.mark.parametrize(("cut", "said"), [(True, "old-1.0.tar.gz|/files/old"), (False, "answered 404")])
def test_a_source_that_cannot_be_had_is_the_worlds_fault(cut, said, means):
    with serving() as index:
        url = index.add("old-1.0.tar.gz", b"some bytes")
        index.cut.add("old-1.0.tar.gz")
        with pytest.raises(WorldError, match=said):
            built(Chosen(name="old", version="1.0", form=Form.SOURCE, url=url if cut else url + ".gone", filename="old-1.0.tar.gz"), means)


def test_a_local_archive_is_compared_with_its_hash(tmp_path, means):
    file = tmp_path / "old-1.0.tar.gz"
    file.write_bytes(b"x")
    chosen = Chosen(name="old", version="1.0", form=Form.SOURCE, path=str(file), filename=file.name, hashes=(("sha512", "0" * 128),))
    with pytest.raises(UntrustedError, match="expected sha512:000"):
        built(chosen, means)


def test_a_missing_folder_is_named(tmp_path, means):
    with pytest.raises(UserError, match=r"lib shall come from .*nowhere, which is no folder"):
        built(Chosen(name="lib", version="", form=Form.FOLDER, path=str(Path(tmp_path) / "nowhere")), means)


def test_a_commit_that_is_an_option_is_refused(means):
    chosen = Chosen(name="lib", version="", form=Form.REPOSITORY, url="https://index.test/lib.git", commit="--upload-pack=evil")
    with pytest.raises(UserError, match="which is no commit"):
        built(chosen, means)


def test_a_commit_without_git_says_what_to_install(means):
    chosen = Chosen(name="lib", version="", form=Form.REPOSITORY, url="https://index.test/lib.git", commit="0" * 40)
    with pytest.raises(WorldError, match="there is no git here") as caught:
        built(chosen, replace(means, environment={"PATH": "/nonexistent"}))
    assert caught.value.fix == "apt install git"
