import pytest
from tests.builders import told

from paredown.rules.dockerfiles.health_check_program_missing import health_check_program_missing
from paredown.rules.examine import mended

CURL = "HEALTHCHECK CMD curl -f http://localhost:8000/ || exit 1\n"
WGET = "HEALTHCHECK CMD wget -q --spider http://localhost:8000/ || exit 1\n"


@pytest.mark.parametrize(
    "text",
    [
        f"FROM python:3.13-slim\n{CURL}",
        f"FROM python:3.13-slim-bookworm\n{WGET}",
        f"FROM python:3.13-alpine\n{CURL}",
        f"FROM ghcr.io/astral-sh/uv:python3.13-bookworm-slim\n{CURL}",
        f"FROM debian:12\n{CURL}",
        f"FROM gcr.io/distroless/python3-debian12\n{CURL}",
        f"FROM python:3.13-slim AS build\nRUN apt-get install -y curl\nFROM python:3.13-slim\nCOPY --from=build /opt/venv /opt/venv\n{CURL}",
        f"FROM python:3.13-slim\nRUN apt-get install -y curl && curl x && apt-get purge -y curl\n{CURL}",
        f"FROM python:3.13-alpine\nRUN apk add --virtual .build curl gcc && pip install x && apk del .build\n{CURL}",
        'FROM python:3.13-slim\nHEALTHCHECK CMD ["pgrep", "celery"]\n',
        f"ARG V=3.12\nFROM python:$V-slim\n{CURL}",
    ],
)
def test_program_is_missing_when_nothing_brings_it(text: str) -> None:
    assert len(told(health_check_program_missing, text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"FROM python:3.13\n{CURL}",
        f"FROM python:3.13-bookworm\n{WGET}",
        f"FROM python:3.13-alpine\n{WGET}",
        f"FROM ghcr.io/astral-sh/uv:python3.13-bookworm\n{CURL}",
        f"FROM python:3.13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends libpq5 curl=7.88\n{CURL}",
        f"FROM python:3.13-slim AS base\nRUN apt-get install -y curl\nFROM base\n{CURL}",
        f"FROM python:3.13-slim\nCOPY --from=curlimages/curl /usr/bin/curl /usr/bin/curl\n{CURL}",
        f"FROM python:3.13-slim\nRUN ./install.sh\n{CURL}",
        f"FROM python:3.13-slim\nARG PACKAGES\nRUN apt-get install -y $PACKAGES\n{CURL}",
        f"FROM example.org/ours\n{CURL}",
        f"ARG BASE\nFROM $BASE\n{CURL}",
        "FROM python:3.13-slim\nHEALTHCHECK CMD python check.py\n",
    ],
)
def test_program_is_not_missing_when_it_is_there_or_nobody_knows(text: str) -> None:
    assert told(health_check_program_missing, text) == []


@pytest.mark.parametrize("check", ["curl -f http://localhost:$PORT/ || exit 1", "curl http://localhost/", "curl -f http://localhost/ && test -f /x"])
def test_check_is_left_alone_when_python_would_not_do_the_same(check: str) -> None:
    text = f"FROM python:3.13-slim\nHEALTHCHECK CMD {check}\n"
    assert mended(text, "Dockerfile", None, (health_check_program_missing,), only_safe=False)[0] == text
