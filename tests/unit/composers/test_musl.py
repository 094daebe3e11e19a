from collections.abc import Sequence
from pathlib import Path

from builders import NOWHERE
from paredown.composers.dependencies import Resolved
from paredown.composers.musl import unfit
from paredown.plan import Architecture, InstallDependencies, LockKind


def package(name: str, wheels: Sequence[str], more: str = "") -> str:
    files = ", ".join(f'{{name = "{name}-1.0-{tag}.whl", url = "https://a/{name}", hashes = {{sha256 = "0"}}}}' for tag in wheels)
    return f'[[packages]]\nname = "{name}"\nversion = "1.0"\n{more}\nwheels = [{files}]\n'


def source(name: str) -> str:
    return f'sdist = {{name = "{name}-1.0.tar.gz", url = "https://a/{name}", hashes = {{sha256 = "0"}}}}'


PACKAGES = (
    package("pure", ["py3-none-any"]),
    package("both", ["cp313-cp313-manylinux_2_17_x86_64", "cp313-cp313-musllinux_1_2_x86_64"]),
    package("glibc", ["cp313-cp313-manylinux_2_17_x86_64"]),
    package("compiled", ["cp313-cp313-manylinux_2_17_x86_64"], source("compiled")),
    package("windows", ["cp313-cp313-win_amd64"], "marker = \"sys_platform == 'win32'\""),
    package("arm", ["cp313-cp313-musllinux_1_2_aarch64"]),
    '[[packages]]\nname = "source"\nversion = "1.0"\n' + source("source") + "\n",
)


def test_distributions_with_wheels_and_none_for_musl_are_named() -> None:
    text = 'lock-version = "1.0"\ncreated-by = "test"\n' + "".join(PACKAGES)
    step = InstallDependencies(kind=LockKind.UV_LOCK, files=("uv.lock",), origin=NOWHERE)
    resolved = Resolved(pylock=text, inputs="", changed=False, folder=Path(), lock=Path("uv.lock"), where=NOWHERE)
    assert list(unfit(resolved, step, "3.13", Architecture.AMD64)) == ["glibc 1.0", "compiled 1.0", "arm 1.0"]
    assert "both 1.0" in list(unfit(resolved, step, "3.12", Architecture.AMD64))
