import pytest

from paredown.errors import UserError
from paredown.frontends.interface import Locked, Start
from paredown.frontends.servers import doubts, refuse_impossible
from paredown.origin import Origin

LOCKED = Locked(names=frozenset(("uvicorn", "gunicorn")), complete=True, file="uv.lock", add="uv add")


def start_of(text: str) -> Start:
    return Start(words=tuple(text.split()), origin=Origin("Procfile", 1), reason="")


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        ("uvicorn a:b --max-requests 5", "uvicorn has no option `--max-requests`", "uvicorn's own is --limit-max-requests"),
        ("gunicorn a:b --host=0.0.0.0", "gunicorn has no option `--host`", "gunicorn's own is --bind HOST:PORT"),
        ("hypercorn a:b", "the command starts hypercorn, which uv.lock does not have", "uv add hypercorn"),
        ("waitress-serve a:b", "the command starts waitress-serve, which uv.lock does not have", "uv add waitress"),
    ],
)
def test_refuse_impossible(text: str, what: str, fix: str) -> None:
    with pytest.raises(UserError) as caught:
        refuse_impossible(start_of(text), LOCKED)
    assert (caught.value.what, caught.value.fix) == (what, fix)


@pytest.mark.parametrize("text", ["uvicorn a:b --host 0.0.0.0", "gunicorn -b :80 a:b", "gunicorn --bind ${HOST:-0.0.0.0}:80 a:b", "python main.py"])
def test_doubts_has_none_when_all_is_well(text: str) -> None:
    assert doubts(start_of(text), LOCKED, has_configuration=False) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("uvicorn a:b --host localhost", "listens on 127.0.0.1 only"),
        ("flask run --host 0.0.0.0", "development server"),
        ("uvicorn a:b --host :: --reload", "for development"),
    ],
)
def test_doubts_says_what_will_not_do_well(text: str, words: str) -> None:
    assert any(words in doubt for doubt in doubts(start_of(text), LOCKED, has_configuration=False))
