"""What a start command comes to through shell scripts."""

from builders import tree_of
from paredown.pydist.start_scripts import started

TREE = tree_of({
    "app/start.sh": b"#!/bin/bash\n# or with vim\nset -e\n./prepare\nexec gunicorn shop:app\n",
    "app/prepare*": b"#!/usr/bin/env sh\npsql -c 'select 1'\n",
    "usr/bin/gunicorn*": b"#!/opt/venv/bin/python\nimport gunicorn\n",
    "usr/local/bin/docker-entrypoint.sh*": b"#!/bin/sh\nexec su-exec app \"$@\"\n",
    "usr/bin/supervisord*": b"#!/usr/bin/python3\n",
    "etc/supervisord.conf": b"[program:web]\ncommand=/usr/sbin/nginx -g 'daemon off;'\n; a remark on emacs\n[include]\nfiles = /etc/supervisor/conf.d/*.conf\n",
    "etc/supervisor/conf.d": None,
    "etc/supervisor/conf.d/shop.conf": b"[program:shop]\ncommand=uwsgi --ini /app/shop.ini\n",
    "app/loop.sh*": b"#!/bin/sh\n/app/loop.sh\n",
})  # fmt: skip


def words(*command: str) -> tuple[str, ...]:
    return started(command, TREE, search_path="/usr/local/bin:/usr/bin", working_directory="/app")


def test_scripts_are_followed_by_path_and_by_name() -> None:
    assert {"bash", "gunicorn", "psql", "env", "sh"} <= {word.rpartition("/")[2] for word in words("/app/start.sh")}
    assert "su-exec" in words("docker-entrypoint.sh", "uvicorn")
    assert "psql" in words("sh", "-c", "cd /app && ./prepare")


def test_a_script_of_python_is_no_shell_script() -> None:
    assert words("gunicorn", "shop:app") == ("gunicorn", "shop:app")


def test_a_health_check_in_shell_form_needs_a_shell() -> None:
    assert "sh" in words("gunicorn", "CMD-SHELL", "curl -f http://localhost/")


def test_a_script_that_calls_itself_ends() -> None:
    assert "/app/loop.sh" in words("/app/loop.sh")


def test_what_is_in_remarks_is_not_named() -> None:
    assert not {"vim", "emacs"} & {*words("/app/start.sh"), *words("supervisord", "-c", "/etc/supervisord.conf")}


def test_the_settings_of_a_process_supervisor_are_followed() -> None:
    assert {"/usr/sbin/nginx", "uwsgi"} <= set(words("supervisord", "-c", "/etc/supervisord.conf"))
