import pytest
from hypothesis import given
from hypothesis import strategies as st

from paredown import lock as locks
from paredown.errors import UserError
from paredown.lock import DebianPins, Lock, Pin

PINS = DebianPins(
    suite="trixie", purpose="run", architecture="amd64", inputs="sha256:1", date="20260912T075541Z",
    packages=(Pin(name="libc6", version="2.41-12", architecture="amd64", sha256="ab" * 32, size=7, url="https://mirror.example/libc6.deb"),),
)  # fmt: skip


def test_the_text_gives_the_lock_back(tmp_path):
    lock = Lock(debian=(PINS,), pylock_inputs="sha256:2", pylock='lock-version = "1.0"\nname = """x\\y"""\n', modules_inputs="sha256:3", modules=("a", "b.c"))
    path = tmp_path / "paredown.lock"
    path.write_text(locks.text_of(lock))
    assert locks.read(path) == lock


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\r"), max_size=60).filter(bool))
def test_any_pylock_text_survives(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("lock") / "paredown.lock"
    path.write_text(locks.text_of(Lock(pylock_inputs="k", pylock=text)), "utf-8")
    assert locks.read(path).pylock == text


def test_no_file_is_an_empty_lock(tmp_path):
    assert locks.read(tmp_path / "paredown.lock") == Lock()


def test_new_pins_replace_those_for_the_same_purpose():
    newer = DebianPins(suite="trixie", purpose="run", architecture="amd64", inputs="sha256:9", date="x", packages=())
    assert Lock(debian=(PINS,)).with_pins(newer).debian == (newer,)


@pytest.mark.parametrize("text", ["version = 1\n[[debian]]\nsuite = 3", "nonsense", "version = 99"])
def test_a_broken_lock_names_itself_and_the_way_out(tmp_path, text):
    path = tmp_path / "paredown.lock"
    path.write_text(text)
    with pytest.raises(UserError) as caught:
        locks.read(path)
    assert "paredown.lock cannot be read" in caught.value.what
    assert "delete paredown.lock" in (caught.value.fix or "")
