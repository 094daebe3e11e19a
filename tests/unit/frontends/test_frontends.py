"""Every project case reads as expected, and what no folder in git can hold."""

from pathlib import Path

import pytest

import project_cases
from paredown.errors import UserError
from paredown.frontends import Overrides, project_files, read
from paredown.plan import CopyFiles, InstallDependencies, Plan

MAIN = "from fastapi import FastAPI\n\napp = FastAPI()\n"


def plan_at(folder: Path) -> Plan:
    return read(folder, overrides=Overrides()).plan


@pytest.mark.parametrize("case", project_cases.cases(), ids=lambda case: case.name)
def test_case(case: Path) -> None:
    name, text = project_cases.outcome(case)
    expected = next(path for path in (case / "expected.json", case / "expected_error.txt") if path.exists())
    assert (name, text) == (expected.name, expected.read_text("utf-8"))


def test_read_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no folder") as caught:
        plan_at(tmp_path / "nowhere")
    assert caught.value.fix == "name the folder of the project"


def test_read_a_file_instead_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(MAIN)
    with pytest.raises(UserError, match="is a file, not a folder") as caught:
        plan_at(tmp_path / "main.py")
    assert caught.value.fix == f"paredown build {tmp_path}"


def test_read_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is empty"):
        plan_at(tmp_path)


def test_read_looks_at_a_part_of_a_huge_project_when_its_files_are_many(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("fastapi\nuvicorn\n")
    (tmp_path / "main.py").write_text(MAIN)
    for folder in range(project_files.MOST_MODULES // 10 + 1):
        inner = tmp_path / "shop" / f"part{folder}"
        inner.mkdir(parents=True)
        for number in range(11):
            (inner / f"m{number}.py").write_text(MAIN)
    plan = plan_at(tmp_path)
    assert plan.command.words[1] == "main:app"
    assert plan.notes[-1] == "The project is large: only a part of its Python files was looked at."


def test_read_stays_out_of_folders_that_are_not_the_service(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("fastapi\nuvicorn\n")
    (tmp_path / "service.py").write_text(MAIN)
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    for folder in (tmp_path / ".venv", tmp_path / "node_modules" / "x", tmp_path / "tests", tmp_path / "own-environment", outside):
        folder.mkdir(parents=True)
        (folder / "main.py").write_text(MAIN)
    (tmp_path / "own-environment" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    (tmp_path / "linked").symlink_to(outside)
    (tmp_path / "app.py").symlink_to(outside / "main.py")
    assert plan_at(tmp_path).command.words[1] == "service:app"


def test_read_says_the_same_twice(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("fastapi\nuvicorn\n")
    for name in ("b", "a", "main"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.py").write_text("")
    (tmp_path / "main.py").write_text(MAIN)
    assert plan_at(tmp_path) == plan_at(tmp_path)


def test_read_takes_python_that_does_not_parse(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("fastapi\nuvicorn\n")
    (tmp_path / "main.py").write_text(MAIN)
    (tmp_path / "python2.py").write_bytes(b"app = FastAPI(\xff\nprint 'x'")
    assert plan_at(tmp_path).command.words[0] == "uvicorn"


def test_read_refuses_a_base_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "paredown.toml").write_text('base = "image.tar"\ncommand = "python -m http.server"\n')
    with pytest.raises(UserError, match=r"`base` names image\.tar, which does not exist"):
        plan_at(tmp_path)


SETUP_CFG = """[metadata]
name = shop
[options]
packages = find:
install_requires =
    uvicorn
[options.extras_require]
server =
    fastapi
"""


def shop_with_extras(folder: Path, extras: str) -> Path:
    (folder / "shop").mkdir()
    (folder / "shop" / "__init__.py").write_text("")
    (folder / "main.py").write_text(MAIN)
    (folder / "paredown.toml").write_text(f"extras = [{extras!r}]\n")
    return folder


def test_read_knows_the_extras_of_setup_cfg(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_text(SETUP_CFG)
    plan = plan_at(shop_with_extras(tmp_path, "server"))
    assert [step.extras for step in plan.steps if isinstance(step, InstallDependencies)] == [("server",)]


def test_read_an_extra_that_setup_cfg_does_not_have(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_text(SETUP_CFG)
    with pytest.raises(UserError, match=r"`extras` names `serve`, which setup\.cfg does not have") as caught:
        plan_at(shop_with_extras(tmp_path, "serve"))
    assert caught.value.fix == 'write "server"'


@pytest.mark.parametrize("written", ["{'server': ['fastapi']}", "made_at_run_time()"])
def test_read_leaves_the_extras_of_setup_py_to_the_resolver_where_only_running_tells(tmp_path: Path, written: str) -> None:
    (tmp_path / "setup.py").write_text(f"from setuptools import setup\nsetup(name='shop', install_requires=['uvicorn', 'fastapi'], extras_require={written})\n")
    plan = plan_at(shop_with_extras(tmp_path, "server"))
    assert [step.extras for step in plan.steps if isinstance(step, InstallDependencies)] == [("server",)]


@pytest.mark.parametrize(("base", "left_out"), [("images/python.tar", ("/images/python.tar",)), ("../python.tar", ())])
def test_read_leaves_the_base_out_of_the_app_when_it_lies_in_the_project(tmp_path: Path, base: str, left_out: tuple[str, ...]) -> None:
    project = tmp_path / "shop"
    (project / "images").mkdir(parents=True)
    (project / base).write_bytes(b"")
    (project / "main.py").write_text(MAIN)
    (project / "requirements.txt").write_text("fastapi\nuvicorn\n")
    (project / "paredown.toml").write_text(f"base = {base!r}\n")
    assert [step.exclude for step in plan_at(project).steps if isinstance(step, CopyFiles)] == [left_out]
