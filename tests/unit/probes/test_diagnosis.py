"""Why a service does not come up, and what to write."""

import pytest

from paredown.probes.diagnosis import diagnosed, not_started
from paredown.runners.interface import Ended, Launch

LAUNCH = Launch(argv=("serve",), ports=(8000,))
KEY_ERROR = """Traceback (most recent call last):
  File "/app/main.py", line 4, in <module>
    url = os.environ["DATABASE_URL"]
          ~~~~~~~~~~^^^^^^^^^^^^^^^^
  File "<frozen os>", line 685, in __getitem__
KeyError: 'DATABASE_URL'
"""
PYDANTIC = """pydantic_core._pydantic_core.ValidationError: 2 validation errors for Settings
database_url
  Field required [type=missing, input_value={}, input_type=dict]
    For further information visit https://errors.pydantic.dev/2.11/v/missing
secret
  Field required [type=missing, input_value={}, input_type=dict]
    For further information visit https://errors.pydantic.dev/2.11/v/missing
"""
VARIABLES = [
    (KEY_ERROR, "DATABASE_URL"),
    ("RuntimeError: SECRET_KEY environment variable is not set\n", "SECRET_KEY"),
    ("RuntimeError: environment variable API_TOKEN must be set\n", "API_TOKEN"),
    ("django.core.exceptions.ImproperlyConfigured: Set the SECRET_KEY environment variable\n", "SECRET_KEY"),
    ("django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.\n", "SECRET_KEY"),
    ("decouple.UndefinedValueError: MAIL_HOST not found. Declare it as envvar or define a default value.\n", "MAIL_HOST"),
    ('environs.exceptions.EnvError: Environment variable "REDIS_URL" not set\n', "REDIS_URL"),
    ("KeyError: \"Config 'DEBUG_LEVEL' is missing, and has no default.\"\n", "DEBUG_LEVEL"),
    ("paredown launcher: WORKERS is not set, and the start command has no default for it\n", "WORKERS"),
    ("ValueError: MODEL_NAME must be set\n", "MODEL_NAME"),
]
COMPANIONS = [
    ('psycopg.OperationalError: connection to server at "db" (10.0.0.7), port 5432 failed: Connection refused\n', "db on port 5432", "services.db]"),
    ("redis.exceptions.ConnectionError: Error -2 connecting to cache:6379. Name or service not known.\n", "cache on port 6379", 'image = "redis:7"'),
    ("redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused.\n", "localhost on port 6379", "reach it as `db`"),
    ("ConnectionRefusedError: [Errno 111] Connect call failed ('127.0.0.1', 5432)\n", "127.0.0.1 on port 5432", 'image = "postgres:17"'),
    ("psycopg2.OperationalError: could not translate host name \"pg\" to address: Name or service not known\n", "pg", "services.pg]"),
    ("pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'mysql' ([Errno -2] Name or service not known)\")\n", "mysql", "services.mysql]"),
    ("socket.gaierror: [Errno -2] Name or service not known\n", "what it talks to", "services.db]"),
]  # fmt: skip
FOLDERS = [
    ("PermissionError: [Errno 13] Permission denied: '/app/data/cache.db'\n", "/app/data/cache.db", 'writable = ["/app/data"]'),
    ("OSError: [Errno 30] Read-only file system: '/srv/uploads'\n", "/srv/uploads", 'writable = ["/srv/uploads"]'),
]


def of(stderr: str, status: int = 1) -> tuple[str, str]:
    said = (b"", stderr.encode())
    found = diagnosed(LAUNCH, 60, ended=Ended(status=status, stdout=said[0], stderr=said[1]), said=said)
    return found.what, found.fix


@pytest.mark.parametrize(("said", "name"), VARIABLES)
def test_the_variable_is_named_when_one_is_missing(said: str, name: str) -> None:
    what, fix = of(said)
    assert f"needs the environment variable {name}" in what
    assert fix == f'[tool.paredown.verify]\nenvironment = {{ {name} = "..." }}'


def test_all_settings_are_named_when_a_settings_class_misses_them() -> None:
    what, fix = of(PYDANTIC)
    assert "DATABASE_URL, SECRET of Settings" in what
    assert 'environment = { DATABASE_URL = "...", SECRET = "..." }' in fix


@pytest.mark.parametrize(("said", "where", "line"), COMPANIONS)
def test_the_companion_is_named_when_it_cannot_be_reached(said: str, where: str, line: str) -> None:
    what, fix = of(said)
    assert f"it cannot reach {where}" in what
    assert line in fix


@pytest.mark.parametrize(("said", "path", "line"), FOLDERS)
def test_the_path_is_named_when_it_cannot_be_written(said: str, path: str, line: str) -> None:
    what, fix = of(said)
    assert f"it cannot write {path}" in what
    assert line in fix


def test_the_last_line_is_told_when_nothing_else_is_known() -> None:
    what, fix = of("Traceback (most recent call last):\nModuleNotFoundError: No module named 'yaml'\n")
    assert what == "the service ended with status 1 before it answered on port 8000: ModuleNotFoundError: No module named 'yaml'"
    assert "`environment`" in fix


def test_memory_is_suspected_when_it_was_killed() -> None:
    assert "memory" in of("", 137)[1]


def test_the_last_of_two_causes_counts_when_both_are_said() -> None:
    assert "DATABASE_URL" in of("Connection refused, going on\n" + KEY_ERROR)[0]


def test_both_ports_are_named_when_it_listens_on_another() -> None:
    found = diagnosed(LAUNCH, 60, ended=None, said=(b"", b""), listening=(5000,))
    assert found.what == "the service listens on port 5000, but is expected on 8000"
    assert "EXPOSE 5000" in found.fix
    assert 'PORT = "8000"' in found.fix


def test_more_patience_is_offered_when_it_only_does_not_answer() -> None:
    found = diagnosed(LAUNCH, 60, ended=None, said=(b"loading the model\n", b""), listening=())
    assert found.what == "the service did not answer on port 8000 within 60 seconds: it listens on no port; it said last: loading the model"
    assert "`patience = 90` in [tool.paredown.verify]" in found.fix


def test_the_protocol_is_suspected_when_the_port_takes_connections() -> None:
    assert "does not answer HTTP" in diagnosed(LAUNCH, 60, ended=None, said=(b"", b""), listening=(8000,)).what


def test_credentials_are_left_out_when_the_last_line_has_some() -> None:
    assert "hunter2" not in of("cannot use postgres://me:hunter2@db/x\n")[0]


def test_the_architecture_is_named_when_the_program_is_for_another() -> None:
    assert "architecture" in not_started("serve cannot be started in the sandbox: Exec format error", LAUNCH).fix
    assert "architecture" in of("serve cannot be started in the sandbox: Exec format error\n", 126)[1]


def test_the_program_is_named_when_it_is_not_there() -> None:
    assert "must have serve" in of("serve cannot be started in the sandbox: No such file or directory\n", 127)[1]
