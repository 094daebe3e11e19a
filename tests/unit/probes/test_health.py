"""The image's own health check."""

import sys
from pathlib import Path

import pytest

from paredown.oci.model import HealthTest, ImageConfig, ImagePlatform
from paredown.probes import arrival, health
from paredown.probes.interface import Seen
from paredown.result import Observation, Skipped
from toy_services import subject_of

ASK = "import urllib.request, os; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/health', timeout=5)"


def values(seen: list[Seen]) -> list[tuple[str, object]]:
    return [(item.key, item.value) for item in seen if isinstance(item, Observation)]


def beside(folder: Path, *words: str) -> list[tuple[str, object]]:
    subject = subject_of(folder, health=HealthTest(test=words, timeout=5_000_000_000))
    with subject.machine.service(subject.launch) as service:
        assert arrival.awaited(service, subject, subject.launch, "/") is None
        return values(list(health.when_up(service, subject)))


def alone(folder: Path, *words: str) -> list[tuple[str, object]]:
    return values(list(health.observe(subject_of(folder, health=HealthTest(test=words, timeout=5_000_000_000)))))


def test_a_check_is_fine_when_it_says_yes_to_the_service(tmp_path: Path) -> None:
    assert beside(tmp_path, "CMD", sys.executable, "-c", "pass") == [("yes when up", None)]
    assert beside(tmp_path, "CMD-SHELL", "true || exit 1") == [("yes when up", None)]


def test_the_complaint_has_its_last_line_when_it_says_no(tmp_path: Path) -> None:
    complaint = "the service is up, but its health check ended with exit status 7: not well"
    assert beside(tmp_path, "CMD-SHELL", "echo not well >&2; exit 7") == [("yes when up", complaint)]


def test_the_program_is_named_when_the_check_calls_a_missing_one(tmp_path: Path) -> None:
    ((_, complaint),) = beside(tmp_path, "CMD", "/usr/bin/no-curl", "-f")
    assert "/usr/bin/no-curl" in str(complaint)


def test_a_check_is_fine_when_it_says_no_to_nothing(tmp_path: Path) -> None:
    assert alone(tmp_path, "CMD", sys.executable, "-c", ASK) == [("no when down", None)]
    assert alone(tmp_path, "CMD", "/usr/bin/no-curl") == [("no when down", None)]


def test_the_complaint_says_so_when_the_check_always_says_yes(tmp_path: Path) -> None:
    assert alone(tmp_path, "CMD-SHELL", "exit 0") == [("no when down", "there is no service, but the health check ended with exit status 0")]


@pytest.mark.parametrize("words", [None, ("NONE",)])
def test_it_is_skipped_when_there_is_no_check(words: tuple[str, ...] | None, tmp_path: Path) -> None:
    subject = subject_of(tmp_path, health=HealthTest(test=words) if words else None)
    assert list(health.observe(subject)) == [Skipped(what="health check", reason="the image has none")]


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (("CMD-SHELL", "curl -f http://localhost:8000/healthz?full=1 || exit 1"), "/healthz"),
        (("CMD", "/usr/bin/python3.13", "-I", "-S", "/opt/paredown/health.py", "8000", "/health", "400", "4.5"), "/health"),
        (("CMD", "/usr/bin/python3.13", "-I", "-S", "/opt/paredown/health.py", "${PORT:-8000}", "/up", "400", "4.5"), "/up"),
        (("CMD", "/app/check"), "/"),
        ((), "/"),
    ],
)
def test_the_path_is_known_when_the_words_show_it(words: tuple[str, ...], path: str) -> None:
    config = ImageConfig(platform=ImagePlatform(architecture="amd64"), health=HealthTest(test=words))
    assert health.path_of(config) == path
