"""Environments that go from one stage to another, as the rules about them see them."""

import pytest
from tests.builders import told

from paredown.rules.dockerfiles.glibc_and_musl_mixed import glibc_and_musl_mixed
from paredown.rules.dockerfiles.python_versions_differ import python_versions_differ
from paredown.rules.dockerfiles.venv_interpreter_missing import venv_interpreter_missing

DISTROLESS = "FROM gcr.io/distroless/python3-debian12\n"
FROM_BUILDER = "FROM debian:bookworm-slim\nCOPY --from=builder /app /app\nUSER 1000\n"
UV = "FROM ghcr.io/astral-sh/uv:python3.13-bookworm AS builder\nWORKDIR /app\nRUN uv sync\n"
NO_PYTHON = "FROM ghcr.io/astral-sh/uv:bookworm-slim AS builder\nWORKDIR /app\nRUN uv sync\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (UV + "FROM python:3.13-alpine\nCOPY --from=builder /app /app\n", 5),
        (UV + "FROM python:3.13-alpine\nCOPY --from=builder /app/.venv /srv/venv\n", 5),
        ("FROM python:3.13-alpine AS b\nRUN pip install --prefix=/x flask\nFROM python:3.13\nCOPY --from=b /x /usr/local\n", 4),
        ("FROM python:3.13 AS b\nFROM python:3.13-alpine\nCOPY --from=b /usr/local/lib/python3.13/site-packages /usr/local/lib/python3.13/site-packages\n", 3),
    ],
)
def test_environment_of_the_other_c_library_is_told(text: str, line: int) -> None:
    assert [one.partition(":")[0] for one in told(glibc_and_musl_mixed, text)] == [str(line)]


@pytest.mark.parametrize(
    "text",
    [
        UV + "FROM python:3.13-slim\nCOPY --from=builder /app /app\n",
        UV + "FROM python:3.13-alpine\nCOPY --from=builder /app/static /app/static\n",
        "FROM golang:1.25-bookworm AS b\nRUN go build -o /tool\nFROM alpine:3.22\nCOPY --from=b /tool /tool\n",
        "FROM node:22-bookworm AS web\nFROM python:3.13-alpine\nCOPY --from=web /app /app\n",
        "FROM own/builder:1 AS b\nRUN python -m venv /venv\nFROM python:3.13-alpine\nCOPY --from=b /venv /venv\n",
    ],
)
def test_what_is_no_environment_or_of_no_known_system_is_no_fault(text: str) -> None:
    assert told(glibc_and_musl_mixed, text) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            UV + "FROM python:3.12-slim\nCOPY --from=builder /app /app\n",
            "5: /app/.venv was installed for Python 3.13, and python:3.12-slim has Python 3.12",
        ),
        (
            "FROM python:3.12 AS b\nFROM python:3.12-slim\nCOPY --from=b /usr/local/lib/python3.11/site-packages /usr/local/lib/python3.11/site-packages\n",
            "3: python:3.12 has Python 3.12, and so no /usr/local/lib/python3.11/site-packages",
        ),
        (
            "FROM python:3.11 AS b\nRUN python -m venv /venv\nFROM gcr.io/distroless/python3-debian13\nCOPY --from=b /venv /venv\n",
            "4: /venv was installed for Python 3.11, and gcr.io/distroless/python3-debian13 has Python 3.13",
        ),
    ],
)
def test_environment_of_another_python_is_told(text: str, message: str) -> None:
    assert told(python_versions_differ, text) == [message]


