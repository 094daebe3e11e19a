from collections.abc import Mapping

import pytest

from paredown.rules.dockerfiles.development_server import development_server
from paredown.rules.dockerfiles.heartbeat_on_disk import heartbeat_on_disk
from paredown.rules.dockerfiles.installer_as_command import installer_as_command
from paredown.rules.dockerfiles.loopback_only import loopback_only
from paredown.rules.dockerfiles.output_buffered import output_buffered
from paredown.rules.dockerfiles.server_option_unknown import server_option_unknown
from paredown.rules.dockerfiles.several_processes import several_processes
from paredown.rules.dockerfiles.stop_signal_misread import stop_signal_misread
from paredown.rules.dockerfiles.worker_count_of_host import worker_count_of_host
from paredown.rules.examine import examine, mended
from paredown.rules.recipe import TextContext

RULES = (
    development_server, heartbeat_on_disk, installer_as_command, loopback_only, output_buffered, server_option_unknown, several_processes, stop_signal_misread,
    worker_count_of_host,
)  # fmt: skip


def found(text: str, files: Mapping[str, str] | None = None) -> list[str]:
    return [one.rule for one in examine(f"FROM python:3.13-slim\nENV PYTHONUNBUFFERED=1\n{text}\n", "Dockerfile", TextContext(files or {}), RULES)]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("CMD gunicorn -w $(( 2 * $(nproc) + 1 )) -b :80 --worker-tmp-dir /dev/shm a:b", ["worker-count-of-host"]),
        ('CMD ["sh", "-c", "uvicorn a:b --host 0.0.0.0 --max-requests ${N}"]', ["server-option-unknown"]),
        ('ENTRYPOINT ["uvicorn", "a:b"]\nCMD ["--host", "0.0.0.0", "--worker", "2"]', ["server-option-unknown"]),
        ("CMD uvicorn a:b --host 127.0.0.1 --reload", ["loopback-only", "development-server"]),
        ('CMD ["hypercorn", "a:b"]', ["loopback-only"]),
        ('CMD ["gunicorn", "a:b"]', ["heartbeat-on-disk", "loopback-only"]),
        ("CMD python manage.py runserver 0.0.0.0:8000", ["development-server"]),
        ('ENV FLASK_DEBUG=1\nCMD ["python", "a.py"]', ["development-server"]),
        ('CMD ["poetry", "run", "python", "a.py"]', ["installer-as-command"]),
        ("CMD celery -A a worker & celery -A a beat", ["several-processes"]),
        ('CMD ["/usr/bin/supervisord", "-n"]', ["several-processes"]),
        ('CMD ["uwsgi", "--http", ":80"]', ["stop-signal-misread"]),
        ('STOPSIGNAL SIGINT\nCMD ["gunicorn", "-c", "x.py", "a:b"]', ["stop-signal-misread"]),
    ],
)
def test_fault_of_a_server_is_found_when_the_command_shows_it(text: str, rules: list[str]) -> None:
    assert sorted(found(text)) == sorted(rules)


@pytest.mark.parametrize(
    "text",
    [
        'CMD ["gunicorn", "-c", "gunicorn.conf.py", "a:b"]',
        'ENV PORT=8000\nCMD ["gunicorn", "--worker-tmp-dir=/dev/shm", "a:b"]',
        'ENV UVICORN_HOST=0.0.0.0\nCMD ["uvicorn", "a:b"]',
        'CMD ["uvicorn", "a:b", "--uds", "/run/a.sock"]',
        'CMD ["uvicorn", "a:b", "--host", "${HOST:-0.0.0.0}"]',
        'ENV UV_NO_SYNC=1\nCMD ["uv", "run", "python", "a.py"]',
        'CMD ["uv", "run", "--no-sync", "python", "a.py"]',
        'CMD ["fastapi", "run", "a.py"]',
        'CMD ["celery", "-A", "a", "worker", "-l", "info", "--concurrency=2"]',
        "CMD alembic upgrade head && exec uvicorn a:b --host 0.0.0.0 > /dev/stdout 2>&1",
        'CMD ["uwsgi", "--ini", "uwsgi.ini"]',
        'STOPSIGNAL SIGINT\nCMD ["uvicorn", "a:b", "--host=0.0.0.0"]',
        'CMD ["python", "serve.py", "--max-requests", "5", "--reload"]',
        'CMD ["nginx", "-g", "daemon off;"]',
    ],
)
def test_nothing_is_found_when_a_server_is_well_started_or_nobody_can_know(text: str) -> None:
    assert found(text) == []


def test_files_of_settings_are_read_where_the_context_has_them() -> None:
    text = 'WORKDIR /app\nCOPY . .\nCMD ["gunicorn", "a:b"]'
    assert found(text, {"gunicorn.conf.py": "import os\nworkers = os.cpu_count() * 2 + 1\n"}) == ["worker-count-of-host"]
    assert found(text, {"gunicorn.conf.py": "workers = 2\n"}) == []
    text = 'WORKDIR /app\nCOPY . .\nCMD ["uwsgi", "--ini", "uwsgi.ini"]'
    assert found(text, {"uwsgi.ini": "[uwsgi]\nmaster = true\n"}) == ["stop-signal-misread"]
    assert found(text, {"uwsgi.ini": "[uwsgi]\ndie-on-term = true\n"}) == []


def test_development_is_meant_when_the_stage_says_so() -> None:
    text = 'FROM python:3.13-slim AS development\nCMD ["flask", "run", "--debug"]\n'
    assert examine(text, "Dockerfile", None, (development_server,)) == ()


def test_option_is_named_anew_in_the_form_of_the_command() -> None:
    text = 'FROM python\nCMD ["sh", "-c", "exec uvicorn a:b --max-requests=5"]\n'
    after = mended(text, "Dockerfile", None, (server_option_unknown, loopback_only), only_safe=False)[0]
    assert after == 'FROM python\nCMD ["sh", "-c", "exec uvicorn a:b --limit-max-requests=5 --host 0.0.0.0"]\n'


@pytest.mark.parametrize(("word", "after"), [("--host=127.0.0.1", "--host=0.0.0.0"), ("--host localhost", "--host 0.0.0.0")])
def test_address_is_mended_where_it_stands(word: str, after: str) -> None:
    text = "FROM python\nCMD uvicorn a:b {} --port 80\n"
    assert mended(text.format(word), "Dockerfile", None, (loopback_only,), only_safe=False)[0] == text.format(after)


def test_output_is_found_buffered_when_the_base_is_known_not_to_set_it() -> None:
    assert examine('FROM python\nCMD ["python", "a.py"]\n', "Dockerfile", None, (output_buffered,))
    assert examine('FROM python\nCMD ["python", "-u", "a.py"]\n', "Dockerfile", None, (output_buffered,)) == ()
    assert examine('FROM example.org/ours\nCMD ["python", "a.py"]\n', "Dockerfile", None, (output_buffered,)) == ()
