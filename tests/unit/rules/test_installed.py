"""What stays in an image of that with which it was built, as the rules about it see it."""

import pytest
from tests.builders import told

from paredown.rules.dockerfiles.build_tools_installed import build_tools_installed
from paredown.rules.dockerfiles.final_stage_is_builder import final_stage_is_builder
from paredown.rules.dockerfiles.full_base_in_image import full_base_in_image
from paredown.rules.dockerfiles.installer_in_image import installer_in_image

CMD = 'CMD ["python", "-m", "shop"]\n'


def one(run: str, base: str = "python:3.13-slim") -> str:
    return f"FROM {base}\nRUN {run}\n{CMD}"


@pytest.mark.parametrize(
    ("run", "names"),
    [
        ("apt-get update && apt-get install -y gcc=4:14.2.0-1 libpq5 libpq-dev", "gcc=4:14.2.0-1, libpq-dev stay"),
        ("apt-get install -y build-essential && pip install x && apt-get purge -y curl", "build-essential stays"),
        ("apk add --no-cache --virtual .build gcc musl-dev && apk add libpq && apk del .other", "gcc, musl-dev stay"),
        ("apt-get install -y gcc && apt-get autoremove -y", "gcc stays"),
    ],
)
def test_compilers_that_stay_are_told(run: str, names: str) -> None:
    assert told(build_tools_installed, one(run)) == [f"2: {names} in the image, where nothing is built any more"]


@pytest.mark.parametrize(
    "run",
    [
        "apt-get install -y libpq5 libgomp1 tini",
        "apk add --no-cache --virtual .build gcc && pip install x && apk del .build",
        "apk add --no-cache --virtual=.build gcc && pip install x && apk del .build",
        "apt-get install -y gcc libpq-dev && pip install x && apt-get purge -y --auto-remove gcc libpq-dev",
        'B="gcc make" && apt-get install -y gcc make && pip install x && apt-get purge -y $B',
        "apt-mark auto '.*' && apt-get install -y gcc && apt-get autoremove -y",
        "if true; then apt-get install -y gcc; fi; (((",
    ],
)
def test_compilers_that_go_in_the_same_run_are_no_fault(run: str) -> None:
    assert told(build_tools_installed, one(run)) == []


@pytest.mark.parametrize(
    "text",
    [
        "FROM python:3.13 AS dev\nRUN apt-get install -y gcc\n" + CMD,
        'FROM python:3.13\nRUN apt-get install -y gcc\nCMD ["python3"]\n',
        "FROM python:3.13-slim\nRUN apt-get install -y gcc\n",
        'FROM ruby:3.4\nRUN apt-get install -y gcc\nCMD ["rails", "server"]\n',
        "FROM python:3.13 AS b\nRUN apt-get install -y gcc\nFROM python:3.13-slim\n" + CMD,
        "FROM nvidia/cuda:12.4.1-devel-ubuntu22.04\nRUN apt-get install -y gcc && pip install x\n" + CMD,
    ],
)
def test_image_that_is_no_python_service_may_have_compilers(text: str) -> None:
    assert told(build_tools_installed, text) == []


def test_compiler_of_a_service_that_compiles_when_it_runs_is_no_fault() -> None:
    assert told(build_tools_installed, one("apt-get install -y gcc"), {"requirements.txt": "vllm==0.10\n"}) == []


def test_git_that_only_the_build_calls_is_told() -> None:
    text = one("apt-get install -y git && pip install git+https://example.com/shop.git")
    assert told(build_tools_installed, text, {"main.py": "import shop\n"}) == ["2: git stays in the image, where nothing is built any more"]
    assert told(build_tools_installed, text, {"main.py": "subprocess.run(['git', 'pull'])\n"}) == []
    assert told(build_tools_installed, text) == []


def test_image_on_a_builder_is_told_with_what_it_holds() -> None:
    text = f"FROM python:3.13 AS base\nRUN apt-get install -y gcc\nFROM base AS run\nCOPY . .\n{CMD}"
    assert told(final_stage_is_builder, text) == ["3: the image starts from the stage base, and so holds gcc"]


@pytest.mark.parametrize("name", ["base", "python-base", "rebuildable", "runtime"])
def test_image_on_a_common_stage_is_no_fault(name: str) -> None:
    assert told(final_stage_is_builder, f"FROM python:3.13-slim AS {name}\nRUN apt-get install -y libpq5\nFROM {name}\n{CMD}") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (one("pip install poetry==2.1 && poetry install"), "2: poetry stays in the image"),
        (one("curl -LsSf https://astral.sh/uv/install.sh | sh"), "2: what https://astral.sh/uv/install.sh installs stays in the image"),
        (one("pip install uv pip-tools flask"), "2: uv and pip-tools stay in the image"),
        (
            "FROM python:3.13 AS b\nRUN pip install poetry && poetry install\nFROM python:3.13-slim\nCOPY --from=b /usr/local/bin /usr/local/bin\n" + CMD,
            "4: poetry comes along with what is copied",
        ),
        ("FROM python:3.13\nCOPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/\n" + CMD, "2: uv stays in the image"),
        (
            "FROM ghcr.io/astral-sh/uv:python3.13-alpine\n" + CMD,
            "1: the image starts from ghcr.io/astral-sh/uv:python3.13-alpine, and so has uv in it",
        ),
    ],
)
def test_installer_that_stays_is_told(text: str, message: str) -> None:
    assert told(installer_in_image, text) == [message]


@pytest.mark.parametrize(
    "text",
    [
        one("pip install uv && uv pip install --system flask && pip uninstall -y uv"),
        "FROM ghcr.io/astral-sh/uv:python3.13-trixie AS b\nFROM python:3.13-slim\n" + CMD,
        "FROM python:3.13\nRUN --mount=from=ghcr.io/astral-sh/uv:0.9,source=/uv,target=/bin/uv uv sync\n" + CMD,
        one("pip install --upgrade pip setuptools wheel uvicorn uvloop"),
        "FROM python:3.13 AS b\nRUN pip install poetry && poetry install\nFROM python:3.13-slim\nCOPY --from=b /app/.venv /app/.venv\n" + CMD,
    ],
)
def test_installer_that_is_not_in_the_image_is_no_fault(text: str) -> None:
    assert told(installer_in_image, text) == []


@pytest.mark.parametrize("base", ["python:3.13-slim", "python:3.13-alpine", "own/python:3.13", "${BASE}", "python:3.13@sha256:abc", "debian:13"])
def test_base_that_is_slim_or_unknown_is_no_fault(base: str) -> None:
    assert told(full_base_in_image, f"FROM {base}\n{CMD}") == []


@pytest.mark.parametrize("text", ["FROM python:3.13 AS b\nFROM python:3.13-slim\n" + CMD, "FROM python:3.13\n"])
def test_full_base_of_a_builder_or_of_no_service_is_no_fault(text: str) -> None:
    assert told(full_base_in_image, text) == []
