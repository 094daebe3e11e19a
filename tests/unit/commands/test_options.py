import pytest

from paredown.commands.options import unknown_options


@pytest.mark.parametrize(
    ("text", "option", "instead"),
    [
        ("uvicorn a:b --max-requests 10", "--max-requests", "--limit-max-requests"),
        ("python -m uvicorn a:b --worker 4", "--worker", "--workers"),
        ("gunicorn a:b --host=0.0.0.0", "--host", "--bind HOST:PORT"),
        ("uvicorn a:b -w 4", "-w", "--workers"),
        ("hypercorn a:b --limit-max-requests 10", "--limit-max-requests", "--max-requests"),
        ("celery -A proj worker --log-level info", "--log-level", "--loglevel"),
        ("flask --app x run --workers 4", "--workers", ""),
        ("fastapi run main.py --max-requests 4", "--max-requests", ""),
    ],
)
def test_unknown_option_is_found_when_no_release_has_it(text: str, option: str, instead: str) -> None:
    (found,) = unknown_options(tuple(text.split()))
    assert (found.option, found.instead) == (option, instead)


@pytest.mark.parametrize(
    "text",
    [
        "uvicorn a:b --limit-max-requests 10 --no-access-log --loop=uvloop",
        "gunicorn a:b -k uvicorn.workers.UvicornWorker --access-logfile - -w4 --worker-conn 5",
        "celery -A proj worker -l info -Q a,b -c 4 --max-tasks-per-child=5",
        "celery -A proj worker -- broker.heartbeat=5",
        "celery -A proj flower --port=5555",
        "python serve.py --max-requests 5",
        "waitress-serve --trusted-proxy=10.0.0.1 a:b",
    ],
)
def test_no_option_is_unknown_when_a_release_has_it_or_nobody_can_know(text: str) -> None:
    assert list(unknown_options(tuple(text.split()))) == []
