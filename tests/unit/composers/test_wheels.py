from pathlib import Path

import pytest

from paredown.composers import wheels
from paredown.errors import UserError
from paredown.origin import Origin
from paredown.plan import Architecture


def pylock_of(*files: str, extra: str = "", head: str = "") -> str:
    hashes = "hashes = { sha256 = '" + "0" * 64 + "' }"
    listed = ", ".join(f"{{ url = 'https://index.test/{file}', {hashes} }}" for file in files)
    return f"lock-version = '1.0'\ncreated-by = 'test'\n{head}\n[[packages]]\nname = 'thing'\nversion = '1.0'\nwheels = [{listed}]\n{extra}"


def chosen(text: str, *, architecture=Architecture.AMD64, python="3.13", lock=Path("/nowhere"), **more) -> tuple[wheels.Chosen, ...]:
    glibc = wheels.glibc_of(python)
    return wheels.choose(
        text, folder=Path("/project"), python=python, architecture=architecture, glibc=glibc, lock=lock, where=Origin("pylock.toml"), **more
    )  # fmt: skip


@pytest.mark.parametrize(
    ("files", "taken"),
    [
        (("thing-1.0-py3-none-any.whl", "thing-1.0-cp313-cp313-manylinux_2_28_x86_64.whl"), "cp313-cp313-manylinux_2_28_x86_64"),
        (("thing-1.0-cp39-abi3-manylinux2014_x86_64.whl", "thing-1.0-cp312-cp312-manylinux2014_x86_64.whl"), "cp39-abi3-manylinux2014_x86_64"),
        (("thing-1.0-cp313-cp313-musllinux_1_2_x86_64.whl", "thing-1.0-py2.py3-none-any.whl"), "py2.py3-none-any"),
        (("thing-1.0-cp313-cp313t-manylinux_2_28_x86_64.whl", "thing-1.0-py3-none-manylinux1_x86_64.whl"), "py3-none-manylinux1_x86_64"),
    ],
)
def test_the_best_wheel_for_the_target_is_taken(files, taken):
    assert [one.filename for one in chosen(pylock_of(*files))] == [f"thing-1.0-{taken}.whl"]


def test_nothing_is_taken_when_nothing_is_required():
    assert chosen("lock-version = '1.0'\ncreated-by = 'uv'\n") == ()


def test_a_wheel_for_a_newer_glibc_is_not_taken():
    text = pylock_of("thing-1.0-cp311-cp311-manylinux_2_38_x86_64.whl", "thing-1.0-py3-none-any.whl")
    assert chosen(text, python="3.11")[0].filename == "thing-1.0-py3-none-any.whl"


def test_without_a_wheel_the_source_is_taken():
    sdist = "sdist = { url = 'https://index.test/thing-1.0.tar.gz', hashes = { sha256 = '" + "1" * 64 + "' } }"
    (one,) = chosen(pylock_of("thing-1.0-cp313-cp313-win_amd64.whl", extra=sdist))
    assert (one.form, one.filename) == (wheels.Form.SOURCE, "thing-1.0.tar.gz")


def test_no_wheel_for_this_python_names_those_there_are():
    with pytest.raises(UserError, match=r"thing 1\.0 has no wheel for linux/amd64 \(cp313\)") as caught:
        chosen(pylock_of("thing-1.0-cp312-cp312-manylinux_2_28_x86_64.whl"))
    assert "(cp312)" in (caught.value.fix or "")


def test_a_lock_for_another_python_is_told():
    with pytest.raises(UserError, match=r"is for Python >=3\.14, the image has 3\.13"):
        chosen(pylock_of("thing-1.0-py3-none-any.whl", head="requires-python = '>=3.14'"))


def test_a_lock_for_a_newer_patch_release_is_taken():
    assert chosen(pylock_of("thing-1.0-py3-none-any.whl", head="requires-python = '>=3.13.7'"))


def test_markers_are_the_targets():
    text = pylock_of("thing-1.0-py3-none-any.whl", extra="marker = \"platform_machine == 'aarch64' and sys_platform == 'linux'\"")
    assert chosen(text) == ()
    assert len(chosen(text, architecture=Architecture.ARM64)) == 1


def test_extras_and_groups_of_a_pylock_are_those_asked_for():
    head = "extras = ['fast']\ndependency-groups = ['web', 'lint']\ndefault-groups = ['web']"
    for marker, asked, there in (
        ("'fast' in extras", {}, False), ("'fast' in extras", {"extras": ("fast",)}, True),
        ("'web' in dependency_groups", {}, True), ("'lint' in dependency_groups", {"groups": ()}, False),
        ("'lint' in dependency_groups", {"groups": ("lint",)}, True),
    ):  # fmt: skip
        text = pylock_of("thing-1.0-py3-none-any.whl", head=head, extra=f'marker = "{marker}"')
        assert bool(chosen(text, **asked)) is there, (marker, asked)


def test_the_line_of_a_package_is_found_in_every_kind_of_lock(tmp_path):
    lock = tmp_path / "lock"
    for text in (
        '[[package]]\nname = "other"\ndependencies = [{ name = "my-thing" }]\n\n[[package]]\nname = "my-thing"\n',
        "other==1\n# my-thing\nmy-thing-more==2\n\n\nMy_Thing==1.0\n",
        '{\n "default": {\n  "other": {},\n  "my": {},\n  "x": {},\n  "my.thing": {}\n }\n}\n',
    ):
        lock.write_text(text)
        assert wheels.line_of_package(lock, "my-thing") == 6
    assert wheels.line_of_package(lock, "absent") is None
