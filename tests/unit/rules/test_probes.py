import pytest
from tests.builders import told

from paredown.rules.dockerfiles import DockerfileRule
from paredown.rules.dockerfiles.health_check_always_yes import health_check_always_yes
from paredown.rules.dockerfiles.health_check_ignores_errors import health_check_ignores_errors
from paredown.rules.dockerfiles.health_check_missing import health_check_missing
from paredown.rules.dockerfiles.port_mismatch import port_mismatch
from paredown.rules.dockerfiles.privileged_port import privileged_port
from paredown.rules.examine import mended

FROM = "FROM python:3.13-slim\n"
SERVER = 'CMD ["uvicorn", "a:b", "--host", "0.0.0.0"{more}]\n'


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (health_check_always_yes, "HEALTHCHECK CMD curl -f http://localhost/ || true"),
        (health_check_always_yes, "HEALTHCHECK CMD curl -f http://localhost/; exit 0"),
        (health_check_always_yes, 'HEALTHCHECK CMD ["true"]'),
        (health_check_always_yes, "HEALTHCHECK CMD exit 0"),
        (health_check_always_yes, "HEALTHCHECK CMD echo ok"),
        (health_check_always_yes, "HEALTHCHECK CMD true || exit 1"),
        (health_check_ignores_errors, "HEALTHCHECK CMD curl -s http://localhost/ || exit 1"),
        (health_check_ignores_errors, 'HEALTHCHECK CMD ["curl", "http://localhost/"]'),
        (health_check_missing, SERVER.format(more="")),
        (health_check_missing, 'EXPOSE 5000\nCMD ["python", "main.py"]'),
        (port_mismatch, "EXPOSE 80\n" + SERVER.format(more="")),
        (port_mismatch, "EXPOSE 8080 9000\n" + SERVER.format(more=', "--port", "5000"')),
        (port_mismatch, "HEALTHCHECK CMD curl -f localhost:5000/\n" + SERVER.format(more="")),
        (port_mismatch, "ENV PORT=9000\nEXPOSE 8000\nCMD gunicorn -b :$PORT a:b"),
        (privileged_port, SERVER.format(more=', "--port", "80"')),
        (privileged_port, 'EXPOSE 443\nCMD ["python", "main.py"]'),
    ],
)
def test_fault_is_found_when_the_dockerfile_shows_it(rule: DockerfileRule, text: str) -> None:
    assert len(told(rule, FROM + text)) == 1


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (health_check_always_yes, "HEALTHCHECK CMD curl -f http://localhost/ || exit 1"),
        (health_check_always_yes, "HEALTHCHECK CMD test -f /x || exit 1; exit 0"),
        (health_check_always_yes, "HEALTHCHECK CMD if curl localhost; then exit 0; else exit 1; fi"),
        (health_check_always_yes, "HEALTHCHECK NONE"),
        (health_check_ignores_errors, "HEALTHCHECK CMD curl -fsS http://localhost/"),
        (health_check_ignores_errors, "HEALTHCHECK CMD curl http://localhost/ | grep ok"),
        (health_check_ignores_errors, "HEALTHCHECK CMD test $(curl -s -o /dev/null -w '%{http_code}' http://localhost/) = 200"),
        (health_check_missing, "HEALTHCHECK NONE\n" + SERVER.format(more="")),
        (health_check_missing, 'CMD ["celery", "-A", "a", "worker"]'),
        (health_check_missing, 'CMD ["python", "job.py"]'),
        (port_mismatch, "EXPOSE 8000/tcp 9090\n" + SERVER.format(more="")),
        (port_mismatch, "ENV UVICORN_PORT=80\nEXPOSE 80\n" + SERVER.format(more="")),
        (port_mismatch, "EXPOSE 80\nCMD service nginx start && uvicorn a:b"),
        (port_mismatch, 'EXPOSE 80\nCMD ["nginx"]'),
        (port_mismatch, 'EXPOSE 80\nENTRYPOINT ["/start.sh"]\n' + SERVER.format(more="")),
        (port_mismatch, "ARG PORT\nEXPOSE $PORT\n" + SERVER.format(more="")),
        (port_mismatch, "EXPOSE 80\nCMD uvicorn a:b --port $PORT"),
        (port_mismatch, "EXPOSE 1080\nCMD ss-local -p 8388"),
        (privileged_port, 'EXPOSE 80\nCMD ["nginx"]'),
        (privileged_port, "EXPOSE 8000\n" + SERVER.format(more="")),
    ],
)
def test_nothing_is_found_when_all_is_well_or_nobody_knows(rule: DockerfileRule, text: str) -> None:
    assert told(rule, FROM + text) == []


def test_port_of_the_health_check_is_mended() -> None:
    text = FROM + "HEALTHCHECK CMD curl -f http://localhost:{}/\n" + SERVER.format(more="")
    assert mended(text.format(5000), "Dockerfile", None, (port_mismatch,), only_safe=False)[0] == text.format(8000)
