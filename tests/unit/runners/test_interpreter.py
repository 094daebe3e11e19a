"""Which Python an image runs its service with."""

from builders import tree_of
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.runners.interpreter import Interpreter, interpreter_of
from paredown.tree import Tree

DEBIAN = {"usr/bin/python3.13*": b"elf", "usr/bin/python3": "-> python3.13"}


def found(tree: Tree, *command: str, **environment: str) -> Interpreter:
    config = ImageConfig(platform=ImagePlatform(architecture="amd64"), command=command, working_directory="/app", environment=tuple(environment.items()))
    return interpreter_of(config, tree)


def test_it_is_the_first_on_the_path_when_the_command_names_none() -> None:
    assert found(tree_of(DEBIAN), "uvicorn") == Interpreter("/usr/bin/python3", "3.13")


def test_it_is_that_of_the_script_when_the_command_is_one() -> None:
    tree = tree_of({**DEBIAN, "opt/venv/bin/uvicorn*": b"#!/opt/venv/bin/python\n", "opt/venv/bin/python": "-> /usr/bin/python3.13"})
    assert found(tree, "uvicorn", PATH="/opt/venv/bin:/usr/bin").path == "/opt/venv/bin/python"


def test_it_is_that_of_the_script_when_the_launcher_starts_it() -> None:
    tree = tree_of({**DEBIAN, "opt/venv/bin/uvicorn*": b"#!/opt/venv/bin/python\n", "opt/venv/bin/python": "-> /usr/bin/python3.13"})
    words = ("/usr/bin/python3.13", "-I", "-S", "/opt/paredown/launch.py", "uvicorn", "main:app", "--port", "${PORT:-8000}")
    assert found(tree, *words, PATH="/opt/venv/bin:/usr/bin").path == "/opt/venv/bin/python"


def test_it_is_that_of_the_project_when_a_project_tool_starts_the_service() -> None:
    tree = tree_of({**DEBIAN, "app/.venv/bin/python": "-> /usr/bin/python3.13", "usr/bin/uv*": b"elf"})
    assert found(tree, "uv", "run", "uvicorn", "main:app").path == "/app/.venv/bin/python"


def test_its_version_comes_from_the_library_when_its_name_tells_none() -> None:
    tree = tree_of({"usr/local/bin/python*": b"elf", "usr/local/lib/python3.12/os.py": b""})
    assert found(tree, "python") == Interpreter("/usr/local/bin/python", "3.12")


def test_there_is_none_when_no_file_is_executable() -> None:
    assert found(tree_of({"usr/bin/python3": b"", "bin": "-> /"}), "/") == Interpreter("", "")


def test_it_is_that_of_what_a_shell_or_a_shell_script_starts() -> None:
    venv = {**DEBIAN, "opt/venv/bin/gunicorn*": b"#!/opt/venv/bin/python\n", "opt/venv/bin/python": "-> /usr/bin/python3.13", "bin/sh*": b"elf"}
    assert found(tree_of(venv), "sh", "-c", "exec /opt/venv/bin/gunicorn shop:app").path == "/opt/venv/bin/python"
    script = {**venv, "run.sh*": b'#!/bin/sh\n/opt/venv/bin/python -m migrate\nexec "$@"\n'}
    assert found(tree_of(script), "/run.sh", "serve").path == "/opt/venv/bin/python"


def test_it_is_that_of_the_environment_that_conda_is_asked_to_run_in() -> None:
    python = {f"opt/conda{place}/bin/python3.{minor}*": b"elf" for place, minor in (("", 13), ("/envs/shop", 11))}
    links = {"opt/conda/bin/python": "-> python3.13", "opt/conda/envs/shop/bin/python": "-> python3.11", "opt/conda/envs/shop/conda-meta/history": b""}
    tree = tree_of({**python, **links, "opt/conda/bin/conda*": b"#!/opt/conda/bin/python\n"})
    for words in (("-n", "shop"), ("--no-capture-output", "-p", "/opt/conda/envs/shop")):
        assert found(tree, "conda", "run", *words, "uvicorn", PATH="/opt/conda/bin") == Interpreter("/opt/conda/envs/shop/bin/python", "3.11")
    assert found(tree, "conda", "run", "uvicorn", PATH="/opt/conda/bin") == Interpreter("/opt/conda/bin/python", "3.13")


def test_it_is_not_that_of_a_supervisor_but_of_what_its_settings_start() -> None:
    settings = b"[program:shop]\ncommand=/usr/local/bin/gunicorn shop:app\n"
    files = {
        **DEBIAN, "usr/bin/supervisord*": b"#!/usr/bin/python3\n", "etc/supervisord.conf": settings, "usr/local/bin/python3.12*": b"elf",
        "usr/local/bin/gunicorn*": b"#!/usr/local/bin/python3.12\n",
    }  # fmt: skip
    assert found(tree_of(files), "supervisord", "-c", "/etc/supervisord.conf") == Interpreter("/usr/local/bin/python3.12", "3.12")
    del files["etc/supervisord.conf"]
    assert found(tree_of(files), "supervisord", "-c", "/etc/supervisord.conf").version == "3.13"
