import pytest
from tests.builders import told

from paredown.rules.dockerfiles.home_missing import home_missing
from paredown.rules.dockerfiles.root_user import root_user
from paredown.rules.dockerfiles.user_without_number import user_without_number
from paredown.rules.dockerfiles.volume_owned_by_root import volume_owned_by_root
from paredown.rules.examine import mended

FROM = "FROM python:3.13-slim\n"
CMD = 'CMD ["python", "main.py"]\n'


@pytest.mark.parametrize(
    "text",
    [
        f"{FROM}{CMD}",
        f"{FROM}USER app\nUSER root\n{CMD}",
        f"{FROM}ARG WHO=0\nUSER $WHO:app\n{CMD}",
        f"FROM example.org/ours\nUSER 0\n{CMD}",
        f"FROM gcr.io/distroless/python3-debian12\n{CMD}",
        f"FROM python AS base\nFROM base\n{CMD}",
        f"FROM python AS build\nUSER app\nFROM python\n{CMD}",
    ],
)
def test_root_is_found_when_the_last_user_is_root(text: str) -> None:
    assert len(told(root_user, text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"{FROM}USER 1000\n{CMD}",
        f"FROM example.org/ours\n{CMD}",
        f"FROM ${{BASE}}\n{CMD}",
        f"FROM gcr.io/distroless/python3-debian12:nonroot\n{CMD}",
        f"FROM cgr.dev/chainguard/python:latest\n{CMD}",
        f"{FROM}ARG WHO\nUSER $WHO\n{CMD}",
        f'{FROM}RUN apt-get install -y gosu\nENTRYPOINT ["/start"]\n{CMD}',
        f'{FROM}ENTRYPOINT ["/docker-entrypoint.sh"]\n{CMD}',
        f"FROM python AS dev\n{CMD}",
        "FROM python:3.13-slim\nRUN pip install uv\n",
        f"FROM python AS base\nUSER app\nFROM base\n{CMD}",
    ],
)
def test_root_is_not_found_when_another_user_is_set_or_possible(text: str) -> None:
    assert told(root_user, text) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN adduser -D -u 1001 app\nUSER app\n", "RUN adduser -D -u 1001 app\nUSER 1001\n"),
        ("RUN useradd -u 1001 app || true\nUSER app\n", None),
        ("RUN useradd -u $NUMBER app\nUSER app\n", None),
        ("RUN useradd -u 1001 app\nUSER app:staff\n", None),
        ("USER nobody\n", None),
    ],
)
def test_number_takes_the_names_place_only_when_it_is_certain(before: str, after: str | None) -> None:
    assert len(told(user_without_number, FROM + before)) == 1
    assert mended(FROM + before, "Dockerfile", None, (user_without_number,))[0] == FROM + (after or before)


@pytest.mark.parametrize("text", ["USER 1001\n", "USER 1001:app\n", "USER root\n", "ARG UID\nUSER $UID\n", ""])
def test_number_is_not_missed_when_there_is_one_or_nobody_knows(text: str) -> None:
    assert told(user_without_number, FROM + text) == []


def test_home_is_missed_when_a_library_of_the_context_needs_it() -> None:
    text = FROM + "RUN useradd -M -u 1001 app\nUSER 1001\n"
    assert len(told(home_missing, text, {"requirements.txt": "fastapi==1\nmatplotlib>=3\n"})) == 1
    assert told(home_missing, text, {"requirements.txt": "fastapi==1\n"}) == []
    assert told(home_missing, text.replace("RUN", "ENV MPLCONFIGDIR=/tmp/m\nRUN"), {"requirements.txt": "matplotlib\n"}) == []
    assert told(home_missing, text.replace("-M", "-m"), {"requirements.txt": "matplotlib\n"}) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("VOLUME /data\nUSER 1000\n", 1),
        ('RUN mkdir /data /other && chown app /other\nVOLUME ["/data", "/other"]\nUSER 1000\n', 1),
        ("RUN mkdir -p /data && chmod 777 /data\nVOLUME /data\nUSER 1000\n", 0),
        ("RUN install -d -o app /data\nVOLUME /data\nUSER 1000\n", 0),
        ("RUN chown -R app /srv\nVOLUME /srv/data\nUSER 1000\n", 0),
        ("COPY --chown=app . /srv\nVOLUME /srv/data\nUSER 1000\n", 0),
        ("USER 1000\nWORKDIR /data\nVOLUME /data\n", 0),
        ("RUN ./setup.sh\nVOLUME /data\nUSER 1000\n", 0),
        ("RUN for d in a b; do mkdir /$d; chown app /$d; done\nVOLUME /a\nUSER 1000\n", 0),
        ("VOLUME /data\n", 0),
    ],
)
def test_volume_is_roots_when_nobody_gives_it_away(text: str, count: int) -> None:
    assert len(told(volume_owned_by_root, FROM + text)) == count


@pytest.mark.parametrize(
    "text",
    [
        "RUN useradd --create-home --home-dir /srv/shop app\nUSER app\nVOLUME /srv/shop/data /home/app\n",
        "RUN apk add tor\nUSER tor\nVOLUME /var/lib/tor\n",
        "USER 1000\nVOLUME /tmp\n",
    ],
)
def test_volume_is_not_roots_when_it_came_with_the_account(text: str) -> None:
    assert told(volume_owned_by_root, FROM + text) == []


@pytest.mark.parametrize(("script", "count"), [('#!/bin/sh\nexec gosu app "$@"\n', 0), ('#!/bin/sh\nexec "$@"\n', 1)])
def test_root_is_judged_by_the_start_script_where_the_context_has_it(script: str, count: int) -> None:
    text = f'{FROM}COPY start.sh /start.sh\nENTRYPOINT ["/start.sh"]\n{CMD}'
    assert len(told(root_user, text, {"start.sh": script})) == count
