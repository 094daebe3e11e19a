import pytest

from paredown.rules.dockerfiles.shell_before_service import shell_before_service
from paredown.rules.dockerfiles.shell_form_command import shell_form_command
from paredown.rules.examine import examine, mended
from paredown.rules.recipe import TextContext

FROM = "FROM python:3.13-slim\n"
START = "#!/bin/sh\nset -e\nalembic upgrade head\n{last}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("CMD python main.py", 'CMD ["python", "main.py"]'),
        ("CMD gunicorn 'app:create_app()' \\\n    # the port\n    -b :80", 'CMD ["gunicorn", "app:create_app()", \\\n    # the port\n    "-b", ":80"]'),
        ("CMD uvicorn a:b --port $PORT", "CMD exec uvicorn a:b --port $PORT"),
        ("CMD alembic upgrade head && uvicorn a:b", "CMD alembic upgrade head && exec uvicorn a:b"),
        ("CMD cd src; LEVEL=1 python main.py", "CMD cd src; LEVEL=1 exec python main.py"),
        ("CMD python main.py *.csv", "CMD exec python main.py *.csv"),
    ],
)
def test_shell_form_is_mended_as_little_as_it_takes(before: str, after: str) -> None:
    assert mended(FROM + before + "\n", "Dockerfile", None, (shell_form_command,))[0] == FROM + after + "\n"


@pytest.mark.parametrize(
    "text",
    ["CMD python main.py | tee log", "CMD nginx & uvicorn a:b &", "CMD if true; then python a.py; fi", "CMD cd src && source env", "ENTRYPOINT python main.py"],
)
def test_shell_form_is_found_and_left_alone_when_a_shell_may_be_meant(text: str) -> None:
    assert examine(FROM + text + "\n", "Dockerfile", None, (shell_form_command,))
    assert mended(FROM + text + "\n", "Dockerfile", None, (shell_form_command,))[0] == FROM + text + "\n"


def test_shell_form_is_no_list_by_itself_when_the_base_may_have_an_entrypoint() -> None:
    text = "FROM nginx\nCMD python main.py\n"
    assert mended(text, "Dockerfile", None, (shell_form_command,))[0] == text
    assert mended(text, "Dockerfile", None, (shell_form_command,), only_safe=False)[0] == 'FROM nginx\nCMD ["python", "main.py"]\n'


@pytest.mark.parametrize(
    "text",
    [
        "CMD exec uvicorn a:b --port $PORT",
        'CMD ["python", "main.py"]',
        'SHELL ["/bin/bash", "-c"]\nCMD python main.py',
        'ENTRYPOINT ["dumb-init", "--"]\nCMD python main.py',
        "HEALTHCHECK CMD curl -f http://localhost/ || exit 1",
        'CMD ["sh", "-c", "exec python main.py"]',
        'CMD ["bash", "-c", "python main.py $PORT"]',
        'CMD ["sh", "-c", "trap x TERM; python main.py & wait"]',
        'ENTRYPOINT ["/start.sh"]',
    ],
)
def test_first_process_is_no_fault_when_signals_arrive_or_nobody_knows(text: str) -> None:
    assert examine(FROM + text + "\n", "Dockerfile", TextContext({}), (shell_form_command, shell_before_service)) == ()


@pytest.mark.parametrize(("last", "count"), [('exec "$@"', 0), ('"$@"', 1), ("uvicorn a:b", 1), ("exec uvicorn a:b", 0), ("echo done", 0)])
def test_start_script_is_read_where_the_context_has_it(last: str, count: int) -> None:
    context = TextContext({"docker/start.sh": START.format(last=last)})
    text = FROM + 'WORKDIR /app\nCOPY docker/ .\nENTRYPOINT ["./start.sh"]\n'
    assert len(examine(text, "Dockerfile", context, (shell_before_service,))) == count
    text = FROM + 'COPY docker/start.sh /usr/local/bin/\nENTRYPOINT ["tini", "--", "start.sh"]\n'
    assert len(examine(text, "Dockerfile", context, (shell_before_service,))) == count
