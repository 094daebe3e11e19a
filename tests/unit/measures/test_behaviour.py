"""Practices that only running shows."""

from pathlib import Path

import pytest

from builders import tree_of
from paredown.comparison import Figure, Held, NotMeasured
from paredown.measures.interface import Life
from paredown.measures.practices.behaviour import PRACTICES
from paredown.oci.model import HealthTest
from specimens import specimen

JUDGES = {practice.name: practice.judge for practice in PRACTICES}
CHECK = HealthTest(test=("CMD", "python", "/health.py"))


def judged(tmp_path: Path, practice: str, life: Life, health: HealthTest | None = None, ports: tuple[str, ...] = ("8000/tcp",)) -> tuple[Held, str]:
    evidence = JUDGES[practice](specimen(tmp_path, tree_of({}), life=life, health=health, ports=ports))
    return evidence.held, evidence.seen


@pytest.mark.parametrize("practice", [practice.name for practice in PRACTICES])
def test_nothing_is_claimed_of_an_image_that_did_not_run(tmp_path: Path, practice: str) -> None:
    assert judged(tmp_path, practice, Life(untried="no sandbox can run here"), CHECK)[0] is Held.UNKNOWN


def test_a_restriction_is_stood_or_the_complaint_is_the_evidence(tmp_path: Path) -> None:
    assert judged(tmp_path, "runs with a read-only root", Life(complaints={"read-only root": None}))[0] is Held.YES
    failed = Life(complaints={"read-only root": "the service ended with status 1"})
    assert judged(tmp_path, "runs with a read-only root", failed) == (Held.NO, "the service ended with status 1")


def test_a_health_check_must_say_yes_and_no(tmp_path: Path) -> None:
    name = "has a health check that tells"
    assert judged(tmp_path, name, Life()) == (Held.NO, "the image has none")
    assert judged(tmp_path, name, Life(complaints={"yes when up": None, "no when down": None}), CHECK)[0] is Held.YES
    always = Life(complaints={"yes when up": None, "no when down": "there is no service, but it says yes"})
    assert judged(tmp_path, name, always, CHECK) == (Held.NO, "there is no service, but it says yes")
    assert judged(tmp_path, name, Life(complaints={"yes when up": None}), CHECK)[0] is Held.UNKNOWN


def test_ports_that_are_not_exposed_are_told(tmp_path: Path) -> None:
    name = "listens only on what it exposes"
    assert judged(tmp_path, name, Life(listening=(8000,))) == (Held.YES, "it was seen to listen on 8000 only")
    assert judged(tmp_path, name, Life(listening=(8000, 9100))) == (Held.NO, "it was seen to listen on 9100, too, which it does not expose")
    assert judged(tmp_path, name, Life(listening=(8000,)), ports=()) == (Held.NO, "it was seen to listen on 8000, and exposes no port")


def test_a_service_that_has_to_be_killed_does_not_end_when_told(tmp_path: Path) -> None:
    name = "ends when it is told to"
    assert judged(tmp_path, name, Life(ending=Figure(0.25))) == (Held.YES, "it ended 0.25 s after its stop signal")
    deaf = Life(ending=NotMeasured("it still ran 10 s after its stop signal"), complaints={"ends in time": "it was killed"})
    assert judged(tmp_path, name, deaf) == (Held.NO, "it still ran 10 s after its stop signal")
