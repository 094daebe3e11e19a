from pathlib import Path

import pytest

from paredown.errors import UserError
from paredown.frontends import Overrides, read


def python_of(folder: Path, requires: str) -> str:
    (folder / "pyproject.toml").write_text(f'[project]\nname = "a"\nversion = "1"\nrequires-python = "{requires}"\n')
    (folder / "paredown.toml").write_text('command = "python -m a"\n')
    base = read(folder, overrides=Overrides()).plan.base
    return base.python or ""


@pytest.mark.parametrize(
    ("requires", "python"),
    [
        (">=3.11", "3.13"),
        (">= 3.9, < 3.13", "3.11"),
        ("<3.13", "3.11"),
        ("~=3.11", "3.13"),
        ("~=3.11.0", "3.11"),
        ("==3.11.*", "3.11"),
        (">=3.11,!=3.13.*", "3.11"),
        ("^3.11", "3.13"),
        ("~3.11", "3.11"),
        (">=3.13.1", "3.13"),
        (">=3.8,<4", "3.13"),
        ("<4.0", "3.13"),
        (">3.11.1,<3.12", "3.11"),
        ("3.11.*", "3.11"),
        ("^3.8 || ^3.9", "3.13"),
    ],
)
def test_choose_the_newest_that_satisfies(tmp_path: Path, requires: str, python: str) -> None:
    assert python_of(tmp_path, requires) == python


@pytest.mark.parametrize("requires", [">=3.14", "==3.12.*", "~=3.10.0", "<3.11", ">=3.11.9,<3.13"])
def test_choose_says_what_there_is_when_none_satisfies(tmp_path: Path, requires: str) -> None:
    with pytest.raises(UserError, match=r"there is 3\.13 on trixie, 3\.11 on bookworm") as caught:
        python_of(tmp_path, requires)
    assert 'base = "IMAGE.tar"' in (caught.value.fix or "")


@pytest.mark.parametrize(
    ("suite", "python", "message"), [("bookworm", "3.13", "suite bookworm does not have Python 3.13"), ("sid", "", "suite sid is not known")]
)
def test_choose_refuses_a_suite_without_the_python(tmp_path: Path, suite: str, python: str, message: str) -> None:
    line = f'python = "{python}"\n' if python else ""
    (tmp_path / "paredown.toml").write_text(f'command = "python -m a"\nsuite = "{suite}"\n{line}')
    with pytest.raises(UserError, match=message):
        read(tmp_path, overrides=Overrides())
