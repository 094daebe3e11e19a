import pytest

from paredown.errors import UserError
from paredown.frontends.dockerfile_steps import read
from paredown.plan import Where


def kept(text: str) -> list[tuple[str, Where]]:
    return [(one.text, one.where) for one in read(text, "Dockerfile").kept]


def test_what_a_build_does_by_itself_is_not_kept() -> None:
    text = """FROM python:3.13
WORKDIR /code
RUN set -eux && apt-get update && apt-get install -y libpq5 gcc && rm -rf /var/lib/apt/lists/*
COPY requirements.txt /tmp/
RUN python -m venv /venv && pip install -r /tmp/requirements.txt
COPY . .
RUN useradd app && mkdir -p /data && chown app /data
VOLUME /data
"""
    found = read(text, "Dockerfile")
    assert found.kept == ()
    assert (found.image, found.writable) == ("python:3.13", ("/data", "/data"))
    assert (found.packages.run, found.packages.build) == (("libpq5",), ("gcc",))


def test_a_step_that_nobody_understands_stays_with_its_comment_before_or_after_the_app() -> None:
    text = 'FROM python:3.13\nARG N=1\n# first\nRUN ./make-it $N\nWORKDIR /app\nCOPY . .\nRUN python manage.py collectstatic\nLABEL a="b"\n'
    assert kept(text) == [
        ("ARG N=1", Where.BEFORE_APP),
        ("# first\nRUN ./make-it $N", Where.BEFORE_APP),
        ("RUN python manage.py collectstatic", Where.AFTER_APP),
        ('LABEL a="b"', Where.AFTER_APP),
    ]  # fmt: skip


def test_another_stage_is_kept_whole_when_the_image_copies_from_it() -> None:
    text = (
        "FROM node:22 AS base\nRUN npm i\nFROM base AS web\nRUN npm run build\n\nFROM node:22 AS unused\n\nFROM python:3.13\nCOPY --from=web /dist ./static\n"
    )
    assert kept(text) == [
        ("FROM node:22 AS base\nRUN npm i", Where.STAGE),
        ("FROM base AS web\nRUN npm run build", Where.STAGE),
        ("COPY --from=web /dist ./static", Where.BEFORE_APP),
    ]


def test_a_stage_that_installs_distributions_is_what_is_made_anew() -> None:
    text = (
        "FROM python:3.13 AS build\nRUN apt-get install -y gcc libpq-dev\nRUN pip install -r requirements.txt\n"
        "FROM python:3.13-slim\nRUN apt-get install -y libpq5\nCOPY --from=build /venv /venv\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/\n"
    )
    found = read(text, "Dockerfile")
    assert found.kept == ()
    assert (found.packages.run, found.packages.build) == (("libpq5",), ("gcc", "libpq-dev"))


def test_a_file_that_goes_elsewhere_than_the_app_is_kept() -> None:
    assert kept("FROM python:3.13\nWORKDIR /app\nCOPY nginx.conf /etc/nginx/nginx.conf\nCOPY <<X /etc/x\na\nX\n") == [
        ("COPY nginx.conf /etc/nginx/nginx.conf", Where.BEFORE_APP), ("COPY <<X /etc/x\na\nX", Where.BEFORE_APP),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "what"),
    [("FROM a AS x\nCOPY --from=x /a /b\n", "this stage itself"), ("FROM a AS x\nCOPY --from=y /a /b\nFROM x AS y\n", "y, a stage below")],
)
def test_stages_that_need_each_other_are_told_with_the_line(text: str, what: str) -> None:
    with pytest.raises(UserError, match=what) as caught:
        read(text, "Dockerfile")
    assert caught.value.where == "Dockerfile:2"


def test_a_base_that_nothing_sets_is_told_with_its_line() -> None:
    with pytest.raises(UserError, match="nothing sets BASE") as caught:
        read("FROM ${BASE}\n", "Dockerfile")
    assert caught.value.where == "Dockerfile:1"


def test_a_file_without_a_stage_is_no_dockerfile() -> None:
    with pytest.raises(UserError, match="no FROM"):
        read("RUN true\n", "Dockerfile")