@pytest.mark.parametrize(
    "text",
    [
        "ARG P=3.13\nFROM python:${P} AS b\nRUN python -m venv /venv\nFROM python:${P}-slim\nCOPY --from=b /venv /venv\n",
        "FROM python:3.13 AS b\nRUN uv venv --python 3.12 /venv\nFROM python:3.12-slim\nCOPY --from=b /venv /venv\n",
        "FROM python:3.12 AS b\nENV UV_PYTHON=3.13\nRUN uv venv /venv\nFROM python:3.13-slim\nCOPY --from=b /venv /venv\n",
        "FROM python:3 AS b\nRUN python -m venv /venv\nFROM python:3.13-slim\nCOPY --from=b /venv /venv\n",
    ],
)
def test_one_python_or_a_chosen_one_is_no_fault(text: str) -> None:
    assert told(python_versions_differ, text) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            NO_PYTHON + "FROM python:3.13-slim\nCOPY --from=builder /app/.venv /app/.venv\n",
            "5: /app/.venv needs the Python that uv has put into /root/.local/share/uv/python, which no COPY brings along",
        ),
        (
            NO_PYTHON + "FROM debian:bookworm-slim\nCOPY --from=builder /root/.local/share/uv/python /root/.local/share/uv/python\n"
            "COPY --from=builder /app /app\nUSER 1000\n",
            "3: uv puts its Python into /root/.local/share/uv/python, which 1000 may not read",
        ),
        (NO_PYTHON + "USER app\n", "3: uv puts its Python into /root/.local/share/uv/python, which app may not read"),
        (
            "FROM python:3.11 AS b\nRUN python -m venv /venv\nFROM debian:bookworm-slim\nRUN apt-get install -y python3\nCOPY --from=b /venv /venv\n",
            "5: /venv links to a Python in /usr/local/bin, and that of debian:bookworm-slim is in /usr/bin",
        ),
        (
            "FROM python:3.11-slim AS b\nRUN python -m venv /venv\nFROM gcr.io/distroless/python3-debian12\nCOPY --from=b /venv /venv\n",
            "4: /venv links to a Python in /usr/local/bin, and that of gcr.io/distroless/python3-debian12 is in /usr/bin",
        ),
    ],
)
def test_environment_without_its_python_is_told(text: str, message: str) -> None:
    assert told(venv_interpreter_missing, text) == [message]


@pytest.mark.parametrize(
    "text",
    [
        UV + "FROM python:3.13-slim\nCOPY --from=builder /app /app\nUSER 1000\n",
        NO_PYTHON.replace("RUN", "ENV UV_PYTHON_INSTALL_DIR=/python\nRUN") + FROM_BUILDER.replace("COPY", "COPY --from=builder /python /python\nCOPY", 1),
        "FROM debian:bookworm AS b\nRUN apt-get install -y python3-venv\nRUN python3 -m venv /venv\n" + DISTROLESS + "COPY --from=b /venv /venv\n",
        "FROM python:3.11-slim AS b\nRUN python -m venv /v\nFROM gcr.io/distroless/base-debian12\nCOPY --from=b /usr/local /usr/local\nCOPY --from=b /v /v\n",
        "FROM python:3.11-slim AS b\nRUN pip install --target /deps flask\nFROM gcr.io/distroless/python3-debian12\nCOPY --from=b /deps /deps\n",
        "FROM own/base:1 AS b\nCOPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/\nRUN uv sync\nFROM debian:13\nCOPY --from=b /app /app\n",
    ],
)
def test_environment_that_finds_its_python_or_may_is_no_fault(text: str) -> None:
    assert told(venv_interpreter_missing, text) == []


def test_lock_tells_what_is_compiled_and_what_is_not() -> None:
    text = UV + "FROM python:3.13-alpine\nCOPY --from=builder /app/.venv /app/.venv\nCOPY --from=builder /app /app\n"
    lock = '[[package]]\nname = "orjson"\nwheels = [{ url = "https://x/orjson-3-cp313-cp313-manylinux_2_17_x86_64.whl" }]\n'
    said = "5: /app/.venv comes from glibc (ghcr.io/astral-sh/uv:python3.13-bookworm): orjson and all that is compiled in it does not load on musl"
    assert told(glibc_and_musl_mixed, text, {"uv.lock": lock}) == [f"{said} (python:3.13-alpine)"]
    assert told(glibc_and_musl_mixed, text, {"uv.lock": lock.replace("cp313-cp313-manylinux_2_17_x86_64", "py3-none-any")}) == []
